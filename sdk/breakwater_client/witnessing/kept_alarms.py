"""Alarms as a witness keeps them: each in a folder of its own with its evidence, until a person has looked, and after.

Owns the form. ``alarm.json`` is written last, so that it says which evidence is there. Where it is not, an alarm that lasts
counts by its folder's name: whatever kept it from being written must not let cosigning go on. Kept by
``tests/client/witnessing/test_kept_alarms.py``.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from breakwater_client.errors import MalformedInputError
from breakwater_client.instant import instant_text
from breakwater_client.trust.signed_note import MAX_NOTE_CHARACTERS
from breakwater_client.verifying.keep_mirror import Shelf
from breakwater_client.witnessing.alarms import KEPT, OBJECT, OTHER, SHOWN, Alarm, AlarmKind

ALARMS = "alarms"
_DOCUMENT, _TOLD, _SEEN = "alarm.json", "told", "seen"
_MORE = "more"
_NO_ROOM = "no_room"
MOST_OPEN = 20
"""So many alarms of a kind are kept, with all of their evidence, that nobody has looked at."""
MOST_OPEN_OF_ONES_OWN = 100
"""So many of those about one's own keys, objects and receipts: those beyond ``MOST_OPEN`` with their evidence cut."""
CUT_BYTES = 64 * 1024
"""So much is kept of evidence that is longer than such evidence can be, beside its length and digest."""
_NOTES = frozenset({KEPT, SHOWN, OTHER})
_NOTE_BYTES = 4 * MAX_NOTE_CHARACTERS
_OBJECT_BYTES = 2 * 1024 * 1024
_MOST_BYTES = 4 * 1024 * 1024
_OF_ONES_OWN = frozenset({AlarmKind.FOREIGN_KEY, AlarmKind.NOT_LOGGED, AlarmKind.NOT_SIGNED, AlarmKind.VANISHED})
"""Each is about another key, object or receipt of one's own."""


class AlarmShelf(Shelf, Protocol):
    """A shelf that says what lies in a folder of it."""

    def names(self, path: str) -> Sequence[str]:
        """List what lies in a folder, in order; nothing where there is none."""


@dataclass(frozen=True, slots=True)
class KeptAlarm:
    """An alarm on the shelf: its name, kind and sentence, when it was raised (as text), and how its evidence is verified.

    ``told``: whoever was to be told was. ``seen``: a person has looked, and said so.
    """

    alarm_id: str
    kind: AlarmKind
    sentence: str
    raised_at: str
    how_to_verify: str | None
    told: bool
    seen: bool

    @property
    def is_lasting(self) -> bool:
        """Whether nothing is cosigned on account of it."""
        return self.kind.is_lasting and not self.seen

    @property
    def document(self) -> dict[str, Any]:
        """Give it as JSON values."""
        return {
            "id": self.alarm_id,
            "kind": self.kind.value,
            "sentence": self.sentence,
            "raised_at": self.raised_at,
            "how_to_verify": self.how_to_verify,
            "evidence": f"{ALARMS}/{self.alarm_id}",
            "seen": self.seen,
        }


def keep_alarm(shelf: AlarmShelf, alarm: Alarm, now: datetime) -> Alarm:
    """Keep an alarm with its evidence, and give it; one that is kept already stays as it is, but for evidence that had no room.

    Where as many of its kind wait for a person as may, one without evidence that says so is kept and given in its place
    (``is_more``): an exchange must not fill the disk of whoever watches it. Of what is longer than such evidence can be its
    beginning is kept; of what a disk does not take nothing is, but its length and digest.

    Raises:
        OSError: not even the alarm itself can be written.
    """
    if shelf.has(f"{ALARMS}/{alarm.alarm_id}/{_DOCUMENT}"):
        _keep_what_had_no_room(shelf, alarm)
        return alarm
    waiting, most = _open_of(shelf, alarm.kind), MOST_OPEN_OF_ONES_OWN if alarm.kind in _OF_ONES_OWN else MOST_OPEN
    if waiting >= most:
        alarm = _more(shelf, alarm.kind, most)
        if shelf.has(f"{ALARMS}/{alarm.alarm_id}/{_DOCUMENT}"):
            return alarm
    cut = _write_evidence(shelf, alarm, alarm.evidence, is_whole=waiting < MOST_OPEN)
    document = {
        "type": "witness-alarm",
        "kind": alarm.kind.value,
        "sentence": alarm.sentence,
        "raised_at": instant_text(now),
    }
    _write_document(shelf, alarm, document, cut)
    return alarm


