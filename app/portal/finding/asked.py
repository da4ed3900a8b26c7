"""What somebody asks the search, as it stands in an address: words, what it is narrowed to, and which page.

Owns the form of an address, and that a value which no vocabulary has is refused. No personal value comes here: words are read
before an address is made of them (``search.ask``). Kept by ``tests/portal/finding/test_asked.py``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from flask import request, url_for

from app.domain.catalogue import is_behaviour_code
from app.domain.errors import MalformedInputError
from app.domain.search_query import SearchQuery, read_query
from app.domain.vocabulary import Harm, Phase, Surface, Urgency
from app.services.searching.search import Filters, SearchRequest

FACETS = ("type", "behaviour", "harm", "phase", "surface", "owner", "urgency")
"""What a search can be narrowed by, in the order of the page."""
NEWEST = "newest"
PAGE_SIZE = 20

_TYPE = re.compile("[a-z0-9][a-z0-9-]{1,248}[a-z0-9]")
_UUID = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_VOCABULARIES: Mapping[str, frozenset[str]] = {
    "harm": frozenset(Harm),
    "phase": frozenset(Phase),
    "surface": frozenset(Surface),
    "urgency": frozenset(Urgency),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A search: words (empty: any), for each facet the values of which one must hold, and the page's cursor.

    ``shows_newest``: it asks for whatever is newest, without words and facets.
    """

    words: str = ""
    narrowed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    cursor: str | None = None
    shows_newest: bool = False

    @property
    def is_something(self) -> bool:
        """Whether anything is asked; the first time that somebody comes nothing is."""
        return bool(self.words or self.narrowed or self.shows_newest)

    @property
    def chosen(self) -> list[tuple[str, str]]:
        """Give the facets that narrow it, each with one value."""
        return [(kind, value) for kind in FACETS for value in self.narrowed.get(kind, ())]

    def query(self) -> SearchQuery | None:
        """Give the words as they are read; raises ``MalformedInputError`` for what is no search, or asks for a person."""
        return read_query(self.words) if self.words.strip() else None

    def request(self) -> SearchRequest:
        """Give what is asked of the service; raises as ``query``."""
        return SearchRequest(self.query(), self.filters(), self.cursor, PAGE_SIZE)

    def filters(self) -> Filters:
        """Give what it is narrowed to."""
        of = {kind: frozenset(values) for kind, values in self.narrowed.items()}
        facets = tuple((kind, of[kind]) for kind in ("behaviour", "harm", "phase", "surface", "urgency") if kind in of)
        return Filters(types=of.get("type", frozenset()), owner_ids=of.get("owner", frozenset()), facets=facets)

    def narrowed_to(self, kind: str, value: str) -> Asked:
        """Give the same search, of this value alone or as well; its first page."""
        values = tuple(dict.fromkeys([*self.narrowed.get(kind, ()), value]))
        return replace(self, narrowed={**self.narrowed, kind: values}, cursor=None, shows_newest=False)

    def widened(self, kind: str, value: str) -> Asked:
        """Give the same search without this value; of all that is newest where nothing else is left."""
        rest = tuple(one for one in self.narrowed.get(kind, ()) if one != value)
        narrowed = {name: values for name, values in {**self.narrowed, kind: rest}.items() if values}
        return replace(self, narrowed=narrowed, cursor=None, shows_newest=not self.words and not narrowed)

    def without_words(self) -> Asked:
        """Give the same search, whatever is said."""
        return replace(self, words="", cursor=None, shows_newest=not self.narrowed)

    def at(self, cursor: str) -> Asked:
        """Give the same search from a further page on."""
        return replace(self, cursor=cursor)

    @property
    def parameters(self) -> dict[str, Any]:
        """Give the parameters of its address."""
        said = {"q": self.words or None, "next": self.cursor, "show": NEWEST if self.shows_newest else None}
        return {**said, **{kind: list(self.narrowed[kind]) for kind in FACETS if kind in self.narrowed}}

    @property
    def address(self) -> str:
        """Give the address of its page."""
        return url_for("search.show", **self.parameters)


def asked_by_address() -> Asked:
    """Give the search of the address that was opened (unverified).

    Raises:
        MalformedInputError: a value that its facet cannot have.
    """
    values = {kind: request.args.getlist(kind) for kind in FACETS}
    shows_newest = request.args.get("show") == NEWEST
    return Asked(request.args.get("q", ""), narrowed_by(values), request.args.get("next"), shows_newest)


def narrowed_by(given: Mapping[str, Iterable[str]]) -> dict[str, tuple[str, ...]]:
    """Give facets (unverified) in their order, each value once; empty ones are none.

    Raises:
        MalformedInputError: a value that its facet cannot have.
    """
    found = {kind: tuple(dict.fromkeys(one for one in given.get(kind, ()) if one)) for kind in FACETS}
    for kind, values in found.items():
        if not all(_can_be(kind, one) for one in values):
            raise MalformedInputError("A search was narrowed to something that there is not.", pointer=f"/{kind}")
    return {kind: values for kind, values in found.items() if values}


def _can_be(kind: str, value: str) -> bool:
    if kind in _VOCABULARIES:
        return value in _VOCABULARIES[kind]
    if kind == "behaviour":
        return is_behaviour_code(value)
    return bool((_TYPE if kind == "type" else _UUID).fullmatch(value))
