"""The published schema takes every release, knows the vocabulary, and is closed: it and the lint leave no other room."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from app.domain.object_vocabulary import Cost, EvidenceGrade, ResponseLevel, SafetyPrinciple
from app.domain.vocabulary import Harm, Phase, Surface
from app.stix.catalogue_documents import read_catalogue
from app.stix.catalogue_lint import findings

SCHEMAS = Path(__file__).parents[2] / "schemas"
SCHEMA: dict[str, Any] = json.loads((SCHEMAS / "catalogue.json").read_text(encoding="utf-8"))
RELEASES = sorted((SCHEMAS / "catalogue").glob("*.json"), key=lambda path: int(path.stem))
FIRST: dict[str, Any] = json.loads(RELEASES[0].read_text(encoding="utf-8"))
VALIDATOR = jsonschema_rs.validator_for(SCHEMA)


def objects(value: object, at: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Give the places of all objects in a document."""
    if isinstance(value, dict):
        yield at
        for name, one in value.items():
            yield from objects(one, (*at, name))
    elif isinstance(value, list):
        for position, one in enumerate(value):
            yield from objects(one, (*at, position))


@pytest.mark.parametrize("path", RELEASES, ids=lambda path: path.name)
def test_each_release_is_valid_and_clean(path: Path) -> None:
    document = json.loads(path.read_text(encoding="utf-8"))
    VALIDATOR.validate(document)
    assert findings(read_catalogue(document)) == []
    assert document["release"] == int(path.stem)


def test_releases_are_counted_without_a_gap() -> None:
    assert [int(path.stem) for path in RELEASES] == list(range(1, len(RELEASES) + 1))


def test_no_object_takes_what_the_schema_does_not_name() -> None:
    for at in objects(FIRST):
        document = copy.deepcopy(FIRST)
        holder: Any = document
        for step in at:
            holder = holder[step]
        holder["note"] = "More"
        assert not VALIDATOR.is_valid(document), at


def test_the_schema_has_the_words_of_the_vocabulary() -> None:
    of_behaviour = SCHEMA["$defs"]["behaviour"]["properties"]
    of_countermeasure = SCHEMA["$defs"]["countermeasure"]["properties"]
    assert list(SCHEMA["properties"]["phases"]["properties"]) == of_behaviour["phase"]["enum"] == list(Phase)
    assert set(SCHEMA["properties"]["surfaces"]["properties"]) == set(of_behaviour["surfaces"]["items"]["enum"]) == set(Surface)
    assert set(of_countermeasure["surfaces"]["items"]["enum"]) == set(Surface)
    assert set(of_behaviour["harms"]["items"]["enum"]) == set(Harm)
    for name, words in (("principle", SafetyPrinciple), ("level", ResponseLevel), ("evidence", EvidenceGrade), ("cost", Cost)):
        assert set(of_countermeasure[name]["enum"]) == set(words)


def test_the_first_release_has_a_use_for_each_surface_and_harm() -> None:
    entries = FIRST["behaviours"]
    assert {surface for one in entries for surface in one["surfaces"]} == set(Surface) - {Surface.UNKNOWN}
    assert {harm for one in entries for harm in one["harms"]} == set(Harm)
    mitigated = {code for one in FIRST["countermeasures"] for code in one["mitigates"]}
    assert mitigated == {one["code"] for one in entries}
