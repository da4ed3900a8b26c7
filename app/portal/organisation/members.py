"""Members: who they are and what each may do; adding, inviting, other roles, ending what they are signed in with, leaving.

Kept by ``tests/portal/organisation/test_members.py``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from flask import Response

from app.domain.errors import BreakwaterError, MalformedInputError
from app.domain.partner import Person
from app.domain.permissions import Permission
from app.domain.vocabulary import MemberRole
from app.policy.administration import permitted_scopes
from app.policy.scopes import member_kinds
from app.portal.forms import fields, sent
from app.portal.once import ONCE_FIELD, once, use_of_form
from app.portal.organisation.blueprint import OrganisationBlueprint, may, principal
from app.portal.organisation.in_words import in_order, said_of
from app.portal.organisation.refused import AT_A_FORM, NO_FAULTS, faults_of
from app.portal.organisation.stopped_exports import stopped_exports
from app.portal.pages import go_to, page
from app.portal.passages import NEXT, asked_by_address, passage_of
from app.portal.plain_words import choices, offered
from app.services.membership.foresee_ending import foresee_keeping_end
from app.services.membership.keep_persons import (
    NewPerson,
    PersonsWanted,
    Roles,
    add_person,
    change_roles,
    get_person,
    list_persons,
    page_of_persons,
    record_departure,
)
from app.services.signing_in.invite import invite_person
from app.services.signing_in.own_credentials import end_credentials_of, own_credentials
from app.services.signing_in.who_signs_in import who_signs_in
from app.web.context import exchange

blueprint = OrganisationBlueprint("own_members")
_NAME = re.compile(r"[^\x00-\x20\x7f-\xa0]([^\x00-\x1f\x7f-\x9f]{0,98}[^\x00-\x20\x7f-\xa0])?")
_AT = {"name": "name", "member_roles": "roles"}
_ONE = "/organisation/members/<person_id>"
_GONE = "gone"


@blueprint.page("/organisation/members", Permission.PERSONS_READ, query=[NEXT, _GONE])
def show() -> Response:
    """List members, and how far each is with signing in, and those who left."""
    here = page_of_persons(exchange(), principal(), PersonsWanted(has_left=False), asked_by_address())
    gone = page_of_persons(exchange(), principal(), PersonsWanted(has_left=True), asked_by_address(_GONE))
    known: dict[str, Any] = {
        "here": here.rows,
        "passage": passage_of(here),
        "gone": gone.rows,
        "gone_passage": passage_of(gone, _GONE),
    }
    known["signing"] = who_signs_in(exchange(), principal(), {one.person.person_id for one in here.rows})
    return page("organisation/members.html", **known, **_roles())


@blueprint.page("/organisation/members/new", Permission.PERSONS_WRITE, fresh=True)
def begin() -> Response:
    """Show the form for a new member."""
    return _new({"name": ""}, ())


@blueprint.form(
    "/organisation/members/new", Permission.PERSONS_WRITE, fresh_at="own_members.begin", does="Add a member", anew=True
)
def add() -> Response:
    """Add a member, who is invited next."""
    given = sent(("name", ONCE_FIELD), ("roles",))
    try:
        new = NewPerson(None, _name(given["name"]), _member_roles(given.repeated["roles"]))
        made = add_person(exchange(), principal(), new, use_of_form())
    except AT_A_FORM as exc:
        return _new(given.single, given.repeated["roles"], exc)
    return go_to("own_members.show_one", person_id=made.person.person_id)


@blueprint.page(_ONE, Permission.PERSONS_READ)
def show_one(person_id: str) -> Response:
    """Show a member: what they may do, with what they come, and what can be done."""
    return _shown(person_id)


@blueprint.form(
    f"{_ONE}/roles", Permission.PERSONS_WRITE, fresh_at="own_members.show_one", does="Change a member's roles", anew=True
)
def change(person_id: str) -> Response:
    """Let a member have these roles and no others."""
    given = sent((), ("roles",))
    try:
        roles = Roles(member_roles=_member_roles(given.repeated["roles"]))
        change_roles(exchange(), principal(), person_id, roles)
    except AT_A_FORM as exc:
        return _shown(person_id, given.repeated["roles"], exc)
    return go_to("own_members.show_one", person_id=person_id)


@blueprint.form(
    f"{_ONE}/invitation", Permission.PERSONS_WRITE, fresh_at="own_members.show_one", does="Invite a member", anew=True
)
def invite(person_id: str) -> Response:
    """Make a link by which a member sets up how they sign in, and show it this once."""
    fields()
    try:
        made = invite_person(exchange(), principal(), person_id)
    except AT_A_FORM as exc:
        return _shown(person_id, failed=exc)
    return page("organisation/invited.html", invited=made, seen=get_person(exchange(), principal(), person_id))


@blueprint.form(
    f"{_ONE}/credentials/end",
    Permission.PERSONS_WRITE,
    fresh_at="own_members.show_one",
    does="End all sessions and tokens of a member",
)
def end_credentials(person_id: str) -> Response:
    """End every session and token of a member; they stay a member."""
    fields()
    get_person(exchange(), principal(), person_id)
    end_credentials_of(exchange(), principal(), person_id)
    return go_to("own_members.show_one", person_id=person_id)


@blueprint.form(f"{_ONE}/departure", Permission.PERSONS_WRITE, fresh_at="own_members.show_one", does="Let a member go for good")
def leave(person_id: str) -> Response:
    """Record that a member has left."""
    fields()
    try:
        record_departure(exchange(), principal(), person_id)
    except AT_A_FORM as exc:
        return _shown(person_id, failed=exc)
    return go_to("own_members.show_one", person_id=person_id)


def _name(given: str) -> str:
    if not _NAME.fullmatch(given):
        raise MalformedInputError("A name has 1 to 100 characters, without blanks around it.", pointer="/name")
    return given


def _member_roles(given: Sequence[str]) -> frozenset[MemberRole]:
    if not set(given) <= set(MemberRole):
        raise MalformedInputError("Choose among the roles of the list.", pointer="/member_roles")
    return frozenset(map(MemberRole, given))


def _new(given: Mapping[str, str], chosen: Sequence[str], failed: BreakwaterError | None = None) -> Response:
    told = NO_FAULTS if failed is None else faults_of(failed, _AT)
    status = HTTPStatus.OK if failed is None else HTTPStatus.UNPROCESSABLE_ENTITY
    return page("organisation/member_new.html", status, given=given, chosen=chosen, once=once, **told, **_roles())


def _shown(person_id: str, chosen: Sequence[str] | None = None, failed: BreakwaterError | None = None) -> Response:
    seen = get_person(exchange(), principal(), person_id)
    told = NO_FAULTS if failed is None else faults_of(failed, _AT)
    status = HTTPStatus.OK if failed is None else HTTPStatus.UNPROCESSABLE_ENTITY
    known = {"seen": seen, "chosen": seen.person.member_roles if chosen is None else chosen} | _standing(seen.person)
    return page("organisation/member.html", status, **known, **told, **_roles())


def _standing(person: Person) -> dict[str, Any]:
    """Give what a member may do, how far they are with signing in, and their credentials that count, for who may see these."""
    now, held = exchange().clock(), []
    if may(Permission.CREDENTIALS_READ):
        own = own_credentials(exchange(), principal())
        held = [one for one in own if one.credential.person_id == person.person_id and one.counts(now)]
    scopes = permitted_scopes(member_kinds(person.member_roles))
    signing = who_signs_in(exchange(), principal())[person.person_id]
    is_self = principal().credential.person_id == person.person_id
    reading = stopped_exports({one.credential.credential_id for one in held})
    alike = [one.person for one in list_persons(exchange(), principal()) if one.person.left_at is None]
    administrators = sum(MemberRole.ADMINISTRATOR in one.member_roles for one in alike)
    is_kept = may(Permission.PERSONS_WRITE) and person.left_at is None
    made = foresee_keeping_end(exchange(), principal(), person.person_id) if is_kept else None
    counts = {"exports": reading, "administrators": administrators, "is_kept": is_kept, "made": made}
    return {"allowed": said_of(scopes), "signing": signing, "held": held, "is_self": is_self, **counts}


def _roles() -> dict[str, Any]:
    return {"offered": choices(offered(MemberRole)), "in_order": in_order}
