"""``webhook …``: addresses of yours that are called at a fixed cadence. Kept by ``tests/cli/test_webhooks.py``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from app.cli.connection import connected
from app.cli.faults import json_option
from app.cli.output import say, show, table

if TYPE_CHECKING:
    from app.cli.api import Api

_CADENCES = ("1", "5", "15", "60")


@click.group()
def webhook() -> None:
    """Webhooks: addresses of yours that are told at a fixed cadence that it is time to pull."""


@webhook.command()
@click.argument("receiver", metavar="URL")
@click.option("--every", type=click.Choice(_CADENCES), default="5", show_default=True, help="Minutes between two messages.")
@connected
@json_option
def add(receiver: str, every: str, api: Api) -> None:
    """Add a webhook; its secret is shown once."""
    added = api.post("/webhooks", {"url": receiver, "cadence_minutes": int(every)})

    def tell() -> None:
        _table([added])
        _tell_secret(added)
        say(f"Try it: breakwater webhook test {added['id']}")

    show(added, tell)


@webhook.command("list")
@connected
@json_option
def list_webhooks(api: Api) -> None:
    """List your webhooks and what became of their last messages; operators see everybody's, by host."""
    document = api.get("/webhooks")
    show(document, lambda: _table(document["webhooks"]))


@webhook.command("show")
@click.argument("webhook_id")
@connected
@json_option
def show_one(webhook_id: str, api: Api) -> None:
    """Show a webhook with its newest messages."""
    from app.cli.api import segment

    found = api.get(f"/webhooks/{segment(webhook_id)}")

    def tell() -> None:
        _table([found])
        columns = ("id", "said_at", "state", "attempts", "outcome", "due_at")
        table("", columns, ([one[name] for name in columns] for one in found["messages"]))

    show(found, tell)


@webhook.command()
@click.argument("webhook_id")
@connected
@json_option
def test(webhook_id: str, api: Api) -> None:
    """Have a message sent at once; a little later the list says what became of it."""
    _act(api, webhook_id, "test")


@webhook.command()
@click.argument("webhook_id")
@click.option("--overlap-hours", type=click.IntRange(0, 168), default=24, show_default=True, help="So long both sign.")
@connected
@json_option
def rotate(webhook_id: str, overlap_hours: int, api: Api) -> None:
    """Give a webhook a new secret, shown once."""
    from app.cli.api import segment

    rotated = api.post(f"/webhooks/{segment(webhook_id)}/rotation", {"overlap_hours": overlap_hours})
    show(rotated, lambda: _tell_secret(rotated))


@webhook.command()
@click.argument("webhook_id")
@connected
@json_option
def pause(webhook_id: str, api: Api) -> None:
    """Have a webhook called no more."""
    _act(api, webhook_id, "pause")


@webhook.command()
@click.argument("webhook_id")
@connected
@json_option
def resume(webhook_id: str, api: Api) -> None:
    """Have a webhook called again; what waits is tried at once."""
    _act(api, webhook_id, "resumption")


@webhook.command()
@click.argument("webhook_id")
@connected
@json_option
def replay(webhook_id: str, api: Api) -> None:
    """Have the messages sent again that nobody took for three days."""
    _act(api, webhook_id, "replay")


@webhook.command()
@click.argument("webhook_id")
@connected
@json_option
def remove(webhook_id: str, api: Api) -> None:
    """Erase a webhook with its messages."""
    from app.cli.api import segment

    removed = api.post(f"/webhooks/{segment(webhook_id)}/removal")
    show(removed, lambda: say(f"{removed['id']} is erased."))


def _act(api: Api, webhook_id: str, act: str) -> None:
    from app.cli.api import segment

    changed = api.post(f"/webhooks/{segment(webhook_id)}/{act}")
    show(changed, lambda: _table([changed]))


def _tell_secret(record: dict[str, Any]) -> None:
    say(f"Secret, shown once: {record['secret']}")


def _table(records: Sequence[dict[str, Any]]) -> None:
    columns = ("id", "host", "cadence_minutes", "state", "next_at", "dead_letters")
    rows = ([*(one[name] for name in columns), fate(one["last_message"])] for one in records)
    table("", (*columns, "last message"), rows)


def fate(message: dict[str, Any] | None) -> str:
    """Give what became of a message, in words."""
    if message is None:
        return "none yet"
    if message["state"] == "waiting":
        return "on its way" if message["outcome"] is None else f"{message['outcome']}, is tried again"
    return f"{message['state']} {message['ended_at']}"
