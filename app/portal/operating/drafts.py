"""Writing the next version of an agreement: the form, what it would change for whom, and proposing it.

Nothing is kept before it is proposed; a version that widens nothing can also be made at once, by one operator. Kept by
``tests/portal/operating/test_drafts.py``.
"""

from __future__ import annotations

from dataclasses import fields
from http import HTTPStatus
from typing import Any

from flask import Response

from app.domain.agreement import Agreement
from app.domain.errors import BreakwaterError, ConflictError, ForbiddenError, MalformedInputError
from app.domain.permissions import Permission
from app.domain.vocabulary import ANY, Role
from app.policy.agreements import agreement_in_force
from app.portal.agreement_words import changes_in_words, in_words, sees_nothing, sees_nothing_abroad
from app.portal.forms import Sent, sent
from app.portal.once import ONCE_FIELD, use_of_form
from app.portal.operating.agreement_fields import (
    BOXES,
    CHOICES,
    STARTING,
    TEXTS,
    WORDS,
    Given,
    admits_nothing_abroad,
    given_by,
    given_of,
    listed_fields,
    version_of,
)
from app.portal.operating.approvals import names
from app.portal.operating.room import StaffBlueprint, faults_of
from app.portal.pages import go_to, page
from app.portal.plain_words import spoken
from app.portal.unconfirmed import Unconfirmed
from app.portal.words import gettext
from app.services.explaining.compare import compare
from app.services.membership.agreement_documents import agreement_document
from app.services.membership.agreement_versions import NewAgreement
from app.services.membership.change_policy import list_agreements, make_agreement
from app.services.membership.enrol_partner import get_partner
from app.services.membership.look_up_agreements import compare_agreement
from app.services.membership.propose_agreement import propose_agreement
from app.services.membership.register_audience import list_audiences
from app.web.context import exchange, principal

blueprint = StaffBlueprint("operating_drafts")
_PATH = "/exchange/partners/<partner_id>/agreement/next"
_POINTERS = {"audience_id": "default_audience_id"}


@blueprint.page(_PATH, Permission.AGREEMENTS_WRITE)
def compose(partner_id: str) -> Response:
    """Show the form, filled with the version that is in force, or with what a first one begins with."""
    versions = list_agreements(exchange(), principal(), partner_id)
    taken_up = agreement_in_force(versions, exchange().clock()) or (versions[-1] if versions else None)
    return _form(partner_id, given_of(taken_up) if taken_up else STARTING)


@blueprint.form(_PATH, Permission.AGREEMENTS_WRITE, unconfirmed=Unconfirmed.READS)
def recompose(partner_id: str) -> Response:
    """Show the form again with what was typed."""
    return _form(partner_id, given_by(_sent()))


@blueprint.form(f"{_PATH}/preview", Permission.AGREEMENTS_WRITE, unconfirmed=Unconfirmed.READS)
def preview(partner_id: str) -> Response:
    """Show what the version would change, term by term, and what the partner would see more or less."""
    form = _sent()
    try:
        return _preview(form, version_of(form, partner_id))
    except MalformedInputError as exc:
        return _form(partner_id, given_by(form), exc)


@blueprint.form(
    f"{_PATH}/proposal",
    Permission.AGREEMENTS_WRITE,
    fresh_at="operating_drafts.compose",
    does="Propose the next version of this partner's agreement",
)
def propose(partner_id: str) -> Response:
    """Propose the version; another operator approves exactly that."""
    form = _sent()
    new = version_of(form, partner_id)
    try:
        approval = propose_agreement(exchange(), principal(), new, form["reason"], use_of_form())
    except (ConflictError, ForbiddenError, MalformedInputError) as exc:
        return _preview(form, new, exc)
    return go_to("operating_approvals.one", approval_id=approval.approval_id)


@blueprint.form(
    f"{_PATH}/making",
    Permission.AGREEMENTS_WRITE,
    fresh_at="operating_drafts.compose",
    does="Make the next version of this partner's agreement at once",
)
def make(partner_id: str) -> Response:
    """Make a version at once that widens nothing."""
    form = _sent()
    new = version_of(form, partner_id)
    try:
        make_agreement(exchange(), principal(), new, use_of_form())
    except (ConflictError, ForbiddenError, MalformedInputError) as exc:
        return _preview(form, new, exc)
    return go_to("operating_agreements.one", partner_id=partner_id)


def _sent() -> Sent:
    return sent([*TEXTS, "reason", ONCE_FIELD], BOXES)


def _form(partner_id: str, given: Given, failed: BreakwaterError | None = None) -> Response:
    partner = get_partner(exchange(), principal(), partner_id)
    audiences = [
        one.audience.audience_id for one in list_audiences(exchange(), principal()) if one.audience.owner_id == partner_id
    ]
    faults = _faults(failed)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if failed else HTTPStatus.OK
    known: dict[str, Any] = {
        "given": given,
        "audiences": audiences,
        "faults": faults,
        "fault": dict(faults),
        "options": _options(),
        "nothing_abroad": admits_nothing_abroad(given),
    }
    known["pairs"] = {name: [pair[:2] for pair in known["options"][name]] for name in CHOICES}
    return page("operating/draft.html", status, partner=partner, **known)


def _options() -> dict[str, list[tuple[str, str, str]]]:
    """Give value, words and help of what each box and choice offers."""
    found = {name: [(str(one), spoken(one), "") for one in kind] for name, kind in ({**WORDS, **CHOICES}).items()}
    found["read_roles"] = [(ANY, gettext("any"), ""), *((str(one), spoken(one), "") for one in Role)]
    return found


def _preview(form: Sent, new: NewAgreement, failed: BreakwaterError | None = None) -> Response:
    partner = get_partner(exchange(), principal(), new.partner_id)
    terms = compare_agreement(exchange(), principal(), new)
    told = names()
    compared = [(one["version"], changes_in_words(one["changes"], told)) for one in terms["compared_with"]]
    known: dict[str, Any] = {
        "terms": terms,
        "compared": compared,
        "seen": compare(exchange(), principal(), new),
        "faults": _faults(failed),
    }
    known |= {"again": list(listed_fields(given_by(form))), "reason": form["reason"]}
    document = _document(new, terms["version"])
    known |= {"said": in_words(document, told), "nothing_abroad": sees_nothing_abroad(document)}
    known["sees_nothing"] = sees_nothing(document)
    return page(
        "operating/draft_preview.html", HTTPStatus.UNPROCESSABLE_ENTITY if failed else HTTPStatus.OK, partner=partner, **known
    )


def _document(new: NewAgreement, version: int) -> dict[str, Any]:
    """Give the document that a version would have, but for who makes it and when."""
    now = exchange().clock()
    spelled = agreement_document(Agreement(**{**_terms(new), "version": version, "created_at": now, "created_by": ""}), "")
    return spelled if new.starts_at else {**spelled, "starts_at": None}


def _terms(new: NewAgreement) -> dict[str, Any]:
    given = {field.name: getattr(new, field.name) for field in fields(new)}
    return given | {"starts_at": new.starts_at or exchange().clock()}


def _faults(failed: BreakwaterError | None) -> list[tuple[str, str]]:
    return [(_POINTERS.get(field, field), sentence) for field, sentence in faults_of(failed)] if failed else []
