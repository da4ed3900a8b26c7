"""Bulk exports: defined by partners, written when they are due, published whole, and given file by file."""
