"""``db backup`` and ``db restore``: the database in a file, and back. Kept by ``tests/cli/test_backups.py``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
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
    lost_to = workshop.settings(own_environment()).home / f"lost-{datetime.now(UTC):%Y%m%dT%H%M%S%fZ}.json"
    try:
        restored = service.restore(exchange, source, journals, replacing=replacing, lost_to=lost_to)
    finally:
        exchange.database.dispose()
    document = {
        "exchange": restored.manifest.exchange,
        "made_at": restored.manifest.made_at,
        "tree_size": restored.tree_size,
        "published": restored.published,
        "lost": restored.lost,
        "erased_again": restored.erased_again,
        "accept_loss": restored.replaced.accept,
        "taken_away": restored.replaced.counts(),
        "lost_file": str(lost_to) if restored.replaced.accept else None,
    }
    show(document, lambda: _tell(restored, lost_to))


def _tell(restored: Restored, lost_to: Path) -> None:
    say(f"Restored as of {restored.manifest.made_at}; {restored.erased_again} versions were erased once more.")
    lost = restored.replaced
    if not lost.accept:
        if lost.tree_size is None:
            say("No database was replaced: what came after the backup and the kept checkpoint is not known.")
        return
    say(f"{restored.lost} leaves of the log were published, or in the database that was replaced, and are not in it.")
    if not lost.is_readable:
        say("The database that was replaced could not be read: what was taken away after the backup is not known.")
    undone = ", ".join(f"{count} {name}" for name, count in lost.counts().items() if count)
    if undone:
        say(f"What took something away after the backup is undone: {undone}.")
    say(f"What is to be done again is in {lost_to}.")
    say("NOTHING IS SERVED: bring back a newer backup, or go on from this one with breakwater log accept-loss.")
