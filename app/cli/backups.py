"""``db backup`` and ``db restore``: the database in a file, and back. Kept by ``tests/cli/test_backups.py``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from app.cli.durable_files import EXISTING_FILE, NEW_FILE
from app.cli.faults import json_option
from app.cli.initialise import own_environment, ready_exchange
from app.cli.output import say, show
from app.cli.workshop import Workshop, pass_workshop

if TYPE_CHECKING:
    from app.services.retention.restore import Restored


@click.command()
@click.argument("target", metavar="FILE", type=NEW_FILE)
@json_option
@pass_workshop
def backup(workshop: Workshop, target: Path) -> None:
    """Write all that the database holds to FILE, while it serves, and a manifest beside it. Keys are not in it."""
    from app.services.retention.back_up import back_up, manifest_of

    with ready_exchange(workshop, own_environment()) as exchange:
        made = back_up(exchange, target)
    said = f"{made.bytes} bytes, {made.tree_size} leaves of the log. Keep {target.name} and {manifest_of(target).name} together."
    show(asdict(made), lambda: say(said))


@click.command()
@click.argument("source", metavar="FILE", type=EXISTING_FILE)
@click.option("--journal", "journals", multiple=True, type=EXISTING_FILE, help="Another server's journal of erasures.")
@click.option("--replace", "replacing", is_flag=True, help="What the database holds now may go.")
@json_option
@pass_workshop
def restore(workshop: Workshop, source: Path, journals: Sequence[Path], *, replacing: bool) -> None:
    """Put the backup FILE in the database's place, without what was erased since. Stop all servers first."""
    from app.services.retention import restore as service

    exchange = workshop.exchange(own_environment())
    try:
        restored = service.restore(exchange, source, journals, replacing=replacing)
    finally:
        exchange.database.dispose()
    document = {
        "exchange": restored.manifest.exchange,
        "made_at": restored.manifest.made_at,
        "tree_size": restored.tree_size,
        "published": restored.published,
        "lost": restored.lost,
        "erased_again": restored.erased_again,
    }
    show(document, lambda: _tell(restored))


def _tell(restored: Restored) -> None:
    say(f"Restored as of {restored.manifest.made_at}; {restored.erased_again} versions were erased once more.")
    if restored.lost:
        say(f"{restored.lost} leaves of the log were published and are not in it: the exchange takes nothing in.")
        say("Bring back a newer backup, or go on from this one with breakwater log accept-loss.")
