"""``export pull``: a mirror of an export, brought to the newest; safe to be killed, and safe to be run from cron.

Owns the folder's lock, its directory of keys, and how a run ends; what follows is ``services.mirroring``'s, what is answered
``export_recalls``'. Kept by ``tests/cli/test_export_pull.py``.
"""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from app.cli.connection import connected
from app.cli.durable_files import EXISTING_FILE, FOLDER, held_alone, private_folder, write_whole
from app.cli.export_keys import opening_key
from app.cli.export_recalls import Recalls, settle_recalls
from app.cli.faults import CommandFault, ExitCode, as_fault, json_option
from app.cli.key_directory import update_directory
from app.cli.output import progress, say, show
from app.domain.errors import BreakwaterError, Code

if TYPE_CHECKING:
    from app.cli.api import Api
    from app.services.mirroring.follow import Followed, Following
    from app.services.mirroring.kept_files import KeptFiles
    from app.services.mirroring.mirror import Mirror

DIRECTORY = "directory.json"
ACCEPTED = "accepted.json"


@click.command("pull")
@click.argument("wanted", metavar="EXPORT")
@click.option("--into", required=True, type=FOLDER, help="The mirror's folder; made if it is not there.")
@click.option(
    "--files/--no-files", "keeps", default=True, help="Keep the files from the newest snapshot on, or the database alone."
)
@click.option("--directory-key", metavar="PEM|KEYID", help="The first time: the key that signs the directory of keys.")
@click.option("--trust-first", is_flag=True, help="The first time: trust whichever key signs it, and compare its id later.")
@click.option("--decryption-key", type=EXISTING_FILE, help="Your private key, where files are sealed.")
@click.option("--acknowledge-with", type=EXISTING_FILE, help="Answer recalls once the mirror did them, signed with this key.")
@connected
@json_option
def pull_export(wanted: str, *, into: Path, keeps: bool, api: Api, **options: Any) -> None:
    """Bring the mirror of EXPORT (its id or name) in a folder to the newest export. Killed at any time: run it again."""
    try:
        with disk_told(into), held_alone(private_folder(into) / ".lock"):
            _pull(api, wanted, Place(into, keeps), options)
    except CommandFault as fault:
        if fault.details.get("code") != "locked":
            raise
        show({"busy": True, "into": str(into)}, lambda: None)  # another run is at it: nothing for cron to write home about


@contextmanager
def disk_told(folder: Path) -> Iterator[None]:
    """Let what the disk refuses be told as what it is, with an exit code that says: run it again.

    Raises:
        CommandFault: the disk is full, or takes nothing from us; what came so far is kept.
    """
    try:
        yield
    except OSError as exc:
        told = _OF_THE_DISK.get(exc.errno or 0)
        if told is None:
            raise
        code, sentence = told
        raise CommandFault(f"{folder}: {sentence}", ExitCode.UNAVAILABLE, code=code.value) from exc


_FULL = (Code.STORAGE_FULL, "the disk is full: make room, and run it again. It goes on where it stopped.")
_REFUSED = (Code.STORAGE_REFUSED, "the folder may not be written: it is read-only, or the right is missing.")
_OF_THE_DISK = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EFBIG: _FULL,
    errno.EROFS: _REFUSED,
    errno.EACCES: _REFUSED,
    errno.EPERM: _REFUSED,
}


class Place:
    """Where a mirror lies, and whether it keeps files."""

    def __init__(self, folder: Path, keeps: bool) -> None:  # noqa: FBT001  # two fields of one thing
        """Name the folder."""
        self.folder, self.keeps = folder, keeps


