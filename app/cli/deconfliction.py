"""``deconfliction …``: agencies with an interest in the same. Kept by ``tests/cli/test_deconfliction.py``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from app.cli.connection import connected
from app.cli.durable_files import EXISTING_FILE
from app.cli.faults import json_option
from app.cli.moments import MOMENT
from app.cli.output import show, table
from app.cli.overlap import parts, post, purpose_option
from app.domain.instant import instant_text
from app.domain.overlap import InterestKind

if TYPE_CHECKING:
    from app.cli.api import Api


@click.group()
def deconfliction() -> None:
    """Deconfliction between law-enforcement agencies: a contact point, and nothing else."""


@deconfliction.command()
@click.argument("tokens", type=EXISTING_FILE)
@click.option("--kind", required=True, type=click.Choice([*map(str, InterestKind)]), help="For your own records; told to nobody.")
@click.option("--until", required=True, type=MOMENT, help="Until when, 400 days at most.")
@click.option("--contact", required=True, help="The id of a contact of yours: a role's mailbox, never a person's.")
@purpose_option
@connected
@json_option
def register(tokens: Path, purpose: str | None, api: Api, **of: Any) -> None:
    """Register your interest in what tokens stand for (`overlap blind --for deconfliction`); whom you meet, `matches` says."""
    made: list[dict[str, Any]] = []
    for part in parts(tokens):
        terms = {"kind": of["kind"], "until": instant_text(of["until"]), "contact_id": of["contact"]}
        given = {"epoch": part["epoch"], "tokens": part["tokens"]} | terms
        made += post(api, "/deconfliction/interests", given, purpose)["interests"]
    show({"interests": made}, lambda: _table(made))


@deconfliction.command("list")
@connected
@json_option
def list_interests(api: Api) -> None:
    """List your agency's interests."""
    document = api.get("/deconfliction/interests")
    show(document, lambda: _table(document["interests"]))


@deconfliction.command()
@purpose_option
@connected
@json_option
def matches(purpose: str | None, api: Api) -> None:
    """List who has an interest in the same: the other agency's contact point, and since when both know."""
    from app.cli.api import Request

    document = api.send(Request("GET", "/deconfliction/matches", purpose=purpose))
    columns = ("interest_id", "matched_at", "contact")
    show(document, lambda: table("", columns, ([one[column] for column in columns] for one in document["matches"])))


@deconfliction.command()
@click.argument("interest_id")
@connected
@json_option
def withdraw(interest_id: str, api: Api) -> None:
    """End an interest; whom you have met keeps knowing."""
    from app.cli.api import segment

    ended = api.post(f"/deconfliction/interests/{segment(interest_id)}/withdrawal")
    show(ended, lambda: _table([ended]))


def _table(interests: Sequence[dict[str, Any]]) -> None:
    columns = ("id", "kind", "registered_at", "until", "ended_at", "contact_id")
    table("", columns, ([one[column] for column in columns] for one in interests))
