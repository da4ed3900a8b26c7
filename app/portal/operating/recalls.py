"""Recalls that wait for answers, and contests of wrong listings, as staff see them.

Ids are shown, and no content. Kept by ``tests/portal/operating/test_recalls.py``.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Response, request

from app.domain.errors import BreakwaterError, ExhaustedError, MalformedInputError
from app.domain.object_vocabulary import ContestOutcome, ContestReason
from app.domain.permissions import Permission
from app.portal.forms import fields
from app.portal.once import ONCE_FIELD, use_of_form
from app.portal.operating.approvals import names
from app.portal.operating.room import StaffBlueprint, faults_of
from app.portal.pages import go_to, page
from app.portal.plain_words import called
from app.services.recalling.contest import enter_contest, list_contests
from app.services.recalling.look_up_notices import NoticesAsked, list_notices
from app.web.context import exchange, principal

blueprint = StaffBlueprint("operating_recalls")
_AT_ONCE = 50


@blueprint.page("/exchange/recalls", Permission.RECALLS_READ, query=["which", "next"])
def show() -> Response:
    """Show notices: those still to be answered, or all."""
    which = "all" if request.args.get("which") == "all" else "open"
    asked = NoticesAsked(which == "open", None, request.args.get("next"), _AT_ONCE)
    return page("operating/recalls.html", found=list_notices(exchange(), principal(), asked), which=which, names=names())


@blueprint.page("/exchange/recalls/contests", Permission.CONTESTS_READ, query=["next"])
def contests() -> Response:
    """Show contests, newest first."""
    return _contests()


@blueprint.form(
    "/exchange/recalls/contests",
    Permission.CONTESTS_ENTER,
    fresh_at="operating_recalls.contests",
    does="Enter a contest of a wrong listing",
)
def contest() -> Response:
    """Enter a contest: whoever was told of it is asked to look again."""
    given = fields("object_id", "reason", ONCE_FIELD)
    try:
        enter_contest(exchange(), principal(), given["object_id"].strip(), _reason(given["reason"]), use_of_form())
    except (ExhaustedError, MalformedInputError) as exc:
        return _contests(given, exc)
    return go_to("operating_recalls.contests")


def _reason(given: str) -> ContestReason:
    if given not in set(ContestReason):
        raise MalformedInputError("Choose one of the reasons.", pointer="/reason")
    return ContestReason(given)


def _contests(given: dict[str, str] | None = None, failed: BreakwaterError | None = None) -> Response:
    found = list_contests(exchange(), principal(), request.args.get("next"), _AT_ONCE + 1)
    faults = faults_of(failed) if failed else []
    known: dict[str, Any] = {"given": given or {"object_id": "", "reason": ""}, "faults": faults, "fault": dict(faults)}
    known["done"] = {one.value: called(one) for one in ContestOutcome}
    known |= {"found": found[:_AT_ONCE], "more": len(found) > _AT_ONCE, "reasons": list(ContestReason), "names": names()}
    return page("operating/contests.html", HTTPStatus.UNPROCESSABLE_ENTITY if failed else HTTPStatus.OK, **known)
