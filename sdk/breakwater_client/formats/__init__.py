"""The forms in which objects are exported: lines, bundles, tables, and how they are compressed. Kept by ``tests/formats``."""
