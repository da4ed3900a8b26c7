"""Reviewing: what waits for a second pair of eyes."""