def _pull(api: Api, wanted: str, place: Place, options: dict[str, Any]) -> None:
    from app.cli.export_source import ExportSource, definition_id_of
    from app.services.mirroring.follow import follow
    from app.services.mirroring.kept_files import KeptFiles
    from app.services.mirroring.mirror import DATABASE, Mirror

    with Mirror(place.folder / DATABASE) as mirror:
        kept = KeptFiles(place.folder, keeps=place.keeps, key=opening_key(options["decryption_key"]))
        with _bars() as (begin, advance):
            asked = _following(api, definition_id_of(api, wanted), place.folder, options)
            following = replace(asked, key=kept.key, begin=begin, advance=advance)
            source = ExportSource(api, str(following.expected.definition))
            try:
                done = follow(mirror, kept, source, following)
            finally:
                _write_beside(mirror, kept, place)
        recalls = settle_recalls(api, mirror, kept, options["acknowledge_with"])
        _write_beside(mirror, kept, place)
        document = _document(done, recalls, mirror.count(), place)
    show(document, lambda: _tell(document))
    _end(done, place)


def _following(api: Api, definition_id: str, folder: Path, options: dict[str, Any]) -> Following:
    from app.domain.vocabulary import KeyUsage
    from app.services.mirroring.follow import Following
    from breakwater_client.verifying.directory_keys import exchange_keys_of
    from breakwater_client.verifying.verify_exports import Expected

    directory = update_directory(api, folder / DIRECTORY, options["directory_key"], trust_first=options["trust_first"])
    expected = Expected(exchange=directory.exchange, definition=definition_id)
    keys = exchange_keys_of(directory, KeyUsage.STATEMENT_SIGNING)
    return Following(keys, expected)


@contextmanager
def _bars() -> Iterator[tuple[Callable[[str, int], None], Callable[[int], None]]]:
    """Give what begins a bar (title, bytes) and what moves it on; there is one at a time, and none but on a terminal."""
    with ExitStack() as stack:
        moves: list[Callable[[int], None]] = []

        def begin(title: str, total: int) -> None:
            stack.close()
            moves[:] = [stack.enter_context(progress(title, total))]

        yield begin, lambda count: moves[0](count) if moves else None


def _write_beside(mirror: Mirror, kept: KeptFiles, place: Place) -> None:
    """Write what goes with the mirror's number, and take away what is not needed any more."""
    from app.services.mirroring.duckdb_view import VIEW_FILE, view_of
    from breakwater_client.verifying.verify_exports import accepted_bytes

    at = mirror.position()
    if at is None:
        return
    write_whole(place.folder / ACCEPTED, accepted_bytes(at))
    chain = kept.chain()
    is_whole = bool(chain) and chain[-1].manifest.number == at.number
    view = view_of(chain, chain[-1].manifest.form) if is_whole else None
    if view is None:
        (place.folder / VIEW_FILE).unlink(missing_ok=True)
    else:
        write_whole(place.folder / VIEW_FILE, view.encode())
    kept.prune()


def _document(done: Followed, recalls: Recalls, objects: int, place: Place) -> dict[str, Any]:
    return {
        "into": str(place.folder),
        "before": done.before.number if done.before else None,
        "number": done.after.number if done.after else None,
        "newest": done.newest.manifest.number if done.newest else None,
        "applied": done.applied,
        "objects": objects,
        "bytes": done.fetched_bytes,
        "recalls": {"done": recalls.done, "answered": recalls.answered, "waiting": recalls.waiting},
    }


def _tell(document: dict[str, Any]) -> None:
    if document["number"] is None:
        say("There is no export yet.")
        return
    if document["applied"]:
        say(f"{document['into']}: at export {document['number']}, {document['objects']} objects, {document['bytes']} bytes came.")
    for one in document["recalls"]["answered"]:
        say(f"Recall {one}: done, and answered.")
    for one in document["recalls"]["waiting"]:
        say(f"Recall {one} waits for your answer: breakwater recall list.")


def _end(done: Followed, place: Place) -> None:
    """End as what was seen asks for: the newest has expired, or files were gone."""
    from breakwater_client.verifying.verify_exports import check_fresh

    try:
        if done.waits is not None:
            raise done.waits
        if done.newest is not None:
            check_fresh(done.newest, datetime.now(UTC))
    except BreakwaterError as refused:
        fault = as_fault(refused)
        raise CommandFault(f"{place.folder}: {fault.sentence}", fault.exit_code, **fault.details) from refused
