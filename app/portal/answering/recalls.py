"""Recalls and contests that ask something of one's organisation: the list, one notice, and its answer.

The answer is signed by the partner's key, so that it ends in a signing task. Kept by ``tests/portal/answering/test_recalls.py``.
"""

from __future__ import annotations

from http import HTTPStatus

from flask import Response, request

from app.domain.errors import ConflictError, ForbiddenError, MalformedInputError
from app.domain.object_vocabulary import ContestOutcome, HeldBasis, RecallOutcome
from app.domain.permissions import Permission
from app.portal.answering.acknowledgement_forms import field_at, field_names, places_of, read_acknowledgement_form
from app.portal.answering.beside import beside
from app.portal.answering.shown_notices import shown_notice
from app.portal.answering.waiting_signatures import signatures_for
from app.portal.blueprint import PortalBlueprint
from app.portal.forms import fields
from app.portal.pages import go_to, page
from app.portal.plain_words import choices, offered, pairs
from app.services.answering.decide_acknowledgement import decide_acknowledgement
from app.services.recalling.look_up_notices import NoticesAsked, get_notice, list_notices
from app.services.signing_tasks.take_back import take_back
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


@blueprint.page("/answer/recalls/<notice_id>", Permission.RECALLS_ANSWER, query=["each"])
def show_one(notice_id: str) -> Response:
    """Show what one notice asks, in words, and the form to answer it."""
    return _shown(notice_id, one_by_one=request.args.get("each") == "1")


@blueprint.form(
    "/answer/recalls/<notice_id>", Permission.RECALLS_ANSWER, fresh_at="answering_recalls.show_one", does="Answer a recall"
)
def answer(notice_id: str) -> Response:
    """Answer a notice alike for all of its versions."""
    return _answer(notice_id, one_by_one=False)


@blueprint.form(
    "/answer/recalls/<notice_id>/each",
    Permission.RECALLS_ANSWER,
    fresh_at="answering_recalls.show_one",
    does="Answer a recall, each object by itself",
)
def answer_each(notice_id: str) -> Response:
    """Answer a notice for each of its versions."""
    return _answer(notice_id, one_by_one=True)


@blueprint.form(
    "/answer/recalls/<notice_id>/taking-back",
    Permission.RECALLS_ANSWER,
    fresh_at="answering_recalls.show_one",
    does="Take back the answer to a recall",
)
def take_back_answer(notice_id: str) -> Response:
    """Take back an answer that nobody has signed yet."""
    given = fields("task_id")
    try:
        take_back(exchange(), principal(), given["task_id"])
    except ConflictError as exc:
        return _shown(notice_id, one_by_one=False, fault=("", exc.sentence))
    return go_to("answering_recalls.show_one", notice_id=notice_id)


def _answer(notice_id: str, *, one_by_one: bool) -> Response:
    record = get_notice(exchange(), principal(), notice_id)
    given = fields(*field_names(places_of(record, one_by_one=one_by_one)))
    try:
        lines = read_acknowledgement_form(given, record, one_by_one=one_by_one)
        decide_acknowledgement(exchange(), principal(), notice_id, lines)
    except (ConflictError, MalformedInputError) as exc:
        fault = (field_at(exc.pointer, one_by_one=one_by_one), exc.sentence)
        return _shown(notice_id, one_by_one=one_by_one, given=given, fault=fault)
    return go_to("answering_recalls.show_one", notice_id=notice_id)


def _shown(
    notice_id: str, *, one_by_one: bool, given: dict[str, str] | None = None, fault: tuple[str, str] | None = None
) -> Response:
    record = get_notice(exchange(), principal(), notice_id)
    places = places_of(record, one_by_one=one_by_one)
    outcomes = choices(offered(ContestOutcome if record.recall.kind.is_question else RecallOutcome))
    tasks = signatures_for(notice_id)
    return page(
        "answering/recall.html",
        HTTPStatus.OK if fault is None else HTTPStatus.UNPROCESSABLE_ENTITY,
        beside=beside(),
        shown=shown_notice(record, exchange().clock()),
        outcomes=outcomes,
        short_outcomes=[each[:2] for each in outcomes],
        bases=pairs(offered(HeldBasis)),
        tasks=tasks,
        waiting=next((one for one in tasks if one.waits), None),
        each=list(zip(places, record.versions, strict=False)) if one_by_one else [],
        given=given or dict.fromkeys(field_names(places), ""),
        fault=fault,
    )
