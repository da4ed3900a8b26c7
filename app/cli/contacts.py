"""``contact …``: whom a partner has paged at imminent risk, in which order. Kept by ``tests/cli/test_contacts.py``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from app.cli.connection import connected
from app.cli.faults import json_option
from app.cli.output import say, show, table

if TYPE_CHECKING:
    from app.cli.api import Api


@click.group()
def contact() -> None:
    """Contacts around the clock: who is paged when something is marked imminent risk."""


@contact.command()
@click.option("--label", required=True, help="How your organisation calls it, such as 'duty officer'.")
@click.option("--email", required=True, help="Where it is paged.")
@click.option("--phone", help="For the exchange's operator, when nobody answers.")
@click.option("--rank", type=click.IntRange(1, 99), help="1 is called first; after all others, if left out.")
@connected
@json_option
def add(api: Api, **given: str | int | None) -> None:
    """Add a contact of your organisation."""
    added = api.post("/contacts", {name: value for name, value in given.items() if value is not None})

    def tell() -> None:
        _table([added])
        say(f"Try it: breakwater contact test {added['id']}")

    show(added, tell)


@contact.command("list")
@connected
@json_option
def list_contacts(api: Api) -> None:
    """List your contacts in the order in which they are called; operators see everybody's."""
    document = api.get("/contacts")
    show(document, lambda: _table(document["contacts"]))


@contact.command()
@click.argument("contact_id")
@connected
@json_option
def remove(contact_id: str, api: Api) -> None:
    """Erase a contact."""
    from app.cli.api import segment

    removed = api.post(f"/contacts/{segment(contact_id)}/removal")
    show(removed, lambda: say(f"{removed['id']} is erased."))


@contact.command()
@click.argument("contact_id")
@connected
@json_option
def test(contact_id: str, api: Api) -> None:
    """Have a test mail sent to a contact; a little later the list says what became of it."""
    from app.cli.api import segment

    tried = api.post(f"/contacts/{segment(contact_id)}/test")
    show(tried, lambda: _table([tried]))


def _table(records: Sequence[dict[str, Any]]) -> None:
    columns = ("id", "partner_id", "rank", "label", "email", "phone")
    rows = ([*(one[name] for name in columns), _fate(one["last_mail"])] for one in records)
    table("", (*columns, "last mail"), rows)


def _fate(mail: dict[str, Any] | None) -> str:
    return "none yet" if mail is None else fate(mail)


def fate(mail: dict[str, Any]) -> str:
    """Give what became of a mail, in words."""
    if mail["state"] == "waiting" and mail["failure"]:
        return f"{mail['failure']}, is tried again"
    return f"sent {mail['sent_at']}" if mail["state"] == "sent" else str(mail["state"])
