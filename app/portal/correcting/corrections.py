"""A correction of one's own: what it changes and for whom before it is handed over, and what became of it since.

Kept by ``tests/portal/correcting/test_corrections.py``.
"""

from __future__ import annotations

from http import HTTPStatus

from flask import Response, url_for

from app.domain.draft import Draft, DraftState
from app.domain.errors import BreakwaterError, ConflictError, ForbiddenContentError, MalformedInputError, ProfileError
from app.domain.object_vocabulary import CorrectionReason
from app.domain.permissions import Permission
from app.portal.blueprint import PortalBlueprint
from app.portal.correcting.changes import told_changes
from app.portal.correcting.correction_form import (
    LARGEST_FORM,
    Typed,
    form_page,
    read_correction,
    sent_form,
    typed_again,
    typed_of,
)
from app.portal.forms import sent
from app.portal.given_to import given_to
from app.portal.pages import go_to, page
from app.portal.plain_words import called, type_words
from app.portal.reading import own_reader
from app.portal.sharing.form_fields import revision_of
from app.portal.sharing.overview import behaviour_names
from app.portal.sharing.told_readers import tell
from app.portal.signing.standing_still import stands_still
from app.portal.unconfirmed import Unconfirmed
from app.services.drafting.correct import (
    CorrectionSeen,
    hand_over_correction,
    look_over_correction,
    own_correction,
    save_correction,
)
from app.services.drafting.correctable import Correctable, correctable
from app.web.context import exchange

blueprint = PortalBlueprint("corrections", section="sharing.show")


@blueprint.page("/share/corrections/<draft_id>", Permission.DRAFTS_WRITE)
def show(draft_id: str) -> Response:
    """Show what a correction changes and for whom, or what became of it."""
    return _shown(draft_id)


@blueprint.page("/share/corrections/<draft_id>/form", Permission.DRAFTS_WRITE)
def form(draft_id: str) -> Response:
    """Show the form again, to change something of it."""
    draft, found = _with_object(draft_id)
    if found.why_not is not None or draft.state not in (DraftState.OPEN, DraftState.RETURNED):
        return go_to("corrections.show", draft_id=draft_id)
    typed = typed_of(found, draft.document["changes"], draft.corrects.reason if draft.corrects else "")
    return _form(draft, found, typed)


@blueprint.form(
    "/share/corrections/<draft_id>/form", Permission.DRAFTS_WRITE, max_form_bytes=LARGEST_FORM, unconfirmed=Unconfirmed.OWN_DRAFT
)
def save(draft_id: str) -> Response:
    """Save it."""
    given, (draft, found) = sent_form(), _with_object(draft_id)
    try:
        save_correction(exchange(), own_reader(), draft_id, revision_of(given), read_correction(given, found))
    except (ConflictError, ForbiddenContentError, MalformedInputError) as refusal:
        return _form(draft, found, typed_again(given), refusal)
    return go_to("corrections.show", draft_id=draft_id)


@blueprint.form("/share/corrections/<draft_id>/hand-over", Permission.DRAFTS_WRITE, unconfirmed=Unconfirmed.OWN_DRAFT)
def give(draft_id: str) -> Response:
    """Freeze it, and let a second reader have it."""
    given = sent(["revision"])
    try:
        hand_over_correction(exchange(), own_reader(), draft_id, revision_of(given))
    except (ConflictError, ProfileError) as refusal:
        return _shown(draft_id, refusal)
    return go_to("corrections.show", draft_id=draft_id)


def _with_object(draft_id: str) -> tuple[Draft, Correctable]:
    reader = own_reader()
    draft = own_correction(exchange(), reader, draft_id)
    return draft, correctable(exchange(), reader, draft.corrects.stix_id if draft.corrects else "")


def _form(draft: Draft, found: Correctable, typed: Typed, refusal: BreakwaterError | None = None) -> Response:
    action = url_for("corrections.save", draft_id=draft.draft_id)
    return form_page(found, typed | {"revision": typed["revision"] or draft.revision}, action, refusal, draft=draft)


def _shown(draft_id: str, refusal: BreakwaterError | None = None) -> Response:
    draft = own_correction(exchange(), own_reader(), draft_id)
    seen, stopped = (None, None) if draft.state is DraftState.SENT else _seen(draft_id)
    stix_id, simulated = draft.corrects.stix_id if draft.corrects else "", seen.simulated if seen else None
    return page(
        "correcting/correction.html",
        HTTPStatus.OK if refusal is None else HTTPStatus.CONFLICT,
        draft=draft,
        stix_id=stix_id,
        kind=type_words(stix_id),
        why=called(CorrectionReason(draft.corrects.reason)) if draft.corrects else "",
        changes=told_changes(seen.before, seen.after, behaviour_names()) if seen else [],
        stopped=stopped,
        stands_still=stands_still(draft),
        refused=refusal.sentence if refusal else None,
        reach=tell(simulated) if simulated else None,
        told=given_to(stix_id),
    )


def _seen(draft_id: str) -> tuple[CorrectionSeen | None, str | None]:
    """Give what it comes to, or why it comes to nothing any more."""
    try:
        return look_over_correction(exchange(), own_reader(), draft_id), None
    except ConflictError as refusal:
        return None, refusal.sentence
