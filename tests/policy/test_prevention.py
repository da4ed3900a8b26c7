"""Who declares, as what it counts, and how often releases are made."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.vocabulary import Role
from app.policy.prevention import (
    LEAST_BETWEEN_RELEASES,
    is_one_organisation,
    next_release_at,
    organisation_of,
    why_not_declaring,
)
from tests.factories.policy_values import NOW, partner


@pytest.mark.parametrize("role", list(Role))
def test_all_roles_declare_but_those_that_read_aggregates_alone_and_law_enforcement(role: Role) -> None:
    declares = why_not_declaring(replace(partner(), role=role)) is None
    assert declares is (role in {Role.HOTLINE, Role.NGO, Role.PAYMENT_PROVIDER, Role.PLATFORM})


def test_the_staff_of_the_exchange_declares_nothing() -> None:
    assert why_not_declaring(None) is not None


def test_a_company_is_one_organisation_and_a_circle_ends() -> None:
    assert organisation_of("a", {}) == "a"
    assert organisation_of("a", {"a": "b", "b": "c"}) == "c"
    assert organisation_of("a", {"a": "b", "b": "a"}) == "b"


def test_parts_of_one_company_are_one_organisation_and_others_are_not() -> None:
    parents = {"a": "company", "b": "company", "c": "other"}
    assert is_one_organisation("a", "b", parents)
    assert is_one_organisation("a", "company", parents)
    assert is_one_organisation("x", "x", parents)
    assert not is_one_organisation("a", "c", parents)
    assert not is_one_organisation("x", "y", parents)


def test_releases_lie_four_weeks_apart() -> None:
    assert next_release_at(None) is None
    assert next_release_at(NOW) == NOW + LEAST_BETWEEN_RELEASES
    assert LEAST_BETWEEN_RELEASES.days == 28
