"""The screen over a form: what must never be here is refused before anything else is said about it.

Owns where the observables' values are looked at: one that has the form of its kind is looked at in the object that it becomes.
Kept by ``tests/stix/test_form_screen.py``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from app.domain.errors import BreakwaterError, Code, ForbiddenContentError
from app.domain.observation import ObservableKind
from app.domain.plain_text import is_legible
from app.stix.contact_text import find_contact
from app.stix.disguises import without_unseen
from app.stix.encoded_media import Allowance
from app.stix.normalise import normal_value
from app.stix.screen import screen
from app.stix.told_text import what_is_told

_KINDS = frozenset(ObservableKind)
_TOKEN = re.compile("[A-Za-z0-9_-]{43}|[0-9a-f]{64}", re.ASCII)
_PDQ = re.compile("[0-9A-Fa-f]{64}", re.ASCII)
_TAKE_OUT = (
    "Take it out, and say what was done rather than to whom: accounts, handles and links are entered by themselves, "
    "not in the text, and no child is described."
)
_MOST_FRAMES = 1_000
_TEXTS = (("what", "title"), ("what", "description"), ("where", "service"))


def screen_form(document: dict[str, Any]) -> None:
    """Refuse a form (strictly parsed JSON, unverified, of any shape) that seems to carry material or describes a child.

    Raises:
        ForbiddenContentError: as ``screen``, with a pointer into the form.
        TooLargeError: it has more names and values than are looked at.
    """
    allowance = Allowance()
    observables = document.get("observables")
    if isinstance(observables, list):
        for place, one in enumerate(observables):
            _screen_value(one, f"/observables/{place}/value", allowance)
        document = {**document, "observables": [_without_forms(one) for one in observables]}
    try:
        screen(document, allowance)
    except ForbiddenContentError as refusal:
        if refusal.code is Code.CONTENT_FORBIDDEN:
            raise
        _screen_texts(document)
        raise
    _screen_texts(document)


def _screen_texts(document: dict[str, Any]) -> None:
    """Refuse what a person wrote in a text about a child or a contact, all of it in one sentence."""
    for pointer, text in _texts(document):
        contact = find_contact(text) or find_contact(_as_read(text))
        told = ([contact] if contact else []) + describes_child(text)
        if told:
            sentence = f"This text seems to hold {', and '.join(told)}. {_TAKE_OUT}"
            raise ForbiddenContentError(sentence, code=Code.PERSON_DATA_FORBIDDEN, pointer=pointer)


def describes_child(text: str) -> list[str]:
    """Give what a text (unverified) seems to tell of a child, as it is and as it is read."""
    return what_is_told(text) or what_is_told(_as_read(text))


def _as_read(text: str) -> str:
    """Give a text as it is read, whatever lines, blanks and unseen characters stand in it."""
    return " ".join(without_unseen(text).split())


def illegible_text(document: dict[str, Any]) -> str | None:
    """Give the pointer of a text of a form (unverified) that does not show what it holds, or None (``domain.plain_text``)."""
    return next((pointer for pointer, text in _texts(document) if not is_legible(text)), None)


def _texts(document: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Give the texts that a person wrote, each with its pointer."""
    for part, name in _TEXTS:
        held = document.get(part)
        text = held.get(name) if isinstance(held, dict) else None
        if isinstance(text, str):
            yield f"/{part}/{name}", text


def _screen_value(one: Any, place: str, allowance: Allowance) -> None:
    value = one.get("value") if isinstance(one, dict) else None
    if not isinstance(value, str) or _has_its_form(one.get("kind"), value):
        return
    try:
        screen({"type": "live-room", "room_id": value}, allowance)  # a place that may hold names of people
    except ForbiddenContentError as refusal:
        if refusal.code is Code.CONTENT_FORBIDDEN:
            refusal.pointer = place
            raise


def _has_its_form(kind: object, value: str) -> bool:
    if not isinstance(kind, str) or kind not in _KINDS:
        return False
    try:
        normal_value(ObservableKind(kind), value)
    except BreakwaterError:
        return False
    return True


def _without_forms(one: Any) -> Any:
    """Give an observable without its value, and without tokens and frames that have their form."""
    if not isinstance(one, dict):
        return one
    rest = {name: member for name, member in one.items() if name != "value" or not isinstance(member, str)}
    token = rest.get("token")
    if isinstance(token, dict) and _TOKEN.fullmatch(str(token.get("token"))):
        rest["token"] = {name: member for name, member in token.items() if name != "token"}
    if "frames" in rest and _are_frames(rest["frames"]):
        del rest["frames"]
    return rest


def _are_frames(frames: Any) -> bool:
    return (
        isinstance(frames, list)
        and len(frames) <= _MOST_FRAMES
        and all(isinstance(each, dict) and each.keys() <= {"value", "quality", "at_milliseconds"} for each in frames)
        and all(_PDQ.fullmatch(str(each.get("value"))) for each in frames)
        and all(type(each.get(name, 0)) is int for each in frames for name in ("quality", "at_milliseconds"))
    )
