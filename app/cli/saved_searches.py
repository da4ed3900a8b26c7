"""``search save``, ``saved``, ``new`` and ``remove``: searches that one's organisation keeps.

Kept by ``tests/cli/test_saved_searches.py``.
"""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING, Any

import click

from app.cli.connection import connected
from app.cli.faults import CommandFault, ExitCode, json_option
from app.cli.output import say, show, table
from app.cli.search import as_typed, filtered, purpose_option, search, tell_found

if TYPE_CHECKING:
    from app.cli.api import Api

__all__ = ["search"]


@search.command()
@click.argument("name")
@click.argument("words", nargs=-1)
@filtered
@purpose_option
@connected
@json_option
def save(name: str, words: tuple[str, ...], filters: dict[str, Any], purpose: str | None, api: Api) -> None:
    """Keep a search under a NAME, for a purpose."""
    from app.cli.api import Request

    document = {"name": name, "q": as_typed(words) if words else None, "filters": filters}
    body, once = json.dumps(document).encode(), str(uuid.uuid4())
    saved = api.send(Request("POST", "/searches", body=body, idempotency_key=once, purpose=purpose))
    show(saved, lambda: say(f"Kept as {saved['id']}; what comes from now on is new of it."))


@search.command("saved")
@connected
@json_option
def list_saved(api: Api) -> None:
    """List the searches that your organisation keeps."""
    kept = api.get("/searches")
    told = (one | {"filters": json.dumps(one["filters"])} for one in kept["searches"])
    rows = ([one[name] for name in ("id", "name", "q", "filters", "purpose", "seen_at")] for one in told)
    columns = ("id", "name", "words", "filters", "purpose", "seen")
    show(kept, lambda: table("", columns, rows) if kept["searches"] else say("Your organisation keeps no search."))


@search.command()
@click.argument("which", required=False)
@click.option("--keep", is_flag=True, help="What is shown stays new.")
@purpose_option
@connected
@json_option
def new(which: str | None, purpose: str | None, api: Api, *, keep: bool) -> None:
    """Show what is new of a search (id or name), or of each that is kept for this purpose; then it counts as seen."""
    kept = [one for one in api.get("/searches")["searches"] if which in {one["id"], one["name"], None}]
    if which is not None and not kept:
        raise CommandFault("Your organisation keeps no such search.", ExitCode.USAGE, code="not-found")
    asked = [one for one in kept if which is not None or purpose in {one["purpose"], None}]
    found = [{"search": one["name"], **_new_of(api, one, purpose, keep=keep)} for one in asked]
    show({"searches": found}, lambda: _tell(found))


def _new_of(api: Api, saved: dict[str, Any], purpose: str | None, *, keep: bool) -> dict[str, Any]:
    from app.cli.api import Request, segment

    path = f"/searches/{segment(saved['id'])}"
    objects: list[dict[str, Any]] = []
    page: dict[str, Any] = {"more": True, "next": None}
    while page["more"]:
        page = api.send(Request("GET", f"{path}/new", {"next": page["next"]}, purpose=purpose))
        objects += page["objects"]
    if objects and not keep:
        api.send(Request("POST", f"{path}/seen", body=json.dumps({"next": page["next"]}).encode(), purpose=purpose))
    return {"objects": objects, "complete": page["complete"]}


def _tell(found: list[dict[str, Any]]) -> None:
    for one in found:
        say(f"{one['search']}: {len(one['objects'])} new")
        if one["objects"]:
            tell_found(one)


@search.command()
@click.argument("search_id")
@connected
@json_option
def remove(search_id: str, api: Api) -> None:
    """Erase a search that your organisation keeps, by its id."""
    from app.cli.api import segment

    removed = api.post(f"/searches/{segment(search_id)}/removal", {})
    show(removed, lambda: say(f"{removed['id']} is erased."))
