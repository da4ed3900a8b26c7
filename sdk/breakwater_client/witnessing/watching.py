"""One run of watching over a name: what is asked, who asks, what was found so far; and what every part of the run does.

Owns keeping alarms, when something was seen first, that a proof counts only against the log that is kept, and that what cannot be
looked at keeps nothing beside it from being looked at, and is noted (``tell_unseen``). Kept by
``tests/client/witnessing/test_watching.py``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Protocol

from breakwater_client.instant import instant_text
from breakwater_client.trust.keys import PublicKey
from breakwater_client.verifying.directory_keys import Directory
from breakwater_client.verifying.keep_mirror import Shelf
from breakwater_client.verifying.verify_checkpoints import VerifiedCheckpoint
from breakwater_client.witnessing.alarms import DIRECTORY, OBJECT, PROOF, RECEIPT, Alarm, AlarmKind
from breakwater_client.witnessing.compare_views import compare_views
from breakwater_client.witnessing.kept_alarms import MOST_OPEN, AlarmShelf, is_more, keep_alarm
from breakwater_client.witnessing.rounds import ACCEPTED, CHECKPOINT, Exchange, Round, look_at_log

LOG, RECEIPTS, OBJECTS, RECALLS = "the log", "your receipts", "the list of your objects", "the list of your recalls"
"""What a run looks at, in the words in which it is told; all of it has to be, each time."""
MOST_LISTED = 5_000_000
"""So many rows of one list are looked at."""
SHELF = "what is kept here"
_EVIDENCE = {"content": OBJECT, "receipt": RECEIPT, "proof": PROOF}


class OverError(Exception):
    """More is shown than one run looks at, or it takes longer than one may: what comes after is not seen."""


class NameExchange(Exchange, Protocol):
    """What is asked of an exchange beside its log. Everything that comes is unverified. Raises ``OverError`` to end the run."""

    def own_objects(self) -> Iterator[Any]:
        """Give every version that the exchange lists as the caller's own."""

    def own_recalls(self) -> Iterator[Any]:
        """Give the recalls of what was withdrawn in the caller's name."""


@dataclass(frozen=True, slots=True)
class Name:
    """Whose name: its STIX identity, its id as a partner, and all its public keys, those of earlier times and other uses too.

    ``receipts`` are its own, by the names of their files; ``patience`` is how long after a receipt the log may not hold yet what
    it is about.
    """

    identity: str
    partner_id: str
    keys: Sequence[PublicKey]
    receipts: Mapping[str, bytes]
    patience: timedelta


@dataclass(slots=True)
class Watched:
    """What was looked at, and what is wrong. ``withdrawn``: digests that are not listed any more -> the recall that says why.

    A recall is named as it stands in the log, by any text that the exchange chose: not fit for a terminal as it is.
    ``unseen`` is what was not looked at, or not to its end, and what kept it from that; None where the run did not come to it.
    Alarms are without their evidence, which is on the shelf. ``unkept`` are those of them that could not be kept, as on a full
    disk.
    """

    objects: int = 0
    receipts: int = 0
    proven: int = 0
    withdrawn: dict[str, str] = field(default_factory=dict)
    alarms: list[Alarm] = field(default_factory=list)
    unkept: list[Alarm] = field(default_factory=list)
    unseen: dict[str, Exception | None] = field(default_factory=lambda: dict.fromkeys((LOG, RECEIPTS, OBJECTS)))

    def keep(self, shelf: AlarmShelf, alarm: Alarm, now: datetime) -> Alarm:
        """Note an alarm, keep it, and give what was kept. On a disk that takes none some are noted all the same.

        Raises:
            OSError: it cannot be kept, and neither could many others.
        """
        light = replace(alarm, evidence={})
        try:
            light = replace(keep_alarm(shelf, alarm, now), evidence={})
        except OSError as exc:
            self.unseen[SHELF] = exc
            if len(self.unkept) >= MOST_OPEN:
                raise
            self.unkept.append(light)
        self.alarms.append(light)
        return light


