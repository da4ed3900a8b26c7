"""Observables as people see them while they enter them: each in the form in which it will leave, or what is wrong with it.

Owns reading pasted lines and a row of the form; how a value is written is ``app/stix/normalise.py``'s. Needs no database. Kept by
``tests/services/drafting/test_rows.py``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from app.domain.errors import BreakwaterError
from app.domain.observation import ACCOUNT_LINKED, MOST_OBSERVABLES, TOKENS_ONLY, ObservableKind
from app.services.drafting.screen import BARE, bare_identifiers
from app.stix.normalise import normal_value
from app.stix.recognise_kind import read_line

NO_KIND = "Say what this is: its kind cannot be told from its form."
_KINDS = frozenset(ObservableKind)
_TWICE = "This line is there already."
_TOO_MANY = f"One draft holds {MOST_OBSERVABLES} lines at most: enter the rest with another."


@dataclass(frozen=True, slots=True)
class Row:
    """One observable: ``entered`` as it stands in the form, ``leaves`` as it will leave (None: it does not, see ``fault``)."""

    place: int
    kind: str
    entered: str = field(repr=False)
    leaves: str | None = field(default=None, repr=False)
    notes: tuple[str, ...] = ()
    fault: str | None = None
    is_token: bool = False
    is_of_somebody: bool = False


@dataclass(frozen=True, slots=True)
class Pasted:
    """What pasted lines gave: observables as the form spells them, and lines that were not taken, each with the reason.

    ``numbers`` has for each observable the line (from 1) that it stands in.
    """

    observables: list[dict[str, Any]] = field(default_factory=list, repr=False)
    left: list[tuple[str, str]] = field(default_factory=list, repr=False)
    numbers: list[int] = field(default_factory=list)


def shown_rows(document: dict[str, Any]) -> list[Row]:
    """Give the observables of a form (unverified, of any completeness) as they are shown."""
    return [_row(place, one) for place, one in enumerate(document.get("observables", ()))]


def read_pasted(text: str, known: Iterable[dict[str, Any]]) -> Pasted:
    """Read lines (unverified) that are to stand beside the ``known`` observables. What is never kept stays with who pasted it."""
    pasted, said = Pasted(), {_said(one) for one in known}
    room = MOST_OBSERVABLES - len(said)
    for number, line in enumerate(map(str.strip, text.splitlines()), 1):
        if not line:
            continue
        read = read_line(line)
        reason = _why_left(read, said, has_room=len(pasted.observables) < room)
        if reason is None:
            pasted.observables.append(read)
            pasted.numbers.append(number)
            said.add(_said(read))
        elif reason is not _TWICE:
            pasted.left.append((line, reason))
    return pasted


def observable_of(kind: str, entered: str) -> dict[str, Any]:
    """Give the observable, as the form spells it, that a row of the page says: ``entered`` may be a token's JSON."""
    text = entered.strip()
    read = read_line(text) if text.startswith("{") else {"value": text}
    rest = {name: value for name, value in read.items() if name != "kind"}
    said = kind or read.get("kind", "")
    return {**({"kind": said} if said else {}), **rest}


def _why_left(read: dict[str, Any], said: set[tuple[str, str]], *, has_room: bool) -> str | None:
    if list(bare_identifiers({"observables": [read]})):
        return BARE
    if _said(read) in said:
        return _TWICE
    return None if has_room else _TOO_MANY


def _said(one: dict[str, Any]) -> tuple[str, str]:
    row = _row(0, one)
    return row.kind, row.leaves or row.entered


def _row(place: int, one: dict[str, Any]) -> Row:
    kind, token = str(one.get("kind", "")), one.get("token")
    is_of_somebody = kind in ACCOUNT_LINKED
    if token is not None:
        text = json.dumps(token, sort_keys=True)
        fault = None if kind in _KINDS else NO_KIND
        return Row(place, kind, text, str(token.get("token")), (), fault, is_token=True, is_of_somebody=is_of_somebody)
    entered = str(one.get("value", ""))
    return Row(place, kind, entered, *_leaving(kind, entered), is_of_somebody=is_of_somebody)


def _leaving(kind: str, entered: str) -> tuple[str | None, tuple[str, ...], str | None]:
    if kind not in _KINDS:
        return None, (), NO_KIND
    if kind in TOKENS_ONLY:
        return None, (), BARE
    try:
        normal = normal_value(ObservableKind(kind), entered)
    except BreakwaterError as refusal:
        return None, (), refusal.sentence
    return normal.value, normal.notes, None


def without_place(document: dict[str, Any], pointer: str) -> dict[str, Any]:
    """Give a copy of a form without what a pointer (RFC 6901) names: text is emptied, and what is no text goes."""
    copied: dict[str, Any] = json.loads(json.dumps(document))
    steps = list(_steps(pointer))
    inner: Any = copied
    for step in steps[:-1]:
        inner = inner[int(step)] if isinstance(inner, list) else inner.get(step)
        if not isinstance(inner, dict | list):
            return copied
    if steps and isinstance(inner, dict):
        inner.pop(steps[-1], None)
    elif steps and isinstance(inner, list):
        del inner[int(steps[-1])]
    return copied


def _steps(pointer: str) -> Iterator[str]:
    for step in pointer.split("/")[1:]:
        yield step.replace("~1", "/").replace("~0", "~")
