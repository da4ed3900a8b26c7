"""The ledger row of an answer that is about to leave.

Owns what is written and the question that comes with it: was anything withdrawn since the snapshot that the answer was read in?
A recall looks for its recipients in the ledger once it is committed. So an answer that holds some of it either has its row there
by then, or is read again. Kept by ``tests/services/reading/test_record_disclosure.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from app.domain.disclosure import Disclosure
from app.domain.vocabulary import Extent
from app.services.exchange import Exchange
from app.services.reading.readers import Reader
from app.services.reading.visible_set import Look
from app.storage import disclosures, recalls
from app.storage.disclosures import Given

_TRIES = 50
_MOST_WITHDRAWN = 5_000  # versions withdrawn during one answer; beyond, it is read again without asking which


class Disclosed(Protocol):
    """A version that is given to a reader."""

    @property
    def version_id(self) -> int:
        """Its row id."""

    @property
    def class_id(self) -> int:
        """Its class, which says whose it is."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How versions are given: in whose feed they were read (0: everything), and how much of them an answer to GET holds."""

    feed: int = 0
    extent: Extent = Extent.CONTENT


_USUAL = Manner()


def record_disclosure(
    exchange: Exchange, reader: Reader, look: Look, given: Sequence[Disclosed], manner: Manner = _USUAL
) -> bool:
    """Commit the ledger row of an answer with something in it. Bytes may leave only after this returned True.

    False: some of this was withdrawn since the look; nothing was recorded, and the answer must be read again. What else is
    withdrawn meanwhile does not disturb.
    """
    held = Held(tuple(sorted(one.version_id for one in given)), frozenset(one.class_id for one in given))
    return disclose(exchange, reader, look, held, manner) is not None


@dataclass(frozen=True, slots=True)
class Held:
    """The versions of an answer by their row ids, ascending, at least one; and in which classes they are."""

    version_ids: tuple[int, ...]
    class_ids: frozenset[int]


def disclose(exchange: Exchange, reader: Reader, look: Look, given: Held, manner: Manner = _USUAL) -> int | None:
    """Do the same, and give the number of the ledger's row; None: some of this was withdrawn since the look."""
    value = Disclosure(
        partner_id=reader.partner.partner_id,
        credential_id=reader.principal.credential.credential_id,
        purpose=reader.purpose,
        channel=reader.channel,
        agreement_version=look.agreement_version,
        policy_epoch=look.viewpoint.epoch,
        disclosed_at=look.now,
        version_ids=given.version_ids,
        extent=Extent.EXISTENCE if reader.is_head else manner.extent,
        position=look.position,
    )
    newest_recall = look.newest_recall
    for _ in range(_TRIES):
        with exchange.database.stroke() as connection:
            number = disclosures.add_disclosure(connection, value, Given(given.class_ids, newest_recall, manner.feed))
        if number is not None:
            return number
        with exchange.database.read() as connection:
            withdrawn = recalls.withdrawn_since(connection, newest_recall, _MOST_WITHDRAWN)
        if len(withdrawn) == _MOST_WITHDRAWN or not withdrawn.keys().isdisjoint(value.version_ids):
            return None
        newest_recall = max([newest_recall, *withdrawn.values()])
    return None
