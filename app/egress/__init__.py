"""Calling others over HTTPS without being made to call anybody else. Kept by ``tests/egress``."""
