"""What documents are made of: strict JSON, pointers into it, and what the exchange publishes."""
