from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.agreement import Agreement, ReadVolume
from app.domain.usage import Budgets, QuestionKind
from app.policy.volume import exceeds, is_exhausted, objects_per_day, passes_edge, questions_per_day, versions_per_day
from tests.factories.policy_values import agreement, read_terms, write_terms

BUDGETS = Budgets(versions_per_day=50, lookups_per_day=40, objects_per_day=30, simulations_per_day=20, staff_lookups_per_day=10)
SILENT = agreement()
AGREED = replace(agreement(), read=read_terms(volume=ReadVolume(5, 4)), write=replace(write_terms(), objects_per_day=3))


@pytest.mark.parametrize(("made", "numbers"), [(None, (50, 40, 30)), (SILENT, (50, 40, 30)), (AGREED, (5, 4, 3))])
def test_the_agreements_number_counts_and_without_one_the_exchanges(
    made: Agreement | None, numbers: tuple[int, int, int]
) -> None:
    lookups = questions_per_day(QuestionKind.OBSERVABLE, made, BUDGETS)
    assert (versions_per_day(made, BUDGETS), lookups, objects_per_day(made, BUDGETS)) == numbers


def test_simulations_are_limited_by_the_exchange_alone() -> None:
    assert questions_per_day(QuestionKind.SIMULATION, AGREED, BUDGETS) == 20


def test_evaluations_are_limited_by_the_exchange_alone_and_tokens_that_are_asked_about_as_look_ups_are() -> None:
    assert questions_per_day(QuestionKind.EVALUATION, AGREED, BUDGETS) == BUDGETS.evaluations_per_day
    assert questions_per_day(QuestionKind.OVERLAP, None, BUDGETS) == BUDGETS.lookups_per_day


def test_requests_for_access_are_limited_by_the_exchange_alone() -> None:
    assert questions_per_day(QuestionKind.ACCESS, AGREED, BUDGETS) == BUDGETS.access_requests_per_day


def test_what_staff_look_up_is_limited_by_the_exchange() -> None:
    assert questions_per_day(QuestionKind.STAFF, None, BUDGETS) == 10


@pytest.mark.parametrize(("used", "exhausted"), [(0, False), (9, False), (10, True), (11, True)])
def test_nothing_more_is_given_from_the_limit_on(used: int, *, exhausted: bool) -> None:
    assert is_exhausted(used, 10) is exhausted


@pytest.mark.parametrize(
    ("used", "more", "passes"),
    [(0, 7, False), (0, 8, True), (7, 1, True), (8, 1, False), (8, 2, True), (9, 1, True), (10, 5, False), (0, 100, True)],
)
def test_the_operators_are_told_at_four_fifths_and_at_all_of_it(used: int, more: int, *, passes: bool) -> None:
    assert passes_edge(used, more, 10) is passes


@pytest.mark.parametrize(
    ("used", "more", "too_many"), [(0, 10, False), (0, 11, True), (9, 1, False), (9, 2, True), (10, 1, True)]
)
def test_questions_are_asked_all_or_not_at_all(used: int, more: int, *, too_many: bool) -> None:
    assert exceeds(used, more, 10) is too_many


def test_four_fifths_of_a_small_number_are_rounded_up() -> None:
    assert [passes_edge(used, 1, 3) for used in (0, 1, 2)] == [False, False, True]
