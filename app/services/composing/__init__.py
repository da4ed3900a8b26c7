"""Composing: from a form to objects that are ready to be signed. Writes nothing of it."""
