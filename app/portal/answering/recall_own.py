"""Taking back an object of one's own: what that changes and for whom, before it is done.

Owns that nothing is taken back by whoever finds a screen open. Kept by ``tests/portal/answering/test_recall_own.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus

from flask import Response

from app.domain.errors import MalformedInputError, NotFoundError
from app.domain.object_vocabulary import RecallAct, RecallReason
from app.domain.permissions import Permission
from app.domain.recall import Choice
from app.portal.answering.beside import may
from app.portal.answering.request_answers import word_in
from app.portal.answering.same_case import same_case
from app.portal.blueprint import PortalBlueprint
from app.portal.forms import Sent, sent
from app.portal.given_to import given_to
from app.portal.once import ONCE_FIELD, use_of_form
from app.portal.pages import go_to, page
from app.portal.plain_words import choices, offered, pairs, type_words
from app.portal.reading import own_reader
from app.portal.words import gettext
from app.services.intake.withdraw import WithdrawalRequest, withdraw, withdrawn_before
from app.services.reading.pull import VisibleVersion, list_versions
from app.web.context import exchange, principal

MOST_SHOWN = 50
ACTS = (RecallAct.STOP_USING, RecallAct.DELETE)
"""What may be asked of whoever has it; to look again is what the exchange asks."""
blueprint = PortalBlueprint("answering_recall_own", section="search.show")


@blueprint.page("/objects/<stix_id>/recall", Permission.OBJECTS_SUBMIT)
def show(stix_id: str) -> Response:
    """Show what taking it back would change, and for whom."""
    return _shown(stix_id)


@blueprint.form(
    "/objects/<stix_id>/recall",
    Permission.OBJECTS_SUBMIT,
    fresh_at="answering_recall_own.show",
    does="Recall an object of your organisation",
)
def take_back(stix_id: str) -> Response:
    """Take versions of it back."""
    given, use = sent(("reason", "act", ONCE_FIELD), ("versions",)), use_of_form()
    try:
        recall_id = withdraw(exchange(), principal(), _request(stix_id, given, _own_versions(stix_id)), use)
    except (MalformedInputError, NotFoundError) as exc:
        earlier = withdrawn_before(exchange(), use)  # pressed twice, perhaps at once: the versions are there no more
        if earlier is not None:
            recall_id = earlier
        elif isinstance(exc, NotFoundError):
            raise
        else:
            return _shown(stix_id, given, exc)
    if may(Permission.DISCLOSURES_READ):
        return go_to("answering_own_recalls.show_one", recall_id=recall_id)
    return go_to("answering_own_recalls.taken_back")


def _own_versions(stix_id: str) -> list[VisibleVersion]:
    reader = own_reader()
    own = [one for one in list_versions(exchange(), reader, stix_id) if one.owner_id == reader.partner.partner_id]
    if not own:
        raise NotFoundError
    return own


def _request(stix_id: str, given: Sent, own: Sequence[VisibleVersion]) -> WithdrawalRequest:
    reason, act = word_in(RecallReason, given["reason"], "reason"), word_in(RecallAct, given["act"], "act")
    if reason is None:
        raise MalformedInputError(gettext("Say why."), pointer="/reason")
    if act not in ACTS:
        raise MalformedInputError(gettext("Say what is to be done with it."), pointer="/act")
    chosen, known = set(given.repeated["versions"]), {one.version_key for one in own}
    if not chosen or not chosen <= known:
        raise MalformedInputError(gettext("Choose which versions."), pointer="/versions")
    choice = Choice() if chosen == known else Choice(keys=frozenset(chosen))
    return WithdrawalRequest(stix_id, choice, reason, act)


def _shown(stix_id: str, given: Sent | None = None, failed: MalformedInputError | None = None) -> Response:
    own = _own_versions(stix_id)
    told = given_to(stix_id)
    chosen = given.repeated["versions"] if given else [one.version_key for one in own]
    return page(
        "answering/recall_own.html",
        HTTPStatus.OK if failed is None else HTTPStatus.UNPROCESSABLE_ENTITY,
        stix_id=stix_id,
        kind=type_words(stix_id),
        versions=[(one.version_key, gettext("Version of %(moment)s") % {"moment": one.version}, "") for one in own[-MOST_SHOWN:]],
        hidden=len(own) > MOST_SHOWN,
        told=told.names,
        told_more=told.has_more,
        same_case=same_case(stix_id),
        reasons=pairs(offered(RecallReason)),
        acts=choices(ACTS),
        chosen=chosen,
        given=given.single if given else {"reason": "", "act": ""},
        fault=((failed.pointer or "").strip("/"), failed.sentence) if failed else None,
    )
