from __future__ import annotations

import pytest

from app.domain.handling import Audience
from app.portal.sharing.audience_words import audience_words

NAMES = {"1": "Synthetic A", "2": "Synthetic B"}


@pytest.mark.parametrize(
    ("lists", "said"),
    [
        ({}, "Nobody"),
        ({"roles": {"any"}, "jurisdictions": {"any"}}, "All organisations"),
        ({"roles": {"platform", "hotline"}, "jurisdictions": {"IE", "DE"}}, "Hotlines, platforms (DE, IE)"),
        ({"roles": {"platform"}}, "Nobody"),
        ({"partners_in": {"1", "2"}}, "Synthetic A, Synthetic B"),
        ({"partners_in": {"1", "9"}}, "Synthetic A, 1 further organisation"),
        (
            {"roles": {"law-enforcement"}, "jurisdictions": {"any"}, "partners_in": {"1"}, "partners_out": {"2", "3"}},
            "Law enforcement and Synthetic A (without 2 organisations)",
        ),
    ],
)
def test_an_audience_is_told_by_whom_it_admits(lists: dict[str, set[str]], said: str) -> None:
    audience = Audience("a", "o", **{name: frozenset(each) for name, each in lists.items()})
    assert audience_words(audience, NAMES) == said
