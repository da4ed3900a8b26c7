"""Webhooks: keeping them, and calling them at their cadence. Nothing here reads an object (decision 47)."""
