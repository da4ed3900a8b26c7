"""Objects for the tests of load: seeded indicators as a tool writes them that knows nothing of this exchange."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from typing import Any

from tests.factories.stix_objects import CREATED, stix_id


def plain_indicators(seed: int) -> Iterator[dict[str, Any]]:
    """Give indicators without end; the same seed gives the same ones."""
    rng = random.Random(seed)
    for number in itertools.count():
        yield {
            "type": "indicator",
            "spec_version": "2.1",
            "id": stix_id("indicator", rng),
            "created": CREATED,
            "modified": CREATED,
            "name": f"Session feature {number}",
            "description": " ".join(rng.choice(("relay", "session", "invite", "cohort", "window")) for _ in range(30)),
            "pattern": f"[file:hashes.'SHA-256' = '{rng.getrandbits(256):064x}']",
            "pattern_type": "stix",
            "valid_from": CREATED,
        }
