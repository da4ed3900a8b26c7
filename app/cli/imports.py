"""``import``: files of neighbours' kinds, through the composer's form, to objects. Kept by ``tests/cli/test_imports.py``."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from app.cli.durable_files import EXISTING_FILE, NEW_FILE, write_pieces
from app.cli.faults import ExitCode, json_option, naming
from app.cli.output import say, show

if TYPE_CHECKING:
    from app.services.importing.import_file import Import, ImportKind
    from app.services.offline.make_tokens import HeldKey

_KINDS = ("csv", "misp", "threatexchange")
_MOST_TOLD = 1_000


@click.command("import")
@click.argument("kind", type=click.Choice(_KINDS))
@click.argument("file", type=EXISTING_FILE)
@click.option("--form", required=True, type=EXISTING_FILE, help="The form that all of it shares, without observables.")
@click.option(
    "--out", required=True, type=NEW_FILE, help="A file for the objects, one line of JSON each; for `sign` and `submit`."
)
@click.option("--keys", type=EXISTING_FILE, help="A group's keys: numbers, addresses and devices become tokens.")
@click.option("--signer", help="Your STIX identity, as the exchange registered it: identity--…; named as their creator.")
@click.option("--catalogue", type=EXISTING_FILE, help="A release of the catalogue (of GET /catalogue); the founding one.")
@click.option("--skip-refused", is_flag=True, help="Write the rest although something was left out.")
@json_option
def import_(kind: str, file: Path, **options: Any) -> None:
    """Import FILE: your own table, signals of python-threatexchange, or a MISP event. Nothing leaves this machine.

    All of it goes through the composer's form, by the hundred. What cannot be taken is told with its place and why; then nothing
    is written unless --skip-refused is given.
    """
    from app.services.importing.import_file import ImportKind

    how = _how(options)
    work = _Work(ImportKind(kind), file, skip_refused=options["skip_refused"])
    stopped = False
    try:
        with naming(file):
            write_pieces(options["out"], work.pieces(how))
    except _NothingWrittenError:
        stopped = True
    told = {"rows": work.rows, "objects": work.objects, "left": work.count, "left_out": work.left, "out": str(options["out"])}
    show(told | {"written": not stopped}, lambda: _tell(work, stopped=stopped))
    if work.count:
        raise click.exceptions.Exit(ExitCode.REFUSED)


class _NothingWrittenError(Exception):
    """Something was left out, and nothing is to be written then."""


@dataclass(slots=True)
class _Work:
    """What has come of a file so far; of what was left out the first thousand places are kept."""

    kind: ImportKind
    file: Path
    skip_refused: bool
    rows: int = 0
    objects: int = 0
    count: int = 0
    left: list[dict[str, str]] = field(default_factory=list)

    def pieces(self, how: Import) -> Iterator[bytes]:
        """Give the objects as lines, as they are made."""
        from app.services.importing.import_file import import_file
        from app.services.importing.rows import Left

        with self.file.open("rb") as content:
            for one in import_file(self.kind, content, how):
                if isinstance(one, Left):
                    self.count += 1
                    if self.count <= _MOST_TOLD:
                        self.left.append({"place": one.place, "detail": one.sentence})
                    continue
                self.rows += one.rows
                self.objects += len(one.objects)
                yield "".join(json.dumps(value, ensure_ascii=False) + "\n" for value in one.objects).encode()
        if self.count and not self.skip_refused:
            raise _NothingWrittenError


def _how(options: dict[str, Any]) -> Import:
    from app.services.importing.import_file import Import, read_form
    from app.services.offline.compose_file import read_release
    from app.services.offline.make_tokens import read_key_file

    release = None
    if options["catalogue"] is not None:
        with naming(options["catalogue"]):
            release = read_release(options["catalogue"].read_bytes())
    keys: Sequence[HeldKey] = ()
    if options["keys"] is not None:
        with naming(options["keys"]):
            keys = read_key_file(options["keys"].read_bytes())
    with naming(options["form"]):
        return Import(read_form(options["form"].read_bytes()), datetime.now(UTC), keys, options["signer"], release)


def _tell(work: _Work, *, stopped: bool) -> None:
    for one in work.left:
        say(f"left out: {one['place']}: {one['detail']}")
    if work.count > len(work.left):
        say(f"… and {work.count - len(work.left)} more.")
    if stopped:
        say(f"Nothing was written: {work.count} left out. Mend them, or give --skip-refused.")
    else:
        say(f"{work.rows} taken, {work.objects} objects written, {work.count} left out.")
