"""What nobody has to take our word for: the log, its checkpoints and proofs, and the directory of keys."""
