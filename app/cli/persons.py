"""``person …``: people and their roles, of a partner and of the exchange. Kept by ``tests/cli/test_persons.py``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from app.cli.approvals import reason_option, show_proposed
from app.cli.connection import connected
from app.cli.faults import json_option
from app.cli.output import say, show, table
from app.cli.recoveries import agree, recover, recoveries, refuse
from app.domain.vocabulary import MemberRole, StaffRole

if TYPE_CHECKING:
    from app.cli.api import Api

_partner_option = click.option("--partner", "partner_id", help="Whose, for staff; your own organisation otherwise.")
_member_roles = click.option(
    "--role", "roles", multiple=True, type=click.Choice([*map(str, MemberRole)]), help="Can be repeated."
)
_staff_roles = click.option("--role", "roles", multiple=True, type=click.Choice([*map(str, StaffRole)]), help="Can be repeated.")


@click.group()
def person() -> None:
    """People and their roles."""


@person.command("list")
@_partner_option
@connected
@json_option
def list_persons(partner_id: str | None, api: Api) -> None:
    """List the people of your organisation, those who left included; staff may ask for a partner's."""
    from app.cli.listings import all_of

    rows = all_of(api, "/persons", "persons", **({"partner_id": partner_id} if partner_id else {}))
    show({"persons": rows}, lambda: _table(rows))


@person.command()
@click.argument("name")
@_partner_option
@_member_roles
@connected
@json_option
def add(name: str, partner_id: str | None, roles: Sequence[str], api: Api) -> None:
    """Add a person of your organisation; operators add a partner's first administrator."""
    added = api.post("/persons", {"name": name, "partner_id": partner_id, "member_roles": sorted(roles)})

    def tell() -> None:
        _table([added])
        if not roles:
            say(f"Without a role they may do nothing yet: breakwater person roles {added['id']} --role …")
        say(f"Next: breakwater credential issue --person {added['id']}")

    show(added, tell)


@person.command()
@click.argument("person_id")
@_member_roles
@connected
@json_option
def roles(person_id: str, roles: Sequence[str], api: Api) -> None:
    """Let a person of a partner have these roles and no others, effective at once; none takes all away."""
    from app.cli.api import segment

    changed = api.patch(f"/persons/{segment(person_id)}", {"member_roles": sorted(roles)})
    show(changed, lambda: _table([changed]))


@person.command()
@click.argument("person_id")
@connected
@json_option
def invite(person_id: str, api: Api) -> None:
    """Invite a person to the portal: prints a link that serves once, for 72 hours. Hand it over yourself; an earlier one ends."""
    from app.cli.api import segment

    made = api.post(f"/persons/{segment(person_id)}/invitations", {})
    show(made, lambda: say(f"{made['link']}\nServes once, until {made['expires_at']}. Whoever has it signs in as this person."))


@person.command()
@click.argument("person_id")
@connected
@json_option
def leave(person_id: str, api: Api) -> None:
    """Record that a person has left: their credentials end at once."""
    from app.cli.api import segment

    gone = api.post(f"/persons/{segment(person_id)}/departure")

    def tell() -> None:
        _table([gone])
        say("Those that they issued for other persons, too; programs' go on: issued_by in breakwater credential list --json.")

    show(gone, tell)


@person.command("add-staff")
@click.argument("name")
@_staff_roles
@click.option("--token-digest", required=True, help="Of the token that they made themselves: breakwater credential make.")
@reason_option
@connected
@json_option
def add_staff(name: str, roles: Sequence[str], token_digest: str, reason: str, api: Api) -> None:
    """Propose a further person of the exchange; another operator approves it."""
    given = {"name": name, "staff_roles": sorted(roles), "token_digest": token_digest, "reason": reason}
    show_proposed(api.post("/persons/staff", given), api)


@person.command("staff-roles")
@click.argument("person_id")
@_staff_roles
@click.option("--reason", help="Why; needed where they are given a further role, which another operator then approves.")
@connected
@json_option
def staff_roles(person_id: str, roles: Sequence[str], reason: str | None, api: Api) -> None:
    """Take roles of the exchange away, effective at once; with a reason, propose further ones."""
    from app.cli.api import segment

    path, wanted = f"/persons/{segment(person_id)}", {"staff_roles": sorted(roles)}
    if reason is not None:
        show_proposed(api.post(f"{path}/roles", wanted | {"reason": reason}), api)
        return
    changed = api.patch(path, wanted)
    show(changed, lambda: _table([changed]))


for _command in (recover, recoveries, agree, refuse):
    person.add_command(_command)


def _table(records: Sequence[dict[str, Any]]) -> None:
    columns = ("id", "name", "partner_id", "roles", "left_at")
    told = [one | {"roles": ", ".join(one["member_roles"] + one["staff_roles"])} for one in records]
    table("", columns, ([one[column] for column in columns] for one in told))
