"""The clauses as tables: each reason has one place, in the order in which the reasons are listed.

What each clause decides is in the decision table of ``test_visibility.py``, both ways.
"""

from __future__ import annotations

import pytest

from app.domain.vocabulary import Channel, Purpose
from app.policy import clauses
from app.policy.clauses import BEFORE_ALL, NO_TERMS, OWN_HANDLING, VOICES, Asked, Clause, Voice
from tests.factories.policy_values import handling, viewer


def _clause_of(function: object) -> Clause:
    return Clause[function.__name__.upper()]


def test_every_clause_is_asked_somewhere_and_no_function_stands_outside_the_tables() -> None:
    asked = {function for table in (BEFORE_ALL, OWN_HANDLING, VOICES) for _voice, function in table}
    assert {_clause_of(function) for function in asked} == set(Clause)


def test_the_voices_are_asked_one_after_the_other() -> None:
    order = [list(Voice).index(voice) for voice, _function in VOICES]
    assert order == sorted(order)


def test_no_clause_of_a_voice_is_asked_twice() -> None:
    functions = [function for _voice, function in VOICES]
    assert len(functions) == len(set(functions))


@pytest.mark.parametrize(
    "clause",
    [
        clauses.publisher_role_not_agreed,
        clauses.publisher_jurisdiction_not_agreed,
        clauses.purpose_not_agreed,
        clauses.sensitivity_not_agreed,
        clauses.harm_type_not_agreed,
        clauses.channel_not_agreed,
    ],
)
def test_terms_that_list_nothing_admit_nothing(clause: object) -> None:
    asked = Asked(viewer(), None, NO_TERMS, Purpose.DETECTION, Channel.REST)
    assert clause(asked, handling()) is _clause_of(clause)  # type: ignore[operator]  # a clause function
