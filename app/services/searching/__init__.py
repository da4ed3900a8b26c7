"""Searching: what somebody may see that says something, and being told when there is more of it."""
