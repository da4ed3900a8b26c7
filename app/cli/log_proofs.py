"""``log checkpoint``, ``proof``, ``consistency`` and ``mirror``: what partners ask. Kept by ``tests/cli/test_log_proofs.py``.

Proofs are written as they come; ``verify`` verifies them, offline. A mirror is verified while it is fetched.
"""

from __future__ import annotations

import json
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from app.cli.connection import connected
from app.cli.durable_files import EXISTING_FILE, FOLDER, NEW_FILE, held_alone, write_whole
from app.cli.faults import CommandFault, ExitCode, json_option, naming
from app.cli.output import say, show
from app.domain.errors import Code

if TYPE_CHECKING:
    from app.cli.api import Api

_OUT = click.option("--out", type=NEW_FILE, help="A file to write it to; standard output otherwise.")


@click.command()
@click.option("--make", is_flag=True, help="Make one now (operators), instead of waiting for the next.")
@click.option("--size", type=click.IntRange(0), help="The one of this size, instead of the newest.")
@_OUT
@connected
@json_option
def checkpoint(make: bool, size: int | None, out: Path | None, api: Api) -> None:  # noqa: FBT001  # click calls it
    """Show the newest checkpoint. Keep it: against it you can show later that nothing has gone from the log."""
    if make:
        note = api.post("/log/checkpoints", {})["note"].encode()
    else:
        note = api.fetch("/log/checkpoint" if size is None else f"/log/checkpoints/{size}")
    _give({"checkpoint": note.decode()}, note, out)


@click.command()
@click.argument("submission", required=False)
@click.option("--object", "named", nargs=2, metavar="ID VERSION", help="Of this version, instead of a submission.")
@click.option(
    "--entry", type=click.IntRange(0), help="Of a document about yourself (agreement, recall, key) or a release, by its index."
)
@click.option("--first", is_flag=True, help="With --object: against the first checkpoint that covers it, for the earliest date.")
@click.option("--size", type=click.IntRange(0), help="With --object: against the checkpoint of this size, not the newest.")
@click.option("--purpose", help="Why you read, for others' objects, unless it is fixed on your token.")
@_OUT
@connected
@json_option
def proof(submission: str | None, api: Api, out: Path | None, **asked: Any) -> None:
    """Prove that the log holds what SUBMISSION stored, or one version of an object, for `breakwater verify`."""
    document = _proof(api, submission, **asked)
    _give(document, (json.dumps(document, indent=2, ensure_ascii=False) + "\n").encode(), out)


def _proof(
    api: Api, submission: str | None, *, named: tuple[str, str] | None, entry: int | None, purpose: str | None, **against: Any
) -> Any:
    from app.cli.api import Request, segment

    if (submission is not None) + (named is not None) + (entry is not None) != 1:
        raise CommandFault("Say of what: SUBMISSION, --object ID VERSION, or --entry INDEX.", ExitCode.USAGE, code="usage")
    first, size = against["first"], against["size"]
    if (first and size is not None) or (named is None and (first or size is not None)):
        raise CommandFault("With --object ID VERSION: either --first or --size.", ExitCode.USAGE, code="usage")
    if submission is not None:
        return api.get(f"/submissions/{segment(submission)}/proof")
    if named is None:
        return api.get(f"/log/entries/{entry}/proof")
    path = f"/objects/{segment(named[0])}/versions/{segment(named[1])}/proof"
    query = ({"covered_by": "first"} if first else {}) | ({} if size is None else {"tree_size": str(size)})
    proofs = api.send(Request("GET", path, parameters=query, purpose=purpose))["proofs"]
    return proofs[0] if len(proofs) == 1 else proofs


@click.command()
@click.option("--first", type=click.IntRange(0), required=True, help="The size of the checkpoint that you kept.")
@click.option("--second", type=click.IntRange(0), help="That of a later one; the newest otherwise.")
@_OUT
@connected
@json_option
def consistency(first: int, second: int | None, out: Path | None, api: Api) -> None:
    """Prove that the log only grew from one checkpoint to another, for `breakwater verify`."""
    try:
        document = api.get("/log/consistency", first=str(first), second=second)
    except CommandFault as fault:
        raise (_why_none(api, first) if fault.details.get("status") == HTTPStatus.NOT_FOUND else fault) from fault
    _give(document, (json.dumps(document, indent=2) + "\n").encode(), out)


def _why_none(api: Api, first: int) -> CommandFault:
    """Give what it means that no growth from a checkpoint of this size can be proved: what the exchange says now, unverified."""
    size = int(api.fetch("/log/checkpoint").split(b"\n")[1])
    if first > size:
        sentence = f"The log has {size} leaves now, and your checkpoint has {first}: something has gone from it."
        return CommandFault(sentence, ExitCode.ROLLED_BACK, code=Code.LOG_ROLLED_BACK.value)
    sentence = (
        f"The exchange knows no checkpoint of one of these sizes. If you hold one of {first} leaves that it signed, tell others."
    )
    return CommandFault(sentence, code=Code.NOT_FOUND.value)


@click.command()
@click.argument("folder", type=FOLDER)
@click.option("--checkpoint-key", type=EXISTING_FILE, required=True, help="The exchange's public key for checkpoints of its log.")
@click.option(
    "--most-leaves", type=click.IntRange(1), default=1 << 28, show_default=True, help="Take no more new leaves at once."
)
@connected
@json_option
def mirror(folder: Path, checkpoint_key: Path, most_leaves: int, api: Api) -> None:
    """Keep a copy of the log's hashes in FOLDER, each verified; run it again to go on.

    A log that shrank (exit code 5) or is another one (6) is refused, and the copy stays as it was; what the exchange signed is
    then kept in FOLDER/evidence.
    """
    from app.services.offline.keep_mirror import update_mirror
    from app.services.offline.known_keys import ExchangeKey, known_exchange_key
    from app.services.offline.verify_checkpoints import LogKeys

    with naming(checkpoint_key):
        keys = LogKeys([ExchangeKey(known_exchange_key(checkpoint_key.read_bytes()))])
    folder.mkdir(parents=True, exist_ok=True)
    with held_alone(folder / ".lock"):
        held = update_mirror(_Folder(folder), lambda path: api.fetch(f"/log/{path}"), keys, most_leaves)
    document = {"tree_size": held.checkpoint.head.size, "earlier_size": held.earlier_size, "fetched": held.fetched}
    show(document, lambda: say(f"The mirror holds {document['tree_size']} leaves ({held.fetched} tiles fetched)."))


class _Folder:
    """A mirror's files under one folder; their paths are made here, and never come from the exchange."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def read(self, path: str) -> bytes | None:
        try:
            return (self._root / path).read_bytes()
        except FileNotFoundError:
            return None

    def has(self, path: str) -> bool:
        return (self._root / path).is_file()

    def write(self, path: str, content: bytes) -> None:
        target = self._root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        write_whole(target, content)

    def remove(self, path: str) -> None:
        (self._root / path).unlink(missing_ok=True)


def _give(document: Any, content: bytes, out: Path | None) -> None:
    if out is not None:
        write_whole(out, content)
        show({"file": str(out)}, lambda: say(f"Written to {out}."))
    else:
        show(document, lambda: click.echo(content.decode(), nl=False))
