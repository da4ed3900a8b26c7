"""``verify``: checking objects, receipts and the log offline, step by step, and saying what no step shows.

Owns the command; what it goes by is ``verify_options``, how it tells ``verify_report``, and the steps are those of
``services.offline``. Asks no exchange, but for ``fetch_originals``. Kept by ``tests/cli/test_verify.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from app.cli.connection import connected_if_asked
from app.cli.durable_files import FILE_FOLDER_OR_INPUT, read_input
from app.cli.faults import ExitCode, json_option
from app.cli.output import say, show
from app.cli.verify_options import Given, read_trust, trusting
from app.cli.verify_report import exit_code, report, tell
from app.domain.vocabulary import Purpose

if TYPE_CHECKING:
    from app.cli.api import Api
    from app.cli.fetch_originals import Lost
    from app.services.offline.verify_files import Trust
    from breakwater_client.verifying.verify_mirrors import ReadFile


@click.command()
@click.argument("files", nargs=-1, required=True, type=FILE_FOLDER_OR_INPUT)
@trusting
@click.option("--steps/--no-steps", default=True, help="Say what each step checks and does not check.")
@click.option("--fetch-original", is_flag=True, help="Ask the exchange for the originals of objects that fail, and compare.")
@click.option("--purpose", type=click.Choice([*map(str, Purpose)]), help="Why you read, for --fetch-original.")
@connected_if_asked
@json_option
def verify(files: Sequence[str], *, connect: Callable[[], Api], steps: bool, **options: Any) -> None:
    """Verify offline what is in FILES: objects, receipts, directories, what the exchange's log proves, and mirrors (folders).

    What one file shows counts for the others: each object is looked up in the receipts and in the proofs of the log. Objects that
    nobody signed are looked up in --attestations. With --checkpoint, nothing has gone from the log since you kept that one.
    Files of exports are opened: NDJSON, bundles, Parquet and CSV, compressed or not, and lines of attestations.
    No exchange is asked, but with --fetch-original.
    """
    from app.cli.fetch_originals import lost_objects
    from app.services.offline.open_exports import open_exports
    from app.services.offline.verify_files import verify_files

    asks, purpose = options.pop("fetch_original"), options.pop("purpose")
    trust = read_trust(Given(**options))
    mirrors = {name: _reader(Path(name)) for name in files if Path(name).is_dir()}
    opened = open_exports({name: read_input(name) for name in files if name not in mirrors}, trust.statements)
    trust = replace(trust, attestations={**trust.attestations, **opened.attestations})
    found = verify_files(opened.contents, trust, mirrors)
    found.failures.extend(opened.failures)
    document = report(found, trust, steps=steps)
    if asks:
        document["originals"] = _originals(connect, purpose, list(lost_objects(found, opened.contents)), trust)
    show(document, lambda: _tell(document))
    if exit_code(found) is not ExitCode.OK:
        raise click.exceptions.Exit(exit_code(found))


def _originals(connect: Callable[[], Api], purpose: str | None, lost: Sequence[Lost], trust: Trust) -> list[dict[str, Any]]:
    from app.cli.fetch_originals import fetch_originals

    return fetch_originals(connect(), purpose, lost, trust) if lost else []


def _reader(folder: Path) -> ReadFile:
    """Give what reads the files of a mirror."""

    def read(path: str) -> bytes | None:
        file = folder / path
        return file.read_bytes() if file.is_file() else None

    return read


def _tell(document: dict[str, Any]) -> None:
    for name in document["empty"]:
        say(f"{name}: nothing to do, the file holds no objects.")
    for name in document["without_objects"]:
        say(f"{name}: it holds no objects, and so nothing that could be verified.")
    tell(document)
    if document.get("originals"):
        from app.cli.fetch_originals import tell_originals

        tell_originals(document["originals"])
