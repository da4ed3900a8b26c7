from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.errors import Code, ConflictError
from app.domain.stix_object import CheckedObject
from app.services.intake.identity import Held, Identities
from tests.factories.arrivals import checked, digest_of

INDICATOR = "indicator--1b0c6b5e-8f4d-4c8e-9a51-0f6f5a7d2c11"
ACCOUNT = "user-account--2c7e2d4f-0b8a-5d1f-8e3a-7f5d9b1a6c22"
MARKING = "marking-definition--3d8f3e5a-1c9b-4e2a-9f4b-8a6e0c2b7d33"
FIRST, SECOND, THIRD = "2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z", "2026-01-03T00:00:00Z"


def _held(stix_id: str, version: str, content: str, log_index: int = 0) -> Held:
    return Held(stix_id, version, version[:19], digest_of(content), log_index)


def _conflict(held: list[Held], one: CheckedObject) -> ConflictError:
    with pytest.raises(ConflictError) as caught:
        Identities(held).find_same(one)
    assert caught.value.code is Code.VERSION_CONFLICT
    return caught.value


def test_what_nobody_holds_is_new() -> None:
    assert Identities([]).find_same(checked(INDICATOR, FIRST)) is None


@pytest.mark.parametrize("version", [FIRST, SECOND, THIRD], ids=["older", "the same", "newer"])
def test_the_same_content_is_the_held_version_only_at_the_same_version(version: str) -> None:
    held = _held(INDICATOR, SECOND, "a", log_index=7)
    found = Identities([held]).find_same(checked(INDICATOR, version, content="a"))
    assert found == (held if version == SECOND else None)


def test_another_id_is_another_object() -> None:
    other = INDICATOR.replace("1b0c", "1b0d")
    assert Identities([_held(INDICATOR, FIRST, "a")]).find_same(checked(other, FIRST, content="b")) is None


def test_the_same_version_with_other_content_contradicts_what_is_held() -> None:
    assert _conflict([_held(INDICATOR, FIRST, "a")], checked(INDICATOR, FIRST, content="b")).pointer == "/modified"


@pytest.mark.parametrize("spelled", ["2026-01-01T00:00:00.000Z", "2026-01-01T00:00:00.0Z"])
def test_two_spellings_of_one_instant_are_one_version(spelled: str) -> None:
    _conflict([_held(INDICATOR, FIRST, "a")], checked(INDICATOR, spelled, content="b"))


def test_a_version_that_was_accepted_a_moment_ago_is_held() -> None:
    identities = Identities([])
    identities.add(_held(INDICATOR, FIRST, "a"))
    assert identities.find_same(checked(INDICATOR, FIRST, content="a")) == _held(INDICATOR, FIRST, "a")


@pytest.mark.parametrize(("content", "same"), [("a", FIRST), ("b", SECOND), ("c", None)])
def test_an_observable_repeats_one_of_its_versions_or_is_a_newer_one(content: str, same: str | None) -> None:
    identities = Identities([_held(ACCOUNT, FIRST, "a"), _held(ACCOUNT, SECOND, "b")])
    found = identities.find_same(checked(ACCOUNT, None, content=content))
    assert (found.version if found else None) == same


def test_a_marking_has_no_versions() -> None:
    held = [_held(MARKING, FIRST, "a")]
    assert Identities(held).find_same(checked(MARKING, FIRST, content="a")) == held[0]
    for version in (FIRST, SECOND):
        _conflict(held, checked(MARKING, version, content="b"))


def test_a_marking_has_no_modified_to_point_at() -> None:
    one = checked(MARKING, FIRST, content="b")
    del one.verified.parsed.value["modified"]  # type: ignore[attr-defined]  # the test's own dictionary
    assert _conflict([_held(MARKING, FIRST, "a")], one).pointer == "/id"


# --- what may follow what (STIX 2.1 §3.2) ---------------------------------------------------------------------------------------


