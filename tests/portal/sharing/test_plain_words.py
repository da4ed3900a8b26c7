from __future__ import annotations

from enum import StrEnum

import pytest

from app.domain.draft import DraftState
from app.domain.observation import ConfidenceBand, ObservableKind, ObservableRole, SourceReliability
from app.domain.vocabulary import (
    Harm,
    OnwardShare,
    PermittedUse,
    Phase,
    Provenance,
    Purpose,
    Role,
    SubjectStatus,
    Surface,
    Tlp,
    Urgency,
)
from app.portal.sharing import plain_words as words


@pytest.mark.parametrize(
    ("table", "vocabulary"),
    [
        (words.SUBJECTS, SubjectStatus),
        (words.HARMS, Harm),
        (words.SURFACES, Surface),
        (words.KINDS, ObservableKind),
        (words.ROLES, ObservableRole),
        (words.BANDS, ConfidenceBand),
        (words.RELIABILITY, SourceReliability),
        (words.URGENCY, Urgency),
        (words.PROVENANCE, Provenance),
        (words.TLP, Tlp),
        (words.PURPOSES, Purpose),
        (words.USES, PermittedUse),
        (words.ONWARD, OnwardShare),
        (words.PHASES, Phase),
        (words.STATES, DraftState),
    ],
)
def test_every_word_of_a_vocabulary_has_plain_words(table: words.Table, vocabulary: type[StrEnum]) -> None:
    assert set(table) == {one.value for one in vocabulary}
    assert all(name and name != word for word, (name, _) in table.items())


def test_kinds_of_members_have_words_and_so_has_any() -> None:
    assert set(words.MEMBER_KINDS) == {"any", *(one.value for one in Role)}


def test_words_are_given_for_boxes_and_lists() -> None:
    assert words.triples(words.ROLES) == [("indicator", "To be detected", ""), ("context", "Part of the picture only", "")]
    assert words.pairs(words.ROLES, ["context"]) == [("context", "Part of the picture only")]
    assert words.called(words.ROLES, "context") == "Part of the picture only"
    assert words.called(words.ROLES, "newer-word") == "newer-word"
