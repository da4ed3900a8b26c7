"""Each name that leaves the exchange is explained in a document: error codes, events, words of the vocabulary."""

from __future__ import annotations

import re
from enum import StrEnum
from pathlib import Path

import pytest

from app.domain import object_vocabulary, vocabulary
from app.domain.errors import Code
from app.domain.events import Event
from app.storage.schema import metadata

DOCS = Path(__file__).parents[2] / "docs"
_ROWS = re.compile(r"^\| `([a-z0-9:-]+)`", re.MULTILINE)


def _documented(name: str) -> set[str]:
    return set(_ROWS.findall((DOCS / name).read_text()))


def test_every_table_and_every_floor_stands_in_the_architecture() -> None:
    named = set(re.findall(r"`([a-z_]+)`", (DOCS / "architecture.md").read_text()))
    floors = {path.parent.name for path in (DOCS.parent / "app").glob("*/__init__.py")}
    assert floors - named == set()
    assert metadata.tables.keys() - named == set()


def test_every_error_code_is_explained_and_no_other() -> None:
    assert _documented("errors.md") == {code.value for code in Code}


def test_every_event_is_explained_and_no_other() -> None:
    assert _documented("events.md") == {event.value for event in Event}


@pytest.mark.parametrize(
    "words",
    [
        vocabulary.Role,
        vocabulary.Purpose,
        vocabulary.Tlp,
        vocabulary.Extent,
        vocabulary.Sensitivity,
        vocabulary.Harm,
        vocabulary.SubjectStatus,
        vocabulary.Surface,
        vocabulary.Phase,
        vocabulary.Urgency,
        vocabulary.Review,
        vocabulary.Provenance,
        vocabulary.Assertion,
        vocabulary.PermittedUse,
        vocabulary.OnwardShare,
        vocabulary.OverdueRecall,
        vocabulary.TransferBasis,
        vocabulary.Assurance,
        *(
            each
            for each in vars(object_vocabulary).values()
            if isinstance(each, type) and issubclass(each, StrEnum) and len(each)
        ),
    ],
)
def test_every_vocabulary_stands_in_its_document_as_it_is(words: type[StrEnum]) -> None:
    rows = [set(re.findall(r"`([a-z0-9+-]+)`", line)) for line in (DOCS / "vocabulary.md").read_text().splitlines()]
    assert {word.value for word in words} in [row - {"ocsea-disruption"} for row in rows]
