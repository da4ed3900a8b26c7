"""The agreement between the exchange and one partner: what it may read, what it may submit, and its default handling.

Owns the values. Agreements are versioned documents; which of them is in force is decided in ``app/policy/agreements.py``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.domain.handling import DefaultHandling
from app.domain.vocabulary import (
    Assurance,
    Channel,
    Harm,
    OverdueRecall,
    Profile,
    Purpose,
    Sensitivity,
    Tlp,
    TransferBasis,
)


@dataclass(frozen=True, slots=True)
class CrossBorderTerms:
    """What a partner may read of publishers in other jurisdictions than its own, and the legal basis of that transfer.

    Empty lists admit nothing from abroad; ``"any"`` stands for all jurisdictions.
    """

    jurisdictions: frozenset[str]
    sensitivities: frozenset[Sensitivity]
    basis: TransferBasis


@dataclass(frozen=True, slots=True)
class ReadVolume:
    """How much a partner may read in a day (UTC); None: no limit agreed, only what alarms the operators.

    ``versions_per_day`` counts each version each time it is given; ``lookups_per_day`` questions by the id of an observable.
    """

    versions_per_day: int | None = None
    lookups_per_day: int | None = None


@dataclass(frozen=True, slots=True)
class ReadTerms:
    """What a partner may read. An empty list admits nothing.

    ``publisher_roles`` and ``publisher_jurisdictions`` say whose objects; ``"any"`` stands for all.
    """

    publisher_roles: frozenset[str]
    publisher_jurisdictions: frozenset[str]
    purposes: frozenset[Purpose]
    tlp_ceiling: Tlp
    sensitivities: frozenset[Sensitivity]
    harm_types: frozenset[Harm]
    channels: frozenset[Channel]
    cross_border: CrossBorderTerms
    volume: ReadVolume = ReadVolume()


@dataclass(frozen=True, slots=True)
class SignatureRequired:
    """What must carry its publisher's signature, even where the agreement takes objects that the channel alone attests.

    An object is meant if its sensitivity, or one of its harm types, is listed. Empty lists ask for nothing more.
    """

    sensitivities: frozenset[Sensitivity] = frozenset()
    harm_types: frozenset[Harm] = frozenset()


@dataclass(frozen=True, slots=True)
class WriteTerms:
    """What a partner may submit. An empty list admits nothing.

    ``passes_on`` are the ids of partners whose signed objects it may submit besides its own; ``"any"`` stands for all. With
    ``carries_statements`` markings that are words for people are carried along and narrow nothing: for exports of other tools,
    whose words are copyright lines. Without it, what they mark is refused. ``objects_per_day`` (UTC) counts what is sent, refused
    or not; None: no limit agreed.
    """

    profiles: frozenset[Profile]
    assurances: frozenset[Assurance]
    sensitivities: frozenset[Sensitivity]
    harm_types: frozenset[Harm]
    signature_required: SignatureRequired = SignatureRequired()
    passes_on: frozenset[str] = frozenset()
    carries_statements: bool = False
    objects_per_day: int | None = None


@dataclass(frozen=True, slots=True)
class RecallTerms:
    """By when a partner answers a recall, in hours from its notice, and what happens if it does not."""

    acknowledge_within_hours: int = 168
    overdue: OverdueRecall = OverdueRecall.ALARM


@dataclass(frozen=True, slots=True)
class Agreement:
    """One version of a partner's agreement; in force from ``starts_at`` (inclusive) to ``ends_at`` (exclusive, None: open).

    ``version`` counts from 1 for each partner; a later version replaces the earlier one from its own ``starts_at`` on. One that
    ``is_suspended`` allows nothing while it governs. ``is_listed``: other members are told that the partner is one.
    """

    partner_id: str
    version: int
    starts_at: datetime
    ends_at: datetime | None
    read: ReadTerms
    write: WriteTerms
    default_handling: DefaultHandling
    created_at: datetime
    created_by: str
    recall: RecallTerms = RecallTerms()
    is_listed: bool = False
    is_suspended: bool = False
