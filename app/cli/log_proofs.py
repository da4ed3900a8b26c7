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
from app.cli.faults import CommandFault, ExitCode, json_option, naming, printable
from app.cli.folder_shelf import FolderShelf
from app.cli.output import say, show, warn
from app.domain.errors import BreakwaterError, Code

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.cli.api import Api
    from breakwater_client.trust.keys import PublicKey

_WITNESSES = click.option(
    "--witnesses", "files", multiple=True, type=EXISTING_FILE, help="With --cosigned-by: of those of a file, from `witness list`."
)
_OUT = click.option("--out", type=NEW_FILE, help="A file to write it to; standard output otherwise.")


@click.command()
@click.option("--make", is_flag=True, help="Make one now (operators), instead of waiting for the next.")
@click.option("--size", type=click.IntRange(0), help="The one of this size, instead of the newest.")
@click.option("--cosigned-by", type=click.IntRange(1), metavar="K", help="The newest that K witnesses cosigned.")
@_WITNESSES
@_OUT
@connected
@json_option
def checkpoint(
    make: bool,  # noqa: FBT001  # click calls it
    size: int | None,
    out: Path | None,
    api: Api,
    **witnesses: Any,
) -> None:
    """Show the newest checkpoint. Keep it: against it you can show later that nothing has gone from the log."""
    from app.cli.api import told_as_faults
    from breakwater_client.talking.answers import member

    path = _cosigned_path(**witnesses)
    if make + (size is not None) + (path is not None) > 1:
        raise CommandFault("Say which: --make, --size or --cosigned-by.", ExitCode.USAGE, code="usage")
    if make:
        with told_as_faults():
            note = member(api.post("/log/checkpoints", {}), "note", str)
    elif path is not None:
        note = _cosigned(api, path)
        _warn_of_ended(api, witnesses["files"])
    else:
        note = _text(api.fetch("/log/checkpoint" if size is None else f"/log/checkpoints/{size}"))
    _size(note)
    _give({"checkpoint": note}, note.encode(), out)


