"""Reading: what a partner sees and why not, page by page or by id, and who was told of one's own objects."""
