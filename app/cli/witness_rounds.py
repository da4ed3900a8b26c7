"""Rounds of ``witness run``: one, or one after the other; and what each tells.

Owns that no round is the end of a witness, whatever goes wrong in it: silence is looked for, and whoever is to be called is
called, also while a round hangs. Kept by ``tests/cli/test_witness_rounds.py`` and ``tests/cli/test_witness_killed.py``.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from app.cli.alarm_calls import Caller
from app.cli.faults import CommandFault, ExitCode, any_fault, wants_json
from app.cli.output import say, warn
from app.cli.witness_folder import ApiExchange, Witness
from app.cli.witness_peers import Peers
from app.domain.errors import BreakwaterError
from breakwater_client.instant import instant_text

if TYPE_CHECKING:
    from breakwater_client.witnessing.rounds import Round, Watch

_USUAL_SILENCE_MINUTES = 26 * 60
_OWN_FILES = "own files"
_LOOK_SECONDS = 60.0
"""So often silence is looked for while a round hangs."""
_MOST_SECONDS = 900
"""So long one round may take with ``once``."""


@dataclass(frozen=True, slots=True)
class Rounds:
    """How a witness goes its rounds: who it is, whom it asks, how often, how patiently, whom else it compares with."""

    witness: Witness
    exchange: ApiExchange
    once: bool
    seconds: int
    minutes: int
    peers: Sequence[Path]
    alarm_command: str | None

    @property
    def watch(self) -> Watch:
        """Give who watches, and how patiently."""
        return watch_of(self.witness, self.minutes)

    @property
    def caller(self) -> Caller:
        """Give who tells of alarms."""
        return Caller(self.witness.folder, self.alarm_command, even_seen=True)


def watch_of(witness: Witness, minutes: int = _USUAL_SILENCE_MINUTES) -> Watch:
    """Give who watches."""
    from breakwater_client.witnessing.rounds import Watch

    return Watch(witness.name, witness.key, timedelta(minutes=minutes))


def run(rounds: Rounds) -> None:
    """Go one round, or one after the other until the process is ended: no error of any kind ends that.

    Raises:
        CommandFault: with ``once``, what kept the round from being gone.
        Exit: with ``once``, and the exit code of what it found.
    """
    while True:
        code = _one(rounds)
        if rounds.once:
            if code:
                raise click.exceptions.Exit(code)
            return
        time.sleep(rounds.seconds)


def _one(rounds: Rounds) -> ExitCode:
    """Go one round, look for silence before it and where it failed, call whoever is to be called, and tell what it came to.

    Silence is looked for, and people are called, before anything is asked, too: a process that ends in each round has called.
    """
    from breakwater_client.witnessing.rounds import Round

    before, done, wrong, found, tried = Round(), Round(), list[Exception](), ExitCode.OK, set[str]()
    with _noting([]):  # what goes wrong here does so after the round again
        _look_for_silence(rounds, before)
    with _noting(wrong):
        rounds.caller.call((), before.unkept, tried)
    _go_beside_a_clock(rounds, done, wrong)
    if wrong:
        with _noting(wrong):
            _look_for_silence(rounds, done)
    ids = {one.alarm_id for one in done.alarms}
    with _noting(wrong):
        found = rounds.caller.call(ids, done.unkept, tried)
    if done.answered or ids:
        with _noting(wrong):
            _keep_found(rounds, ids)
    if done.size is not None or not wrong:
        with _noting(wrong):
            _tell(rounds, done)
    faults = list({one.sentence: one for one in map(any_fault, (*wrong, *done.unwritten))}.values())
    if rounds.once and found is ExitCode.OK and faults:
        _warn_of(faults[1:])
        raise faults[0]
    _warn_of(faults)
    return found


def _go_beside_a_clock(rounds: Rounds, done: Round, wrong: list[Exception]) -> None:
    """Go a round in a thread of its own, and look for silence and call also while it hangs: answers may come for ever.

    With ``once`` it is given up after some time: then the process ends, which is as good as a kill, and leaves all right. What
    was being asked for then counts as asked in vain.
    """
    from breakwater_client.witnessing.rounds import Round

    begun, peers = time.monotonic(), Peers(rounds.witness.shelf, list(rounds.peers), done, wrong)
    work = (click.get_current_context(silent=True), rounds, peers)
    thread = threading.Thread(target=_go_in_thread, args=work, daemon=True)
    thread.start()
    thread.join(_LOOK_SECONDS)
    while thread.is_alive():
        taken = int(time.monotonic() - begun)
        late = CommandFault(f"The round has not ended after {taken} seconds.", ExitCode.UNAVAILABLE, code="round-hangs")
        if rounds.once and taken >= _MOST_SECONDS:
            wrong.append(late)
            for give_up in (done.give_up, partial(peers.give_up, _now())):
                with _noting(wrong):
                    give_up()
            return
        beside: list[Exception] = [late]
        with _noting(beside):
            _look_for_silence(rounds, looked := Round())
        with _noting(beside):
            rounds.caller.call((), looked.unkept)
        _warn_of([any_fault(one) for one in beside])
        thread.join(_LOOK_SECONDS)


def _go_in_thread(context: click.Context | None, rounds: Rounds, peers: Peers) -> None:
    """Go a round: others are compared with before anything is asked, and again before anything is cosigned."""

    def compare() -> None:
        with _noting(peers.wrong):
            peers.compare_unasked(_now())
            peers.compare(rounds.exchange, _now())

    with nullcontext() if context is None else context.scope(cleanup=False):
        with _noting(peers.wrong):
            peers.compare_unasked(_now())
        with _noting(peers.wrong):
            _ask(rounds, peers.done, compare)
        with _noting(peers.wrong):
            peers.compare(rounds.exchange, _now())  # where the round did not come to it


@contextmanager
def _noting(wrong: list[Exception]) -> Iterator[None]:
    """Note what goes wrong, of whatever kind, and go on: an exchange must not end its witness with an error nobody thought of."""
    try:
        yield
    except Exception as exc:  # noqa: BLE001  # whatever it is, silence is looked for, and who is to be called is called
        wrong.append(exc)


def _warn_of(faults: Sequence[CommandFault]) -> None:
    with suppress(OSError):  # nobody reads it any more
        for fault in faults:
            warn(fault.sentence, str(fault.details.get("code", "failed")))


def _ask(rounds: Rounds, done: Round, before_cosigning: Callable[[], None]) -> None:
    from breakwater_client.witnessing.rounds import AbsentError, NotTakenError, go_round

    try:
        go_round(rounds.witness.shelf, rounds.exchange, replace(rounds.watch, before_cosigning=before_cosigning), _now, done)
    except AbsentError as exc:
        sentence = "The exchange has no checkpoint yet, or not what a witness asks for."
        raise CommandFault(sentence, ExitCode.UNAVAILABLE, code="no-checkpoint") from exc
    except NotTakenError as exc:
        details = exc.__cause__.details if isinstance(exc.__cause__, CommandFault) else {}
        raise CommandFault(f"The cosignature was not taken: {exc}", ExitCode.REFUSED, **details) from exc


def _look_for_silence(rounds: Rounds, done: Round) -> None:
    """Look for silence by the witness's own files; that it cannot, since one is damaged, is an alarm as silence is.

    It is another alarm once they were whole in between.
    """
    from breakwater_client.witnessing.alarms import Alarm, AlarmKind
    from breakwater_client.witnessing.patience import answered, begun_with
    from breakwater_client.witnessing.silence import find_silence
    from breakwater_client.witnessing.witness_files import accepted_directory

    shelf, now = rounds.witness.shelf, _now()
    try:
        done.keep(shelf, find_silence(shelf, rounds.watch, now), now)
        accepted_directory(shelf)
    except (BreakwaterError, OSError, ValueError) as exc:
        sentence = f"This witness cannot work, and so finds nothing: {any_fault(exc).sentence}"
        since = begun_with(shelf, _OWN_FILES, instant_text(now)) or ""
        done.keep(shelf, Alarm(AlarmKind.SILENCE, sentence, f"own files {type(exc).__name__} {since}"), now)
        raise
    with suppress(OSError):  # a disk that takes nothing: it is the same alarm as before
        answered(shelf, _OWN_FILES)


def _keep_found(rounds: Rounds, found: Iterable[str]) -> None:
    from breakwater_client.witnessing.witness_files import keep_found

    keep_found(rounds.witness.shelf, found)


def _tell(rounds: Rounds, done: Round) -> None:
    document = {
        "at": instant_text(_now()),
        "tree_size": done.size,
        "cosigned": done.cosigned,
        "delivered": done.delivered,
        "alarms": [{"id": one.alarm_id, "kind": one.kind.value, "sentence": one.sentence} for one in done.alarms],
    }
    if wants_json():
        click.echo(json.dumps(document))
    elif done.cosigned or rounds.once:
        say(f"{document['at']} {'cosigned' if done.cosigned else 'kept'} {done.size} leaves")


def _now() -> datetime:
    return datetime.now(UTC)
