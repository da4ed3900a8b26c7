"""Keeps that a row of the ledger cannot be changed in memory either."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, replace

import pytest

from app.domain.disclosure import Disclosure
from app.domain.vocabulary import Channel, Purpose
from tests.factories.policy_values import NOW, VIEWER_ID

MADE = Disclosure(
    partner_id=VIEWER_ID,
    credential_id="credential-1",
    purpose=Purpose.DETECTION,
    channel=Channel.REST,
    agreement_version=1,
    policy_epoch=7,
    disclosed_at=NOW,
    version_ids=(3, 5, 8),
)


def test_a_disclosure_is_a_value() -> None:
    assert replace(MADE, version_ids=(3, 5, 8)) == MADE
    assert replace(MADE, version_ids=(3, 5)) != MADE


def test_a_disclosure_cannot_be_changed_in_place() -> None:
    with pytest.raises(FrozenInstanceError):
        MADE.version_ids = ()  # type: ignore[misc]  # that this is impossible is the point
