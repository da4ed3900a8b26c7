"""What a page holds, as a program that reads it finds it: its elements, and its forms with their fields."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser

TYPED = frozenset({"text", "search", "email", "url", "tel", "password", "textarea"})
"""Kinds of fields into which people type what they like."""


@dataclass(frozen=True)
class FormField:
    """One field: its kind (an input's type, ``select``, ``textarea``), the value it has, what can be chosen."""

    name: str
    kind: str
    value: str = ""
    options: tuple[str, ...] = ()


@dataclass
class PageForm:
    """One form: where it leads, how, and with which fields."""

    action: str
    method: str
    fields: list[FormField] = field(default_factory=list)

    def filled(self, typed: str) -> dict[str, list[str]]:
        """Give what the form sends if everything that can be typed into it is ``typed``, and the last of each list is chosen."""
        given: dict[str, list[str]] = {}
        for one in self.fields:
            given.setdefault(one.name, []).append(_answer(one, typed))
        radios = {one.name for one in self.fields if one.kind == "radio"}
        return {name: values[-1:] if name in radios else values for name, values in given.items()}


def _answer(one: FormField, typed: str) -> str:
    if one.kind in TYPED:
        return typed
    return one.options[-1] if one.options else one.value


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.forms: list[PageForm] = []
        self._form: PageForm | None = None
        self._select: tuple[str, list[str]] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        self.elements.append((tag, known))
        if tag == "form":
            self._form = PageForm(known.get("action") or "", (known.get("method") or "get").lower())
            self.forms.append(self._form)
        name = known.get("name")
        if self._form is None:
            return
        if tag == "select" and name:
            self._select = (name, [])
        elif tag == "option" and self._select:
            self._select[1].append(known.get("value") or "")
        elif tag in {"input", "textarea", "button"} and name:
            kind = known.get("type") or ("text" if tag == "input" else tag)
            self._form.fields.append(FormField(name, kind, known.get("value") or ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "select" and self._select and self._form:
            name, options = self._select
            self._form.fields.append(FormField(name, "select", options=tuple(options)))
            self._select = None
        elif tag == "form":
            self._form = None


def _read(text: str) -> _Reader:
    reader = _Reader()
    reader.feed(text)
    reader.close()
    return reader


def forms_of(text: str) -> list[PageForm]:
    """Give the forms of a page."""
    return _read(text).forms


def elements_of(text: str) -> Iterator[tuple[str, Mapping[str, str | None]]]:
    """Give each element of a page: its name and attributes."""
    yield from _read(text).elements
