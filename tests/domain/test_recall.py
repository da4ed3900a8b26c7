from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest

from app.domain.object_vocabulary import ContestOutcome, RecallAct, RecallKind, RecallOutcome
from app.domain.recall import Addressee, AnyOutcome, Choice, outcome_words, reminded_at, settles
from tests.factories.policy_values import NOW, SECOND


@dataclass(frozen=True)
class Stored:
    version_key: str


VERSIONS = [Stored(key) for key in "abc"]


@pytest.mark.parametrize(
    ("choice", "meant"),
    [
        (Choice(), "abc"),
        (Choice(first=True), "a"),
        (Choice(last=True), "c"),
        (Choice(first=True, last=True), "ac"),
        (Choice(keys=frozenset("b")), "b"),
        (Choice(keys=frozenset("ca")), "ac"),
        (Choice(first=True, keys=frozenset("ab")), "ab"),
        (Choice(keys=frozenset("bd")), ""),
        (Choice(last=True, keys=frozenset("d")), ""),
    ],
)
def test_a_choice_means_these_versions_oldest_first(choice: Choice, meant: str) -> None:
    assert "".join(one.version_key for one in choice.of(VERSIONS)) == meant


def test_of_one_version_the_first_is_the_last() -> None:
    assert Choice(first=True, last=True).of(VERSIONS[:1]) == VERSIONS[:1]


@pytest.mark.parametrize("choice", [Choice(), Choice(first=True), Choice(last=True)])
def test_of_nothing_nothing_is_meant(choice: Choice) -> None:
    assert choice.of([]) == []


@pytest.mark.parametrize(
    ("act", "outcome", "settled"),
    [
        (RecallAct.DELETE, RecallOutcome.DELETED, True),
        (RecallAct.DELETE, RecallOutcome.HELD, True),
        (RecallAct.DELETE, RecallOutcome.NOT_HELD, True),
        (RecallAct.DELETE, RecallOutcome.STOPPED_USING, False),
        (RecallAct.STOP_USING, RecallOutcome.STOPPED_USING, True),
        (RecallAct.REVIEW, ContestOutcome.KEPT, True),
    ],
)
def test_what_a_notice_waits_for(act: RecallAct, outcome: AnyOutcome, *, settled: bool) -> None:
    assert settles(act, outcome) is settled


def test_a_contest_is_answered_in_its_own_words() -> None:
    assert outcome_words(RecallKind.CONTEST) is ContestOutcome
    assert {outcome_words(one) for one in (RecallKind.CORRECTION, RecallKind.WITHDRAWAL)} == {RecallOutcome}


@pytest.mark.parametrize(("hours", "before"), [(168, 24), (48, 24), (24, 12), (2, 1)])
def test_who_has_not_answered_is_reminded_a_day_before_or_half_way(hours: int, before: int) -> None:
    due_at = NOW + timedelta(hours=hours)
    assert reminded_at(NOW, due_at) == due_at - timedelta(hours=before)


@pytest.mark.parametrize(
    ("addressee", "late"),
    [
        (Addressee(1, "partner-a", due_at=NOW), True),
        (Addressee(1, "partner-a", due_at=NOW + SECOND), False),
        (Addressee(1, "partner-a", due_at=NOW - SECOND, answered_at=NOW - 2 * SECOND), False),
    ],
)
def test_who_has_not_answered_is_late_from_the_moment_on_that_it_was_due(addressee: Addressee, *, late: bool) -> None:
    assert addressee.is_late(NOW) is late
