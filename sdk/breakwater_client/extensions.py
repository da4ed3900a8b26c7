"""Ids of the exchange's STIX extensions, known to every floor that reads or writes them.

The ``extension-definition`` objects and their JSON Schemas are in ``schemas/``; ``tests/client/documents/test_published.py``
keeps
both equal.
"""

OCSEA_CONTEXT = "extension-definition--5f4a7a24-c134-4e3c-a90f-2f12d5c7da95"
"""Property extension on any object: harm types, surface, subject status, sensitivity, urgency, review, provenance."""

HANDLING = "extension-definition--ee73e235-96c0-4994-96c4-7a9b220e2de0"
"""Property extension on ``marking-definition``: TLP, audience id, purposes, uses, onward sharing, embargo, expiry."""

SIGNATURE = "extension-definition--2c2c230f-fabd-4bef-8dfc-de7f43c4719a"
"""Property extension on any object: the publisher's signature in band."""

DISPOSITION = "extension-definition--8b9fb074-a820-4f3e-9cf4-82b08f9bec3e"
"""Property extension on ``sighting``: what was found, what became of it, and what was done about it."""

DISPUTE = "extension-definition--8a77cfdd-e26d-4dc7-9602-97700f0a1f75"
"""Property extension on ``opinion``: why its author holds something to be wrong, and on what that rests."""

FEEDBACK_MARK = "extension-definition--95e5bae8-f294-4f1c-a121-074cfbb306ab"
"""Property extension on ``note``: how far its author is with something."""

COUNTERMEASURE_PROFILE = "extension-definition--632feeca-d28c-4f88-9102-922614028f9b"
"""Property extension on ``course-of-action``: principle, level, evidence, effect on rights, cost and what remains."""

PERCEPTUAL_HASH = "extension-definition--d31b53d7-fc93-4f36-a40e-cf87ba1e3653"
"""New cyber-observable ``perceptual-hash``."""

LIVE_ROOM = "extension-definition--29406331-7f02-4e6d-bf8b-809bd30f3f1d"
"""New cyber-observable ``live-room``."""

PAYMENT_HANDLE = "extension-definition--c780b34a-dea6-4a39-b2d7-65ef091c4762"
"""New cyber-observable ``payment-handle``."""

BLINDED_IDENTIFIER = "extension-definition--094266d9-fa77-44a0-a363-13503273ee43"
"""New cyber-observable ``blinded-identifier``."""

ACCESS_OFFER = "extension-definition--c1d7be1c-0d3b-4a4e-9d0f-6d1c0b4c2e57"
"""New domain object ``access-offer``."""

INFORMATION_REQUEST = "extension-definition--7e9e8eea-1106-4f8f-b55a-d3e2f98e55d5"
"""New domain object ``information-request``."""

PRESERVATION_REQUEST = "extension-definition--159177c1-163f-43b7-b7d8-743d7fbcddfe"
"""New domain object ``preservation-request``."""

DECONFLICTION_NOTICE = "extension-definition--0a3ceb5d-b17b-481e-b63b-f08634ef9940"
"""New domain object ``deconfliction-notice``."""

RECALL_NOTICE = "extension-definition--4d196320-4338-477e-8e52-697fddd2b99e"
"""New domain object ``recall-notice``."""

RECALL_ACKNOWLEDGEMENT = "extension-definition--746c5bad-298d-48df-b8eb-e8af327aade3"
"""New domain object ``recall-acknowledgement``."""
