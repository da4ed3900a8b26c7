"""``/notices``: what others' recalls and contests ask of the caller, and its answers. Kept by ``tests/http/test_notices.py``."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from app.domain.permissions import Permission
from app.http.blueprint import ApiBlueprint
from app.http.idempotency import use_of_key
from app.http.notice_payloads import EnteredAnswerPayload, NoticePagePayload, NoticePayload, NoticeQuery
from app.http.payloads import EnvelopePayload
from app.services.recalling.acknowledge import ForPartner, acknowledge, enter_answer
from app.services.recalling.look_up_notices import NoticePage, NoticeRecord, NoticesAsked, list_notices
from app.web.context import exchange, principal

blueprint = ApiBlueprint("notices", "Notices of recalls and contests, and what whoever they are addressed to answers.")


@blueprint.get("/notices", Permission.RECALLS_ANSWER, Permission.RECALLS_READ, also=(404,))
@blueprint.query(NoticeQuery)
@blueprint.answers(HTTPStatus.OK, NoticePagePayload)
def find_page(query: dict[str, Any]) -> NoticePage:
    """List the notices addressed to the caller, oldest first; staff see everybody's."""
    asked = NoticesAsked(query["open"], query["partner_id"], query["next"], query["limit"])
    return list_notices(exchange(), principal(), asked)


@blueprint.post("/notices/<notice_id>/acknowledgements", Permission.RECALLS_ANSWER, also=(422,))
@blueprint.body(EnvelopePayload)
@blueprint.answers(HTTPStatus.CREATED, NoticePayload)
def answer(envelope: dict[str, Any], notice_id: str) -> NoticeRecord:
    """Answer a notice: a DSSE envelope signed with an active key of the caller; a later answer replaces an earlier one."""
    return acknowledge(exchange(), principal(), notice_id, envelope, use_of_key())


@blueprint.post("/notices/<notice_id>/partners/<partner_id>/answer", Permission.RECALLS_ANSWER)
@blueprint.body(EnteredAnswerPayload)
@blueprint.answers(HTTPStatus.CREATED, NoticePayload)
def enter(given: dict[str, Any], notice_id: str, partner_id: str) -> NoticeRecord:
    """Enter the answer of a partner that is suspended or has ended. Operators only."""
    return enter_answer(exchange(), principal(), notice_id, ForPartner(partner_id, given["outcomes"]), use_of_key())
