"""``group …``: sharing groups and who is in them. Kept by ``tests/cli/test_groups.py``."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from app.cli.connection import connected
from app.cli.durable_files import NEW_FILE, PRIVATE, write_whole
from app.cli.faults import json_option
from app.cli.output import say, show, table

if TYPE_CHECKING:
    from app.cli.api import Api

RIGHTS = ("read", "write", "read,write", "both")


@click.group()
def group() -> None:
    """Sharing groups: what is posted to one is seen by its readers alone."""


@group.command()
@click.argument("title")
@click.option("--description", default="", help="What it is for; its members read it.")
@click.option("--read", "readers", multiple=True, help="This partner (id) may read.")
@click.option("--write", "writers", multiple=True, help="This partner (id) may write; with --read as well, both.")
@click.option("--history/--no-history", required=True, help="Whether who joins later sees what was posted before.")
@connected
@json_option
def new(title: str, description: str, readers: Sequence[str], writers: Sequence[str], history: bool, api: Api) -> None:  # noqa: FBT001, PLR0913, PLR0917  # click gives one argument per option
    """Make a group. You manage it, and are a member only if you say so; its title is unique for ever, and has no dots.

    Whether it shares its history never changes, and so has to be said.
    """
    members = [
        {"partner_id": one, "can_read": one in readers, "can_write": one in writers}
        for one in dict.fromkeys([*readers, *writers])
    ]
    given = {"title": title, "description": description, "shares_history": history, "members": members}
    made = api.post("/sharing-groups", given)
    show(made, lambda: _tell(made))


@group.command("list")
@connected
@json_option
def list_groups(api: Api) -> None:
    """List the groups that you are in or manage; operators see all."""
    from app.cli.listings import all_of

    rows = all_of(api, "/sharing-groups", "sharing_groups")
    show({"sharing_groups": rows}, lambda: _table(rows))


@group.command("show")
@click.argument("group_id")
@connected
@json_option
def show_group(group_id: str, api: Api) -> None:
    """Show a group and its members."""
    found = api.get(_path(group_id))
    show(found, lambda: _tell(found))


@group.command()
@click.argument("group_id")
@click.argument("description")
@connected
@json_option
def describe(group_id: str, description: str, api: Api) -> None:
    """Change what a group says of itself."""
    changed = api.patch(_path(group_id), {"description": description})
    show(changed, lambda: _tell(changed))


@group.command()
@click.argument("group_id")
@click.argument("partner_id")
@click.option("--rights", type=click.Choice(RIGHTS), required=True, help="What it may do; both is read,write.")
@connected
@json_option
def put(group_id: str, partner_id: str, rights: str, api: Api) -> None:
    """Make a partner a member, or give a member other rights."""
    from app.cli.api import segment

    said = {f"can_{one}": rights == "both" or one in rights for one in ("read", "write")}
    changed = api.put(f"{_path(group_id)}/members/{segment(partner_id)}", said)
    show(changed, lambda: _tell(changed))


@group.command()
@click.argument("group_id")
@click.argument("partner_id")
@connected
@json_option
def remove(group_id: str, partner_id: str, api: Api) -> None:
    """Take a partner out of a group, effective at once."""
    from app.cli.api import segment

    changed = api.delete(f"{_path(group_id)}/members/{segment(partner_id)}")
    show(changed, lambda: _tell(changed))


@group.command()
@click.argument("group_id")
@connected
@json_option
def delete(group_id: str, api: Api) -> None:
    """Delete a group. What was posted to it alone is seen by its owners alone from then on."""
    deleted = api.delete(_path(group_id))
    show(deleted, lambda: say(f"{deleted['id']} is deleted."))


@group.command()
@click.argument("group_id")
@click.option("--out", required=True, type=NEW_FILE, help="The file to write; only you can read it.")
@connected
@json_option
def keys(group_id: str, out: Path, api: Api) -> None:
    """Fetch the keys by which a group's tokens are made, into a file for `token make`."""
    found = api.get(f"{_path(group_id)}/token-keys")
    write_whole(out, json.dumps(found, indent=2).encode() + b"\n", PRIVATE)
    told = found | {"keys": [{name: value for name, value in one.items() if name != "key"} for one in found["keys"]]}
    columns = ("epoch", "number", "cause", "begun_at", "ended_at")
    show(told, lambda: table("", columns, ([one[name] for name in columns] for one in told["keys"])))


@group.command("rotate-key")
@click.argument("group_id")
@click.option("--days", type=int, help="So many days each key lasts from now on.")
@connected
@json_option
def rotate_key(group_id: str, days: int | None, api: Api) -> None:
    """Begin the next epoch of a group: its members fetch a new key for their tokens."""
    begun = api.post(f"{_path(group_id)}/token-keys/rotation", {} if days is None else {"epoch_days": days})
    show(begun, lambda: say(f"Epoch {begun['epoch']} has begun; keys last {begun['epoch_days']} days."))


def _path(group_id: str) -> str:
    from app.cli.api import segment

    return f"/sharing-groups/{segment(group_id)}"


def _tell(one: dict[str, Any]) -> None:
    _table([one])
    if one["members"] is not None:
        rows = ((member["partner_id"], _rights(member), member["joined_at"]) for member in one["members"])
        table("", ("member", "rights", "since"), rows)


def _table(records: Sequence[dict[str, Any]]) -> None:
    columns = ("id", "title", "managed by", "own rights", "history", "description")
    rows = (
        (one["id"], one["title"], one["managed_by"] or "operators", _rights(one), one["shares_history"], one["description"])
        for one in records
    )
    table("", columns, rows)


def _rights(one: dict[str, Any]) -> str:
    return ",".join(word for word in ("read", "write") if one[f"can_{word}"]) or "none"
