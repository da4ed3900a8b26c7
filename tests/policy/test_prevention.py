"""Who declares, as what it counts, and how often releases are made."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.vocabulary import Role
from app.policy.prevention import (
    LEAST_BETWEEN_RELEASES,
    next_release_at,
    why_not_declaring,
)
from tests.factories.policy_values import NOW, partner


@pytest.mark.parametrize("role", list(Role))
def test_all_roles_declare_but_those_that_read_aggregates_alone_and_law_enforcement(role: Role) -> None:
    declares = why_not_declaring(replace(partner(), role=role)) is None
    assert declares is (role in {Role.HOTLINE, Role.NGO, Role.PAYMENT_PROVIDER, Role.PLATFORM})


def test_the_staff_of_the_exchange_declares_nothing() -> None:
    assert why_not_declaring(None) is not None


def test_releases_lie_four_weeks_apart() -> None:
    assert next_release_at(None) is None
    assert next_release_at(NOW) == NOW + LEAST_BETWEEN_RELEASES
    assert LEAST_BETWEEN_RELEASES.days == 28
