"""Checking the whole log, row by row, against everything that it commits to."""
