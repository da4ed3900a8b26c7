"""What waits for a person of the exchange: what two of them decide, partners that nobody reached, late recalls, work that stands.

Owns which right each takes, and that each look is bounded. Kept by ``tests/services/waiting/test_for_staff.py``.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from app.domain.approval import ApprovalState
from app.domain.partner import Principal
from app.domain.permissions import Permission
from app.policy.administration import why_forbidden
from app.policy.approvals import why_not_decide
from app.services.approval.look_up import ApprovalQuery, list_approvals
from app.services.exchange import Exchange
from app.services.paging.answer_pages import list_pages
from app.services.proving.kept_checkpoint import why_read_only
from app.services.waiting.for_members import proposals_to_review
from app.services.waiting.waits import MOST_COUNTED, Wait, WaitKind, counted
from app.storage import alarms, notices, work_search

RECENT = timedelta(days=1)
"""Alarms that were raised within so long are shown."""
STANDS = timedelta(minutes=10)
"""Work that was wanted so long ago, and that nobody does, stands still."""
_ONE_MORE = MOST_COUNTED + 1


def waits_for_staff(exchange: Exchange, principal: Principal) -> list[Wait]:
    """Give what waits for a person of the exchange, of the kinds of which there is any; nothing for anybody else."""
    if not principal.is_staff:
        return []
    now = exchange.clock()
    found = [_read_only(exchange)]
    if _may(principal, Permission.APPROVALS_DECIDE):
        found.append(_approvals(exchange, principal))
    if _may(principal, Permission.PAGES_READ):
        found.append(_pages(exchange, principal))
    if _may(principal, Permission.METRICS_READ):
        found.append(_alarms(exchange, now))
    if _may(principal, Permission.RECALLS_READ):
        found.append(_recalls(exchange, now))
    if _may(principal, Permission.CATALOGUE_REVIEW):
        found.append(proposals_to_review(exchange, principal))
    if _may(principal, Permission.WORK_READ):
        found += _work(exchange, now)
    return [one for one in found if one.count]


def _may(principal: Principal, permission: Permission) -> bool:
    return why_forbidden(principal, permission) is None


def _read_only(exchange: Exchange) -> Wait:
    return Wait(WaitKind.READ_ONLY, 0 if why_read_only(exchange) is None else 1)


def _approvals(exchange: Exchange, principal: Principal) -> Wait:
    page = list_approvals(exchange, principal, ApprovalQuery(ApprovalState.PROPOSED, None, _ONE_MORE))
    mine = [one.approval for one in page.approvals if why_not_decide(principal, one.approval) is None]
    return counted(WaitKind.APPROVALS, mine, due_at=min((one.expires_at for one in mine), default=None))


def _pages(exchange: Exchange, principal: Principal) -> Wait:
    waiting = [one.page for one in list_pages(exchange, principal, _ONE_MORE) if one.page.is_waiting]
    return counted(WaitKind.PAGES, waiting, since=min((one.made_at for one in waiting), default=None))


def _alarms(exchange: Exchange, now: datetime) -> Wait:
    with exchange.database.read() as connection:
        found = alarms.raised_since(connection, now - RECENT, _ONE_MORE)
    return counted(WaitKind.ALARMS, found, since=min((one.first_at for one in found), default=None))


def _recalls(exchange: Exchange, now: datetime) -> Wait:
    with exchange.database.read() as connection:
        partners = notices.late_partners(connection, now)
    return counted(WaitKind.RECALLS_OF_OTHERS, partners)


def _work(exchange: Exchange, now: datetime) -> list[Wait]:
    with exchange.database.read() as connection:
        found = work_search.standings(connection, now)
    dead = sum(one.dead for one in found)
    still = [one for one in found if one.oldest is not None and one.oldest + STANDS <= now]
    since = min((one.oldest for one in still if one.oldest is not None), default=None)
    return [Wait(WaitKind.WORK_DEAD, dead), Wait(WaitKind.WORK_STANDS, sum(one.waiting for one in still), since=since)]
