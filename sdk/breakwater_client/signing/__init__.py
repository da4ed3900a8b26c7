"""Signing as a publisher: objects, and requests."""
