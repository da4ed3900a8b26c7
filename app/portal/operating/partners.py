"""Partners: who is in, enrolling an organisation, and the steps by which it comes in.

Kept by ``tests/portal/operating/test_partners.py``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from flask import Response, request

from app.domain.errors import BreakwaterError, ConflictError, MalformedInputError
from app.domain.permissions import Permission
from app.domain.vocabulary import PartnerState, Role
from app.portal.agreement_words import sees_nothing
from app.portal.forms import fields
from app.portal.once import ONCE_FIELD, use_of_form
from app.portal.operating.approvals import people
from app.portal.operating.plain_text import checked_name
from app.portal.operating.room import StaffBlueprint, faults_of, may
from app.portal.pages import go_to, page
from app.portal.words import gettext
from app.services.membership.agreement_documents import agreement_document
from app.services.membership.change_policy import list_agreements
from app.services.membership.enrol_partner import NewPartner, enrol_partner, get_partner
from app.services.membership.find_partners import PartnersWanted, find_partners
from app.services.membership.onboarding import look_at_onboarding
from app.services.membership.state_reason import reasons_about_partner
from app.web.context import exchange, principal

blueprint = StaffBlueprint("operating_partners")
_IDENTITY = re.compile("identity--[0-9a-f]{8}-[0-9a-f]{4}-[45][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_NEW = ("name", "role", "jurisdiction", "identity_id")
_AT_ONCE = 50
_LONGEST_WORDS = 100


@blueprint.page("/exchange/partners", Permission.PARTNERS_READ, query=["words", "role", "state", "next"])
def show() -> Response:
    """Show partners by name, those that were asked for; operators see what each is missing."""
    asked = {name: request.args.get(name, "") for name in ("words", "role", "state")}
    found = find_partners(exchange(), principal(), _wanted(asked), request.args.get("next"), _AT_ONCE)
    roles, states = list(Role), list(PartnerState)
    return page("operating/partners.html", found=found, asked=asked, is_narrowed=any(asked.values()), roles=roles, states=states)


def _wanted(asked: Mapping[str, str]) -> PartnersWanted:
    """Give what an address asks for; what it could not have from the page's own form is refused rather than left out."""
    words, role, state = asked["words"].strip(), asked["role"], asked["state"]
    if len(words) > _LONGEST_WORDS or role not in {"", *Role} or state not in {"", *PartnerState}:
        raise MalformedInputError(gettext("Choose among what the form above the list offers."))
    return PartnersWanted(words, Role(role) if role else None, PartnerState(state) if state else None)


@blueprint.page("/exchange/partners/new", Permission.PARTNERS_WRITE)
def compose() -> Response:
    """Show the form by which an organisation is enrolled."""
    return _form(dict.fromkeys(_NEW, ""))


@blueprint.form("/exchange/partners", Permission.PARTNERS_WRITE, fresh_at="operating_partners.compose", does="Enrol a partner")
def enrol() -> Response:
    """Enrol an organisation."""
    given = fields(*_NEW, ONCE_FIELD)
    try:
        made = enrol_partner(exchange(), principal(), _new(given), use_of_form())
    except (ConflictError, MalformedInputError) as exc:
        return _form(given, exc)
    return go_to("operating_partners.one", partner_id=made.partner_id)


@blueprint.page("/exchange/partners/<partner_id>", Permission.PARTNERS_READ)
def one(partner_id: str) -> Response:
    """Show one partner, and to operators how far it has come."""
    return shown_partner(partner_id)


def shown_partner(partner_id: str, failed: BreakwaterError | None = None, name: str = "") -> Response:
    """Give a partner's page; ``failed`` is why what was sent from there (``name``) was refused."""
    partner = get_partner(exchange(), principal(), partner_id)
    known: dict[str, Any] = {"partner": partner, "faults": faults_of(failed) if failed else [], "name": name}
    known |= {"reasons": reasons_about_partner(exchange(), principal(), partner_id), "people": people()}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if failed else HTTPStatus.OK
    if not may(Permission.PARTNERS_WRITE):
        versions = list_agreements(exchange(), principal(), partner_id)
        return page("operating/partner_seen.html", status, versions=versions, **known)
    look = look_at_onboarding(exchange(), principal(), partner_id)
    known["sees_nothing"] = look.agreement is not None and sees_nothing(agreement_document(look.agreement, ""))
    return page("operating/partner.html", status, look=look, commands=_commands(), **known)


def _commands() -> dict[str, str]:
    """Give what a partner types on a machine of its own."""
    there = f"--url {exchange().duty.origin} --token-file token"
    return {
        "key": f"breakwater key new --out signing.pem\nbreakwater key register --key signing.pem {there}",
        "audience": f"breakwater audience new --key signing.pem --role any --jurisdiction any {there}",
    }


def _new(given: Mapping[str, str]) -> NewPartner:
    """Give the partner to be; raises ``MalformedInputError`` at the field."""
    name = checked_name(given["name"])
    if given["role"] not in set(Role):
        raise MalformedInputError(gettext("Choose what kind of organisation it is."), pointer="/role")
    if not re.fullmatch("[A-Z]{2}", given["jurisdiction"].strip().upper(), re.ASCII):
        raise MalformedInputError(gettext("Two letters of ISO 3166-1, as NL or DE."), pointer="/jurisdiction")
    identity = given["identity_id"].strip()
    if identity and not _IDENTITY.fullmatch(identity):
        raise MalformedInputError(
            gettext("This is no id of a STIX identity. Leave it empty to have one made."), pointer="/identity_id"
        )
    return NewPartner(name, Role(given["role"]), given["jurisdiction"].strip().upper(), identity or None)


def _form(given: Mapping[str, str], failed: BreakwaterError | None = None) -> Response:
    faults = faults_of(failed) if failed else []
    known: dict[str, Any] = {"given": given, "faults": faults, "fault": dict(faults), "roles": list(Role)}
    return page("operating/partner_new.html", HTTPStatus.UNPROCESSABLE_ENTITY if failed else HTTPStatus.OK, **known)
