"""``partner …``: enrolling organisations and changing their state; operators only. Kept by ``tests/cli/test_partners.py``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from app.cli.approvals import reason_option, show_proposed, stop_reason_option
from app.cli.connection import connected
from app.cli.faults import json_option
from app.cli.output import say, show, table
from app.domain.vocabulary import PartnerState, Role

if TYPE_CHECKING:
    from app.cli.api import Api


@click.group()
def partner() -> None:
    """Partners: the member organisations."""


@partner.command()
@click.argument("name")
@click.option("--role", required=True, type=click.Choice([*map(str, Role)]))
@click.option("--jurisdiction", required=True, help="ISO 3166-1 alpha-2, such as NL.")
@click.option("--identity", help="Its STIX identity id, if it has one already.")
@connected
@json_option
def add(name: str, role: str, jurisdiction: str, identity: str | None, api: Api) -> None:
    """Enrol an organisation. It has no agreement yet, and so sees and submits nothing."""
    given = {"name": name, "role": role, "jurisdiction": jurisdiction} | ({"identity_id": identity} if identity else {})
    enrolled = api.post("/partners", given)

    def tell() -> None:
        _table([enrolled])
        say(f"Next: breakwater agreement add and breakwater credential issue --partner {enrolled['id']}")

    show(enrolled, tell)


@partner.command("list")
@connected
@json_option
def list_partners(api: Api) -> None:
    """List all partners."""
    document = api.get("/partners")
    show(document, lambda: _table(document["partners"]))


@partner.command("show")
@click.argument("partner_id")
@connected
@json_option
def show_one(partner_id: str, api: Api) -> None:
    """Show one partner: its state, and whose part and whose client it is."""
    from app.cli.api import segment

    path = f"/partners/{segment(partner_id)}"
    found = api.get(path) | api.get(f"{path}/relations")

    def tell() -> None:
        _table([found])
        say(f"part of: {found['parent_id'] or 'nobody'}")
        say(f"client of: {', '.join(found['client_of']) or 'nobody'}")

    show(found, tell)


@partner.command()
@click.argument("partner_id")
@click.argument("state", type=click.Choice([*map(str, PartnerState)]))
@stop_reason_option
@connected
@json_option
def state(partner_id: str, state: str, reason: str | None, api: Api) -> None:
    """Suspend or end a partner, effective at once; to let one in again, see `partner reactivate`."""
    from app.cli.api import segment

    changed = api.patch(f"/partners/{segment(partner_id)}", {"state": state} | ({"reason": reason} if reason else {}))
    show(changed, lambda: _table([changed]))


@partner.command()
@click.argument("partner_id")
@connected
@json_option
def reasons(partner_id: str, api: Api) -> None:
    """Show why a partner, its agreement and its credentials were stopped."""
    from app.cli.api import segment

    told = api.get(f"/partners/{segment(partner_id)}/reasons")
    columns = ("said_at", "stop", "subject", "reason")
    show(told, lambda: table("", columns, ([one[column] for column in columns] for one in told["reasons"])))


@partner.command()
@click.argument("partner_id")
@reason_option
@connected
@json_option
def reactivate(partner_id: str, reason: str, api: Api) -> None:
    """Propose that a suspended partner be active again; another operator approves it."""
    from app.cli.api import segment

    show_proposed(api.post(f"/partners/{segment(partner_id)}/reactivation", {"reason": reason}), api)


@partner.command()
@click.argument("partner_id")
@click.argument("parent_id", required=False)
@connected
@json_option
def parent(partner_id: str, parent_id: str | None, api: Api) -> None:
    """Record whose part a partner is; of nobody's without a second id."""
    _relate(api, partner_id, {"parent_id": parent_id})


@partner.command()
@click.argument("partner_id")
@click.argument("of", nargs=-1)
@connected
@json_option
def client(partner_id: str, of: Sequence[str], api: Api) -> None:
    """Record whose client a partner is: of these and no others."""
    _relate(api, partner_id, {"client_of": sorted(of)})


def _relate(api: Api, partner_id: str, changes: dict[str, Any]) -> None:
    from app.cli.api import segment

    path = f"/partners/{segment(partner_id)}/relations"
    related = api.put(path, api.get(path) | changes)
    row = [related["parent_id"], ", ".join(related["client_of"])]
    show(related, lambda: table("", ("parent_id", "client_of"), [row]))


def _table(records: Sequence[dict[str, Any]]) -> None:
    columns = ("id", "name", "role", "jurisdiction", "state", "identity_id")
    table("", columns, ([one[column] for column in columns] for one in records))
