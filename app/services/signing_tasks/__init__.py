"""What persons decided and their partner's key has yet to sign: kept, shown, signed and carried out."""
