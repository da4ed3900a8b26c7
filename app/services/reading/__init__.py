"""Reading: what a partner sees and why not, page by page or by id."""
