"""Letting somebody who lost what they sign in with set it up anew: two persons decide it."""
