"""``/persons``: the people of a partner and of the exchange, and their roles. Kept by ``tests/http/test_persons.py``."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from app.domain.approval import Approval
from app.domain.permissions import Permission
from app.http.approval_payloads import ApprovalPayload
from app.http.blueprint import PREFIX, ApiBlueprint
from app.http.idempotency import use_of_key
from app.http.list_payloads import asked_by
from app.http.payloads import NothingPayload
from app.http.person_payloads import (
    InvitationPayload,
    NewPersonPayload,
    NewStaffPayload,
    PersonPayload,
    PersonQuery,
    PersonsPayload,
    RolesPayload,
    WiderRolesPayload,
)
from app.services.list_pages import ListPage
from app.services.membership import keep_persons as service
from app.services.membership.add_staff import NewStaff, WiderRoles, propose_roles, propose_staff
from app.services.signing_in.invite import Invited, invite_person
from app.web.context import exchange, principal

blueprint = ApiBlueprint("persons", "People and their roles: a partner's, kept by its administrators, and the exchange's own.")
Proposed = tuple[Approval, int, dict[str, str]]


@blueprint.get("/persons", Permission.PERSONS_READ, also=(404,))
@blueprint.query(PersonQuery)
@blueprint.answers(HTTPStatus.OK, PersonsPayload)
def find_all(query: dict[str, Any]) -> ListPage[service.SeenPerson]:
    """List the persons of one's own organisation; staff may ask for a partner's."""
    return service.page_of_persons(exchange(), principal(), service.PersonsWanted(query["partner_id"]), asked_by(query))


@blueprint.post("/persons", Permission.PERSONS_WRITE, also=(404,))
@blueprint.body(NewPersonPayload)
@blueprint.answers(HTTPStatus.CREATED, PersonPayload)
def add(new: service.NewPerson) -> tuple[service.SeenPerson, int, dict[str, str]]:
    """Add a partner's person: its administrators anybody, operators a first administrator."""
    made = service.add_person(exchange(), principal(), new, use_of_key())
    return made, HTTPStatus.CREATED, {"Location": f"{PREFIX}/persons/{made.person.person_id}"}


@blueprint.post("/persons/staff", Permission.PERSONS_WRITE)
@blueprint.body(NewStaffPayload)
@blueprint.answers(HTTPStatus.CREATED, ApprovalPayload)
def propose_addition(given: tuple[NewStaff, str]) -> Proposed:
    """Propose a further person of the exchange; a second person approves it."""
    new, reason = given
    return _proposed(propose_staff(exchange(), principal(), new, reason, use_of_key()))


@blueprint.get("/persons/<person_id>", Permission.PERSONS_READ)
@blueprint.answers(HTTPStatus.OK, PersonPayload)
def find_one(person_id: str) -> service.SeenPerson:
    """Give one person."""
    return service.get_person(exchange(), principal(), person_id)


@blueprint.patch("/persons/<person_id>", Permission.PERSONS_WRITE)
@blueprint.body(RolesPayload)
@blueprint.answers(HTTPStatus.OK, PersonPayload)
def change(roles: service.Roles, person_id: str) -> service.SeenPerson:
    """Set a person's roles, effective for every request that starts after this; staff get a further one by two persons."""
    return service.change_roles(exchange(), principal(), person_id, roles)


@blueprint.post("/persons/<person_id>/roles", Permission.PERSONS_WRITE)
@blueprint.body(WiderRolesPayload)
@blueprint.answers(HTTPStatus.CREATED, ApprovalPayload)
def propose_further_roles(given: dict[str, Any], person_id: str) -> Proposed:
    """Propose that a person of the exchange have further roles; a second person approves it."""
    wider = WiderRoles(person_id, service.Roles(staff_roles=given["staff_roles"]), given["reason"])
    return _proposed(propose_roles(exchange(), principal(), wider, use_of_key()))


@blueprint.post("/persons/<person_id>/invitations", Permission.PERSONS_WRITE)
@blueprint.body(NothingPayload)
@blueprint.answers(HTTPStatus.CREATED, InvitationPayload)
def invite(_nothing: dict[str, Any], person_id: str) -> tuple[Invited, int]:
    """Invite a person to set up how they sign in to the portal, by a link that serves once; an earlier one ends."""
    return invite_person(exchange(), principal(), person_id, use_of_key()), HTTPStatus.CREATED


@blueprint.post("/persons/<person_id>/departure", Permission.PERSONS_WRITE)
@blueprint.body(NothingPayload)
@blueprint.answers(HTTPStatus.OK, PersonPayload)
def leave(_nothing: dict[str, Any], person_id: str) -> service.SeenPerson:
    """Record that a person has left: their credentials end with this request; again is no error."""
    return service.record_departure(exchange(), principal(), person_id, use_of_key())


def _proposed(approval: Approval) -> Proposed:
    return approval, HTTPStatus.CREATED, {"Location": f"{PREFIX}/approvals/{approval.approval_id}"}
