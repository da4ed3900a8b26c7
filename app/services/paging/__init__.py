"""Calling people: contacts of entitled partners about imminent risk, and the operator about what must not be missed."""