@dataclass(slots=True)
class Run:
    """One run: what it goes by, and what was found so far."""

    shelf: AlarmShelf
    exchange: NameExchange
    name: Name
    directory: Directory
    clock: Callable[[], datetime]
    found: Watched
    full: set[AlarmKind] = field(default_factory=set)
    """Kinds of which more came than are kept."""

    @property
    def envelope(self) -> bytes:
        """The directory of keys that is accepted."""
        return self.shelf.read(ACCEPTED) or b""

    @contextmanager
    def looking(self, at: str) -> Iterator[None]:
        """Note what keeps something from being looked at, of whatever kind that is, and go on with what is beside it."""
        self.found.unseen.setdefault(at, None)
        try:
            yield
        except Exception as exc:  # noqa: BLE001  # an exchange must not hide one thing by what it answers to another
            self.found.unseen[at] = exc
        else:
            self.found.unseen.pop(at, None)

    def counted(self, rows: Iterable[Any]) -> Iterator[Any]:
        """Give the rows of a list one by one.

        Raises:
            OverError: there are more than one run looks at.
        """
        for number, row in enumerate(rows):
            if number >= MOST_LISTED:
                raise OverError(f"It does not end after {MOST_LISTED} rows.")
            yield row

    def alarm(self, kind: AlarmKind, sentence: str, about: str, **evidence: bytes | None) -> None:
        """Keep an alarm with evidence: ``content``, ``receipt``, ``proof``."""
        given = {_EVIDENCE[name]: content for name, content in evidence.items() if content is not None}
        self._add(Alarm(kind, sentence, about, {**given, DIRECTORY: self.envelope}))

    def first_seen(self, file: str, marks: Collection[str]) -> Mapping[str, datetime]:
        """Give since when each of these is there, as ``first_seen`` does; on a disk that takes nothing, since now."""
        now = self.clock()
        try:
            return first_seen(self.shelf, file, marks, now)
        except OSError as exc:
            self.found.unseen[SHELF] = exc
            return dict.fromkeys(marks, now)

    def linked(self, notes: Collection[bytes]) -> tuple[set[bytes], dict[bytes, Exception]]:
        """Give those checkpoints (verified) that are of the log that is kept, and those of which that could not be asked.

        Of any other there is an alarm: there are two logs.
        """
        if not notes:
            return set(), {}
        later = Round()
        try:
            look_at_log(self.shelf, self.exchange, self.clock, later)  # proofs may be of a newer one than is kept
        finally:
            known = {one.alarm_id for one in self.found.alarms}
            self.found.alarms.extend(replace(one, evidence={}) for one in later.alarms if one.alarm_id not in known)
            self.found.unkept.extend(replace(one, evidence={}) for one in later.unkept if one.alarm_id not in known)
        good, unasked = set[bytes](), dict[bytes, Exception]()
        for note in notes:
            try:
                compared = compare_views(self.shelf.read(CHECKPOINT) or b"", note, self.exchange, self.directory, self.envelope)
            except Exception as exc:  # noqa: BLE001  # as in ``looking``: the others are compared all the same
                unasked[note] = exc
                continue
            if isinstance(compared, Alarm):
                self._add(compared)
            elif isinstance(compared, VerifiedCheckpoint):
                good.add(note)
        return good, unasked

    def _add(self, alarm: Alarm) -> None:
        """Note an alarm, and keep it; nothing is held in memory of its evidence, or of more of a kind than is kept."""
        if alarm.kind in self.full:
            return
        if is_more(self.found.keep(self.shelf, alarm, self.clock())):
            self.full.add(alarm.kind)


def first_seen(shelf: Shelf, file: str, marks: Collection[str], now: datetime) -> Mapping[str, datetime]:
    """Give since when each of these is there, by one's own clock, and forget all others of the file."""
    before = _instants(shelf.read(file))
    seen = {mark: min(now, before.get(mark, now)) for mark in marks}
    if seen != before:
        shelf.write(file, json.dumps({mark: instant_text(at) for mark, at in sorted(seen.items())}).encode())
    return seen


def _instants(raw: bytes | None) -> dict[str, datetime]:
    try:
        kept = {} if raw is None else {str(mark): datetime.fromisoformat(at) for mark, at in json.loads(raw).items()}
    except (ValueError, TypeError, AttributeError):
        return {}  # damaged: all is seen now
    return {mark: at for mark, at in kept.items() if at.tzinfo is not None}
