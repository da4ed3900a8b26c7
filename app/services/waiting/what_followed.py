"""What one's own contributions led to: what others said of them lately, counted by word and week.

Owns the window and the bound. Only feedback that the reader sees is counted, and that it is there is a disclosure; what
other parts of the reader's organisation say counts nowhere. Kept by ``tests/services/waiting/test_what_followed.py``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app.domain.feedback import FEEDBACK_ON
from app.domain.permissions import Permission
from app.domain.vocabulary import Extent
from app.policy.organisations import organisation_of
from app.services.authenticate import require
from app.services.exchange import Exchange
from app.services.reading.disclosing import disclosed
from app.services.reading.readers import Reader
from app.services.reading.record_disclosure import Manner
from app.services.reading.visible_set import Look
from app.storage import feed, organisations, weighing
from app.storage.feed import Entry, Filters, Versions, Window
from app.storage.weighing import SaidThen

LOOKS_BACK = timedelta(days=90)
MOST_COUNTED = 500
"""So much feedback, the oldest of the window, is counted."""
_TYPES = frozenset({"note", "opinion", "sighting"})


@dataclass(frozen=True, slots=True)
class Followed:
    """What others said of the reader's objects since a moment: by ``kind:word``, and by the Monday of its week and kind.

    ``givers`` are how many organisations said it; ``at_least``: there is more that was not counted.
    """

    since: datetime
    by_word: Mapping[str, int]
    by_week: Mapping[tuple[date, str], int]
    givers: int
    at_least: bool


def what_followed(exchange: Exchange, reader: Reader) -> Followed:
    """Count what others said of the reader's own objects in the last ``LOOKS_BACK``.

    Raises:
        ForbiddenError: the caller may not read feedback.
    """
    require(reader.principal, Permission.FEEDBACK_READ)
    own = reader.partner.partner_id

    def read(look: Look) -> tuple[Sequence[Entry], Followed]:
        since = look.now - LOOKS_BACK
        filters = Filters(
            types=_TYPES,
            facets=((FEEDBACK_ON, frozenset({own})),),
            added_after=since,
            versions=Versions(last=True),
        )
        found = feed.page(look.connection, look.viewpoint, Window(0, MOST_COUNTED + 1, look.now), filters)
        counted = found[:MOST_COUNTED]
        parents = organisations.parents(look.connection)
        said = weighing.said_in(look.connection, [one.version_id for one in counted])
        others = [one for one in said if organisation_of(one.giver_id, parents) != organisation_of(own, parents)]
        givers = {organisation_of(one.giver_id, parents) for one in others}
        return counted, _followed(others, since, len(givers), at_least=len(found) > MOST_COUNTED)

    return disclosed(exchange, reader, read, Manner(extent=Extent.EXISTENCE))


def _followed(said: Sequence[SaidThen], since: datetime, givers: int, *, at_least: bool) -> Followed:
    by_week = Counter((_monday(one.said_at), one.word.partition(":")[0]) for one in said)
    return Followed(since, Counter(one.word for one in said), by_week, givers, at_least)


def _monday(moment: datetime) -> date:
    return moment.date() - timedelta(days=moment.weekday())
