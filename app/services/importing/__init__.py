"""Importers: from what partners have already to forms of the composer, and through it to objects. Needs no exchange."""
