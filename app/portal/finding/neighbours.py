"""Which objects stand around one, and how they hang together: connections, what refers to it, and what it refers to.

Owns the words of an edge. Feedback and recalls are not drawn: they have their own places on the page. Kept by
``tests/portal/finding/test_neighbours.py``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from app.portal.finding.drawing import Neighbour
from app.portal.finding.names import Names
from app.portal.finding.titles import title_of, whole_title_of
from app.portal.plain_words import spoken, type_words
from app.portal.words import gettext
from app.services.showing.look_around import ObjectInContext

_CONTAINERS = frozenset({"grouping", "observed-data", "report"})


def neighbours_of(found: ObjectInContext, names: Names) -> list[Neighbour]:
    """Give what stands around an object, each once in each direction: those with a connection first."""
    neighbours: dict[tuple[str, bool, str], Neighbour] = {}
    for one in [*_connected(found, names), *_referring(found, names), *_referred(found, names)]:
        neighbours.setdefault((one.stix_id, one.points_here, one.words), one)
    return list(neighbours.values())


def _connected(found: ObjectInContext, names: Names) -> Iterator[Neighbour]:
    for one, value in found.referring:
        if one.type == "relationship":
            points_here = value["target_ref"] == found.stix_id
            other = value["source_ref"] if points_here else value["target_ref"]
            yield _end(found, other, spoken(value["relationship_type"]), names, points_here=points_here)


def _referring(found: ObjectInContext, names: Names) -> Iterator[Neighbour]:
    for one, value in found.referring:
        if one.type != "relationship":
            yield _neighbour(one.stix_id, value, _word_of(one.type), names.partner(one.owner_id), points_here=True)


def _referred(found: ObjectInContext, names: Names) -> Iterator[Neighbour]:
    for stated in found.stated:
        for target in sorted(stated.refers_to):
            yield _end(found, target, _word_of(stated.value["type"]), names, points_here=False)


def _word_of(kind: str) -> str:
    return gettext("contains") if kind in _CONTAINERS else gettext("refers to")


def _end(found: ObjectInContext, target: str, words: str, names: Names, *, points_here: bool) -> Neighbour:
    seen = found.around.get(target)
    if seen:
        return _neighbour(target, seen[0].value, words, names.partner(seen[0].owner_id), points_here=points_here)
    kind = type_words(target)
    if target in names.catalogue:
        title, address = names.catalogue[target]
        return Neighbour(target, kind, title, words, points_here, gettext("the catalogue"), address=address)
    return Neighbour(target, kind, gettext("not shown"), words, points_here, "", is_seen=False)


def _neighbour(stix_id: str, value: Mapping[str, Any], words: str, publisher: str, *, points_here: bool) -> Neighbour:
    return Neighbour(
        stix_id, type_words(value["type"]), title_of(value), words, points_here, publisher, whole=whole_title_of(value)
    )
