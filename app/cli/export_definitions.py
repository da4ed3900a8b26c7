"""``export define`` and the like: what a partner has exported, by itself. Kept by ``tests/cli/test_export_definitions.py``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from app.cli.connection import connected
from app.cli.faults import CommandFault, ExitCode, json_option, naming
from app.cli.output import say, show, table

if TYPE_CHECKING:
    from app.cli.api import Api

FORMATS = ("csv", "parquet", "stix-bundle", "stix-ndjson")
COMPRESSIONS = ("gzip", "none", "zstd")
CEILINGS = ("clear", "green", "amber", "amber+strict", "red")
_WHAT = {"form": "format", "ceiling": "tlp_ceiling"}


@click.command()
@click.argument("name")
@click.option("--snapshots", help="When everything is written: five fields of cron, such as '0 3 * * *'.")
@click.option("--deltas", help="When what is new is written, such as '*/5 * * * *'.")
@click.option("--time-zone", help="In which the schedules are read, such as Europe/Amsterdam; else UTC.")
@click.option("--purpose", help="What it is read for; else that of your credential.")
@click.option("--ceiling", type=click.Choice(CEILINGS), help="The highest TLP label in it; else that of your credential.")
@click.option("--filter", "filters", multiple=True, metavar="NAME=VALUE", help="As of GET /objects, such as type=indicator.")
@click.option("--format", "form", type=click.Choice(FORMATS), help="The form of its files; else stix-ndjson.")
@click.option("--compression", type=click.Choice(COMPRESSIONS), help="How they are compressed; else zstd.")
@click.option("--encrypt-to", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="An X25519 public key (a file).")
@click.option("--target", help="In which place of the exchange they lie; else its first.")
@click.option("--keep-days", type=click.IntRange(1, 3650), help="How long files are kept; else 7.")
@connected
@json_option
def define(api: Api, filters: Sequence[str], encrypt_to: Path | None, **given: str | int | None) -> None:
    """Define an export. It reads as the credential that you send this with: take a service account's."""
    document: dict[str, Any] = _named(given)
    if filters:
        document["filters"] = _filters(filters)
    if encrypt_to is not None:
        document["encryption_key"] = _key(encrypt_to)
    made = api.post("/exports", document)

    def tell() -> None:
        _tell(made)
        say(f"The first is due at {made['next_due_at']}; to have it now: breakwater export run {made['id']}")

    show(made, tell)


@click.command("list")
@connected
@json_option
def list_exports(api: Api) -> None:
    """List your exports and how far they are; staff see everybody's."""
    from app.cli.listings import all_of

    found = all_of(api, "/exports", "exports")
    # A partner's are all its own; staff have to know whose each is.
    of = [[one["partner_id"]] if len({each["partner_id"] for each in found}) > 1 else [] for one in found]
    columns = ("id", *(("partner",) if any(of) else ()), "name", "form", "snapshots", "deltas", "newest", "state", "next due")
    show({"exports": found}, lambda: table("", columns, (_row(one, whose) for one, whose in zip(found, of, strict=True))))


@click.command("show")
@click.argument("wanted", metavar="EXPORT")
@connected
@json_option
def show_export(wanted: str, api: Api) -> None:
    """Show an export: what is in it, when, and how far it is."""
    found = api.get(_path(api, wanted))
    show(found, lambda: _tell(found))


@click.command()
@click.argument("wanted", metavar="EXPORT")
@click.option("--name", help="How it is called from now on.")
@click.option("--snapshots", help="Cron; 'none' for no further ones.")
@click.option("--deltas", help="Cron; 'none' for no further ones.")
@click.option("--time-zone", help="In which the schedules are read.")
@click.option("--format", "form", type=click.Choice(FORMATS), help="The form of its files.")
@click.option("--compression", type=click.Choice(COMPRESSIONS), help="How they are compressed.")
@click.option("--encrypt-to", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="An X25519 public key (a file).")
@click.option("--keep-days", type=click.IntRange(1, 3650), help="How long files are kept.")
@connected
@json_option
def change(wanted: str, api: Api, encrypt_to: Path | None, **given: str | int | None) -> None:
    """Describe an export otherwise. It reads as your credential from then on."""
    changes = _named(given) | {name: None for name in ("snapshots", "deltas") if given[name] == "none"}
    if encrypt_to is not None:
        changes["encryption_key"] = _key(encrypt_to)
    changed = api.patch(_path(api, wanted), changes)
    show(changed, lambda: _tell(changed))


@click.command()
@click.argument("wanted", metavar="EXPORT")
@connected
@json_option
def pause(wanted: str, api: Api) -> None:
    """Write nothing more for an export until it is resumed."""
    changed = api.patch(_path(api, wanted), {"paused": True})
    show(changed, lambda: _tell(changed))


