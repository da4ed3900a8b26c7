"""Ids of the exchange's STIX extensions, known to every floor that reads or writes them.

The ``extension-definition`` objects and their JSON Schemas are in ``schemas/``; ``tests/stix/test_published.py`` keeps
both equal.
"""

OCSEA_CONTEXT = "extension-definition--5f4a7a24-c134-4e3c-a90f-2f12d5c7da95"
"""Property extension on any object: harm types, surface, subject status, sensitivity, urgency, review, provenance."""

HANDLING = "extension-definition--ee73e235-96c0-4994-96c4-7a9b220e2de0"
"""Property extension on ``marking-definition``: TLP, audience id, purposes, uses, onward sharing, embargo, expiry."""

SIGNATURE = "extension-definition--2c2c230f-fabd-4bef-8dfc-de7f43c4719a"
"""Property extension on any object: the publisher's signature in band."""
