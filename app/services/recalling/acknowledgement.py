"""What a recipient's answer to a notice comes to here: the rows of the notice that its lines are about.

Owns finding them; the document, its signing and its strict reading are ``breakwater_client.signing.acknowledgement``'s. Kept by
``tests/services/recalling/test_acknowledgement.py``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.domain.errors import MalformedInputError
from app.domain.recall import Outcome, RecalledVersion
from breakwater_client.signing.acknowledgement import (
    TYPE,
    Acknowledgement,
    Answered,
    acknowledgement_payload,
    read_acknowledgement,
    read_outcomes,
)
from breakwater_client.stix_values import timestamp_key

__all__ = [
    "TYPE",
    "Acknowledgement",
    "Answered",
    "acknowledgement_payload",
    "outcomes_for",
    "read_acknowledgement",
    "read_outcomes",
]


def outcomes_for(versions: Sequence[RecalledVersion], answered: Sequence[Answered]) -> list[Outcome]:
    """Give the outcomes by the rows of what a notice calls back; whatever spelling of a version's instant finds it.

    Raises:
        MalformedInputError: the notice names no such version.
    """
    known: Mapping[tuple[str, str | None], int] = {(one.stix_id, timestamp_key(one.version)): one.version_id for one in versions}
    found = []
    for number, one in enumerate(answered):
        version_id = known.get((one.stix_id, timestamp_key(one.version)))
        if version_id is None:
            raise MalformedInputError("The notice names no such version.", pointer=f"/outcomes/{number}")
        found.append(Outcome(version_id, one.outcome, one.basis, one.until))
    return found