@click.command()
@click.argument("wanted", metavar="EXPORT")
@connected
@json_option
def resume(wanted: str, api: Api) -> None:
    """Let an export go on. It reads as your credential from then on."""
    changed = api.patch(_path(api, wanted), {"paused": False})
    show(changed, lambda: _tell(changed))


@click.command()
@click.argument("wanted", metavar="EXPORT")
@connected
@json_option
def end(wanted: str, api: Api) -> None:
    """End an export: nothing more is written, and its files go."""
    ended = api.delete(_path(api, wanted))
    show(ended, lambda: say(f"{ended['id']} ended at {ended['ended_at']}."))


@click.command()
@click.argument("wanted", metavar="EXPORT")
@click.option("--snapshot", is_flag=True, help="With everything in it, not only what is new.")
@connected
@json_option
def run(wanted: str, api: Api, snapshot: bool) -> None:  # noqa: FBT001  # click gives options by name
    """Have the next export written now."""
    asked = api.post(f"{_path(api, wanted)}/runs", {"snapshot": snapshot})
    show(asked, lambda: say(f"Due at {asked['next_due_at']}. How far it is: breakwater export runs {asked['id']}"))


@click.command()
@click.argument("wanted", metavar="EXPORT")
@click.option("--before", type=click.IntRange(1), help="Go on below this number.")
@connected
@json_option
def runs(wanted: str, api: Api, before: int | None) -> None:
    """List what was written for an export, is being written or waits, newest first."""
    page = api.get(f"{_path(api, wanted)}/runs", **({} if before is None else {"before": before}))
    columns = ("number", "state", "trouble", "as of", "holds", "published")

    def tell() -> None:
        table("", columns, (_run(one) for one in page["runs"]))
        if page["next"] is not None:
            say(f"There are more: --before {page['next']}")

    show(page, tell)


def _path(api: Api, wanted: str) -> str:
    from app.cli.export_source import path_of

    return path_of(api, wanted)


def _named(given: dict[str, Any]) -> dict[str, Any]:
    return {_WHAT.get(name, name): value for name, value in given.items() if value is not None}


def _filters(given: Sequence[str]) -> dict[str, Any]:
    filters: dict[str, Any] = {}
    for one in given:
        name, found, value = one.partition("=")
        if not found:
            raise CommandFault("A filter is written as NAME=VALUE, such as type=indicator.", ExitCode.USAGE)
        if name == "confidence_min" and value.isdecimal():
            filters[name] = int(value)
        elif name in {"added_after", "added_before", "modified_after", "modified_before", "valid_at"}:
            filters[name] = value
        else:
            filters.setdefault(name, []).append(value)
    return filters


def _key(path: Path) -> str:
    """Give the public key in a file, as Base64. A file that holds anything else is refused here, and nothing of it is sent."""
    from breakwater_client.verifying.opening_keys import read_recipient

    with naming(path):
        return read_recipient(path.read_bytes())


def _row(one: dict[str, Any], whose: list[str]) -> list[Any]:
    newest = one["newest"]
    number = "" if newest is None else newest["number"]
    due = one["next_due_at"] or ""
    what = [one["name"], one["format"], one["snapshots"] or "", one["deltas"] or ""]
    return [one["id"], *whose, *what, number, _state(one), due]


def _state(one: dict[str, Any]) -> str:
    if one["ended_at"] or one["paused"]:
        return "ended" if one["ended_at"] else "paused"
    newest = one["newest"]
    return "" if newest is None else newest["trouble"] or newest["state"]


def _run(one: dict[str, Any]) -> list[Any]:
    holds = ", ".join(word for word in ("delta", "snapshot") if one[f"has_{word}"])
    return [one["number"], one["state"], one["trouble"] or "", one["as_of"], holds, one["published_at"] or ""]


def _tell(one: dict[str, Any]) -> None:
    facts = {
        "id": one["id"],
        "of partner": one["partner_id"],
        "name": one["name"],
        "reads for": f"{one['purpose']}, up to {one['tlp_ceiling']}, as credential {one['credential_id']}",
        "filters": one["filters"] or "none",
        "files": f"{one['format']}, {one['compression']}" + (", encrypted" if one["encryption_key"] else ""),
        "everything": one["snapshots"] or "only at the start, and when it is asked for",
        "what is new": one["deltas"] or "with everything",
        "time zone": one["time_zone"],
        "kept": f"{one['keep_days']} days, in {one['target']}",
        "state": _state(one) or "nothing was written yet",
        "next due": one["next_due_at"] or "never",
    }
    table("", ("", "export"), facts.items())


DEFINITIONS = (define, list_exports, show_export, change, pause, resume, end, run, runs)
"""The commands about definitions, for the group."""
