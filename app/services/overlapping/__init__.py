"""Overlap checks within sharing groups, and deconfliction between agencies: who else holds the same, by tokens alone.

Reads no object, and nothing of what is stored about one.
"""
