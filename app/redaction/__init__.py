"""What may not stand in a log, and that no record of a process gets past it."""
