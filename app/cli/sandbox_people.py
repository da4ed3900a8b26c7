"""The sandbox's people: administrators, analysts and reviewers of two partners, and the exchange's own, invited to the portal.

Owns who there is; they are made through the public routes, and invited on the exchange's own machine: anew when an invitation is
over, until they have set up how they sign in. Every step looks first whether it was done before. Kept by
``tests/cli/test_sandbox_people.py``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from app.cli.credentials import new_credential
from app.cli.listings import all_of
from app.cli.sandbox_setup import Setup
from app.domain.errors import ConflictError, NotFoundError
from app.domain.permissions import Permission
from app.domain.vocabulary import MemberRole, StaffRole, Tlp

if TYPE_CHECKING:
    from app.cli.api import Api
    from app.services.exchange import Exchange

WITH_PEOPLE = ("platform-a", "hotline-a")
ROLES = (MemberRole.ADMINISTRATOR, MemberRole.ANALYST, MemberRole.REVIEWER)


def set_up_people(
    setup: Setup, partners: Sequence[Mapping[str, Any]], staff: Sequence[tuple[str, StaffRole]]
) -> list[dict[str, Any]]:
    """Let there be people; gives for each the partner (None: the exchange's own), the role, the name and the id."""
    people = []
    for partner in (one for one in partners if one["name"] in WITH_PEOPLE):
        people += _people_of(setup, partner)
    return people + missing_staff(setup, (), staff)


def missing_staff(
    setup: Setup, known: Sequence[Mapping[str, Any]], staff: Sequence[tuple[str, StaffRole]]
) -> list[dict[str, Any]]:
    """Give the exchange's own people (name and role) who are not among those ``known``, as ``set_up_people`` gives them."""
    names = {one["name"] for one in known if one["partner"] is None}
    ids = {one["name"]: one["id"] for one in all_of(setup.first, "/persons", "persons")}
    return [
        {"partner": None, "role": role.value, "name": name, "id": ids[name]}
        for name, role in staff
        if name not in names and name in ids
    ]


def told_people(people: Sequence[Mapping[str, Any]], portal: str) -> list[str]:
    """Give lines for the console: where the portal is, and by which link each person who has not come yet sets up to sign in."""
    links = [(f"{one['name']} ({one['role']})", one["link"]) for one in people if one["link"]]
    return [f"portal: {portal}", *(f"invitation of {who}: {link}" for who, link in links)]


def invite(exchange: Exchange, people: Sequence[dict[str, Any]]) -> None:
    """Give everybody an invitation's secret, the one that they have while it serves; None to who has set up how they sign in."""
    from app.services.signing_in.invite import invite_here

    for one in people:
        if _still_serves(exchange, one.get("secret")):
            continue
        try:
            one["secret"] = invite_here(exchange, one["id"]).secret
        except ConflictError:
            one["secret"] = None


def _still_serves(exchange: Exchange, secret: str | None) -> bool:
    from app.services.signing_in.accept_invitation import look_at_invitation

    try:
        return secret is not None and look_at_invitation(exchange, secret) is not None
    except NotFoundError:
        return False


def people_record(people: Sequence[Mapping[str, Any]], url: str) -> list[dict[str, Any]]:
    """Give what ``sandbox.json`` says of them; ``link`` is None once it was used."""
    return [
        {name: one[name] for name in ("partner", "role", "name", "id")}
        | {"link": f"{url}/portal/invitations/{one['secret']}" if one.get("secret") else None}
        for one in people
    ]


def _people_of(setup: Setup, partner: Mapping[str, Any]) -> list[dict[str, Any]]:
    known = {one["name"]: one["id"] for one in all_of(setup.first, "/persons", "persons", partner_id=partner["id"])}
    found = []
    adding: Api = setup.first
    for role in ROLES:
        name = f"{role} of {partner['name']}"
        if name not in known:
            wanted = {"partner_id": partner["id"], "name": name, "member_roles": [role.value]}
            known[name] = adding.post("/persons", wanted)["id"]
        found.append({"partner": partner["name"], "role": role.value, "name": name, "id": known[name]})
        if role is MemberRole.ADMINISTRATOR and len(known) < len(ROLES):
            adding = _as_administrator(setup, known[name])
    return found


def _as_administrator(setup: Setup, person_id: str) -> Api:
    """Give the administrator's connection, by a token of theirs that nobody keeps."""
    scopes = [Permission.PERSONS_READ.value, Permission.PERSONS_WRITE.value]
    wanted = new_credential(None, 1, scopes, person_id=person_id, tlp_ceiling=Tlp.CLEAR.value)
    return setup.connect(setup.first.post("/credentials", wanted)["token"])
