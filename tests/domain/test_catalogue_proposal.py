"""The words of proposals."""

from __future__ import annotations

from app.domain.catalogue_proposal import ProposalState


def test_something_may_still_become_of_what_is_open_or_accepted() -> None:
    assert {one for one in ProposalState if one.is_waiting} == {ProposalState.ACCEPTED, ProposalState.OPEN}
