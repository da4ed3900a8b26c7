"""How often what a reader sees was sighted, week by week, by behaviour: counts of feedback that it sees, and of nothing else.

Owns what a week is (from Monday, UTC, by when the exchange received the sighting) and how many are told. What counts is
``count_feedback``'s. Kept by ``tests/services/weighing/test_sightings_over_time.py``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from app.domain.feedback import word_of
from app.domain.object_vocabulary import FeedbackKind
from app.domain.permissions import Permission
from app.domain.vocabulary import Extent
from app.services.authenticate import require
from app.services.exchange import Exchange
from app.services.reading.disclosing import disclosed
from app.services.reading.readers import Reader
from app.services.reading.record_disclosure import Manner
from app.services.reading.visible_set import Look
from app.services.weighing.count_feedback import feedback_that_counts
from app.stix import feedback
from app.storage.weighing import FeedbackSought, SeenFeedback

WEEKS = 13
"""A quarter, the running week as its last."""
SEEN, NOT_SEEN = (word_of(FeedbackKind.SIGHTING, word) for word in (feedback.SEEN, feedback.NOT_SEEN))
_COMPARED = 4


@dataclass(frozen=True, slots=True)
class Sightings:
    """Of one behaviour: how many statements a week say that it was seen, and how many that it was looked for and not seen."""

    seen: Sequence[int]
    not_seen: Sequence[int]

    @property
    def lately(self) -> tuple[int, int]:
        """Give how often it was seen in the last four whole weeks, and in the four before these."""
        whole = self.seen[:-1]
        return sum(whole[-_COMPARED:]), sum(whole[-2 * _COMPARED : -_COMPARED])


@dataclass(frozen=True, slots=True)
class WeeklySightings:
    """``weeks`` by their first days, oldest first; ``is_cut``: more than is counted, so that older weeks may have more."""

    weeks: Sequence[date]
    behaviours: Mapping[str, Sightings]
    is_cut: bool

    def of(self, behaviour: str) -> Sightings:
        """Give the counts of a behaviour, noughts where nothing was seen."""
        nothing = [0] * len(self.weeks)
        return self.behaviours.get(behaviour, Sightings(nothing, nothing))


def sightings_over_time(exchange: Exchange, reader: Reader, behaviours: frozenset[str] = frozenset()) -> WeeklySightings:
    """Count the sightings that the reader sees, of these behaviours (none: of all), within ``WEEKS``.

    A sighting of something that shows several behaviours counts for each.

    Raises:
        ForbiddenError: the caller may not read feedback.
    """
    require(reader.principal, Permission.FEEDBACK_READ)

    def read(look: Look) -> tuple[Sequence[SeenFeedback], WeeklySightings]:
        weeks = weeks_until(look.now.astimezone(UTC).date())
        since = datetime.combine(weeks[0], time.min, UTC)
        found = feedback_that_counts(look, FeedbackSought(words=(SEEN, NOT_SEEN), since=since))
        counts: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0] * WEEKS)
        counted: dict[int, SeenFeedback] = {}
        for one in found.feedback:
            for behaviour in one.behaviours & behaviours if behaviours else one.behaviours:
                week = (one.seen.received_at.astimezone(UTC).date() - weeks[0]).days // 7
                counts[behaviour, one.seen.word][min(week, WEEKS - 1)] += 1
                counted[one.seen.version_id] = one.seen
        codes = sorted({code for code, _ in counts})
        told = {code: Sightings(counts[code, SEEN], counts[code, NOT_SEEN]) for code in codes}
        return list(counted.values()), WeeklySightings(weeks, told, found.is_cut)

    return disclosed(exchange, reader, read, Manner(extent=Extent.EXISTENCE))


def weeks_until(today: date) -> list[date]:
    """Give the first days of the last ``WEEKS`` weeks, that of today as the last."""
    monday = today - timedelta(days=today.weekday())
    return [monday - timedelta(weeks=back) for back in reversed(range(WEEKS))]
