"""The first page: what waits, what is new, and what came of what one's organisation gave."""
