"""``witness …``: cosigning the exchange's checkpoints, as a partner does by a process and with a key of its own.

Owns the commands and what they tell; what is decided, and in which order, is ``witnessing``'s in the client library, and rounds
are ``witness_rounds``'. Kept by ``tests/cli/test_witness.py``; ``docs/witness.md``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from app.cli.alarm_calls import Caller, exit_code_of, tell_alarms
from app.cli.connection import connected, connected_if_asked
from app.cli.durable_files import EXISTING_FILE, FOLDER, NEW_FILE, held_alone, private_folder, write_whole
from app.cli.faults import CommandFault, json_option, naming
from app.cli.folder_shelf import FolderShelf
from app.cli.key_directory import update_directory
from app.cli.keys import key_record, key_records, register_key
from app.cli.output import say, show, table, warn
from app.cli.witness_folder import ApiExchange, Witness, keep_about, open_witness, read_published, witness_key
from app.cli.witness_rounds import run
from app.domain.vocabulary import KeyUsage
from breakwater_client.instant import instant_text

if TYPE_CHECKING:
    from app.cli.api import Api
    from breakwater_client.verifying.directory_keys import Directory

_FOLDER = click.argument("folder", type=FOLDER)
_PEER = click.Path(path_type=Path, readable=False)


@click.group()
def witness() -> None:
    """Cosign the exchange's checkpoints, as somebody who keeps them; run by a partner, apart from the exchange."""


@witness.command()
@_FOLDER
@click.option("--directory-key", metavar="PEM|KEYID", help="The key that signs the directory of keys, as operators told you.")
@click.option("--trust-first", is_flag=True, help="Trust whichever key signs the directory, and compare its id later.")
@connected
@json_option
def init(folder: Path, directory_key: str | None, api: Api, *, trust_first: bool) -> None:
    """Set a witness up in FOLDER: make its key, register it, and accept the directory of keys. Run again, it goes on."""
    private_folder(folder)
    with held_alone(folder / ".lock"):
        key = witness_key(folder)
        accepted = folder / "directory.json"
        directory = update_directory(api, accepted, directory_key, trust_first=trust_first and not accepted.exists())
        record = _registered(api, folder, key.public.keyid)
        about = keep_about(folder, _name_of(record, directory), directory.exchange, key.public.keyid)

    def tell() -> None:
        say(f"{about['name']}\nkey {about['keyid']} is {record['key']['state']}.")
        if record["key"]["state"] == "pending":
            say("Tell an operator this id by another way than this exchange; the witness counts once its key is activated.")
        say(f"Then: breakwater witness run {folder}")

    show(about | {"state": record["key"]["state"]}, tell)


def _registered(api: Api, folder: Path, keyid: str) -> dict[str, Any]:
    """Give the record of the witness's key, which is registered now if it was not before."""
    if keyid not in {one["key"]["keyid"] for one in key_records(api.get("/keys"))}:
        register_key(api, (folder / "key.pem").read_bytes(), KeyUsage.CHECKPOINT_COSIGNING)
    return key_record(api, keyid)


def _name_of(record: dict[str, Any], directory: Directory) -> str:
    """Give the name under which the witness cosigns, by the exchange's word for whose its key (``record``, unverified) is.

    Raises:
        CommandFault: it is no partner's identity, or the accepted directory lists the key as another's.
    """
    from breakwater_client.trust.checkpoint import witness_name
    from breakwater_client.trust.object_signature import is_identity

    identity, listed = str(record["owner"]["identity_id"]), directory.find(record["key"]["keyid"])
    if not is_identity(identity):
        sentence = (
            "The exchange names as the owner of this witness's key what is no STIX identity: under that nothing is cosigned."
        )
        raise CommandFault(f"{sentence} Ask the operators.", code="no-identity")
    if listed is not None and listed.owner != identity:
        sentence = (
            f"The exchange says that this witness's key is one of {identity}, and its directory that it is one of {listed.owner}."
        )
        raise CommandFault(f"{sentence} Ask the operators.", code="no-identity")
    return witness_name(identity)


