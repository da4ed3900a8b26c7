"""One observable as STIX: its type, its id, the pattern that finds it, and what is refused of it."""

from __future__ import annotations

from typing import Any

import pytest

from app.domain.errors import Code, ProfileError
from app.domain.observation import RULES, ObservableKind, Token
from app.domain.vocabulary import Sensitivity
from app.stix.observable_ids import CONTRIBUTING, name_based_ids
from app.stix.observable_objects import Described, describe
from app.stix.observation_documents import read_observation
from app.stix.patterns import pattern_subjects
from tests.factories.observation_forms import OF_EVERY_KIND, TOKEN, form

TYPES = {
    "account-id": "user-account",
    "device": "blinded-identifier",
    "domain": "domain-name",
    "email": "blinded-identifier",
    "handle": "user-account",
    "invite-link": "url",
    "ip": "ipv4-addr",
    "md5": "file",
    "payment-handle-hmac": "payment-handle",
    "phone": "blinded-identifier",
    "room-or-stream-id": "live-room",
    "sha1": "file",
    "sha256": "file",
    "url": "url",
    "wallet": "payment-handle",
}


def described(observable: dict[str, Any], **changes: Any) -> Described:
    read = read_observation(form(observable, **changes))
    return describe(read.observables[0], read)


def test_every_kind_is_tried_here() -> None:
    assert {one["kind"] for one in OF_EVERY_KIND} == set(ObservableKind)


@pytest.mark.parametrize("observable", OF_EVERY_KIND, ids=lambda one: str(one["kind"]))
def test_each_kind_becomes_its_type_and_a_pattern_that_speaks_of_it(observable: dict[str, Any]) -> None:
    found = described(observable)
    if observable["kind"] in RULES:
        assert found.value is None
        assert found.pattern_type in {"pcre", "sigma", "plain-text"}
        return
    assert found.value is not None
    wanted = TYPES.get(observable["kind"], "perceptual-hash")
    assert found.value["type"] == wanted
    assert pattern_subjects(found.pattern).types == {wanted}


@pytest.mark.parametrize("observable", OF_EVERY_KIND, ids=lambda one: str(one["kind"]))
def test_ids_are_made_of_the_thing_and_those_of_tokens_tell_nothing(observable: dict[str, Any]) -> None:
    first, second = described(observable).value, described(observable).value
    if first is None or second is None:
        return
    if "token" in first:
        assert first["id"] != second["id"]
    else:
        assert first["id"] == second["id"]
        assert first["id"] in name_based_ids(first)
        assert CONTRIBUTING[first["type"]]


def test_what_points_at_somebody_is_identifying() -> None:
    levels = {one["kind"]: described(one).sensitivity for one in OF_EVERY_KIND}
    assert {kind for kind, level in levels.items() if level is Sensitivity.BEHAVIOURAL} == {
        *("domain", "invite-link", "md5", "room-or-stream-id", "sha1", "sha256", "url", *RULES)
    }


def test_quotes_and_backslashes_stay_within_their_constant() -> None:
    found = described({"kind": "account-id", "value": "a'b\\c"})
    assert r"'a\'b\\c'" in found.pattern
    assert pattern_subjects(found.pattern).types == {"user-account"}


def test_an_account_is_one_of_the_service_that_it_names_or_the_form() -> None:
    assert "example-live" in described({"kind": "handle", "value": "a1"}).pattern
    assert "other" in described({"kind": "handle", "value": "a1", "service": "Other"}).pattern


def test_a_room_says_its_surface_only_if_there_is_one() -> None:
    several = {"surfaces": ["live-stream", "video-call"], "service": "Example Live"}
    room = {"kind": "room-or-stream-id", "value": "r1"}
    one, none = described(room).value, described(room, where=several).value
    assert one is not None
    assert none is not None
    assert (one["surface"], "surface" in none) == ("live-stream", False)
    assert one["id"] == none["id"]


def test_an_address_of_the_sixth_version_has_its_type() -> None:
    value = described({"kind": "ip", "value": "2001:db8::17"}).value
    assert value is not None
    assert value["type"] == "ipv6-addr"


def test_with_a_groups_key_a_value_leaves_as_its_token() -> None:
    asked = []

    def make_token(kind: ObservableKind, normal: str) -> Token:
        asked.append((kind, normal))
        return Token(**TOKEN)

    read = read_observation(form({"kind": "email", "value": "Some.Body@EXAMPLE.org"}))
    found = describe(read.observables[0], read, make_token)
    assert asked == [(ObservableKind.EMAIL, "some.body@example.org")]
    assert found.value is not None
    assert (found.value["type"], found.value["identifier_kind"]) == ("blinded-identifier", "email")
    assert "some.body" not in str(found)


@pytest.mark.parametrize(
    ("observable", "pointer"),
    [
        ({"kind": "email", "value": "some.body@example.org"}, "/value"),
        ({"kind": "phone", "value": "+1 555 010 0117"}, "/value"),
        ({"kind": "device", "value": "AB17"}, "/value"),
        ({"kind": "payment-handle-hmac", "value": "AB17"}, "/value"),
        ({"kind": "url", "token": TOKEN}, "/token"),
        ({"kind": "vpdq", "value": "ab" * 32}, "/kind"),
        ({"kind": "pdq", "frames": [{"value": "ab" * 32, "quality": 1, "at_milliseconds": 0}]}, "/kind"),
        ({"kind": "md5", "value": "ab" * 16, "quality": 1}, "/quality"),
        ({"kind": "url", "value": "https://example.org", "language": "pcre"}, "/language"),
        ({"kind": "url", "value": "https://example.org", "payment_kind": "card"}, "/payment_kind"),
        ({"kind": "behavioural-rule", "value": "detection"}, "/language"),
        ({"kind": "keyword-term", "value": "term", "language": "sigma"}, "/language"),
        ({"kind": "handle", "value": "two words"}, "/value"),
        ({"kind": "handle", "value": "a1", "service": "..."}, "/service"),
    ],
)
def test_what_does_not_belong_to_a_kind_is_refused_where_it_stands(observable: dict[str, Any], pointer: str) -> None:
    with pytest.raises(ProfileError) as caught:
        described(observable)
    assert (caught.value.code, caught.value.pointer) == (Code.OBSERVABLE_INVALID, pointer)


@pytest.mark.parametrize("kind", ["handle", "account-id", "room-or-stream-id"])
def test_what_is_of_a_service_is_refused_without_one(kind: str) -> None:
    with pytest.raises(ProfileError) as caught:
        described({"kind": kind, "value": "a1"}, where={"surfaces": ["live-stream"]})
    assert caught.value.pointer == "/service"
