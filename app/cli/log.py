"""``log …``: the exchange's log. Kept by ``tests/cli/test_log.py``."""

from __future__ import annotations

import click

from app.cli.log_check import accept_loss, check_log


@click.group()
def log() -> None:
    """The exchange's log: what it holds is signed, and nothing can go from it unseen."""


log.add_command(accept_loss)
log.add_command(check_log)
