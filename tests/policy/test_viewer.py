"""Keeps which agreement of a viewer counts."""

from __future__ import annotations

from app.domain.vocabulary import Role
from tests.factories.policy_values import DAY, NOW, SECOND, agreement, viewer


def test_a_viewer_without_agreement_has_none() -> None:
    assert viewer(agreement=None).agreement_at(NOW) is None


def test_a_viewer_has_its_agreement_from_its_start_to_its_end() -> None:
    dated = agreement(starts_at=NOW, ends_at=NOW + DAY)
    reader = viewer(agreement=dated)
    assert reader.agreement_at(NOW - SECOND) is None
    assert reader.agreement_at(NOW) is dated
    assert reader.agreement_at(NOW + DAY - SECOND) is dated
    assert reader.agreement_at(NOW + DAY) is None


def test_another_partners_agreement_does_not_count() -> None:
    assert viewer(agreement=agreement(partner_id="partner-hotline-a"), role=Role.HOTLINE).agreement_at(NOW) is None
