"""``audience …``: whom a publisher wants to reach, as a signed record. Kept by ``tests/cli/test_audiences.py``."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from app.cli.connection import connected
from app.cli.durable_files import EXISTING_FILE
from app.cli.faults import json_option
from app.cli.output import say, show, table
from app.domain.vocabulary import ANY, Role

if TYPE_CHECKING:
    from app.cli.api import Api

_LISTS = ("roles", "jurisdictions", "partners_in", "partners_out")


@click.group()
def audience() -> None:
    """Audiences: whom you want to reach. Markings name them by an opaque id."""


@audience.command()
@click.option("--key", "key_file", required=True, type=EXISTING_FILE, help="Your private key's file, for the signature.")
@click.option("--role", "roles", multiple=True, type=click.Choice([ANY, *map(str, Role)]), help="Partners of this role …")
@click.option("--jurisdiction", "jurisdictions", multiple=True, help="… and of this jurisdiction (ISO 3166-1 alpha-2, or any).")
@click.option("--with", "partners_in", multiple=True, help="This partner (id), by name.")
@click.option("--without", "partners_out", multiple=True, help="Not this partner (id), whatever else is said.")
@connected
@json_option
def new(key_file: Path, api: Api, **lists: Sequence[str]) -> None:
    """Register an audience, signed. Without --role and --with it is nobody; a role alone reaches every jurisdiction."""
    stated = {name: list(words) for name, words in lists.items()}
    if stated["roles"] and not stated["jurisdictions"]:
        stated["jurisdictions"] = [ANY]
    record = register_audience(api, key_file.read_bytes(), stated)

    def tell() -> None:
        _table([record])
        say("Name this id in the handling extension of a marking-definition, and the marking in your objects.")

    show(record, tell)


def register_audience(api: Api, private_pem: bytes, lists: dict[str, list[str]]) -> dict[str, Any]:
    """Sign and register an audience of these lists (those left out are empty), and give its record."""
    from app.services.membership.register_audience import sign_audience
    from breakwater_client.signing.make_keys import read_private_key

    document: dict[str, Any] = {name: lists.get(name, []) for name in _LISTS}
    document["audience_id"] = f"audience--{uuid.uuid4()}"
    record: dict[str, Any] = api.post("/audiences", sign_audience(document, read_private_key(private_pem)))
    return record


@audience.command("list")
@connected
@json_option
def list_audiences(api: Api) -> None:
    """List your audiences; operators see all."""
    from app.cli.listings import all_of

    rows = all_of(api, "/audiences", "audiences")
    show({"audiences": rows}, lambda: _table(rows))


def _table(records: Sequence[dict[str, Any]]) -> None:
    rows = ((one["audience_id"], *(", ".join(one[name]) for name in _LISTS)) for one in records)
    table("", ("audience", "roles", "jurisdictions", "with", "without"), rows)
