"""Work that runs by itself: which kinds there are, and what each does."""
