"""The page on which something is entered, saved as one types, and the answers that its script reads.

Owns that nothing typed is lost: a save that is refused shows everything but material again, to whoever typed it, with all faults
at their fields; it is kept nowhere. Kept by ``tests/portal/sharing/test_drafting.py``.
"""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

from flask import Response, request

from app.domain.draft import Draft, DraftState
from app.domain.errors import BreakwaterError, ConflictError, ExhaustedError, ForbiddenContentError, ProfileError, TooLargeError
from app.domain.permissions import Permission
from app.portal.blueprint import PortalBlueprint
from app.portal.cookies import signed_in
from app.portal.forms import Sent, fields, sent
from app.portal.pages import go_to
from app.portal.sharing.danger import whom_to_call
from app.portal.sharing.form_fields import REPEATED, SINGLE, field_of, read_form, revision_of, shown_form
from app.portal.sharing.form_page import Shown, draft_page
from app.portal.sharing.told_readers import tell
from app.portal.unconfirmed import Unconfirmed
from app.portal.words import ngettext, shown_instant
from app.services.drafting.faults import faults_of
from app.services.drafting.keep import discard_draft, own_draft, save_draft, take_back
from app.services.drafting.preview import Part, preview
from app.services.drafting.rows import Pasted, read_pasted, without_place
from app.web.context import exchange

blueprint = PortalBlueprint("drafting", section="sharing.show")
LARGEST_FORM = 512 * 1024  # bytes
_REFUSED = (ConflictError, ForbiddenContentError, ProfileError, TooLargeError)
_PLACES = {"find": "behaviours", "paste": "observables", "preview": "who"}


@blueprint.page("/share/drafts/<draft_id>", Permission.DRAFTS_WRITE, query=["at", "find", "preview"])
def show(draft_id: str) -> Response:
    """Show a draft to be entered; one that was handed over as it was frozen."""
    draft = own_draft(exchange(), signed_in().principal, draft_id)
    if draft.corrects is not None:
        return go_to("corrections.show", draft_id=draft_id)
    if draft.state not in (DraftState.OPEN, DraftState.RETURNED):
        return go_to("draft_overview.show", draft_id=draft_id)
    readers = _readers(draft) if "preview" in request.args else None
    find, at = request.args.get("find", ""), request.args.get("at", "")
    return draft_page(Shown(draft, shown_form(draft.document), find, readers=readers, at=at), whom_to_call())


@blueprint.form(
    "/share/drafts/<draft_id>", Permission.DRAFTS_WRITE, max_form_bytes=LARGEST_FORM, unconfirmed=Unconfirmed.OWN_DRAFT
)
def save(draft_id: str) -> Response:
    """Save what was entered, and do what was asked for; where it says now that a child may be in danger, say whom to call."""
    given = sent(SINGLE, REPEATED)
    document = read_form(given)
    pasted = read_pasted(given["paste"], document.get("observables", ()))
    was_urgent = own_draft(exchange(), signed_in().principal, draft_id).is_urgent
    try:
        draft = save_draft(exchange(), signed_in().principal, draft_id, revision_of(given), _with(document, pasted))
    except _REFUSED as refusal:
        return _shown_again(draft_id, given, document, refusal)
    if pasted.left:
        return _shown_with_lines(draft, pasted)
    return _led_on(draft, given) if was_urgent or not draft.is_urgent else go_to("danger.show", draft_id=draft_id)


@blueprint.form(
    "/share/drafts/<draft_id>/autosave", Permission.DRAFTS_WRITE, max_form_bytes=LARGEST_FORM, unconfirmed=Unconfirmed.OWN_DRAFT
)
def autosave(draft_id: str) -> Response:
    """Save what was entered so far, for the page's script; pasted lines wait until they are taken."""
    given = sent(SINGLE, REPEATED)
    try:
        draft = save_draft(exchange(), signed_in().principal, draft_id, revision_of(given), read_form(given))
    except _REFUSED as refusal:
        status = HTTPStatus.CONFLICT if isinstance(refusal, ConflictError) else HTTPStatus.UNPROCESSABLE_ENTITY
        return _answer({"sentence": refusal.sentence, "field": field_of(refusal.pointer or "")}, status)
    return _answer({"revision": draft.revision, "saved_at": shown_instant(draft.changed_at)})


@blueprint.form(
    "/share/drafts/<draft_id>/readers", Permission.DRAFTS_WRITE, max_form_bytes=LARGEST_FORM, unconfirmed=Unconfirmed.READS
)
def readers(draft_id: str) -> Response:
    """Say who would see what is entered so far, for the page's script. Nothing of it is kept."""
    given = sent(SINGLE, REPEATED)
    own_draft(exchange(), signed_in().principal, draft_id)
    try:
        parts = preview(exchange(), signed_in().principal, read_form(given))
    except ExhaustedError as refusal:
        return _answer({"sentence": refusal.sentence}, HTTPStatus.TOO_MANY_REQUESTS)
    return _answer({"parts": [tell(one.simulated).spelled(Shown.part_title(one.kind)) for one in parts]})


