"""``log check`` and ``log accept-loss``: what an operator does about the log, on the machine itself.

Owns the words and the confirmation. Kept by ``tests/cli/test_log_check.py``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from app.cli.faults import CommandFault, ExitCode, json_option
from app.cli.initialise import not_ready, own_environment
from app.cli.output import progress, say, show
from app.cli.workshop import Workshop, pass_workshop
from app.domain.read_only import ReadOnlyReason

if TYPE_CHECKING:
    from app.services.accept_loss import Loss
    from app.services.checking.check_log import Checked
    from app.services.exchange import Exchange


@click.command("check")
@json_option
@pass_workshop
def check_log(workshop: Workshop) -> None:
    """Recompute everything that the log commits to, and name what does not fit; on the machine itself."""
    from app.services.checking import check_log as service

    exchange = _opened(workshop)
    try:
        with progress("Checking the log", service.tree_size(exchange)) as advance:
            checked = service.check_log(exchange, advance)
    finally:
        exchange.database.dispose()
    document = {
        "tree_size": checked.tree_size,
        "checked": dict(checked.counts),
        "findings": [{"where": one.where, "what": one.what} for one in checked.findings],
    }
    show(document, lambda: _tell(checked))
    if checked.findings:
        raise CommandFault(
            f"{len(checked.findings)} of the log's rows and files do not fit.", ExitCode.REFUSED, code="log-different"
        )


def _tell(checked: Checked) -> None:
    for one in checked.findings:
        say(f"{one.where} {one.what}")
    looked = ", ".join(f"{count} {name}" for name, count in sorted(checked.counts.items()))
    say(f"{checked.tree_size} leaves; looked at: {looked}.")
    if not checked.findings:
        say("Everything fits.")


@click.command("accept-loss")
@click.option("--tree-size", type=click.IntRange(0), help="The number of leaves to go on from, instead of being asked for it.")
@json_option
@pass_workshop
def accept_loss(workshop: Workshop, tree_size: int | None) -> None:
    """Go on from a database that is behind what was published: what is missing is lost for ever. Bring the right one back."""
    from app.services import accept_loss as service

    exchange = _opened(workshop)
    try:
        loss = service.find_loss(exchange)
        _tell_loss(loss)
        if tree_size is None:
            tree_size = click.prompt("Type the number of leaves to go on from", type=int, err=True)
        service.accept_loss(exchange, tree_size)
    finally:
        exchange.database.dispose()
    document = {"reason": loss.reason.value, "published": loss.published, "tree_size": loss.tree_size}
    show(document, lambda: say("Accepted, and logged. Copy the checkpoint file to the other servers, and start all of them."))


def _tell_loss(loss: Loss) -> None:
    if loss.reason is ReadOnlyReason.RESTORED_BEHIND:
        say(f"{loss.reason}: a backup of {loss.tree_size} leaves was brought back. db restore wrote a file of what to do again.")
    published = "an unknown number of" if loss.published is None else str(loss.published)
    say(f"{loss.reason}: {published} leaves were published at least, the database has {loss.tree_size}.")
    say("What is not in it is lost: objects, receipts, decisions, who was given what. Partners who keep checkpoints will see it.")


def _opened(workshop: Workshop) -> Exchange:
    from app.services.start_exchange import why_not_ready

    exchange = workshop.exchange(own_environment())
    reason = why_not_ready(exchange)
    if reason is not None:
        exchange.database.dispose()
        raise not_ready(reason)
    return exchange
