"""A row of the ledger as whoever asks may see it: who was given what, when, why, under which agreement and on which ground.

Owns what an owner is told and what staff are; whose rows these are is the caller's to have asked for. The ground is that of the
decision, repeated as it was. Of what is erased it says that, and no names. Kept by
``tests/services/ledger/test_answers.py``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.domain.partner import Partner
from app.domain.vocabulary import Channel, Extent, Purpose, Tlp
from app.policy.grounds import Ground
from app.services.explaining.repeat_decision import Repeater
from app.storage import ledger_search, members
from app.storage.disclosures import LedgerRow
from app.storage.ledger_search import NamedVersion, Sought
from app.storage.session import Connection


@dataclass(frozen=True, slots=True)
class GivenVersion:
    """One version that was given: whose, its names (None: erased since), and on which ground, through which groups (ids).

    ``ground`` None: the row is from before that was kept, or nothing is left to decide on.
    """

    publisher_id: str
    stix_id: str | None
    version: str | None
    ground: Ground | None = None
    groups: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class LedgerAnswer:
    """One row of the ledger. ``credential_id`` is told to staff alone; ``extent`` None: from before that was kept."""

    number: int
    recipient_id: str
    recipient_name: str
    credential_id: str | None
    purpose: Purpose
    channel: Channel
    agreement_version: int
    disclosed_at: datetime
    extent: Extent | None
    given: tuple[GivenVersion, ...]

    @property
    def versions(self) -> tuple[tuple[str | None, str | None], ...]:
        """Give id and version of each, in their order."""
        return tuple((one.stix_id, one.version) for one in self.given)


class LedgerReader:
    """Reads rows in one snapshot for an owner, or for staff (``owner_id`` None)."""

    def __init__(self, connection: Connection, owner_id: str | None) -> None:
        """Read everybody's names."""
        self._connection = connection
        self._owner_id = owner_id
        self._partners: Mapping[str, Partner] = {one.partner_id: one for one in members.partners(connection)}

    def held(self, rows: Sequence[LedgerRow], sought: Sought) -> list[dict[int, NamedVersion]]:
        """Give for each row those of its versions (row ids) that are sought and that the asker may be told of."""
        asked = [_asked(row, sought) for row in rows]
        every = set[int]().union(*asked)
        names = ledger_search.named(self._connection, every, self._owner_id or sought.owner_id) if every else {}
        return [{one: names[one] for one in some if one in names} for some in asked]

    def answers(self, found: Sequence[tuple[LedgerRow, Mapping[int, NamedVersion]]]) -> list[LedgerAnswer]:
        """Give rows with these of their versions."""
        if not found:
            return []
        recipients = {row.disclosure.partner_id: self._partners[row.disclosure.partner_id] for row, _ in found}
        repeater = Repeater.load(self._connection, recipients.values(), set[int]().union(*(held for _, held in found)))
        return [self._answer(row, held, repeater) for row, held in found]

    def _answer(self, row: LedgerRow, held: Mapping[int, NamedVersion], repeater: Repeater) -> LedgerAnswer:
        value = row.disclosure
        recipient = self._partners[value.partner_id]
        decided = repeater.of_row(value, held.keys(), Tlp.RED)
        given = []
        for version_id, one in sorted(held.items()):
            made = GivenVersion(one.owner_id, one.stix_id, one.version)
            if version_id in decided:
                decision = decided[version_id]
                made = GivenVersion(one.owner_id, one.stix_id, one.version, decision.ground, decision.groups)
            given.append(made)
        return LedgerAnswer(
            number=row.number,
            recipient_id=value.partner_id,
            recipient_name=recipient.name,
            credential_id=value.credential_id if self._owner_id is None else None,
            purpose=value.purpose,
            channel=value.channel,
            agreement_version=value.agreement_version,
            disclosed_at=value.disclosed_at,
            extent=value.extent,
            given=tuple(given),
        )


def _asked(row: LedgerRow, sought: Sought) -> tuple[int, ...]:
    if sought.version_ids is None:
        return row.disclosure.version_ids
    return tuple(one for one in row.disclosure.version_ids if one in sought.version_ids)
