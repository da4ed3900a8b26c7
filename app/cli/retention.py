"""``retention sweep``: erasing what may not be stored any longer, on the machine. Kept by ``tests/cli/test_retention.py``."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from app.cli.faults import json_option
from app.cli.initialise import own_environment, ready_exchange
from app.cli.output import say, show, table
from app.cli.workshop import Workshop, pass_workshop

if TYPE_CHECKING:
    from app.services.retention.sweep import Preview


@click.group()
def retention() -> None:
    """How long things are stored."""


@retention.command()
@click.option("--dry-run", is_flag=True, help="Count what would be erased, and erase nothing.")
@json_option
@pass_workshop
def sweep(workshop: Workshop, *, dry_run: bool) -> None:
    """Erase what may not be stored any longer; servers do the same once a day."""
    from app.services.retention.sweep import preview, sweep_now

    with ready_exchange(workshop, own_environment()) as exchange:
        if dry_run:
            found = preview(exchange)
            document = {"due": [asdict(one) for one in found.due], "unjudged": found.unjudged}
            show(document, lambda: _tell(found))
            return
        done = sweep_now(exchange)
    said = f"{done.judged} versions judged; erased: {done.ended} at their end, {done.withdrawn} withdrawn long ago."
    show({"judged": done.judged, "ended": done.ended, "withdrawn": done.withdrawn}, lambda: say(said))


def _tell(found: Preview) -> None:
    rows = [(one.type, one.owner_id, str(one.ended), str(one.withdrawn)) for one in found.due]
    if rows:
        table("", ("type", "owner", "at their end", "withdrawn long ago"), rows)
    else:
        say("Nothing is past its time.")
    if found.unjudged:
        say("Some versions are older than this rule, and are judged when the sweep runs.")
