"""A MISP event, as MISP exports it in JSON: its attributes, and those of its objects.

Owns what of an event is taken over: the values, whether each is to be detected (``to_ids``), and how narrowly it may be shared by
its TLP tags. Names, comments, galaxies and tags of a kill chain are not: they are another community's words. Attachments and what
says who somebody is are refused. Kept by ``tests/services/importing/test_from_misp.py``, with events that MISP's library made.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from app.domain.errors import MalformedInputError
from app.domain.vocabulary import Tlp
from app.services.importing.rows import MOST_CELL_CHARACTERS, Found, Left, Row
from app.stix.misp_kinds import KIND_OF_ATTRIBUTE, MATERIAL_TYPES, PERSON_TYPES, TLP_OF_TAG

_NARROWNESS = (Tlp.CLEAR, Tlp.GREEN, Tlp.AMBER, Tlp.AMBER_STRICT, Tlp.RED)
_RULE_LANGUAGES = {"sigma": "sigma"}
_NO_EVENT = 'This is no MISP event in JSON: {"Event": {…}}.'


def read_misp(document: Any, form_tlp: Tlp) -> Iterator[Row]:
    """Give the observables of an event (strictly parsed JSON, unverified) that may be shared as widely as the form says.

    What is tagged more narrowly than ``form_tlp`` is left out: import it with a form that says so.

    Raises:
        MalformedInputError: it is no event.
    """
    event = document.get("Event") if isinstance(document, dict) else None
    if not isinstance(event, dict):
        raise MalformedInputError(_NO_EVENT)
    of_event = _tags(event)
    for pointer, attribute in _attributes(event):
        yield _row(pointer, attribute, of_event | _tags(attribute), form_tlp)


def _attributes(event: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    yield from _listed(event, "/Event")
    for number, holder in enumerate(_list(event, "Object")):
        if isinstance(holder, dict):
            yield from _listed(holder, f"/Event/Object/{number}")


def _listed(holder: Mapping[str, Any], within: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for number, attribute in enumerate(_list(holder, "Attribute")):
        yield f"{within}/Attribute/{number}", attribute if isinstance(attribute, dict) else {}


def _list(holder: Mapping[str, Any], name: str) -> list[Any]:
    listed = holder.get(name, [])
    if not isinstance(listed, list):
        raise MalformedInputError(_NO_EVENT)
    return listed


def _tags(holder: Mapping[str, Any]) -> frozenset[str]:
    names = (one.get("name") for one in _list(holder, "Tag") if isinstance(one, dict))
    return frozenset(name.lower() for name in names if isinstance(name, str))


def _row(place: str, attribute: Mapping[str, Any], tags: frozenset[str], form_tlp: Tlp) -> Row:
    named, value = attribute.get("type"), attribute.get("value")
    if not isinstance(named, str) or not isinstance(value, str) or not 0 < len(value) <= MOST_CELL_CHARACTERS:
        return Left(place, f"An attribute has a type and a value of 1 to {MOST_CELL_CHARACTERS:,} characters.")
    if named in MATERIAL_TYPES or attribute.get("data"):
        return Left(place, "Files are never taken.")
    if named in PERSON_TYPES:
        return Left(place, "What says who somebody is never belongs here.")
    kind = KIND_OF_ATTRIBUTE.get(named)
    if kind is None:
        return Left(place, "This type of attribute has no kind here; enter what matters by hand.")
    unclear = _why_not_as_wide(tags, form_tlp)
    if unclear is not None:
        return Left(place, unclear)
    observable: dict[str, Any] = {"kind": kind.value, "value": value}
    if named in _RULE_LANGUAGES:
        observable["language"] = _RULE_LANGUAGES[named]
    elif attribute.get("to_ids") not in {True, "1"}:
        observable["role"] = "context"
    return Found(place, observable)


def _why_not_as_wide(tags: frozenset[str], form_tlp: Tlp) -> str | None:
    """Give why something with these tags may not be shared as the form says: the narrowest tag counts, an unknown one forbids."""
    labels = {one for one in tags if one.startswith("tlp:")}
    if labels - TLP_OF_TAG.keys():
        return "It has a TLP tag that is not known here."
    narrowest = max((_NARROWNESS.index(TLP_OF_TAG[one]) for one in labels), default=0)
    if narrowest > _NARROWNESS.index(form_tlp):
        return "Its TLP tag is narrower than the form: import it with a form that is as narrow."
    return None
