"""All releases are clean; each way in which one may not be is found at its place."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.catalogue import Catalogue, Reference
from app.stix.catalogue_documents import read_catalogue
from app.stix.catalogue_lint import behaviour_findings, countermeasure_findings, document_findings, findings
from app.stix.catalogue_texts import Rule
from breakwater_client.documents.published import founding_catalogue

FOUNDING = read_catalogue(founding_catalogue())
ONE_SENTENCE = FOUNDING.behaviours[0].definition.split(". ")[0] + "."
LONG = "Accounts are seen to do this again and again. " * 30
SOURCE = Reference("A hotline", "A report", "https://hotline.example/report")


def with_behaviour(position: int = 0, **changes: Any) -> Catalogue:
    behaviours = list(FOUNDING.behaviours)
    behaviours[position] = replace(behaviours[position], **changes)
    return replace(FOUNDING, behaviours=tuple(behaviours))


def with_countermeasure(position: int = 0, **changes: Any) -> Catalogue:
    countermeasures = list(FOUNDING.countermeasures)
    countermeasures[position] = replace(countermeasures[position], **changes)
    return replace(FOUNDING, countermeasures=tuple(countermeasures))


def cited(**changes: Any) -> Catalogue:
    return with_behaviour(references=(replace(SOURCE, **changes),))


BAD: list[tuple[Callable[[], Catalogue], str, Rule]] = [
    (lambda: with_behaviour(name=""), "/behaviours/0/name", Rule.MISSING),
    (lambda: with_behaviour(definition=" "), "/behaviours/0/definition", Rule.MISSING),
    (
        lambda: with_behaviour(definition=FOUNDING.behaviours[0].definition.split(". ")[0] + "."),
        "/behaviours/0/definition",
        Rule.MISSING,
    ),
    (lambda: with_behaviour(detection=FOUNDING.behaviours[0].definition), "/behaviours/0/detection", Rule.MISSING),
    (lambda: with_behaviour(surfaces=frozenset()), "/behaviours/0/surfaces", Rule.MISSING),
    (lambda: with_behaviour(harms=frozenset()), "/behaviours/0/harms", Rule.MISSING),
    (lambda: with_behaviour(detection=LONG), "/behaviours/0/detection", Rule.LENGTH),
    (lambda: with_behaviour(11, definition="Open a new account. " * 5), "/behaviours/11/definition", Rule.INSTRUCTION),
    (lambda: with_behaviour(references=()), "/behaviours/0/references", Rule.REFERENCE),
    (lambda: with_behaviour(references=(SOURCE,) * 4), "/behaviours/0/references", Rule.REFERENCE),
    (lambda: cited(source=""), "/behaviours/0/references/0/source", Rule.REFERENCE),
    (lambda: cited(title="Write to me@example.org"), "/behaviours/0/references/0/title", Rule.REFERENCE),
    (lambda: cited(title="Where: https://chat.example/room"), "/behaviours/0/references/0/title", Rule.REFERENCE),
    (lambda: cited(title="Where: chat.example/room"), "/behaviours/0/references/0/title", Rule.REFERENCE),
    (lambda: cited(title="Where: chat\uff0eexample/room"), "/behaviours/0/references/0/title", Rule.REFERENCE),
    (lambda: cited(source="chat dot org"), "/behaviours/0/references/0/source", Rule.REFERENCE),
    (lambda: cited(source="Ask +1 555 0100"), "/behaviours/0/references/0/source", Rule.REFERENCE),
    (lambda: cited(title="Ask somebody#1234"), "/behaviours/0/references/0/title", Rule.REFERENCE),
    (lambda: cited(title="A title\nwith a second line"), "/behaviours/0/references/0/title", Rule.REFERENCE),
    (lambda: cited(url="http://hotline.example/report"), "/behaviours/0/references/0/url", Rule.REFERENCE),
    (lambda: cited(url="https://user@hotline.example/"), "/behaviours/0/references/0/url", Rule.REFERENCE),
    (lambda: cited(url="https://hotline.example:8443/"), "/behaviours/0/references/0/url", Rule.REFERENCE),
    (lambda: cited(url="https://192.0.2.1/report"), "/behaviours/0/references/0/url", Rule.REFERENCE),
    (lambda: cited(url="https://hidden.onion/list"), "/behaviours/0/references/0/url", Rule.REFERENCE),
    (lambda: cited(url="https://www.t.me/room"), "/behaviours/0/references/0/url", Rule.REFERENCE),
    (lambda: cited(url="https://hotline.example"), "/behaviours/0/references/0/url", Rule.REFERENCE),
    (lambda: with_countermeasure(rights_impact=""), "/countermeasures/0/rights_impact", Rule.MISSING),
    (lambda: with_countermeasure(residual_risk=""), "/countermeasures/0/residual_risk", Rule.MISSING),
    (lambda: with_countermeasure(preconditions=()), "/countermeasures/0/preconditions", Rule.MISSING),
    (lambda: with_countermeasure(preconditions=("Staff at all hours.",) * 7), "/countermeasures/0/preconditions", Rule.LENGTH),
    (lambda: with_countermeasure(preconditions=("Staff of 50 people.",)), "/countermeasures/0/preconditions/0", Rule.NUMBER),
    (lambda: with_countermeasure(surfaces=frozenset()), "/countermeasures/0/surfaces", Rule.MISSING),
    (lambda: with_countermeasure(references=()), "/countermeasures/0/references", Rule.REFERENCE),
    (lambda: with_countermeasure(mitigates=frozenset({"OP-999"})), "/countermeasures/0/mitigates", Rule.STRUCTURE),
    (
        lambda: with_countermeasure(no_longer_mitigates=frozenset({"OP-999"})),
        "/countermeasures/0/no_longer_mitigates",
        Rule.STRUCTURE,
    ),
    (
        lambda: with_countermeasure(no_longer_mitigates=FOUNDING.countermeasures[0].mitigates),
        "/countermeasures/0/no_longer_mitigates",
        Rule.STRUCTURE,
    ),
    (lambda: with_countermeasure(code="OP-000"), "/countermeasures/0/code", Rule.STRUCTURE),
    (lambda: with_behaviour(1, code="OP-001"), "/behaviours", Rule.STRUCTURE),
    (lambda: with_behaviour(retired_in=1), "/behaviours/0/retired_in", Rule.STRUCTURE),
    (lambda: with_behaviour(retired_in=2), "/behaviours/0/retired_in", Rule.STRUCTURE),
    (lambda: replace(with_behaviour(2, retired_in=2), release=2), "/countermeasures/0/mitigates", Rule.STRUCTURE),
    (lambda: with_behaviour(replaced_by=("OP-002",)), "/behaviours/0/replaced_by", Rule.STRUCTURE),
    (lambda: with_behaviour(replaced_by=("OP-001",)), "/behaviours/0/replaced_by", Rule.STRUCTURE),
    (lambda: with_behaviour(changed_at=FOUNDING.released_at + timedelta(1)), "/behaviours/0/changed_at", Rule.STRUCTURE),
    (lambda: with_behaviour(name=FOUNDING.behaviours[1].name.upper()), "", Rule.STRUCTURE),
    (lambda: replace(FOUNDING, phases={}), "/phases", Rule.STRUCTURE),
    (lambda: replace(FOUNDING, surfaces={}), "/surfaces", Rule.STRUCTURE),
    (
        lambda: replace(FOUNDING, phases={**FOUNDING.phases, next(iter(FOUNDING.phases)): "Too short."}),
        f"/phases/{next(iter(FOUNDING.phases))}",
        Rule.LENGTH,
    ),
    (
        lambda: replace(FOUNDING, surfaces={**FOUNDING.surfaces, next(iter(FOUNDING.surfaces)): "Where Examplechat is found."}),
        f"/surfaces/{next(iter(FOUNDING.surfaces))}",
        Rule.NAME,
    ),
]


def places(value: object, at: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Give the places of all values within a document."""
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, one in members:
        yield (*at, step)
        yield from places(one, (*at, step))


