"""What waits for a person, what is new for them, and what their organisation's contributions led to: for the first page."""
