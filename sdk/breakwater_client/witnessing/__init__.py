"""What a witness of the log, and a partner that watches over its own name, decide and keep. Sends nothing itself."""
