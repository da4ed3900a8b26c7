"""Recalls and contests that ask something of one's organisation: the list, one notice, and its answer.

The answer is signed by the partner's key, so that it ends in a signing task. Kept by ``tests/portal/answering/test_recalls.py``.
"""

from __future__ import annotations

from flask import Response, request

from app.domain.errors import ForbiddenError
from app.domain.permissions import Permission
from app.portal.answering.beside import beside
from app.portal.answering.shown_notices import shown_notice
from app.portal.blueprint import PortalBlueprint
from app.portal.pages import page
from app.services.recalling.look_up_notices import NoticesAsked, get_notice, list_notices
from app.web.context import exchange, principal

AT_ONCE = 20
blueprint = PortalBlueprint("answering_recalls", section="answering.show")


@blueprint.page("/answer/recalls", Permission.RECALLS_ANSWER, query=["all", "next"])
def show() -> Response:
    """Show what waits for an answer, and what was answered where that is asked for, too."""
    if principal().partner is None:
        raise ForbiddenError("Notices are answered here by the partners to whom they are addressed.")
    is_all = request.args.get("all") == "1"
    found = list_notices(exchange(), principal(), NoticesAsked(not is_all, None, request.args.get("next"), AT_ONCE))
    rows = [shown_notice(one, found.now) for one in found.notices]
    rows.sort(key=lambda one: (one.record.addressee.answered_at is not None, one.left.due_at))
    return page("answering/recalls.html", beside=beside(), rows=rows, is_all=is_all, going_on=found.next if found.more else None)


@blueprint.page("/answer/recalls/<notice_id>", Permission.RECALLS_ANSWER)
def show_one(notice_id: str) -> Response:
    """Show what one notice asks, in words."""
    record = get_notice(exchange(), principal(), notice_id)
    return page("answering/recall.html", beside=beside(), shown=shown_notice(record, exchange().clock()))
