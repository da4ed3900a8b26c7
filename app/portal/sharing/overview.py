"""What will leave, in words, and who will see it: the last page before the second reader, and what became of it since.

Kept by ``tests/portal/sharing/test_overview.py``.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Response

from app.domain.composed import Composed
from app.domain.draft import DraftState
from app.domain.errors import ConflictError, ExhaustedError
from app.domain.permissions import Permission
from app.portal.blueprint import PortalBlueprint
from app.portal.cookies import signed_in
from app.portal.forms import sent
from app.portal.pages import go_to, page
from app.portal.plain_words import called, spoken
from app.portal.sharing.form_fields import field_of, revision_of
from app.portal.sharing.in_words import in_words
from app.portal.sharing.missing_words import sentence_of
from app.portal.sharing.told_readers import tell
from app.portal.signing.standing_still import stands_still
from app.portal.unconfirmed import Unconfirmed
from app.portal.words import gettext
from app.services.composing.tell import composed_document
from app.services.drafting.freeze import hand_over, look_over
from app.services.drafting.keep import own_draft
from app.services.drafting.pick import behaviours_to_pick
from app.services.drafting.preview import reach_of
from app.services.drafting.rows import Row, shown_rows
from app.web.context import exchange
from breakwater_client.submission import Refusal

blueprint = PortalBlueprint("draft_overview", section="sharing.show")


@blueprint.page("/share/drafts/<draft_id>/overview", Permission.DRAFTS_WRITE)
def show(draft_id: str) -> Response:
    """Show what would leave now and who would see it; of what was handed over, what was frozen."""
    draft = own_draft(exchange(), signed_in().principal, draft_id)
    if draft.corrects is not None:
        return go_to("corrections.show", draft_id=draft_id)
    if draft.state in (DraftState.OPEN, DraftState.RETURNED):
        return _before(draft_id)
    told = in_words(draft.frozen_document, behaviour_names())
    return page("sharing/handed_over.html", draft=draft, told=told, stands_still=stands_still(draft))


@blueprint.form("/share/drafts/<draft_id>/hand-over", Permission.DRAFTS_WRITE, unconfirmed=Unconfirmed.OWN_DRAFT)
def give(draft_id: str) -> Response:
    """Freeze it, and let a second reader have it."""
    given = sent(["revision"])
    try:
        hand_over(exchange(), signed_in().principal, draft_id, revision_of(given))
    except ConflictError as refusal:
        return _before(draft_id, refusal.sentence)
    return go_to("draft_overview.show", draft_id=draft_id)


def behaviour_names() -> dict[str, str]:
    """Give the names of behaviours by their codes."""
    return {one.code: one.name for one in behaviours_to_pick(exchange())}


def _before(draft_id: str, refused: str | None = None) -> Response:
    seen = look_over(exchange(), signed_in().principal, draft_id)
    composed = seen.composed
    told = in_words(composed_document(composed), behaviour_names()) if not composed.refusals else None
    reach, limit = _reach(composed) if not composed.refusals else ([], None)
    faults = [(field_of(one.pointer or ""), sentence_of(one)) for one in (*composed.refusals, *_not_taken(reach))]
    faults += [(f"row-{one.place}", _line(one)) for one in shown_rows(seen.draft.document) if one.fault and one.kind]
    known = {"draft": seen.draft, "told": told, "reach": reach, "limit": limit, "faults": _each_once(faults), "refused": refused}
    return page("sharing/overview.html", HTTPStatus.CONFLICT if refused else HTTPStatus.OK, **known)


def _reach(composed: Composed) -> tuple[list[dict[str, Any]], str | None]:
    try:
        found = reach_of(exchange(), signed_in().principal, composed)
    except ExhaustedError as refusal:
        return [], refusal.sentence
    return [
        {
            "title": called(one.tier),
            "what": spoken(one.sensitivity),
            "told": tell(one.simulated),
            "refusal": one.simulated.refusal,
        }
        for one in found
    ], None


def _not_taken(reach: list[dict[str, Any]]) -> list[Refusal]:
    """Give what the exchange would refuse of the composed objects, at the place in the form that it is about: who may know."""
    refusals = [one["refusal"] for one in reach if one["refusal"] is not None]
    return [Refusal(one.code, one.sentence, "/who_may_know") for one in refusals]


def _line(row: Row) -> str:
    return gettext("Line %(number)s: %(more)s") % {"number": row.place + 1, "more": row.fault}


def _each_once(faults: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return list(dict.fromkeys(faults))
