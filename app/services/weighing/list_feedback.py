"""What others say of a partner's own objects: the feedback itself, as signed objects, page by page.

Owns the place in which it is read: a view of the feed in which everything is about something of the reader's. Who sees which
feedback, cursors and the ledger are ``pull``'s. Kept by ``tests/services/weighing/test_list_feedback.py``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.domain.feedback import FEEDBACK, FEEDBACK_ABOUT, FEEDBACK_ON, name_of, word_of
from app.domain.object_vocabulary import FeedbackKind
from app.domain.permissions import Permission
from app.services.authenticate import require
from app.services.exchange import Exchange
from app.services.reading.pull import Filters, Page, PageRequest, Place, Reader, Versions, pull_page

FEEDBACK_TYPES = frozenset({"note", "opinion", "sighting"})


@dataclass(frozen=True, slots=True)
class FeedbackQuery:
    """Which feedback; None and empty: any. ``word`` counts with one ``kind`` only."""

    kinds: frozenset[FeedbackKind] = frozenset()
    words: frozenset[str] = frozenset()
    about: str | None = None
    giver_ids: frozenset[str] = frozenset()
    added_after: datetime | None = None
    cursor: str | None = None
    limit: int = 100


def list_feedback(exchange: Exchange, reader: Reader, query: FeedbackQuery) -> Page:
    """Give the next feedback on the reader's own objects, the newest version of each; what is revoked says so itself.

    Raises as ``pull_page``, and ``ForbiddenError`` without the right to read feedback.
    """
    require(reader.principal, Permission.FEEDBACK_READ)
    mine = (FEEDBACK_ON, frozenset({reader.partner.partner_id}))
    said = {one.value for one in query.kinds} or set()
    facets = [mine]
    if query.words:
        facets.append((FEEDBACK, frozenset(word_of(kind, word) for kind in query.kinds or FeedbackKind for word in query.words)))
    elif said:
        facets.append((FEEDBACK, frozenset(said)))
    if query.about is not None:
        facets.append((FEEDBACK_ABOUT, frozenset({name_of(query.about)})))
    filters = Filters(
        types=FEEDBACK_TYPES,
        owner_ids=query.giver_ids,
        facets=tuple(facets),
        added_after=query.added_after,
        versions=Versions(last=True),
    )
    return pull_page(exchange, reader, PageRequest(filters, query.cursor, query.limit, Place(name="feedback")))
