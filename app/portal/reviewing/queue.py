"""The queue of second readers: what waits, in kinds and counts and never in values; taking one, breaks, and limits.

Kept by ``tests/portal/reviewing/test_queue.py``.
"""

from __future__ import annotations

from http import HTTPStatus

from flask import Response

from app.domain.errors import BreakwaterError, ConflictError, MalformedInputError
from app.domain.permissions import Permission
from app.domain.reading_load import MOST_ITEMS, MOST_MINUTES, ReadingLimits
from app.policy.administration import why_forbidden
from app.portal.blueprint import PortalBlueprint
from app.portal.cookies import signed_in
from app.portal.forms import fields
from app.portal.pages import go_back, go_to, page
from app.portal.reviewing.kinds import in_words
from app.portal.unconfirmed import Unconfirmed
from app.services.drafting import queue
from app.web.context import exchange

blueprint = PortalBlueprint("reviewing")


@blueprint.page("/review", Permission.DRAFTS_REVIEW)
def show() -> Response:
    """Show what waits."""
    return _shown()


@blueprint.form("/review/drafts/<draft_id>/taking", Permission.DRAFTS_REVIEW, unconfirmed=Unconfirmed.SENDS_BACK)
def take(draft_id: str) -> Response:
    """Take one to read it."""
    fields()
    try:
        queue.take_to_read(exchange(), signed_in().principal, draft_id)
    except ConflictError as exc:
        return _shown(exc)
    return go_back(f"/review/drafts/{draft_id}")


@blueprint.form("/review/drafts/<draft_id>/letting-go", Permission.DRAFTS_REVIEW, unconfirmed=Unconfirmed.SENDS_BACK)
def let_go(draft_id: str) -> Response:
    """Leave one that was taken to others."""
    fields()
    queue.let_go(exchange(), signed_in().principal, draft_id)
    return go_to("reviewing.show")


@blueprint.form("/review/break", Permission.DRAFTS_REVIEW, unconfirmed=Unconfirmed.FOR_ONESELF)
def note_break() -> Response:
    """Go on after a break, or without one."""
    fields()
    queue.note_break(exchange(), signed_in().principal)
    return go_to("reviewing.show")


@blueprint.page("/review/limits", Permission.PERSONS_WRITE)
def limits() -> Response:
    """Show what the organisation's administrators set for its readers."""
    kept = queue.reading_limits(exchange(), signed_in().principal)
    return _limits({name: str(getattr(kept, name)) for name in ReadingLimits.__dataclass_fields__})


@blueprint.form("/review/limits", Permission.PERSONS_WRITE, fresh_at="reviewing.limits", does="Set breaks and limits of readers")
def set_limits() -> Response:
    """Set it."""
    given = fields("items_a_day", "break_after_items", "break_after_minutes")
    try:
        queue.set_limits(exchange(), signed_in().principal, ReadingLimits(**{name: _number(given, name) for name in given}))
    except MalformedInputError as exc:
        return _limits(given, exc)
    return go_to("reviewing.limits")


def _number(given: dict[str, str], name: str) -> int:
    text = given[name].strip()
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(MOST_ITEMS))):
        raise MalformedInputError("This is a whole number, in digits.", pointer=f"/{name}")
    return int(text)


def _shown(failed: BreakwaterError | None = None) -> Response:
    found = queue.review_queue(exchange(), signed_in().principal)
    keeps = why_forbidden(signed_in().principal, Permission.PERSONS_WRITE) is None
    status = HTTPStatus.OK if failed is None else HTTPStatus.CONFLICT
    return page("reviewing/queue.html", status, queue=found, in_words=in_words, keeps_people=keeps, failed=failed)


def _limits(given: dict[str, str], failed: BreakwaterError | None = None) -> Response:
    at = (failed.pointer or "").removeprefix("/") if failed else ""
    status = HTTPStatus.OK if failed is None else HTTPStatus.UNPROCESSABLE_ENTITY
    most = {"items": MOST_ITEMS, "minutes": MOST_MINUTES}
    faults = {at: failed.sentence} if failed else {}
    return page("reviewing/limits.html", status, given=given, faults=faults, most=most)
