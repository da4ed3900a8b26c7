"""Where submitting begins: one's own drafts, what waits for a second reader, and the two questions that come first.

Kept by ``tests/portal/sharing/test_start.py``.
"""

from __future__ import annotations

from http import HTTPStatus

from flask import Response

from app.domain.draft import Draft, DraftState
from app.domain.permissions import Permission
from app.domain.vocabulary import SubjectStatus
from app.portal.blueprint import PortalBlueprint
from app.portal.cookies import signed_in
from app.portal.forms import fields
from app.portal.pages import go_to, page
from app.portal.plain_words import choices, offered
from app.portal.unconfirmed import Unconfirmed
from app.portal.words import gettext
from app.services.drafting.keep import begin_draft, own_drafts
from app.services.drafting.read_second import drafts_to_read
from app.web.context import exchange

blueprint = PortalBlueprint("sharing")
_ORDER = tuple(offered(DraftState))
_DANGER = (("yes", "Yes, or it may be"), ("no", "No, as far as I know"))


@blueprint.page("/share", Permission.DRAFTS_WRITE)
def show() -> Response:
    """Show the drafts of whoever asks, and what waits for them as second reader."""
    own = sorted(own_drafts(exchange(), signed_in().principal), key=_rank)
    waiting = drafts_to_read(exchange(), signed_in().principal)
    return page("sharing/start.html", drafts=own, waiting=waiting)


@blueprint.page("/share/new", Permission.DRAFTS_WRITE)
def begin() -> Response:
    """Ask what comes first: whether somebody is in danger, and whose the accounts may be."""
    return _asked({"danger": "", "subject_status": ""})


@blueprint.form("/share/new", Permission.DRAFTS_WRITE, unconfirmed=Unconfirmed.OWN_DRAFT)
def begin_new() -> Response:
    """Begin a draft; where a child may be in danger, lead to whom to call before anything else."""
    given = fields("danger", "subject_status")
    if given["danger"] not in dict(_DANGER) or given["subject_status"] not in set(SubjectStatus):
        return _asked(given, HTTPStatus.UNPROCESSABLE_ENTITY)
    is_urgent = given["danger"] == "yes"
    document = {"subject_status": given["subject_status"], **({"urgency": "imminent-risk"} if is_urgent else {})}
    draft = begin_draft(exchange(), signed_in().principal, document)
    return go_to("danger.show" if is_urgent else "drafting.show", draft_id=draft.draft_id)


def _asked(given: dict[str, str], status: int = HTTPStatus.OK) -> Response:
    dangers = [(word, gettext(name), "") for word, name in _DANGER]
    subjects = choices(offered(SubjectStatus))
    is_refused = status != HTTPStatus.OK
    return page("sharing/begin.html", status, given=given, is_refused=is_refused, dangers=dangers, subjects=subjects)


def _rank(draft: Draft) -> int:
    """Give the place in the list: what came back first, what was sent last."""
    return 0 if draft.state is DraftState.RETURNED else 1 + _ORDER.index(draft.state)
