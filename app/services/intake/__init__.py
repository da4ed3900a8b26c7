"""Submitting: from the bytes of a request to stored versions, and what arrivals and later narrowings do to others."""