def stated(version: str, *, created: str | None = "2026-01-01T00:00:00", revoked: bool = False) -> CheckedObject:
    one = checked(INDICATOR, version, content=version)
    return replace(one, facts=replace(one.facts, created_key=created, is_revoked=revoked))


def held_at(version: str, *, revoked: bool = False, created: str | None = "2026-01-01T00:00:00") -> Held:
    return replace(_held(INDICATOR, version, version), is_revoked=revoked, created_key=created)


def test_nothing_follows_a_revocation_but_older_versions_may_still_arrive() -> None:
    held = [held_at(SECOND, revoked=True)]
    assert _conflict(held, stated(THIRD)).pointer == "/modified"
    assert Identities(held).find_same(stated(FIRST)) is None


def test_a_revocation_is_the_newest_version() -> None:
    assert _conflict([held_at(SECOND)], stated(FIRST, revoked=True)).pointer == "/modified"
    assert Identities([held_at(SECOND)]).find_same(stated(THIRD, revoked=True)) is None


def test_created_stays_and_what_was_stored_before_it_was_kept_asks_for_none() -> None:
    assert _conflict([held_at(FIRST)], stated(SECOND, created="2025-12-31T00:00:00")).pointer == "/created"
    assert Identities([held_at(FIRST, created=None)]).find_same(stated(SECOND)) is None


def test_a_revocation_sent_again_is_the_held_one() -> None:
    held = held_at(SECOND, revoked=True)
    assert Identities([held]).find_same(stated(SECOND, revoked=True)) == held


# --- what was withdrawn ---------------------------------------------------------------------------------------------------------


def _withdrawn(stix_id: str, version: str, content: str) -> Held:
    return replace(_held(stix_id, version, content), is_withdrawn=True)


@pytest.mark.parametrize("content", ["a", "b"])
def test_a_withdrawn_version_does_not_come_back(content: str) -> None:
    with pytest.raises(ConflictError) as caught:
        Identities([_withdrawn(INDICATOR, FIRST, "a")]).find_same(checked(INDICATOR, FIRST, content=content))
    assert (caught.value.code, caught.value.pointer) == (Code.VERSION_WITHDRAWN, "/modified")


@pytest.mark.parametrize("version", [FIRST, THIRD])
def test_other_versions_than_the_withdrawn_one_are_new(version: str) -> None:
    assert Identities([_withdrawn(INDICATOR, SECOND, "a")]).find_same(checked(INDICATOR, version, content="a")) is None


def test_a_withdrawn_observable_is_new_from_its_owner_and_withdrawn_from_others() -> None:
    identities = Identities([_withdrawn(ACCOUNT, FIRST, "a")])
    assert identities.find_same(checked(ACCOUNT, None, content="a")) is None
    assert identities.find_same(checked(ACCOUNT, None, content="b"), is_own=False) is None
    with pytest.raises(ConflictError) as caught:
        identities.find_same(checked(ACCOUNT, None, content="a"), is_own=False)
    assert caught.value.code is Code.VERSION_WITHDRAWN


@pytest.mark.parametrize("is_own", [True, False])
def test_an_observable_that_was_stated_again_is_the_held_one(*, is_own: bool) -> None:
    again = _held(ACCOUNT, SECOND, "a")
    identities = Identities([_withdrawn(ACCOUNT, FIRST, "b"), again])
    assert identities.find_same(checked(ACCOUNT, None, content="a"), is_own=is_own) == again


@pytest.mark.parametrize("content", ["a", "b"])
def test_a_withdrawn_marking_does_not_come_back(content: str) -> None:
    with pytest.raises(ConflictError) as caught:
        Identities([_withdrawn(MARKING, FIRST, "a")]).find_same(checked(MARKING, SECOND, content=content))
    assert caught.value.code is Code.VERSION_WITHDRAWN


def test_a_withdrawn_revocation_does_not_bind() -> None:
    held = [_held(INDICATOR, FIRST, "a"), replace(_withdrawn(INDICATOR, SECOND, "b"), is_revoked=True)]
    assert Identities(held).find_same(checked(INDICATOR, THIRD, content="c")) is None
