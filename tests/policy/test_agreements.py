"""Keeps which version of an agreement is in force."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.agreement import Agreement
from app.policy.agreements import agreement_in_force, is_in_force, next_boundary
from tests.factories.policy_values import DAY, NOW, SECOND, agreement


def version(number: int, starts: int, ends: int | None = None) -> Agreement:
    """Give a version that starts and ends that many days from NOW."""
    return agreement(version=number, starts_at=NOW + starts * DAY, ends_at=None if ends is None else NOW + ends * DAY)


@pytest.mark.parametrize(
    ("agreements", "expected"),
    [
        pytest.param([], None, id="none at all"),
        pytest.param([version(1, -1)], 1, id="open-ended"),
        pytest.param([version(1, 0)], 1, id="starts this instant"),
        pytest.param([version(1, 1)], None, id="starts later"),
        pytest.param([version(1, -2, 1)], 1, id="ends later"),
        pytest.param([version(1, -2, 0)], None, id="ends this instant"),
        pytest.param([version(1, -2, -1)], None, id="ended"),
        pytest.param([version(1, -3), version(2, -1)], 2, id="the newer governs"),
        pytest.param([version(2, -1), version(1, -3)], 2, id="whatever the order"),
        pytest.param([version(1, -1), version(2, -3)], 2, id="by version and not by start"),
        pytest.param([version(1, -3), version(2, 1)], 1, id="a newer one that has not started does not govern"),
        pytest.param([version(1, -3), version(2, -2, -1)], None, id="an ended newer one never falls back"),
        pytest.param([version(1, -3, -2), version(2, -1)], 2, id="an ended older one does not matter"),
        pytest.param([version(1, -3), version(2, -2, -1), version(3, 1)], None, id="ended, and the next one not yet started"),
    ],
)
def test_the_highest_started_version_governs_unless_it_has_ended(agreements: list[Agreement], expected: int | None) -> None:
    found = agreement_in_force(iter(agreements), NOW)
    assert (found and found.version) == expected


@pytest.mark.parametrize(
    ("starts", "ends", "expected"),
    [
        (timedelta(0), None, True),
        (SECOND, None, False),
        (-DAY, SECOND, True),
        (-DAY, timedelta(0), False),
        (timedelta(0), timedelta(0), False),
    ],
)
def test_a_version_covers_its_start_and_not_its_end(starts: timedelta, ends: timedelta | None, *, expected: bool) -> None:
    dated = agreement(starts_at=NOW + starts, ends_at=None if ends is None else NOW + ends)
    assert is_in_force(dated, NOW) is expected


@pytest.mark.parametrize(
    ("agreements", "expected"),
    [
        pytest.param([], None, id="none at all"),
        pytest.param([version(1, -1)], None, id="open-ended for ever"),
        pytest.param([version(1, -2, -1)], None, id="ended for good"),
        pytest.param([version(1, 2)], 2, id="its start"),
        pytest.param([version(1, -1, 3)], 3, id="its end"),
        pytest.param([version(1, 0, 3)], 3, id="after the start of this instant comes the end"),
        pytest.param([version(1, -1, 5), version(2, 2)], 2, id="a newer version starts before the end"),
        pytest.param([version(1, -1, 1), version(2, 2)], 1, id="the end before the newer version starts"),
        pytest.param([version(2, -1, 5), version(1, 2)], 5, id="an older version that starts later changes nothing"),
        pytest.param([version(1, -3, 2), version(2, -2, -1)], None, id="the end of a superseded version changes nothing"),
        pytest.param([version(1, -3), version(2, 1, 1)], 1, id="a version that ends as it starts still ends the older"),
        pytest.param([version(1, 1, 1), version(2, 4)], 4, id="a version that ends as it starts opens nothing"),
    ],
)
def test_the_next_boundary_is_the_first_instant_with_another_answer(agreements: list[Agreement], expected: int | None) -> None:
    assert next_boundary(iter(agreements), NOW) == (None if expected is None else NOW + expected * DAY)


days = st.integers(-4, 4)
versions = st.lists(st.tuples(days, st.none() | days), max_size=4).map(
    lambda dates: [version(number, *pair) for number, pair in enumerate(dates, 1)],
)


def instants() -> list[datetime]:
    return [NOW + step * DAY / 2 for step in range(1, 12)]


@settings(deadline=None)
@given(versions)
def test_the_answer_stays_until_the_boundary_and_changes_at_it(agreements: list[Agreement]) -> None:
    boundary = next_boundary(agreements, NOW)
    answer = agreement_in_force(agreements, NOW)
    for instant in instants():
        if boundary is None or instant < boundary:
            assert agreement_in_force(agreements, instant) == answer
    assert boundary is None or agreement_in_force(agreements, boundary) != answer
