"""Where exports are laid: folders and buckets, reached through one port. Knows files and no objects. Kept by ``tests/depot``."""
