"""One frozen draft before its second reader: exactly what will be signed, in words, to be approved or sent back.

Owns the page; that the reader is another person, and that nothing but what was shown is approved, is ``app/services/drafting``'s.
Kept by ``tests/portal/reviewing/test_one_draft.py``.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Response

from app.domain.draft import Draft, DraftState
from app.domain.errors import ExhaustedError, ForbiddenContentError, MalformedInputError
from app.domain.object_vocabulary import CorrectionReason
from app.domain.permissions import Permission
from app.policy.drafts import is_author
from app.portal.blueprint import PortalBlueprint
from app.portal.cookies import signed_in
from app.portal.correcting.changes import told_changes
from app.portal.forms import fields
from app.portal.given_to import given_to
from app.portal.pages import download, go_to, page
from app.portal.plain_words import called, type_words
from app.portal.sharing.form_page import Shown
from app.portal.sharing.in_words import in_words
from app.portal.sharing.missing_words import sentence_of
from app.portal.sharing.overview import behaviour_names
from app.portal.sharing.told_readers import ToldReaders, tell
from app.portal.unconfirmed import Unconfirmed
from app.services.drafting.correct import frozen_correction
from app.services.drafting.posting import why_frozen_not_posted
from app.services.drafting.preview import preview_of_frozen
from app.services.drafting.read_second import approve, frozen_draft, send_back, why_not_read
from app.services.signing_in.sessions import require_fresh
from app.web.context import exchange

blueprint = PortalBlueprint("one_draft", section="reviewing.show")


@blueprint.page("/review/drafts/<draft_id>", Permission.DRAFTS_READ)
def show(draft_id: str) -> Response:
    """Show what was frozen, in words."""
    return _shown(draft_id)


@blueprint.page("/review/drafts/<draft_id>/objects", Permission.DRAFTS_READ)
def objects(draft_id: str) -> Response:
    """Give exactly what is frozen, as a file."""
    draft = frozen_draft(exchange(), signed_in().principal, draft_id)
    return download(draft.frozen or "", "application/json", "draft.json")


@blueprint.form(
    "/review/drafts/<draft_id>/approval",
    Permission.DRAFTS_REVIEW,
    fresh_at="one_draft.show",
    does="Approve a draft, to be signed and sent",
    anew=True,
)
def agree(draft_id: str) -> Response:
    """Approve what was shown: it goes on to be signed."""
    given = fields("digest")
    require_fresh(exchange(), signed_in())
    approve(exchange(), signed_in().principal, draft_id, given["digest"])
    return go_to("one_draft.show", draft_id=draft_id)


@blueprint.form("/review/drafts/<draft_id>/return", Permission.DRAFTS_REVIEW, unconfirmed=Unconfirmed.SENDS_BACK)
def give_back(draft_id: str) -> Response:
    """Send it back to its author, with what is to be changed."""
    given = fields("digest", "remark")
    try:
        send_back(exchange(), signed_in().principal, draft_id, given["digest"], given["remark"])
    except ForbiddenContentError as refusal:
        return _shown(draft_id, fault=refusal.sentence)
    except MalformedInputError as refusal:
        return _shown(draft_id, given["remark"], refusal.sentence)
    return go_to("reviewing.show")


def _reach(draft: Draft) -> tuple[list[tuple[str, ToldReaders]], str]:
    try:
        parts = preview_of_frozen(exchange(), signed_in().principal, draft)
    except ExhaustedError as refusal:
        return [], refusal.sentence
    return [(Shown.part_title(one.kind), tell(one.simulated)) for one in parts], ""


def _of_correction(draft: Draft) -> dict[str, Any]:
    """Give what is shown of a correction: what changes, why, and who is told of it."""
    if draft.corrects is None:
        return {"corrects": None}
    seen, stix_id = frozen_correction(draft), draft.corrects.stix_id
    changes = told_changes(seen.before, seen.after, behaviour_names())
    known = {"corrects": draft.corrects, "changes": changes, "why": called(CorrectionReason(draft.corrects.reason))}
    return known | {"kind": type_words(stix_id), "given_to": given_to(stix_id)}


def _shown(draft_id: str, remark: str = "", fault: str = "") -> Response:
    principal = signed_in().principal
    draft = frozen_draft(exchange(), principal, draft_id)
    told = in_words({} if draft.corrects else draft.frozen_document, behaviour_names())
    why_not = why_not_read(exchange(), principal, draft)
    astray = why_frozen_not_posted(exchange(), draft) if draft.state is DraftState.IN_REVIEW else None
    reach, limit = _reach(draft) if why_not is None and draft.corrects is None else ([], "")
    known = {"draft": draft, "told": told, "why_not": why_not, "is_mine": is_author(principal, draft), "remark": remark}
    known["not_posted"] = (astray.sentence if draft.corrects else sentence_of(astray)) if astray else ""
    known |= {"reach": reach, "limit": limit} | (_of_correction(draft) if draft.frozen else {"corrects": None})
    return page("reviewing/one_draft.html", HTTPStatus.UNPROCESSABLE_ENTITY if fault else HTTPStatus.OK, fault=fault, **known)
