"""``question …``: who asked about persons, for auditors and data-protection persons. Kept by ``tests/cli/test_questions.py``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from app.cli.connection import connected
from app.cli.faults import json_option
from app.cli.output import say, show, table
from app.domain.usage import QuestionKind

if TYPE_CHECKING:
    from app.cli.api import Api

_partner_option = click.option("--partner", "partner_id", help="Only of this partner.")
_since_option = click.option("--since", help="From this instant on, e.g. 2026-01-31T00:00:00Z.")
_until_option = click.option("--until", help="Up to but without this instant.")


@click.group()
def question() -> None:
    """Questions about persons: look-ups of observables by partners and by staff, and simulations."""


@question.command("list")
@_partner_option
@click.option("--kind", type=click.Choice([*map(str, QuestionKind)]), help="Only of this kind.")
@_since_option
@_until_option
@connected
@json_option
def list_questions(partner_id: str | None, kind: str | None, since: str | None, until: str | None, api: Api) -> None:
    """List who asked, when and why; what about is kept as a digest alone."""
    wanted = {"partner_id": partner_id, "kind": kind, "since": since, "until": until}
    found: list[dict[str, Any]] = []
    page: dict[str, Any] = {"more": True, "next": None}
    while page["more"]:
        page = api.get("/questions", **wanted, next=page["next"])
        found += page["questions"]
    show({"questions": found}, lambda: _tell(found))


@question.command()
@click.argument("stix_id")
@_partner_option
@_since_option
@_until_option
@connected
@json_option
def about(stix_id: str, partner_id: str | None, since: str | None, until: str | None, api: Api) -> None:
    """List who asked about one id, e.g. that of a mail address. That you asked is recorded, without the id."""
    stated = {"id": stix_id, "partner_id": partner_id, "since": since, "until": until}
    wanted = {name: value for name, value in stated.items() if value is not None}
    found: list[dict[str, Any]] = []
    page: dict[str, Any] = {"more": True, "next": None}
    while page["more"]:
        page = api.post("/questions/search", wanted | ({"next": page["next"]} if page["next"] else {}))
        found += page["questions"]
    show({"questions": found}, lambda: _tell(found))


def _tell(found: list[dict[str, Any]]) -> None:
    if not found:
        say("Nobody asked.")
        return
    rows = (
        [one["asked_at"], one["partner_id"] or "(staff)", one["credential_id"], one["kind"], one["purpose"] or "", one["channel"]]
        for one in found
    )
    table("", ("when", "partner", "credential", "kind", "purpose", "by"), rows)
