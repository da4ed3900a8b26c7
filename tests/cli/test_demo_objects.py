"""The demo's objects are what the exchange takes, and survive other tools."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.cli import demo_objects
from app.domain.errors import ForbiddenContentError
from app.domain.stix_object import CheckedObject, ParsedObject, VerifiedObject
from app.domain.vocabulary import Assurance, Sensitivity, Tlp
from app.stix.profile import check_object
from breakwater_client.signing.hub_stable import hub_stable
from breakwater_client.trust.canonical import canonical_bytes

NOW = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)
AUTHOR = demo_objects.Author("identity--8c4f2f6e-6d2b-4f0e-9a35-0c8f3b1f7a10", NOW)
AUDIENCE = "audience--2a2f3b64-7f26-4c2f-8f0f-6f3f6a0e6d11"


def checked(value: dict[str, Any]) -> CheckedObject:
    parsed = ParsedObject("", value, canonical_bytes(value))
    return check_object(VerifiedObject(parsed, "partner", "0" * 64, bytes(32), Assurance.PUBLISHER_SIGNED))


@pytest.mark.parametrize(
    ("value", "sensitivity"),
    [
        (demo_objects.indicator(AUTHOR, "An indicator", "rooms.example.org"), Sensitivity.BEHAVIOURAL),
        (demo_objects.behaviour(AUTHOR, "A behaviour"), Sensitivity.AGGREGATE),
        (demo_objects.domain(AUTHOR, "rooms.example.org"), Sensitivity.BEHAVIOURAL),
        (demo_objects.reported_account(AUTHOR, "acct-555-0142"), Sensitivity.IDENTIFYING),
    ],
)
def test_each_object_is_valid_and_as_sensitive_as_it_says(value: dict[str, Any], sensitivity: Sensitivity) -> None:
    assert checked(value).facts.context.sensitivity is sensitivity
    assert hub_stable(value)["id"] == value["id"]


def test_a_marking_says_what_it_was_given() -> None:
    later = NOW + timedelta(seconds=4)
    terms = checked(demo_objects.handling_marking(AUTHOR, AUDIENCE, Tlp.GREEN, later)).facts.defines
    assert terms
    assert (terms.tlp, terms.audience_id) == (Tlp.GREEN, AUDIENCE)
    assert terms.release_at == later.replace(microsecond=123000)
    silent = checked(demo_objects.handling_marking(AUTHOR, AUDIENCE)).facts.defines
    assert silent
    assert silent.release_at is None


def test_markings_are_named_in_what_is_written_and_not_in_markings() -> None:
    marked = AUTHOR.marked("marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb")
    assert demo_objects.indicator(marked, "An indicator", "x.example.org")["object_marking_refs"] == list(marked.markings)
    assert "object_marking_refs" not in demo_objects.handling_marking(marked, AUDIENCE)


def test_an_account_has_the_id_that_its_members_give() -> None:
    first, same, other = (demo_objects.reported_account(AUTHOR, user_id)["id"] for user_id in ("a", "a", "b"))
    assert first == same != other


def test_the_embedded_file_is_what_must_never_come_in() -> None:
    with pytest.raises(ForbiddenContentError):
        checked(demo_objects.with_embedded_image(AUTHOR))


def test_times_are_spelled_with_milliseconds() -> None:
    assert demo_objects.instant(NOW) == "2026-03-01T12:00:00.123Z"