def _text(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        raise _no_checkpoint() from None


def _size(note: str) -> int:
    """Give how many leaves a checkpoint (unverified) has; what is none, or would drive a terminal, is not shown or kept.

    Raises:
        CommandFault: it is no checkpoint.
    """
    from breakwater_client.trust.checkpoint import read_checkpoint

    if any(printable(line) != line for line in note.split("\n")):
        raise _no_checkpoint()
    try:
        return read_checkpoint(note).size
    except BreakwaterError:
        raise _no_checkpoint() from None


def _no_checkpoint() -> CommandFault:
    return CommandFault(
        "The answer is no checkpoint: is this the address of an exchange?", ExitCode.UNAVAILABLE, code="no-exchange"
    )


def _cosigned_path(*, cosigned_by: int | None, files: Sequence[Path]) -> str | None:
    """Give where the newest checkpoint is that so many of the witnesses in the files cosigned, of any without one.

    None: nobody asked for one that is cosigned.

    Raises:
        CommandFault: a file names no witnesses, or fewer than are needed, or nobody says how many are.
    """
    from breakwater_client.talking.following import cosigned_path

    witnesses = _named(files)
    if files and (cosigned_by is None or len(witnesses) < cosigned_by):
        sentence = "Say how many of the witnesses are needed, and name no fewer: --cosigned-by."
        raise CommandFault(sentence, ExitCode.USAGE, code="usage")
    return None if cosigned_by is None else cosigned_path(cosigned_by, (key for keys in witnesses.values() for key in keys))


def _named(files: Sequence[Path]) -> dict[str, list[PublicKey]]:
    from breakwater_client.verifying.known_keys import read_witnesses

    witnesses: dict[str, list[PublicKey]] = {}
    for file in files:
        with naming(file):
            witnesses |= read_witnesses(file.read_bytes())
    return witnesses


def _warn_of_ended(api: Api, files: Sequence[Path]) -> None:
    """Tell which named witnesses' keys end by the newest directory (unverified: a hint alone), for they keep a log back."""
    from breakwater_client.instant import instant_text
    from breakwater_client.talking.directory import envelope_bytes
    from breakwater_client.verifying.directory_keys import ended_keys, read_directory_file

    if not files:
        return
    try:
        directory = read_directory_file(envelope_bytes(api.get("/key-directory"))).claimed
    except (CommandFault, BreakwaterError):
        return  # the checkpoint was given; the directory says no more than that a list is old
    for one in ended_keys((key for keys in _named(files).values() for key in keys), directory):
        end = None if one.is_compromised else one.counts_until
        when = "was reported as stolen" if end is None else f"ends or ended at {instant_text(end)}"
        sentence = f"The key {one.key.keyid} of {one.name} {when}: what it does not cosign is not counted. Renew your list"
        warn(f"{sentence} (breakwater key directory fetch, breakwater witness list).", "witness-ended")


def _cosigned(api: Api, path: str) -> str:
    """Give the newest checkpoint that witnesses cosigned, as the exchange has it; nothing of it is verified here.

    Raises:
        CommandFault: there is none.
    """
    try:
        return _text(api.fetch(path))
    except CommandFault as fault:
        if fault.details.get("status") == HTTPStatus.NOT_FOUND:
            sentence = "No checkpoint was cosigned by so many witnesses yet: ask again later."
            raise CommandFault(sentence, code=Code.CHECKPOINT_PENDING.value) from fault
        raise


@click.command()
@click.argument("submission", required=False)
@click.option("--object", "named", nargs=2, metavar="ID VERSION", help="Of this version, instead of a submission.")
@click.option(
    "--entry", type=click.IntRange(0), help="Of a document about yourself (agreement, recall, key) or a release, by its index."
)
@click.option("--first", is_flag=True, help="With --object: against the first checkpoint that covers it, for the earliest date.")
@click.option("--size", type=click.IntRange(0), help="With --object: against the checkpoint of this size, not the newest.")
@click.option("--cosigned-by", type=click.IntRange(1), metavar="K", help="With --object: against the newest that K cosigned.")
@_WITNESSES
@click.option("--purpose", help="Why you read, for others' objects, unless it is fixed on your token.")
@_OUT
@connected
@json_option
def proof(submission: str | None, api: Api, out: Path | None, **asked: Any) -> None:
    """Prove that the log holds what SUBMISSION stored, or one version of an object, for `breakwater verify`."""
    document = _proof(api, submission, **asked)
    _give(document, (json.dumps(document, indent=2) + "\n").encode(), out)


def _proof(
    api: Api, submission: str | None, *, named: tuple[str, str] | None, entry: int | None, purpose: str | None, **against: Any
) -> Any:
    from app.cli.api import Request, segment, told_as_faults
    from breakwater_client.talking.answers import objects_in

    if (submission is not None) + (named is not None) + (entry is not None) != 1:
        raise CommandFault("Say of what: SUBMISSION, --object ID VERSION, or --entry INDEX.", ExitCode.USAGE, code="usage")
    first, size = against["first"], against["size"]
    cosigned = _cosigned_path(cosigned_by=against["cosigned_by"], files=against["files"])
    chosen = first + (size is not None) + (cosigned is not None)
    if chosen > (named is not None):
        raise CommandFault("With --object ID VERSION: one of --first, --size and --cosigned-by.", ExitCode.USAGE, code="usage")
    if submission is not None:
        return api.get(f"/submissions/{segment(submission)}/proof")
    if named is None:
        return api.get(f"/log/entries/{entry}/proof")
    path = f"/objects/{segment(named[0])}/versions/{segment(named[1])}/proof"
    if cosigned is not None:
        size = _size(_cosigned(api, cosigned))
        _warn_of_ended(api, against["files"])
    query = ({"covered_by": "first"} if first else {}) | ({} if size is None else {"tree_size": str(size)})
    try:
        with told_as_faults():
            proofs = objects_in(api.send(Request("GET", path, parameters=query, purpose=purpose)), "proofs")
    except CommandFault as fault:
        raise (_not_covered(size) if cosigned is not None and fault.details.get("pointer") == "/tree_size" else fault) from fault
    return proofs[0] if len(proofs) == 1 else proofs


def _not_covered(size: int | None) -> CommandFault:
    """Give what it means that a cosigned checkpoint is refused: the witnesses lag, and nobody chose its size."""
    sentence = f"What so many witnesses cosigned last, {size} leaves, does not cover it yet: ask again later."
    return CommandFault(sentence, code=Code.CHECKPOINT_PENDING.value)


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
    size = _size(_text(api.fetch("/log/checkpoint")))
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
    from breakwater_client.verifying.keep_mirror import update_mirror
    from breakwater_client.verifying.known_keys import ExchangeKey, known_exchange_key
    from breakwater_client.verifying.verify_checkpoints import LogKeys

    with naming(checkpoint_key):
        keys = LogKeys([ExchangeKey(known_exchange_key(checkpoint_key.read_bytes()))])
    folder.mkdir(parents=True, exist_ok=True)
    with held_alone(folder / ".lock"):
        held = update_mirror(FolderShelf(folder), lambda path: api.fetch(f"/log/{path}"), keys, most_leaves)
    document = {"tree_size": held.checkpoint.head.size, "earlier_size": held.earlier_size, "fetched": held.fetched}
    show(document, lambda: say(f"The mirror holds {document['tree_size']} leaves ({held.fetched} tiles fetched)."))


def _give(document: Any, content: bytes, out: Path | None) -> None:
    if out is not None:
        write_whole(out, content)
        show({"file": str(out)}, lambda: say(f"Written to {out}."))
    else:
        show(document, lambda: click.echo(content.decode(), nl=False))
