"""How long things are stored, and how they go: retention, erasure, holds, backups."""
