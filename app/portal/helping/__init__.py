"""Help: a short tour of what somebody can do here, and the keys."""
