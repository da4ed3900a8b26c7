"""Keeps that an agreement is a value: equal by its content, and never changed in place."""

from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest

from app.domain.vocabulary import Tlp
from tests.factories.policy_values import agreement, read_terms


def test_an_agreement_is_a_value() -> None:
    assert agreement() == agreement()
    assert hash(agreement()) == hash(agreement())
    assert agreement() != agreement(read=read_terms(tlp_ceiling=Tlp.CLEAR))


def test_an_agreement_cannot_be_changed_in_place() -> None:
    with pytest.raises(FrozenInstanceError):
        agreement().ends_at = None  # type: ignore[misc]  # that this is impossible is the point
