"""``log watch``: what the exchange holds in one's own name, against one's own keys and receipts.

Owns the folder's ``name.json`` (whose name it is), how the exchange is asked, and that no answer keeps anybody from being called:
a run has an end, and calls as it goes. What is wrong is for ``witnessing.watch_name``. Kept by ``tests/cli/test_log_watch.py``
and ``tests/cli/test_log_watch_ends.py``; ``docs/witness.md``.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from app.cli.alarm_calls import Caller, exit_code_of
from app.cli.connection import connected
from app.cli.durable_files import EXISTING_FILE, FOLDER, held_alone, private_folder, write_whole
from app.cli.faults import CommandFault, ExitCode, any_fault, json_option, naming, printable
from app.cli.folder_shelf import FolderShelf
from app.cli.key_directory import update_directory
from app.cli.output import say, show, warn
from app.cli.witness_folder import ApiExchange
from app.domain.errors import BreakwaterError
from app.domain.vocabulary import Purpose

if TYPE_CHECKING:
    from app.cli.api import Api, Request
    from breakwater_client.trust.keys import PublicKey
    from breakwater_client.witnessing.watching import Watched

_PAGE, _RECALLS_PAGE, _MOST_PAGES = 1_000, 100, 20_000
_MINUTE = 60.0
_CALL_SECONDS = 10.0
"""So often people are called about what was found, while a run goes on."""
_GRACE_SECONDS = 60.0
"""So long after its time a run is waited for, that ends by itself unless an answer hangs."""
_STANDSTILL_MINUTES = 26 * 60
"""The log grows at least once a day, so that its newest checkpoint is never older, as with witnesses."""
_RECEIPT_BYTES = 8 * 1024 * 1024
_BEGIN, _WHOSE = "what a run begins with", "whose name it is"
_NAME = "name.json"
_EXISTING_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.command()
@click.argument("folder", type=FOLDER)
@click.option("--key", "pem_files", multiple=True, required=True, type=EXISTING_FILE, help="Each public key that you have.")
@click.option("--receipts", type=_EXISTING_FOLDER, help="The folder of your receipts, as `submit --receipts` keeps them.")
@click.option("--directory-key", metavar="PEM|KEYID", help="The first time: the key that signs the directory of keys.")
@click.option("--trust-first", is_flag=True, help="The first time: trust whichever key signs the directory.")
@click.option("--purpose", type=click.Choice([*map(str, Purpose)]), help="Why you read, unless it is fixed on your token.")
@click.option("--patience", "minutes", type=click.IntRange(1), default=30, show_default=True, help="Minutes until it is logged.")
@click.option(
    "--silence", type=click.IntRange(1), default=1_200, show_default=True, help="Minutes in which something may not be shown."
)
@click.option("--most-minutes", type=click.IntRange(1, 1_200), default=240, show_default=True, help="Minutes that this may take.")
@click.option("--alarm-command", metavar="COMMAND", help="Run this for each new alarm, with its kind and the folder of evidence.")
@connected
@json_option
def watch(folder: Path, pem_files: Sequence[Path], receipts: Path | None, api: Api, **how: Any) -> None:
    """Look for keys and objects in your name that are not yours, and for what you have receipts of and the log does not hold.

    Keeps in FOLDER what it saw; run it from a timer, and give all public keys that you ever registered. Exit code 8: something in
    your name is wrong; 5 and 6 as of `witness run`; 7: not all was shown, for too long, or the log stands still.
    `witness acknowledge` ends an alarm here, too.
    """
    from breakwater_client.witnessing.kept_alarms import kept_alarms, strays
    from breakwater_client.witnessing.tell_unseen import tell_unseen
    from breakwater_client.witnessing.watching import Watched

    private_folder(folder)
    Caller(folder, how["alarm_command"]).warn_unless_it_can_run()
    shelf, found, wrong = FolderShelf(folder), Watched(), list[Exception]()
    look = _Look(folder, [_public_key(file) for file in pem_files], _receipts(receipts), api, how, found)
    with held_alone(folder / ".lock"):
        if not shelf.has("directory.json"):
            update_directory(api, folder / "directory.json", how["directory_key"], trust_first=how["trust_first"])
        before = {one.alarm_id for one in kept_alarms(shelf) if not one.told}  # a run that was killed told nobody
        _look_beside_a_clock(look, wrong)
        with _noting(wrong):
            _look_for_standstill(look)
        with _noting(wrong):
            tell_unseen(shelf, found, datetime.now(UTC), timedelta(minutes=how["silence"]))
        look.tried.intersection_update(one.alarm_id for one in found.unkept)  # about the others once more, if nobody could be
        code = _call(look, before.union(one.alarm_id for one in found.alarms), wrong)
    identity = None
    with _noting(wrong):
        identity = (_kept_owner(folder) or {}).get("identity_id")
    for one in strays(shelf):
        warn(f"No alarm, or not to be read, and passed over: {folder / 'alarms' / one}", "stray")
    noted = map(_fault_of, [*wrong, *filter(None, found.unseen.values())])
    faults = [*{one.sentence: one for one in noted}.values()]
    for fault in faults if code else faults[1:]:
        warn(fault.sentence, str(fault.details.get("code", "failed")))
    if faults and not code:
        raise faults[0]
    document = {
        "identity": identity,
        "complete": not found.unseen,
        "unseen": list(found.unseen),
        "objects": found.objects,
        "receipts": found.receipts,
        "proven": found.proven,
        "withdrawn": [{"payload_digest": digest, "recall": recall} for digest, recall in found.withdrawn.items()],
        "alarms": [{"id": one.alarm_id, "kind": one.kind.value, "sentence": one.sentence} for one in found.alarms],
    }
    show(document, lambda: _tell(document, folder))
    if code:
        raise click.exceptions.Exit(code)


def _call(look: _Look, about: Collection[str], wrong: list[Exception]) -> ExitCode:
    """Call about what is kept, and about what could not be, which is told once in a run."""
    try:
        return Caller(look.folder, look.how["alarm_command"]).call(about, list(look.found.unkept), look.tried)
    except (CommandFault, BreakwaterError, OSError) as exc:
        wrong.append(exc)
        return exit_code_of({"kind": one.kind.value} for one in look.found.unkept)


@dataclass(frozen=True, slots=True)
class _Look:
    """One run: where what it sees is kept, one's own keys and receipts, whom it asks and how, and what it found so far.

    ``tried`` are alarms that somebody was called about, or was not: a command that fails or hangs is not run without an end.
    """

    folder: Path
    keys: Sequence[PublicKey]
    receipts: Mapping[str, bytes]
    api: Api
    how: Mapping[str, Any]
    found: Watched
    tried: set[str] = field(default_factory=set)


def _look_beside_a_clock(look: _Look, wrong: list[Exception]) -> None:
    """Look in a thread of its own, and call meanwhile about what was found: answers and lists may go on for ever.

    After the time that a run may take it is given up: the process ends then, which is as good as a kill, and leaves all right.
    """
    from breakwater_client.witnessing.watching import OverError

    until = time.monotonic() + _MINUTE * look.how["most_minutes"]
    work = (click.get_current_context(silent=True), look, until)
    thread = threading.Thread(target=_look_in_thread, args=work, daemon=True)
    _call(look, (), wrong)  # also about what an earlier run kept and told nobody
    thread.start()
    thread.join(_CALL_SECONDS)
    while thread.is_alive():
        beside: list[Exception] = []
        _call(look, (), beside)
        if time.monotonic() > until + _GRACE_SECONDS:
            late = OverError(f"The run did not end within {look.how['most_minutes']} minutes, and was given up.")
            look.found.unseen |= {what: late for what, why in dict(look.found.unseen).items() if why is None}
            return
        thread.join(_CALL_SECONDS)


def _look_in_thread(context: click.Context | None, look: _Look, until: float) -> None:
    with nullcontext() if context is None else context.scope(cleanup=False):
        try:
            _look(look, until)
        except Exception as exc:  # noqa: BLE001  # whatever it is, it is told, and somebody is called about what was found
            look.found.unseen[_BEGIN] = exc


def _look(look: _Look, until: float) -> None:
    """Look once at all there is to be seen."""
    from breakwater_client.witnessing.watch_name import watch_name
    from breakwater_client.witnessing.watching import Name

    owner = _owner(look)
    name = Name(owner["identity_id"], owner["id"], look.keys, look.receipts, timedelta(minutes=look.how["minutes"]))
    asked = _NameExchange(look.api, owner["id"], look.how["purpose"], until)
    watch_name(FolderShelf(look.folder), asked, name, lambda: datetime.now(UTC), look.found)


def _look_for_standstill(look: _Look) -> None:
    """Keep and note the alarm that the newest checkpoint is an old one, if the exchange was asked: else it is not seen."""
    from breakwater_client.witnessing.silence import find_standstill
    from breakwater_client.witnessing.watching import LOG

    shelf, now = FolderShelf(look.folder), datetime.now(UTC)
    if LOG not in look.found.unseen:
        alarm = find_standstill(shelf, timedelta(minutes=max(look.how["silence"], _STANDSTILL_MINUTES)), now)
        if alarm is not None:
            look.found.keep(shelf, alarm, now)


@contextmanager
def _noting(wrong: list[Exception]) -> Iterator[None]:
    try:
        yield
    except (CommandFault, BreakwaterError, OSError) as exc:
        wrong.append(exc)


def _fault_of(error: Exception) -> CommandFault:
    """Give what to tell of an error; an answer that there is none, and a run without an end, have sentences of their own."""
    from breakwater_client.witnessing.rounds import AbsentError
    from breakwater_client.witnessing.watching import OverError

    if isinstance(error, AbsentError):
        sentence = "The exchange has no checkpoint yet, or not what is asked for."
        return CommandFault(sentence, ExitCode.UNAVAILABLE, code="no-checkpoint")
    if isinstance(error, OverError):
        return CommandFault(str(error), ExitCode.UNAVAILABLE, code="not-all-seen")
    return any_fault(error)


def _tell(document: dict[str, Any], folder: Path) -> None:
    for line in _lines(document, folder):
        say(printable(line))  # each in one: what others wrote begins no line of its own


def _lines(document: dict[str, Any], folder: Path) -> Iterator[str]:
    complete = document["complete"]
    yield f"{document['objects']} versions in the name of {document['identity']}." if complete else "Not all was seen."
    for one in document["unseen"]:
        yield f"Not looked at, or not to the end: {one}."
    yield f"{document['proven']} of {document['receipts']} receipts are proved by the log."
    for one in document["withdrawn"]:
        yield f"Withdrawn in your name, as the log shows: {one['payload_digest']} by recall {one['recall']}. Did you?"
    for one in document["alarms"]:
        yield f"ALARM {one['id']}: {one['sentence']}"
    if document["alarms"]:
        yield f"Evidence: {folder / 'alarms'}"


def _public_key(file: Path) -> PublicKey:
    from breakwater_client.verifying.known_keys import known_exchange_key

    with naming(file):
        return known_exchange_key(file.read_bytes())


def _receipts(folder: Path | None) -> dict[str, bytes]:
    """Give the files of a folder that are to be receipts, of what is far longer than one its beginning."""
    found = {}
    for file in sorted(folder.glob("*.json")) if folder else ():
        with file.open("rb") as opened:
            found[file.name] = opened.read(_RECEIPT_BYTES)
    if folder and not found:
        warn(f"{folder} holds no receipt (.json): nothing is held against what you sent.", "no-receipts")
    return found


def _owner(look: _Look) -> dict[str, str]:
    """Give whose name is watched: as it was the first time, since the exchange must not turn the watch elsewhere.

    Raises:
        CommandFault: the exchange gives it another name than before, or the first time none.
    """
    told, kept = None, _kept_owner(look.folder)
    try:
        told = _told_owner(look.api)
    except CommandFault as fault:
        if kept is None:
            raise
        look.found.unseen[_WHOSE] = fault  # the rest is looked at all the same
    if kept is None:
        write_whole(look.folder / _NAME, json.dumps(told, indent=2).encode() + b"\n")
        return told or {}
    if told is not None and kept != told:
        sentence = f"The exchange says that you are {told['identity_id']}; this folder is of {kept.get('identity_id')}."
        raise CommandFault(sentence, ExitCode.MISUSED, code="another-name")
    return kept


def _told_owner(api: Api) -> dict[str, str]:
    records = api.get("/keys")
    try:
        return {name: printable(records["keys"][0]["owner"][name]) for name in ("id", "identity_id")}
    except IndexError:
        sentence = "Your organisation has no keys at this exchange: there is nothing to hold objects against."
        raise CommandFault(sentence) from None
    except (KeyError, TypeError):
        sentence = "The answer names no keys of yours: is this the address of an exchange?"
        raise CommandFault(sentence, ExitCode.UNAVAILABLE, code="no-exchange") from None


def _kept_owner(folder: Path) -> dict[str, str] | None:
    try:
        kept: dict[str, str] = json.loads((folder / _NAME).read_bytes())
    except FileNotFoundError:
        return None
    except ValueError:
        raise CommandFault(f"{folder / _NAME} is damaged: take it away, and it is asked for anew.", code="file") from None
    return kept


class _NameExchange(ApiExchange):
    """The exchange over REST, as whoever watches over its name asks it, until a moment."""

    def __init__(self, api: Api, partner_id: str, purpose: str | None, until: float) -> None:
        super().__init__(api)
        self._partner_id, self._purpose, self._until = partner_id, purpose, until

    def fetch(self, path: str) -> bytes:
        """Give what is at a path, as ``ApiExchange`` does; raises ``OverError`` once the time is over."""
        self._go_on()
        return super().fetch(path)

    def own_objects(self) -> Iterator[Any]:
        """Give every version that the exchange lists as the caller's own, page after page; raises ``OverError`` as ``fetch``."""
        from app.cli.api import Request

        asked = {"owner": self._partner_id, "limit": _PAGE}
        return self._rows(Request("GET", "/objects", asked, purpose=self._purpose), "objects")

    def own_recalls(self) -> Iterator[Any]:
        """Give the recalls of what was withdrawn in the caller's name; raises ``OverError`` as ``fetch``."""
        from app.cli.api import Request

        return self._rows(Request("GET", "/recalls", {"limit": _RECALLS_PAGE}), "recalls")

    def _rows(self, request: Request, name: str) -> Iterator[Any]:
        from app.cli.listings import rows_of

        for row in rows_of(self._api, request, name, self._go_on):
            self._go_on()
            yield row

    def _go_on(self, pages: int = 0) -> None:
        from breakwater_client.witnessing.watching import OverError

        if time.monotonic() > self._until:
            raise OverError("The time that one run may take (--most-minutes) was over.")
        if pages >= _MOST_PAGES:
            raise OverError(f"It did not end after {_MOST_PAGES} pages.")
