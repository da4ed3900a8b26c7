"""``log …``: the exchange's log. Kept by ``tests/cli/test_log.py``."""

from __future__ import annotations

import click

from app.cli.log_check import accept_loss, check_log
from app.cli.log_proofs import checkpoint, consistency, mirror, proof
from app.cli.log_watch import watch


@click.group()
def log() -> None:
    """The exchange's log: what it holds is signed, and nothing can go from it unseen."""


for _command in (accept_loss, check_log, checkpoint, consistency, mirror, proof, watch):
    log.add_command(_command)
