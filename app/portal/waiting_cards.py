"""Cards of what waits for who is signed in: a number, a sentence, how pressing it is, and where to go.

Owns the words and the order. A kind without a page here yet has no link. Kept by ``tests/portal/test_waiting_cards.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import current_app, url_for

from app.domain.errors import ExhaustedError, ForbiddenError
from app.domain.permissions import Permission
from app.policy.administration import why_forbidden
from app.portal.reading import own_reader, reads_already
from app.portal.time_left import TimeLeft, time_left
from app.portal.words import gettext, ngettext, shown_date
from app.services.reading.readers import Reader
from app.services.waiting.for_members import waits_for_member
from app.services.waiting.for_staff import waits_for_staff
from app.services.waiting.waits import Wait, WaitKind
from app.web.context import exchange, principal


@dataclass(frozen=True, slots=True)
class _Words:
    """What is said of a kind, in the singular and the plural, what to do, and the page for it."""

    one: str
    many: str
    act: str
    endpoint: str
    arguments: Mapping[str, Any] | None = None


WORDS: Mapping[WaitKind, _Words] = {
    WaitKind.READ_ONLY: _Words(
        "exchange takes nothing in: it is read-only", "exchanges are read-only", "See why", "operating_health.show"
    ),
    WaitKind.RETURNED: _Words(
        "draft of yours came back, with what is to be changed",
        "drafts of yours came back, with what is to be changed",
        "Change it",
        "sharing.show",
    ),
    WaitKind.REVIEWS: _Words(
        "draft to read as second person", "drafts to read as second person", "Read drafts", "reviewing.show"
    ),
    WaitKind.RECALLS: _Words(
        "recall or second look to answer", "recalls and second looks to answer", "Answer recalls", "answering_recalls.show"
    ),
    WaitKind.REQUESTS: _Words("request to answer", "requests to answer", "Answer requests", "answering_requests.show"),
    WaitKind.DISPUTES: _Words(
        "object of ours is disputed", "objects of ours are disputed", "Look at disputes", "answering_disputes.show"
    ),
    WaitKind.SIGNATURES: _Words(
        "decision waits for your organisation's signature",
        "decisions wait for your organisation's signature",
        "See",
        "signing.show",
    ),
    WaitKind.PROPOSALS: _Words(
        "proposal to the catalogue to review",
        "proposals to the catalogue to review",
        "Review proposals",
        "proposals.list_all",
    ),
    WaitKind.APPROVALS: _Words(
        "decision that needs a second person", "decisions that need a second person", "Decide", "operating_approvals.show"
    ),
    WaitKind.PAGES: _Words(
        "partner called and not reached", "calls to partners that nobody acknowledged", "See calls", "operating_usage.alarms"
    ),
    WaitKind.ALARMS: _Words("alarm since yesterday", "alarms since yesterday", "See alarms", "operating_usage.alarms"),
    WaitKind.RECALLS_OF_OTHERS: _Words(
        "partner is late with a recall", "partners are late with recalls", "See who is late", "operating_recalls.show"
    ),
    WaitKind.WORK_DEAD: _Words("piece of work failed", "pieces of work failed", "Look at the work", "operating_work.show"),
    WaitKind.WORK_STANDS: _Words(
        "piece of work waits that nobody does", "pieces of work wait that nobody does", "Look at the work", "operating_work.show"
    ),
}
"""By kind, in the order in which the cards stand."""


@dataclass(frozen=True, slots=True)
class Card:
    """A card: ``number`` as it is shown, ``left`` until the first is due, ``since`` when the first waits (as words)."""

    kind: WaitKind
    number: str
    words: str
    act: str
    address: str | None
    left: TimeLeft | None
    since: str | None


def waiting_cards() -> list[Card]:
    """Give the cards for who is signed in, the most pressing kinds first."""
    found = [*_for_member(), *waits_for_staff(exchange(), principal())]
    order = list(WORDS)
    return [_card(one) for one in sorted(found, key=lambda one: order.index(one.kind))]


def _for_member() -> list[Wait]:
    try:
        return waits_for_member(exchange(), principal(), _reader())
    except (ExhaustedError, ForbiddenError):
        return waits_for_member(exchange(), principal(), None)


def _reader() -> Reader | None:
    if why_forbidden(principal(), Permission.OBJECTS_READ) is not None or not reads_already():
        return None
    return own_reader()


def _card(one: Wait) -> Card:
    said = WORDS[one.kind]
    number = gettext("more than %(num)s") % {"num": one.count} if one.at_least else str(one.count)
    address = url_for(said.endpoint, **(said.arguments or {})) if said.endpoint in current_app.view_functions else None
    left = None if one.due_at is None else time_left(one.due_at, exchange().clock())
    since = None if one.since is None else gettext("since %(day)s") % {"day": shown_date(one.since)}
    return Card(one.kind, number, ngettext(said.one, said.many, one.count), gettext(said.act), address, left, since)
