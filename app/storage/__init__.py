"""Rows to domain values and back, on SQLite and PostgreSQL. Every read of objects takes a viewpoint; there is no "all"."""
