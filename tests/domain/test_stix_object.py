"""Keeps what an object is on its way in, and that its spelling of time is the one that partners have."""

from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest

import breakwater_client.stix_values
from app.domain import stix_object
from app.domain.stix_object import ParsedObject, VerifiedObject
from app.domain.vocabulary import Assurance


def test_times_are_compared_as_partners_compare_them() -> None:
    assert stix_object.timestamp_key is breakwater_client.stix_values.timestamp_key


def test_nobody_changes_an_object_between_its_steps() -> None:
    parsed = ParsedObject("/objects/0", {"type": "indicator"}, b"{}")
    verified = VerifiedObject(parsed, "identity--1", None, b"", Assurance.CHANNEL_ATTESTED)
    for held, name in ((parsed, "content"), (verified, "signer_id")):
        with pytest.raises(FrozenInstanceError):
            setattr(held, name, b"other")
