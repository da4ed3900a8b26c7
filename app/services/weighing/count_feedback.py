"""How much feedback there is on whose objects, by behaviour and word: counts of what the reader sees, and of nothing else.

Kept by ``tests/services/weighing/test_count_feedback.py``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from app.domain.object_vocabulary import FeedbackKind
from app.domain.permissions import Permission
from app.domain.vocabulary import Extent
from app.policy.organisations import organisation_of
from app.services.authenticate import require
from app.services.exchange import Exchange
from app.services.reading.disclosing import disclosed
from app.services.reading.readers import Reader
from app.services.reading.record_disclosure import Manner
from app.services.reading.visible_set import Look
from app.storage import organisations, weighing
from app.storage.weighing import FeedbackSought, SeenFeedback

MOST_COUNTED = 10_000
"""So much feedback, the newest, is counted."""


@dataclass(frozen=True, slots=True)
class Counted:
    """How much feedback of one word there is on one publisher's objects of one behaviour (None: those that show none)."""

    owner_id: str
    behaviour: str | None
    kind: FeedbackKind
    word: str
    statements: int
    givers: int


@dataclass(frozen=True, slots=True)
class Statistics:
    """The counts, by publisher, behaviour, kind and word; ``is_cut``: there is more, older feedback that is not counted."""

    counts: Sequence[Counted]
    is_cut: bool


@dataclass(slots=True)
class _Tally:
    versions: set[int] = field(default_factory=set)
    givers: set[str] = field(default_factory=set)


def count_feedback(exchange: Exchange, reader: Reader, owner_ids: frozenset[str], behaviours: frozenset[str]) -> Statistics:
    """Count the feedback that the reader sees: on these publishers' objects, and of these behaviours; empty: on all.

    Feedback on an object of several behaviours counts once for each. What a publisher says of its own counts nowhere,
    and so it is with the other parts of its organisation, which is one giver.

    Raises:
        ForbiddenError: the caller may not read feedback.
    """
    require(reader.principal, Permission.FEEDBACK_READ)

    def read(look: Look) -> tuple[Sequence[SeenFeedback], Statistics]:
        found = feedback_that_counts(look, FeedbackSought(owner_ids))
        tallies: dict[tuple[str, str, str], _Tally] = defaultdict(_Tally)
        counted = []
        for one in found.feedback:
            chosen = (one.behaviours or {_NONE}) & behaviours if behaviours else one.behaviours or {_NONE}
            counted += [one.seen] if chosen else []
            for behaviour in chosen:
                tally = tallies[one.seen.owner_id, behaviour, one.seen.word]
                tally.versions.add(one.seen.version_id)
                tally.givers.add(one.giver)
        return counted, Statistics(
            [_counted(key, tally) for key, tally in sorted(tallies.items(), key=lambda item: item[0])], found.is_cut
        )

    return disclosed(exchange, reader, read, Manner(extent=Extent.EXISTENCE))


@dataclass(frozen=True, slots=True)
class Counting:
    """Feedback that counts: as it is seen, the organisation that gave it, and the behaviours that what it is on shows."""

    seen: SeenFeedback
    giver: str
    behaviours: set[str]


@dataclass(frozen=True, slots=True)
class AllThatCounts:
    """Feedback, newest first; ``is_cut``: there is more, older, than ``MOST_COUNTED``."""

    feedback: Sequence[Counting]
    is_cut: bool


def feedback_that_counts(look: Look, sought: FeedbackSought) -> AllThatCounts:
    """Give what is seen and is no organisation's word on its own objects. The caller records it as disclosed."""
    found = weighing.seen_feedback(look.connection, look.viewpoint, sought, look.now, MOST_COUNTED + 1)
    is_cut, found = len(found) > MOST_COUNTED, found[:MOST_COUNTED]
    stated = sorted({(one.owner_id, one.stix_id) for one in found})
    parents = organisations.parents(look.connection)
    shown = weighing.behaviours_of(look.connection, look.viewpoint, stated, look.now)
    counting = [
        Counting(one, organisation_of(one.giver_id, parents), shown.get((one.owner_id, one.stix_id), set()))
        for one in found
        if organisation_of(one.giver_id, parents) != organisation_of(one.owner_id, parents)
    ]
    return AllThatCounts(counting, is_cut)


_NONE = ""


def _counted(key: tuple[str, str, str], tally: _Tally) -> Counted:
    owner_id, behaviour, words = key
    kind, _, word = words.partition(":")
    return Counted(owner_id, behaviour or None, FeedbackKind(kind), word, len(tally.versions), len(tally.givers))
