"""What the server is started with: its settings, and the files they name."""