def _write_evidence(shelf: Shelf, alarm: Alarm, names: Iterable[str], *, is_whole: bool) -> dict[str, dict[str, Any]]:
    """Write evidence of these names, and say of what is cut or had no room how long it is, with its digest."""
    cut: dict[str, dict[str, Any]] = {}
    for name in names:
        content = alarm.evidence[name]
        said = {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        if len(content) > (_most_bytes(name) if is_whole else CUT_BYTES):
            cut[name] = said
        try:
            shelf.write(f"{ALARMS}/{alarm.alarm_id}/{name}", content[:CUT_BYTES] if name in cut else content)
        except OSError:  # a disk that takes no more: the alarm itself is small, and counts without its evidence
            cut[name] = said | {_NO_ROOM: True}
    return cut


def _write_document(shelf: Shelf, alarm: Alarm, document: dict[str, Any], cut: Mapping[str, Any]) -> None:
    document["how_to_verify"] = None if cut else alarm.how_to_verify
    if cut:
        document["cut"] = cut
    shelf.write(f"{ALARMS}/{alarm.alarm_id}/{_DOCUMENT}", (json.dumps(document, indent=2, ensure_ascii=False) + "\n").encode())


def _keep_what_had_no_room(shelf: Shelf, alarm: Alarm) -> None:
    """Write the evidence for which there was no room as the alarm was kept, if it is found again and there is room now."""
    try:
        document = json.loads(shelf.read(f"{ALARMS}/{alarm.alarm_id}/{_DOCUMENT}") or b"")
        before: dict[str, Any] = document.pop("cut", {})
        again = [name for name, said in before.items() if said.get(_NO_ROOM) and _is_of(alarm.evidence.get(name), said["sha256"])]
    except (ValueError, AttributeError, TypeError, KeyError):  # damaged, which is told elsewhere
        return
    cut = _write_evidence(shelf, alarm, again, is_whole=True)
    if not all(said.get(_NO_ROOM) for said in (cut.get(name, {}) for name in again)):
        _write_document(shelf, alarm, document, {name: said for name, said in before.items() if name not in again} | cut)


def _is_of(content: bytes | None, digest: str) -> bool:
    return content is not None and hashlib.sha256(content).hexdigest() == digest


def is_more(alarm: Alarm) -> bool:
    """Whether an alarm that ``keep_alarm`` gave says that evidence of more is not kept."""
    return alarm.about.partition(" ")[0] == _MORE


def _more(shelf: Shelf, kind: AlarmKind, most: int) -> Alarm:
    """Give the alarm that more of a kind came than may wait: another one than those at which somebody has looked."""
    sentence = f"{most} alarms of this kind wait for a person: evidence of more is not kept. Look at those, and acknowledge them."
    number = 1
    while True:
        more = Alarm(kind, sentence, _MORE if number == 1 else f"{_MORE} {number}")
        if not is_seen(shelf, more.alarm_id):
            return more
        number += 1


def _open_of(shelf: AlarmShelf, kind: AlarmKind) -> int:
    folders = [f"{ALARMS}/{name}" for name in shelf.names(ALARMS) if name.startswith(f"{kind}-")]
    return sum(shelf.has(f"{folder}/{_DOCUMENT}") and not shelf.has(f"{folder}/{_SEEN}") for folder in folders)


def _most_bytes(name: str) -> int:
    if name in _NOTES:
        return _NOTE_BYTES
    return _OBJECT_BYTES if name == OBJECT else _MOST_BYTES


def kept_alarms(shelf: AlarmShelf) -> Iterator[KeptAlarm]:
    """List the alarms that are kept, by their names. One whose file is damaged is an alarm all the same.

    So is one that lasts and whose file is not there, as a kill or a full disk leaves it.

    What else lies there is passed over (``strays``): a file that somebody left must keep nobody from being called.
    """
    return (one for one in _each(shelf) if isinstance(one, KeptAlarm))


def strays(shelf: AlarmShelf) -> list[str]:
    """List what lies among the alarms and is none, or cannot be read, by its name: for whoever is to be told of it."""
    return [one for one in _each(shelf) if isinstance(one, str)]


def _each(shelf: AlarmShelf) -> Iterator[KeptAlarm | str]:
    """Give each alarm, and the name of what is none."""
    for name in shelf.names(ALARMS):
        try:
            raw = shelf.read(f"{ALARMS}/{name}/{_DOCUMENT}")
            is_file = raw is None and shelf.has(f"{ALARMS}/{name}")
            kept = None if is_file else _read(shelf, name, raw)
            is_stray = kept is None and (raw is not None or is_file)
        except OSError:  # a file, where a folder should be, or one that is another user's
            kept, is_stray = None, True
        if kept is not None:
            yield kept
        elif is_stray:  # else a kill left evidence alone of what passes by itself: the next round finds it anew
            yield name


def mark_told(shelf: Shelf, alarm_id: str) -> None:
    """Remember that whoever was to be told of an alarm was."""
    shelf.write(f"{ALARMS}/{alarm_id}/{_TOLD}", b"")


def is_seen(shelf: Shelf, alarm_id: str) -> bool:
    """Whether a person has looked at an alarm."""
    return shelf.has(f"{ALARMS}/{alarm_id}/{_SEEN}")


def mark_seen(shelf: AlarmShelf, alarm_id: str) -> None:
    """Remember that a person has looked at an alarm: cosigning goes on, from what is kept.

    Raises:
        MalformedInputError: no alarm of this name is kept.
    """
    if all(one.alarm_id != alarm_id for one in kept_alarms(shelf)):
        raise MalformedInputError("No alarm of this name is kept here: breakwater witness status lists them.")
    shelf.write(f"{ALARMS}/{alarm_id}/{_SEEN}", b"")


def _read(shelf: Shelf, alarm_id: str, raw: bytes | None) -> KeptAlarm | None:
    """Give an alarm; None if its file is damaged and its folder is named as none is, or is not there and it does not last."""
    try:
        document = json.loads(raw or b"")
        kind, sentence, raised_at = AlarmKind(document["kind"]), str(document["sentence"]), str(document["raised_at"])
        how = document.get("how_to_verify")
    except (ValueError, KeyError, TypeError, AttributeError):
        named = next((one for one in AlarmKind if alarm_id.startswith(f"{one}-")), None)
        if named is None or (raw is None and not named.is_lasting):
            return None
        what = "is damaged" if raw is not None else "could not be written, or was cut off"
        kind, sentence, raised_at, how = named, f"The file of this alarm {what}; its evidence may be whole.", "", None
    told, seen = (shelf.has(f"{ALARMS}/{alarm_id}/{name}") for name in (_TOLD, _SEEN))
    return KeptAlarm(alarm_id, kind, sentence, raised_at, how if isinstance(how, str) else None, told, seen)
