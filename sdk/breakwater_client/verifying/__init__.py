"""Verifying what an exchange hands out, with public keys and no network."""