@witness.command("run")
@_FOLDER
@click.option("--once", is_flag=True, help="One round, and an exit code for what it found; else rounds until it is ended.")
@click.option("--every", "seconds", type=click.IntRange(1), default=60, show_default=True, help="Seconds between rounds.")
@click.option(
    "--silence",
    "minutes",
    type=click.IntRange(1),
    default=26 * 60,
    show_default=True,
    help="Alarm if no newer checkpoint came for so many minutes. The log grows at least once a day.",
)
@click.option("--peer", "peers", multiple=True, type=_PEER, help="What another witness published, to compare with.")
@click.option("--alarm-command", metavar="COMMAND", help="Run this for each new alarm, with its kind and the folder of evidence.")
@connected
@json_option
def run_witness(folder: Path, api: Api, **how: Any) -> None:
    """Ask for the newest checkpoint, and cosign it if nothing has gone from the log since the last one that was kept.

    With --once: exit code 5 for a rollback, 6 for a fork, a split view or unproven growth, 7 for silence.
    """
    from app.cli.witness_rounds import Rounds

    rounds = Rounds(open_witness(folder), ApiExchange(api), **how)
    rounds.caller.warn_unless_it_can_run()
    with _alone(folder):
        run(rounds)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Hold a witness's folder while the block runs, rid of what a kill left; a disk that takes nothing stops no witness.

    Raises:
        CommandFault: another command holds it.
    """
    with ExitStack() as stack:
        try:
            stack.enter_context(held_alone(folder / ".lock"))
            FolderShelf(folder).sweep()
        except OSError as exc:  # nobody can write there now: it looks, and calls, all the same
            warn(f"{folder} cannot be written: {exc.strerror}. Nothing is kept or cosigned.", "file")
        yield


@witness.command()
@_FOLDER
@json_option
def status(folder: Path) -> None:
    """Show what a witness keeps, and its alarms; asks nobody. Exit codes as of run, while nobody looked or it is still so.

    A file of its own that is damaged is told, with exit code 7.
    """
    document = _status(open_witness(folder))

    def tell() -> None:
        say(f"{document['name']}, key {document['keyid']}")
        if document["tree_size"] is None:
            say("Nothing can be told of what was cosigned." if document["damaged"] else "Nothing was cosigned yet.")
        else:
            say(f"Kept: {document['tree_size']} leaves. Cosigned: {document['cosigned_at'] or 'not yet'}.")
            say(f"Handed in: {document['delivered_size'] or 'nothing yet'}.")
        for sentence in document["damaged"].values():
            say(sentence)
        tell_alarms(document["alarms"])
        for one in document["strays"]:
            say(f"No alarm, or not to be read, and passed over: {folder / 'alarms' / one}")

    show(document, tell)
    damaged = [{"kind": "silence"}] if document["damaged"] else []
    code = exit_code_of([*damaged, *(one for one in document["alarms"] if one["still_found"] or not one["seen"])])
    if code:
        raise click.exceptions.Exit(code)


def _status(known: Witness) -> dict[str, Any]:
    from app.cli.witness_rounds import watch_of
    from breakwater_client.witnessing.kept_alarms import kept_alarms, strays
    from breakwater_client.witnessing.rounds import CHECKPOINT, COSIGNED, DELIVERED, cosigned_at
    from breakwater_client.witnessing.witness_files import checkpoint_in, damaged_files, delivered_size, found_last

    shelf, found, damaged = known.shelf, found_last(known.shelf), damaged_files(known.shelf)
    kept = None if CHECKPOINT in damaged else checkpoint_in(shelf, CHECKPOINT)
    at = None if damaged.keys() & {CHECKPOINT, COSIGNED} else cosigned_at(shelf, watch_of(known))
    return {
        "name": known.name,
        "keyid": known.key.public.keyid,
        "exchange": known.exchange,
        "tree_size": None if kept is None else kept.size,
        "cosigned_at": None if at is None else instant_text(at),
        "delivered_size": None if DELIVERED in damaged else delivered_size(shelf),
        "damaged": damaged,
        "alarms": [one.document | {"still_found": one.alarm_id in found} for one in kept_alarms(shelf)],
        "strays": strays(shelf),
    }


@witness.command()
@_FOLDER
@click.argument("alarm")
@json_option
def acknowledge(folder: Path, alarm: str) -> None:
    """Say that you have looked at ALARM: cosigning goes on from what is kept. The evidence stays where it is."""
    from breakwater_client.witnessing.kept_alarms import mark_seen

    with naming(folder):
        mark_seen(FolderShelf(folder), alarm)
    show({"id": alarm, "seen": True}, lambda: say(f"{alarm} was seen. Its evidence stays in {folder / 'alarms' / alarm}."))


@witness.command("try-alarm")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--alarm-command", metavar="COMMAND", required=True, help="The one that you give to `run`.")
@json_option
def try_alarm(folder: Path, alarm_command: str) -> None:
    """Run the alarm command once, with the kind `trial`: as whoever the witness runs as, before it is needed.

    Asks nobody else, and keeps nothing. For `log watch`, too.
    """
    if not Caller(folder, alarm_command).was_tried():
        raise CommandFault("The alarm command did not go well: nobody would be called.", code="alarm-command")
    show({"tried": True}, lambda: say("The alarm command ended with 0. Was somebody called?"))


@witness.command()
@_FOLDER
@click.argument("others", nargs=-1, required=True, type=EXISTING_FILE)
@connected_if_asked
@json_option
def compare(folder: Path, others: Sequence[Path], connect: Callable[[], Api]) -> None:
    """Compare what this witness keeps with what OTHERS published: one log is shown to all, or there are two (exit code 6).

    The exchange is asked, and a token needed, only where the sizes differ.
    """
    from breakwater_client.witnessing.alarms import Alarm

    known = open_witness(folder)
    found = {str(other): _compared(known, other, _AskedExchange(connect)) for other in others}
    alarms = {name: one for name, one in found.items() if isinstance(one, Alarm)}
    document = {
        "compared": {name: None if isinstance(one, Alarm) else one for name, one in found.items()},
        "alarms": [
            {"file": name, "kind": one.kind.value, "id": one.alarm_id, "sentence": one.sentence} for name, one in alarms.items()
        ],
    }

    def tell() -> None:
        for name, one in found.items():
            say(f"{name}: {one.sentence if isinstance(one, Alarm) else f'the same log, at {one} leaves.'}")
        if alarms:
            say(f"Evidence: {folder / 'alarms'}. Keep it, and show it to the other partners.")

    show(document, tell)
    if alarms:
        raise click.exceptions.Exit(exit_code_of({"kind": one.kind.value} for one in alarms.values()))


class _AskedExchange:
    """The exchange, to which there is a connection once it is asked."""

    def __init__(self, connect: Callable[[], Api]) -> None:
        self._connect = connect

    def fetch(self, path: str) -> bytes:
        return ApiExchange(self._connect()).fetch(path)

    def deliver(self, note: str) -> None:
        ApiExchange(self._connect()).deliver(note)


def _compared(known: Witness, other: Path, exchange: _AskedExchange) -> Any:
    """Give the size of the other's checkpoint if it is of the same log, else the alarm, which is kept."""
    from app.cli.witness_peers import compare_with
    from breakwater_client.witnessing.alarms import Alarm
    from breakwater_client.witnessing.kept_alarms import keep_alarm

    published = read_published(other)
    with naming(other):
        found = compare_with(known.shelf, published, exchange)
    if isinstance(found, Alarm):
        keep_alarm(known.shelf, found, datetime.now(UTC))
        return found
    return found.head.size


@witness.command("list")
@click.argument("directory", type=EXISTING_FILE)
@click.option("--out", type=NEW_FILE, help="A file of them, for `breakwater verify --witnesses`.")
@json_option
def list_witnesses(directory: Path, out: Path | None) -> None:
    """List the witnesses whose keys count in DIRECTORY, the version of the directory of keys that you accepted.

    Who they are is the exchange's word: compare their ids with what the partners tell you.
    """
    from breakwater_client.verifying.directory_keys import accepted_before, witnesses_of

    with naming(directory):
        accepted = accepted_before(directory.read_bytes())
    now = datetime.now(UTC)
    found = [one for one in witnesses_of(accepted) if one.counts_at(now)]
    rows = [{"name": one.name, "keyid": one.key.keyid, "public_key": one.key.to_pem().decode()} for one in found]
    if out is not None:
        write_whole(out, (json.dumps({"witnesses": rows}, indent=2) + "\n").encode())

    def tell() -> None:
        table("", ("witness", "key"), [(one["name"], one["keyid"]) for one in rows])
        say("Compare these ids with what the partners tell you, by another way than this exchange.")

    show({"witnesses": rows}, tell)
