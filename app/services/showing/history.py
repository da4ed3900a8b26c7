"""The versions of an object with what each says, for whoever asks what was changed.

Owns that one look and one row of the ledger give them, the newest first, and so many at a time. Kept by
``tests/services/showing/test_history.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.errors import NotFoundError
from app.services.exchange import Exchange
from app.services.limiting.ask import ask_about
from app.services.reading.disclosing import disclosed
from app.services.reading.readers import Reader
from app.services.reading.record_disclosure import Disclosed, Manner
from app.services.reading.visible_set import Look
from app.services.showing.look_around import Stated, stated_versions
from app.storage import feed

MOST_VERSIONS = 20
"""So many are given at a time, and one more to compare the oldest of them with."""


@dataclass(frozen=True, slots=True)
class History:
    """Versions of one owner, the newest first; ``before`` is the one that the last of them is compared with, if there is any.

    ``owner_ids`` are the owners whose versions there are, ``older`` names the version from which to go on.
    """

    owner_id: str
    owner_ids: Sequence[str]
    versions: Sequence[Stated]
    before: Stated | None
    older: str | None


def object_history(exchange: Exchange, reader: Reader, stix_id: str, owner_id: str | None, upto: str | None) -> History:
    """Give the visible versions of an id by one owner (None: the first that there is), up to a version (None: the newest).

    Raises:
        ExhaustedError: as ``look_around``.
        NotFoundError: absent or hidden, or no such version of such an owner; all arguments may be anything.
    """
    ask_about(exchange, reader.principal, [stix_id], reader.purpose, reader.channel)

    def read(look: Look) -> tuple[Sequence[Disclosed], History | None]:
        seen = feed.versions_of(look.connection, look.viewpoint, stix_id, look.now)
        owners = sorted({one.owner_id for one in seen})
        chosen = owner_id or (owners[0] if owners else "")
        own = [one for one in reversed(seen) if one.owner_id == chosen]  # oldest first, as they come
        begin = next((place for place, one in enumerate(own) if upto in {None, one.version}), None)
        if begin is None:
            return [], None
        given = stated_versions(look, own[begin : begin + MOST_VERSIONS + 1])
        shown, rest = given[:MOST_VERSIONS], given[MOST_VERSIONS:]
        history = History(chosen, owners, shown, rest[0] if rest else None, rest[0].version.version if rest else None)
        return [one.version for one in given], history

    answer = disclosed(exchange, reader, read, Manner())
    if answer is None:
        raise NotFoundError
    return answer
