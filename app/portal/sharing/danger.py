"""A child may be in danger now: whom to call, before anything else, and then whom one has told.

Kept by ``tests/portal/sharing/test_danger.py``.
"""

from __future__ import annotations

from http import HTTPStatus

from flask import Response

from app.domain.draft import Draft
from app.domain.errors import ForbiddenContentError
from app.domain.paging import EmergencyContact
from app.domain.permissions import Permission
from app.portal.blueprint import PortalBlueprint
from app.portal.cookies import signed_in
from app.portal.forms import sent
from app.portal.pages import go_to, page
from app.portal.sharing.form_fields import REPORTED, read_report, revision_of, shown_form
from app.portal.unconfirmed import Unconfirmed
from app.services.drafting.keep import own_draft, save_draft
from app.web.context import exchange

blueprint = PortalBlueprint("danger", section="sharing.show")


def whom_to_call() -> tuple[EmergencyContact, ...]:
    """Give whom somebody of this organisation calls."""
    partner = signed_in().principal.partner
    return exchange().duty.whom_to_call(partner.jurisdiction if partner else "")


@blueprint.page("/share/drafts/<draft_id>/danger", Permission.DRAFTS_WRITE)
def show(draft_id: str) -> Response:
    """Say whom to call."""
    draft = own_draft(exchange(), signed_in().principal, draft_id)
    return _shown(draft, shown_form(draft.document))


@blueprint.form("/share/drafts/<draft_id>/danger", Permission.DRAFTS_WRITE, unconfirmed=Unconfirmed.OWN_DRAFT)
def tell(draft_id: str) -> Response:
    """Keep whom one has told, and go on."""
    given = sent(["revision", *REPORTED])
    draft, report = own_draft(exchange(), signed_in().principal, draft_id), read_report(given)
    document = {**draft.document, **({"already_reported_to": [report]} if report else {})}
    try:
        save_draft(exchange(), signed_in().principal, draft_id, revision_of(given), document)
    except ForbiddenContentError as refusal:
        return _shown(draft, shown_form(draft.document), refusal.sentence)
    return go_to("drafting.show", draft_id=draft_id)


def _shown(draft: Draft, shown: dict[str, str], fault: str | None = None) -> Response:
    status = HTTPStatus.UNPROCESSABLE_ENTITY if fault else HTTPStatus.OK
    return page("sharing/danger.html", status, draft=draft, shown=shown, fault=fault, to_call=whom_to_call())
