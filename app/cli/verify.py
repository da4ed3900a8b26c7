"""``verify``: checking objects, receipts and the log offline, step by step, and saying what no step shows.

Owns the command; what it goes by is ``verify_options``, how it tells ``verify_report``, and the steps are those of
``services.offline``. Never asks an exchange. Kept by ``tests/cli/test_verify.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from app.cli.durable_files import FILE_OR_INPUT, read_input
from app.cli.faults import ExitCode, json_option
from app.cli.output import say, show
from app.cli.verify_options import Given, read_trust, trusting
from app.cli.verify_report import exit_code, report, tell


@click.command()
@click.argument("files", nargs=-1, required=True, type=FILE_OR_INPUT)
@trusting
@click.option("--steps/--no-steps", default=True, help="Say what each step checks and does not check.")
@json_option
def verify(files: Sequence[str], *, steps: bool, **given: Any) -> None:
    """Verify offline what is in FILES: objects, receipts, and what the exchange's log proves.

    What one file shows counts for the others: each object is looked up in the receipts and in the proofs of the log. Objects that
    nobody signed are looked up in --attestations. With --checkpoint, nothing has gone from the log since you kept that one.
    """
    from app.services.offline.verify_files import verify_files

    trust = read_trust(Given(**given))
    found = verify_files({name: read_input(name) for name in files}, trust)
    document = report(found, trust, steps=steps)
    show(document, lambda: _tell(document))
    if exit_code(found) is not ExitCode.OK:
        raise click.exceptions.Exit(exit_code(found))


def _tell(document: dict[str, Any]) -> None:
    for name in document["empty"]:
        say(f"{name}: nothing to do, the file holds no objects.")
    tell(document)
