"""From the page of an object of one's own to a correction of it: the form, and why something is not corrected.

Kept by ``tests/portal/correcting/test_begin.py``.
"""

from __future__ import annotations

from flask import Response, url_for

from app.domain.errors import BreakwaterError, ConflictError, ForbiddenContentError, MalformedInputError
from app.domain.permissions import Permission
from app.portal.blueprint import PortalBlueprint
from app.portal.correcting.correction_form import (
    LARGEST_FORM,
    Typed,
    form_page,
    read_correction,
    sent_form,
    typed_again,
    typed_of,
)
from app.portal.pages import go_to
from app.portal.reading import own_reader
from app.portal.unconfirmed import Unconfirmed
from app.services.drafting.correct import begin_correction
from app.services.drafting.correctable import correctable
from app.web.context import exchange

blueprint = PortalBlueprint("correcting", section="search.show")


@blueprint.page("/objects/<stix_id>/correction", Permission.DRAFTS_WRITE)
def show(stix_id: str) -> Response:
    """Show what of an object can be corrected."""
    return _shown(stix_id)


@blueprint.form(
    "/objects/<stix_id>/correction", Permission.DRAFTS_WRITE, max_form_bytes=LARGEST_FORM, unconfirmed=Unconfirmed.OWN_DRAFT
)
def begin(stix_id: str) -> Response:
    """Begin a correction: a draft, of which the next page says what it changes and for whom."""
    given, reader = sent_form(), own_reader()
    try:
        said = read_correction(given, correctable(exchange(), reader, stix_id))
        draft = begin_correction(exchange(), reader, stix_id, said)
    except (ConflictError, ForbiddenContentError, MalformedInputError) as refusal:
        return _shown(stix_id, typed_again(given), refusal)
    return go_to("corrections.show", draft_id=draft.draft_id)


def _shown(stix_id: str, typed: Typed | None = None, refusal: BreakwaterError | None = None) -> Response:
    found = correctable(exchange(), own_reader(), stix_id)
    action = url_for("correcting.begin", stix_id=stix_id)
    return form_page(found, typed or typed_of(found), action, refusal, draft=None)
