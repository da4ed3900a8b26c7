"""Contacts on duty, who are called at imminent risk, and the sharing groups that we are in.

Contacts are personal data: they are shown to our own people, and erased when they are removed. Kept by
``tests/portal/organisation/test_contacts.py``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from http import HTTPStatus

from flask import Response

from app.domain.errors import BreakwaterError, MalformedInputError
from app.domain.permissions import Permission
from app.portal.forms import fields
from app.portal.once import ONCE_FIELD, once, use_of_form
from app.portal.organisation.blueprint import OrganisationBlueprint, principal
from app.portal.organisation.refused import AT_A_FORM, NO_FAULTS, faults_of
from app.portal.pages import go_to, page
from app.portal.passages import NEXT, asked_by_address, passage_of
from app.portal.unconfirmed import Unconfirmed
from app.services.explaining.members_told import members_told
from app.services.membership.keep_contacts import NewContact, add_contact, list_contacts, remove_contact, try_contact
from app.services.membership.look_at_groups import page_of_groups
from app.web.context import exchange

blueprint = OrganisationBlueprint("own_contacts")
_LABEL = re.compile(r"[^\x00-\x1f\x7f-\x9f]{1,100}")
_PHONE = re.compile(r"\+?[0-9 ()./-]{3,40}")
GROUPS_AT_ONCE = 20  # each with all its members
_AT = {one: one for one in ("label", "email", "phone")}


@blueprint.page("/organisation/contacts", Permission.CONTACTS_READ)
def show() -> Response:
    """List contacts in the order in which they are called."""
    return _shown({"label": "", "email": "", "phone": ""})


@blueprint.form("/organisation/contacts", Permission.CONTACTS_WRITE, fresh_at="own_contacts.show", does="Add a contact")
def add() -> Response:
    """Add a contact, who is called after all others."""
    given = fields("label", "email", "phone", ONCE_FIELD)
    try:
        add_contact(exchange(), principal(), _contact(given), use_of_form())
    except AT_A_FORM as exc:
        return _shown(given, exc)
    return go_to("own_contacts.show")


@blueprint.form(
    "/organisation/contacts/removal", Permission.CONTACTS_WRITE, fresh_at="own_contacts.show", does="Remove a contact"
)
def remove() -> Response:
    """Erase a contact."""
    remove_contact(exchange(), principal(), fields("contact_id")["contact_id"])
    return go_to("own_contacts.show")


@blueprint.form("/organisation/contacts/test", Permission.CONTACTS_WRITE, unconfirmed=Unconfirmed.REPEATS)
def try_one() -> Response:
    """Have a test mail sent to a contact."""
    given = fields("contact_id")
    try:
        try_contact(exchange(), principal(), given["contact_id"])
    except AT_A_FORM as exc:
        return _shown({"label": "", "email": "", "phone": ""}, exc)
    return go_to("own_contacts.show")


@blueprint.page("/organisation/groups", Permission.GROUPS_READ, query=[NEXT])
def groups() -> Response:
    """List the sharing groups that we are in or manage, and who else is, by name where we may know it."""
    found = page_of_groups(exchange(), principal(), asked_by_address(limit=GROUPS_AT_ONCE))
    names = {one.partner_id: one.name for one in members_told(exchange(), principal())}
    return page("organisation/groups.html", found=found.rows, passage=passage_of(found), names=names)


def _contact(given: Mapping[str, str]) -> NewContact:
    label, phone = given["label"].strip(), given["phone"].strip()
    if not _LABEL.fullmatch(label):
        raise MalformedInputError("Say in 1 to 100 characters who this is.", pointer="/label")
    if phone and not _PHONE.fullmatch(phone):
        raise MalformedInputError("A telephone number has digits, blanks and the marks between them.", pointer="/phone")
    return NewContact(label, given["email"].strip(), phone or None)


def _shown(given: Mapping[str, str], failed: BreakwaterError | None = None) -> Response:
    told = NO_FAULTS if failed is None else faults_of(failed, _AT)
    status = HTTPStatus.OK if failed is None else HTTPStatus.UNPROCESSABLE_ENTITY
    found = list_contacts(exchange(), principal())
    return page("organisation/contacts.html", status, found=found, given=given, once=once, **told)
