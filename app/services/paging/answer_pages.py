"""Pages as partners and operators see them, and acknowledging one.

Owns who sees which: a partner its own, while it may still see something of what they are about; to anybody else, and afterwards,
they do not exist. A page names no object: those are read from the feed, where the ledger records it. Kept by
``tests/services/paging/test_answer_pages.py``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from app.domain.errors import ForbiddenError, NotFoundError
from app.domain.events import Event, EventRecord
from app.domain.paging import Mail, Page
from app.domain.partner import Partner, Principal
from app.domain.permissions import Permission
from app.services.answer_once import earlier_outcome
from app.services.authenticate import require
from app.services.exchange import Exchange
from app.services.paging.page_contacts import is_seen, seen_of
from app.storage import events, mails, pages, submissions
from app.storage.session import Connection
from app.storage.submissions import KeyUse

_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class PageRecord:
    """A page with the mails that were made about it, oldest first: who was called, when, and what became of it."""

    page: Page
    mails: list[Mail]


def list_pages(exchange: Exchange, principal: Principal, limit: int) -> list[PageRecord]:
    """List the newest ``limit`` pages of the caller, newest first; operators see all partners'."""
    require(principal, Permission.PAGES_READ)
    now = exchange.clock()
    with exchange.database.read() as connection:
        if principal.partner is None:
            return _records(connection, pages.pages(connection, None, limit))
        return _records(connection, _own_pages(connection, principal.partner, limit, now))


def _own_pages(connection: Connection, partner: Partner, limit: int, now: datetime) -> list[Page]:
    """Give the newest pages that a partner may see: what it may not see takes no place among them."""
    found: list[Page] = []
    batch: list[Page] = []
    while len(found) < limit:
        batch = pages.pages(connection, partner.partner_id, _AT_ONCE, after=batch[-1] if batch else None)
        about = {version_id for one in batch for version_id in one.version_ids}
        seen = frozenset(seen_of(connection, partner, about, now))
        found += [one for one in batch if not seen.isdisjoint(one.version_ids)]
        if len(batch) < _AT_ONCE:
            break
    return found[:limit]


def acknowledge(exchange: Exchange, principal: Principal, page_id: str, use: KeyUse | None = None) -> PageRecord:
    """Acknowledge a page of the caller: nobody further is called about it. Again is no error, and changes nothing.

    Raises:
        ForbiddenError: the caller is no partner, or without the right.
        NotFoundError: the caller has no such page, or may see nothing of what it is about any more.
    """
    require(principal, Permission.PAGES_ACKNOWLEDGE)
    if principal.partner is None:
        raise ForbiddenError("Only partners acknowledge pages.")
    now = exchange.clock()
    with exchange.database.write(while_read_only=True) as connection:
        page = pages.page_by_id(connection, page_id, held=True)
        if page is None or page.partner_id != principal.partner.partner_id or not is_seen(connection, page, now):
            raise NotFoundError
        if earlier_outcome(connection, use) is None and use is not None:
            submissions.add_key_use(connection, use, page_id, now)
        if page.acknowledged_at is None:
            page = _acknowledged(connection, page, principal.credential.credential_id, now)
        return _records(connection, [page])[0]


def _acknowledged(connection: Connection, page: Page, credential_id: str, now: datetime) -> Page:
    page = replace(page, acknowledged_at=now, acknowledged_by=credential_id, turn_at=None)
    pages.save_page(connection, page)
    mails.drop_about(connection, page.page_id)
    record = EventRecord(Event.PAGE_ACKNOWLEDGE, now, page.partner_id, credential_id, subject=page.page_id)
    events.add_events(connection, [record])
    return page


def _records(connection: Connection, found: list[Page]) -> list[PageRecord]:
    by_page: dict[str, list[Mail]] = {one.page_id: [] for one in found}
    for mail in mails.mails_about(connection, list(by_page)):
        by_page[mail.subject_id].append(mail)
    return [PageRecord(one, by_page[one.page_id]) for one in found]
