"""Explaining: who sees what and why, what would be, and what would change. Nothing here writes, or gives an object away."""
