"""What a partner does on its own machine, with no exchange, database or network: keys, signing, verifying, rehearsing."""
