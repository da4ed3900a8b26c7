"""Proposals to change the catalogue, and what reviewers say of them.

Owns the values; who may review, release and take back is ``app/policy/catalogue.py``'s. Kept by
``tests/domain/test_catalogue_proposal.py``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, unique

NEEDED_APPROVALS = 2
"""So many organisations beside the proposer's must approve."""

LONGEST_TEXT = 2_000
"""Most characters of a reason."""

EXCHANGE = "exchange"
"""The organisation of the exchange's own people."""


@unique
class ProposalKind(StrEnum):
    """What is proposed of an entry. Alphabetical, never reused."""

    CHANGE = "change"
    NEW = "new"
    RETIREMENT = "retirement"


@unique
class EntryKind(StrEnum):
    """What an entry of the catalogue is."""

    BEHAVIOUR = "behaviour"
    COUNTERMEASURE = "countermeasure"


@unique
class ProposalState(StrEnum):
    """The life of a proposal: ``open`` waits for reviewers, ``accepted`` for the next release, all others are its end.

    ``outdated``: a release changed its entry before it was in one; it is proposed anew, on that release.
    """

    ACCEPTED = "accepted"
    OPEN = "open"
    OUTDATED = "outdated"
    REJECTED = "rejected"
    RELEASED = "released"
    WITHDRAWN = "withdrawn"

    @property
    def is_waiting(self) -> bool:
        """Whether something may still become of it."""
        return self in {ProposalState.ACCEPTED, ProposalState.OPEN}


@unique
class Verdict(StrEnum):
    """What a reviewer says."""

    APPROVE = "approve"
    REJECT = "reject"


@dataclass(frozen=True, slots=True)
class Proposal:
    """What somebody wants the next release to say of one entry.

    ``code`` None: a new entry, which is given its code when it is released. ``document`` is RFC 8785 text: the entry as it shall
    read, without code and times, or of a retirement its ``replaced_by``. ``partner_id`` None: the exchange's own people
    proposed it. ``person_id`` None: a service account did. ``based_on`` is the release that its author read.
    ``release`` is the one that took it up, or that made it outdated.
    """

    proposal_id: str
    kind: ProposalKind
    entry: EntryKind
    code: str | None
    document: str
    reason: str
    based_on: int
    partner_id: str | None
    person_id: str | None
    credential_id: str
    proposed_at: datetime
    state: ProposalState = ProposalState.OPEN
    settled_at: datetime | None = None
    release: int | None = None


@dataclass(frozen=True, slots=True)
class Review:
    """What one organisation's reviewer says; ``organisation`` is ``EXCHANGE`` or the id of the partner at its top."""

    proposal_id: str
    organisation: str
    partner_id: str | None
    person_id: str
    credential_id: str
    verdict: Verdict
    reason: str
    reviewed_at: datetime
