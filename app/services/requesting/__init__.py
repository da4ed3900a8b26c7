"""Requests between partners: their clocks, what those who were asked answer, and who is competent to be asked."""
