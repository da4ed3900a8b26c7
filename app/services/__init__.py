"""What somebody can do, one file each. A service owns its transaction and the order of its steps; it knows no Flask."""