PLACES = list(places(founding_catalogue()))
VALUES = (
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=30) | st.just({}) | st.lists(st.text(max_size=5))
)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(PLACES), VALUES), min_size=1, max_size=3))
def test_whatever_stands_in_a_document_gets_a_verdict(damage: list[tuple[tuple[str | int, ...], Any]]) -> None:
    document: Any = founding_catalogue()
    for at, value in damage:
        holder = document
        try:
            for step in at[:-1]:
                holder = holder[step]
            if isinstance(holder, dict) == isinstance(at[-1], str):  # a list may be an object by now, whose names are texts
                holder[at[-1]] = value
        except (IndexError, KeyError, TypeError):
            continue  # what was damaged before has no such place
    assert all(one.sentence.endswith(".") for one in document_findings(document))


def test_the_founding_release_is_clean() -> None:
    assert findings(FOUNDING) == []


@pytest.mark.parametrize(("made", "pointer", "rule"), BAD)
def test_what_may_not_stand_in_a_release_is_found_at_its_place(made: Callable[[], Catalogue], pointer: str, rule: Rule) -> None:
    found = findings(made())
    assert (pointer, rule) in {(one.pointer, one.rule) for one in found}
    assert all(one.sentence.endswith(".") for one in found)


def test_a_retired_countermeasure_may_keep_what_it_mitigated() -> None:
    retired = with_countermeasure(retired_in=2)
    assert findings(replace(retired, release=2)) == []


def test_entries_are_looked_at_by_themselves_too() -> None:
    assert list(behaviour_findings(FOUNDING.behaviours[0])) == []
    assert list(countermeasure_findings(FOUNDING.countermeasures[0])) == []
    found = list(behaviour_findings(replace(FOUNDING.behaviours[0], name="Rooms of Examplechat")))
    assert [(one.pointer, one.rule) for one in found] == [("/name", Rule.NAME)]
