"""Breakwater, an intelligence-sharing exchange for child protection. Importing this package imports nothing else."""
