"""Traces: which steps a request, or a piece of work, took, and how long each. Off unless it is asked for."""
