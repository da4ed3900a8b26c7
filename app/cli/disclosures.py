"""``disclosures``: who was given what, from the ledger, and breach reports. Kept by ``tests/cli/test_disclosures.py``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from app.cli.connection import connected, connected_if_asked
from app.cli.faults import json_option
from app.cli.moments import MOMENT
from app.cli.output import say, show, table
from breakwater_client.instant import instant_text

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from app.cli.api import Api

_PAGE = 1_000
_object_option = click.option("--object", "stix_id", help="Only answers with this object.")
_since_option = click.option("--since", type=MOMENT, help="From this instant on, e.g. 2026-01-31T00:00:00Z.")
_until_option = click.option("--until", type=MOMENT, help="Up to but without this instant.")
_partner_option = click.option("--partner", "partner_id", help="Only what this partner was given.")


@click.group(invoke_without_command=True)
@click.pass_context
@_object_option
@_partner_option
@_since_option
@_until_option
@connected_if_asked
@json_option
def disclosures(context: click.Context, connect: Callable[[], Api], **asked: Any) -> None:
    """List who was given which version of your objects, when, why, under which agreement and on which ground."""
    if context.invoked_subcommand is None:
        stix_id = asked.pop("stix_id")
        rows = own_disclosures(connect(), stix_id, **_spelled(asked))
        show({"disclosures": rows}, lambda: _tell(rows))


@disclosures.command()
@_object_option
@click.option("--publisher", "publisher_id", help="Only objects of this partner, given to others.")
@_partner_option
@click.option("--credential", "credential_id", help="Only what was read with this credential.")
@_since_option
@_until_option
@connected
@json_option
def search(api: Api, stix_id: str | None, **asked: Any) -> None:
    """List the same about whoever's objects; for staff. That you asked is recorded, without the object."""
    wanted = {"id": stix_id, **_spelled(asked)}
    body = {"limit": _PAGE} | {name: value for name, value in wanted.items() if value is not None}
    rows: list[dict[str, Any]] = []
    page: dict[str, Any] = {"more": True, "next": None}
    while page["more"]:
        page = api.post("/disclosures/search", body | ({"next": page["next"]} if page["next"] else {}))
        rows += page["disclosures"]
    show({"disclosures": rows}, lambda: _tell(rows))


@disclosures.command("breach-report")
@click.option("--credential", "credential_id", help="All that was given with this credential.")
@click.option("--issued-too", is_flag=True, help="And with those that were issued with it.")
@click.option("--partner", "partner_id", help="All that was given to this partner.")
@click.option("--publisher", "publisher_id", help="This publisher's part alone, with the list of its versions.")
@_since_option
@_until_option
@connected
@json_option
def report_breach(api: Api, *, issued_too: bool, **asked: Any) -> None:
    """Add up what was given with a credential or to a partner, by publishers, who must be told; for staff, and recorded."""
    body = {name: value for name, value in _spelled(asked).items() if value is not None}
    report = api.post("/disclosures/breach-report", body | {"issued_too": issued_too})
    show(report, lambda: _tell_breach(report))


def own_disclosures(api: Api, stix_id: str | None = None, **narrowed: str | None) -> list[dict[str, Any]]:
    """Give all rows of the ledger about the caller's own objects, oldest first."""
    rows: list[dict[str, Any]] = []
    page = {"more": True, "next": None}
    while page["more"]:
        page = api.get("/disclosures", object=stix_id, limit=_PAGE, next=page["next"], **narrowed)
        rows += page["disclosures"]
    return rows


def _spelled(asked: dict[str, Any]) -> dict[str, Any]:
    moments: dict[str, datetime | None] = {name: asked[name] for name in ("since", "until")}
    return asked | {name: None if moment is None else instant_text(moment) for name, moment in moments.items()}


def _tell(rows: list[dict[str, Any]]) -> None:
    if not rows:
        say("Nobody else was given any of it.")
        return
    columns = ("when", "to", "purpose", "by", "how much", "agreement", "objects")
    table(
        "",
        columns,
        (
            (
                row["disclosed_at"],
                row["recipient_name"],
                row["purpose"],
                row["channel"],
                row["extent"] or "content",
                f"version {row['agreement_version']}" if row["agreement_version"] else "none in force",
                [_named(one) for one in row["objects"]],
            )
            for row in rows
        ),
    )


def _named(one: dict[str, Any]) -> str:
    name = "erased" if one["erased"] else f"{one['id']} {one['version']}"
    return f"{name} ({one['ground']})" if one["ground"] else name


def _tell_breach(report: dict[str, Any]) -> None:
    if not report["publishers"]:
        say("Nothing was given.")
        return
    columns = ("publisher", "answers", "versions", "objects", "identifying", "observables", "first", "last")
    names = ("answers", "versions", "objects", "identifying_objects", "observables", "first_at", "last_at")
    parts = [*report["publishers"], report["altogether"]]
    table("", columns, ([part["publisher_name"] or "altogether", *(part[name] for name in names)] for part in parts))
    listed = [one for part in report["publishers"] for one in part["listed"] or ()]
    if listed:
        table("", ("id", "version", "first", "last", "times", "how much"), map(_leaked, listed))
    if report["files"]:
        _tell_files(report["files"])


def _tell_files(files: list[dict[str, Any]]) -> None:
    columns = ("export", "number", "file", "objects", "published", "barred", "gone")
    names = ("definition_id", "number", "name", "objects", "published_at", "barred_at", "gone_at")
    table("", columns, ([one[name] if one[name] is not None else "" for name in names] for one in files))


def _leaked(one: dict[str, Any]) -> tuple[Any, ...]:
    names = (one["id"] or "erased", one["version"] or "")
    return (*names, one["first_at"], one["last_at"], one["times"], one["extent"] or "content")
