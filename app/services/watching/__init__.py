"""What whoever runs the exchange is told of how it is. Kept by ``tests/services/watching``."""
