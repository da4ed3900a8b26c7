"""A member reads the names of listed members and its own, staff all of them."""

from __future__ import annotations

import pytest

from app.domain.errors import ForbiddenError
from app.domain.vocabulary import PartnerState
from app.services.explaining.members_told import members_told
from app.services.membership.enrol_partner import change_state
from tests.factories.members import Hub


def test_listed_members_and_oneself_are_told_by_name(quick_hub: Hub) -> None:
    listed, hidden, gone = (
        quick_hub.enrol("A listed one", is_listed=True),
        quick_hub.enrol("B"),
        quick_hub.enrol("C", is_listed=True),
    )
    change_state(quick_hub.exchange, quick_hub.operator, gone.id, PartnerState.SUSPENDED)

    def told(to: object) -> set[str]:
        return {one.name for one in members_told(quick_hub.exchange, to)} & {"A listed one", "B", "C"}  # type: ignore[arg-type]  # a principal

    assert told(listed.principal) == {"A listed one"}
    assert told(hidden.principal) == {"A listed one", "B"}
    assert told(quick_hub.operator) == {"A listed one", "B", "C"}
    with pytest.raises(ForbiddenError):
        told(hidden.principal_with(scopes=frozenset()))
