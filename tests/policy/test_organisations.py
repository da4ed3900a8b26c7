"""A company is one organisation, however many partners it is."""

from __future__ import annotations

from app.policy.organisations import is_one_organisation, organisation_of


def test_a_company_is_one_organisation_and_a_circle_ends() -> None:
    assert organisation_of("a", {}) == "a"
    assert organisation_of("a", {"a": "b", "b": "c"}) == "c"
    assert organisation_of("a", {"a": "b", "b": "a"}) == "b"
    assert organisation_of("a", {"a": "b", "b": "c", "c": "b"}) == "c"


def test_parts_of_one_company_are_one_organisation_and_others_are_not() -> None:
    parents = {"a": "company", "b": "company", "c": "other"}
    assert is_one_organisation("a", "b", parents)
    assert is_one_organisation("a", "company", parents)
    assert is_one_organisation("x", "x", parents)
    assert not is_one_organisation("a", "c", parents)
    assert not is_one_organisation("x", "y", parents)