@blueprint.form("/share/drafts/<draft_id>/taking-back", Permission.DRAFTS_WRITE, unconfirmed=Unconfirmed.OWN_DRAFT)
def back(draft_id: str) -> Response:
    """Take a draft back from the second reader."""
    fields()
    take_back(exchange(), signed_in().principal, draft_id)
    return go_to("drafting.show", draft_id=draft_id)


@blueprint.form("/share/drafts/<draft_id>/removal", Permission.DRAFTS_WRITE, unconfirmed=Unconfirmed.OWN_DRAFT)
def discard(draft_id: str) -> Response:
    """Erase a draft."""
    fields()
    discard_draft(exchange(), signed_in().principal, draft_id)
    return go_to("sharing.show")


def _with(document: dict[str, Any], pasted: Pasted) -> dict[str, Any]:
    if not pasted.observables:
        return document
    return {**document, "observables": [*document.get("observables", ()), *pasted.observables]}


def _led_on(draft: Draft, given: Sent) -> Response:
    act = given["act"]
    if act == "overview":
        return go_to("draft_overview.show", draft_id=draft.draft_id)
    query = {"find": given["find"]} if act == "find" else {"preview": "1"} if act == "preview" else {}
    return go_to("drafting.show", draft_id=draft.draft_id, _anchor=_PLACES.get(act), **query)


def _shown_with_lines(draft: Draft, pasted: Pasted) -> Response:
    """Show what was kept, and the lines that were not, each with its reason."""
    places: dict[str, list[str]] = {}
    for place, (_, reason) in enumerate(pasted.left, 1):
        places.setdefault(reason, []).append(str(place))
    reasons = [_of_lines(some, reason) for reason, some in places.items()]
    shown = Shown(draft, shown_form(draft.document), paste="\n".join(line for line, _ in pasted.left))
    shown.faults.update({"paste": " ".join(reasons)})
    return draft_page(shown, whom_to_call())


def _of_lines(places: list[str], reason: str) -> str:
    words = ngettext("Line %(lines)s: %(reason)s", "Lines %(lines)s: %(reason)s", len(places))
    return words % {"lines": ", ".join(places), "reason": reason}


def _shown_again(draft_id: str, given: Sent, document: dict[str, Any], refusal: BreakwaterError) -> Response:
    """Show to whoever typed it everything again but material, with all that is wrong; nothing of it was kept."""
    draft, typed = own_draft(exchange(), signed_in().principal, draft_id), len(document.get("observables", ()))
    pasted = read_pasted(given["paste"], document.get("observables", ()))
    found = [(_field(one.pointer, typed), one) for one in faults_of(_with(document, pasted), refusal)]
    kept, paste = document, given["paste"]
    for field, one in found:
        if one.is_material:
            kept, paste = (kept, "") if field == "paste" else (without_place(kept, one.pointer), paste)
    shown = Shown(draft, shown_form(kept), given["find"], paste, revision=revision_of(given))
    in_lines: dict[str, list[str]] = {}
    for field, one in found:
        shown.faults[field] = one.sentence
        if field == "paste":
            in_lines.setdefault(one.sentence, []).extend(_line(one.pointer, pasted, typed))
    if any(in_lines.values()):
        shown.faults["paste"] = " ".join(_of_lines(some, sentence) if some else sentence for sentence, some in in_lines.items())
    shown.is_stale = isinstance(refusal, ConflictError)
    return draft_page(shown, whom_to_call())


def _line(pointer: str, pasted: Pasted, typed: int) -> list[str]:
    """Give the line of what was pasted that a place is about; none where it is about no single one."""
    steps = pointer.split("/")
    place = int(steps[2]) - typed if steps[1:2] == ["observables"] and steps[2:] else -1
    return [str(pasted.numbers[place])] if 0 <= place < len(pasted.numbers) else []


def _field(pointer: str, typed: int) -> str:
    """Give the field of a place, of which lines that were pasted come after those that were ``typed``."""
    steps = pointer.split("/")
    is_pasted = steps[1:2] == ["observables"] and steps[2:] != [] and int(steps[2]) >= typed
    return "paste" if is_pasted else field_of(pointer)


def _readers(draft: Draft) -> list[Part] | str:
    try:
        return preview(exchange(), signed_in().principal, draft.document)
    except ExhaustedError as refusal:
        return refusal.sentence


def _answer(said: dict[str, Any], status: int = HTTPStatus.OK) -> Response:
    return Response(json.dumps(said), status, content_type="application/json")
