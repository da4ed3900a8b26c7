"""Partners: who is in, enrolling an organisation, and the steps by which it comes in.

Kept by ``tests/portal/operating/test_partners.py``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from flask import Response

from app.domain.errors import BreakwaterError, ConflictError, MalformedInputError
from app.domain.permissions import Permission
from app.domain.vocabulary import Role
from app.portal.forms import fields
from app.portal.once import ONCE_FIELD, use_of_form
from app.portal.operating.plain_text import checked_name
from app.portal.operating.room import StaffBlueprint, faults_of, may
from app.portal.pages import go_to, page
from app.portal.words import gettext
from app.services.membership.change_policy import list_agreements
from app.services.membership.enrol_partner import NewPartner, enrol_partner, get_partner, list_partners
from app.services.membership.onboarding import Standing, list_standings, look_at_onboarding
from app.web.context import exchange, principal

blueprint = StaffBlueprint("operating_partners")
_IDENTITY = re.compile("identity--[0-9a-f]{8}-[0-9a-f]{4}-[45][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_NEW = ("name", "role", "jurisdiction", "identity_id")


@blueprint.page("/exchange/partners", Permission.PARTNERS_READ)
def show() -> Response:
    """Show all partners; operators see what each is missing."""
    return page("operating/partners.html", standings=_standings())


def _standings() -> list[Standing]:
    if may(Permission.PARTNERS_WRITE):
        return list_standings(exchange(), principal())
    return [Standing(one, ()) for one in list_partners(exchange(), principal())]


@blueprint.page("/exchange/partners/new", Permission.PARTNERS_WRITE)
def compose() -> Response:
    """Show the form by which an organisation is enrolled."""
    return _form(dict.fromkeys(_NEW, ""))


@blueprint.form("/exchange/partners", Permission.PARTNERS_WRITE)
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
    status = HTTPStatus.UNPROCESSABLE_ENTITY if failed else HTTPStatus.OK
    if not may(Permission.PARTNERS_WRITE):
        versions = list_agreements(exchange(), principal(), partner_id)
        return page("operating/partner_seen.html", status, versions=versions, **known)
    look = look_at_onboarding(exchange(), principal(), partner_id)
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
