"""Drafting: what analysts enter, its hand-over to a second reader, and what becomes of it."""
