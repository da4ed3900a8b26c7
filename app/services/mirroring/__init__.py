"""The partner's side of bulk exports: a mirror of what an exchange writes, always at exactly one number."""
