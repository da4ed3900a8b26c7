"""The exchange's own people and credentials: who has which role, taking roles away, proposing further ones, ending credentials.

Adding staff and inviting them is done with a token that they made themselves, and on the machine: the page says how. Kept by
``tests/portal/operating/test_people.py``.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Response

from app.domain.approval import Approval
from app.domain.errors import (
    BreakwaterError,
    ConflictError,
    ForbiddenContentError,
    ForbiddenError,
    MalformedInputError,
    NotFoundError,
)
from app.domain.permissions import Permission
from app.domain.vocabulary import StaffRole
from app.portal.forms import fields, sent
from app.portal.once import ONCE_FIELD, use_of_form
from app.portal.operating.approvals import names, people
from app.portal.operating.room import StaffBlueprint, faults_of
from app.portal.pages import go_to, page
from app.portal.passages import NEXT, asked_by_address, passage_of
from app.portal.typed import not_material
from app.services.exporting.look_up import list_exports
from app.services.membership.add_staff import WiderRoles, propose_roles
from app.services.membership.end_issued import came_of
from app.services.membership.foresee_ending import foresee_keeping_end
from app.services.membership.issue_credentials import (
    CredentialsWanted,
    Ending,
    list_credentials,
    page_of_credentials,
    revoke_credential,
)
from app.services.membership.keep_persons import (
    PersonsWanted,
    Roles,
    change_roles,
    get_person,
    list_persons,
    page_of_persons,
    record_departure,
)
from app.web.context import exchange, principal

blueprint = StaffBlueprint("operating_people")
_ONE = "operating_people.one"
_COMMANDS = """breakwater credential make
breakwater person add-staff NAME --role operator --token-digest DIGEST --reason REASON
breakwater staff invite PERSON_ID"""


@blueprint.page("/exchange/people", Permission.PERSONS_READ, query=[NEXT])
def show() -> Response:
    """Show the exchange's own people."""
    found = page_of_persons(exchange(), principal(), PersonsWanted(), asked_by_address())
    return page("operating/people.html", people=found.rows, passage=passage_of(found), commands=_COMMANDS)


@blueprint.page("/exchange/people/<person_id>", Permission.PERSONS_WRITE, fresh=True)
def one(person_id: str) -> Response:
    """Show one of them, and what may be changed."""
    return _shown(person_id)


@blueprint.form(
    "/exchange/people/<person_id>/roles",
    Permission.PERSONS_WRITE,
    fresh_at=_ONE,
    does="Change the roles of a person of the exchange",
    anew=True,
)
def change(person_id: str) -> Response:
    """Take roles away at once, or propose further ones."""
    form = sent(["reason", ONCE_FIELD], ["roles"])
    try:
        approval = _changed(person_id, form.repeated["roles"], form["reason"])
    except (ConflictError, ForbiddenError, MalformedInputError) as exc:
        return _shown(person_id, exc, form["reason"], form.repeated["roles"])
    return go_to("operating_approvals.one", approval_id=approval.approval_id) if approval else go_to("operating_people.show")


@blueprint.form(
    "/exchange/people/<person_id>/departure",
    Permission.PERSONS_WRITE,
    fresh_at=_ONE,
    does="Let a person of the exchange go for good",
)
def leave(person_id: str) -> Response:
    """Record that somebody has left: all their credentials end."""
    fields(ONCE_FIELD)
    try:
        record_departure(exchange(), principal(), person_id, use_of_form())
    except (ConflictError, ForbiddenError) as exc:
        return _shown(person_id, exc)
    return go_to("operating_people.show")


@blueprint.page("/exchange/people/credentials", Permission.CREDENTIALS_READ, query=[NEXT])
def credentials() -> Response:
    """Show credentials that are open now, of everybody, the newest first."""
    wanted = CredentialsWanted(open_alone=True, newest_first=True)
    found = page_of_credentials(exchange(), principal(), wanted, asked_by_address())
    return page("operating/credentials.html", found=found.rows, passage=passage_of(found), names=names(), people=people())


@blueprint.page("/exchange/people/credentials/<credential_id>", Permission.CREDENTIALS_WRITE, fresh=True)
def ending(credential_id: str) -> Response:
    """Show one credential that is open, and what ending it stops."""
    return _ending(credential_id)


@blueprint.form(
    "/exchange/people/credentials/<credential_id>/revocation",
    Permission.CREDENTIALS_WRITE,
    fresh_at="operating_people.ending",
    does="End a credential",
    goes_on_read_only=True,
)
def revoke(credential_id: str) -> Response:
    """End a credential for every request that starts after this, and what was issued with it if asked; and keep why."""
    given = fields("reason", "issued_too", ONCE_FIELD)
    how = Ending(issued_too=given["issued_too"] == "yes", reason=given["reason"])
    try:
        revoke_credential(exchange(), principal(), credential_id, use_of_form(), how)
    except (ConflictError, ForbiddenContentError, MalformedInputError) as exc:
        return _ending(credential_id, exc, not_material(given["reason"], exc))
    return go_to("operating_people.credentials")


def _ending(credential_id: str, failed: BreakwaterError | None = None, reason: str = "") -> Response:
    known = list_credentials(exchange(), principal())
    held = next((one for one in known if one.credential_id == credential_id), None)
    if held is None:
        raise NotFoundError
    came = [one for one in came_of(held, known) if one.revoked_at is None and one.expires_at > exchange().clock()]
    reads_as = [
        one.definition.name
        for one in list_exports(exchange(), principal())
        if one.definition.credential_id == credential_id and one.definition.ended_at is None
    ]
    faults = faults_of(failed) if failed else []
    told: dict[str, Any] = {"held": held, "came": came, "exports": reads_as, "faults": faults, "fault": dict(faults)}
    told |= {"names": names(), "people": people(), "reason": reason, "is_own": held == principal().credential}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if failed else HTTPStatus.OK
    return page("operating/credential.html", status, **told)


def _changed(person_id: str, given: Any, reason: str) -> Approval | None:
    """Let a person have these roles: at once what is taken away alone, else as a proposal."""
    if not set(given) <= set(StaffRole):
        raise MalformedInputError("Choose among the roles.", pointer="/roles")
    roles = Roles(staff_roles=frozenset(map(StaffRole, given)))
    before = get_person(exchange(), principal(), person_id).person.staff_roles
    if (roles.staff_roles or frozenset()) <= before:
        change_roles(exchange(), principal(), person_id, roles)
        return None
    return propose_roles(exchange(), principal(), WiderRoles(person_id, roles, reason), use_of_form())


def _shown(person_id: str, failed: BreakwaterError | None = None, reason: str = "", roles: Any = None) -> Response:
    seen = get_person(exchange(), principal(), person_id)
    faults = faults_of(failed) if failed else []
    chosen = sorted(seen.person.staff_roles) if roles is None else list(roles)
    now, held = exchange().clock(), list_credentials(exchange(), principal())
    opened = [one for one in held if one.person_id == person_id and one.revoked_at is None and one.expires_at > now]
    alike = [one.person for one in list_persons(exchange(), principal()) if one.person.left_at is None]
    holding = {role: sum(role in one.staff_roles for one in alike) for role in seen.person.staff_roles}
    made = None if seen.person.left_at else foresee_keeping_end(exchange(), principal(), person_id)
    counts = {"opened": len(opened), "holding": holding, "made": made}
    known: dict[str, Any] = counts | {"seen": seen, "roles": list(StaffRole), "chosen": chosen, "reason": reason}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if failed else HTTPStatus.OK
    return page("operating/person.html", status, faults=faults, fault=dict(faults), **known)
