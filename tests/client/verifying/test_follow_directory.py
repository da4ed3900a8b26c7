"""From the version accepted last, or a pinned key, to the newest: through the rotations between, and no other way."""

from __future__ import annotations

import gc
from typing import Any

import pytest

from app.domain.errors import Code
from breakwater_client.trust.keys import PrivateKey
from breakwater_client.verifying import follow_directory
from breakwater_client.verifying.directory_keys import DirectoryFile, DirectoryTrust, accepted_before, pin
from breakwater_client.verifying.follow_directory import MOST_ROTATIONS, follow, trust_first
from breakwater_client.verifying.steps import FailedStepError
from tests.factories.directories import DAY, NOW, signed, version

A, B, C, THIRD = (PrivateKey.generate() for _ in range(4))
VERSIONS = {
    1: signed(version(1, A), A),
    2: signed(version(2, B, A, rotations=[2]), A, B),
    3: signed(version(3, B, A, rotations=[2]), B),
    4: signed(version(4, C, A, B, rotations=[2, 4]), B, C),
    5: signed(version(5, C, A, B, rotations=[2, 4]), C),
}


def followed(newest: int, trusted: Any) -> tuple[int, list[int]]:
    """Give which version was accepted, and which others had to be asked for."""
    asked: list[int] = []

    def ask(number: int) -> bytes:
        asked.append(number)
        return VERSIONS[number]

    return follow(VERSIONS[newest], DirectoryTrust(trusted, NOW), ask).version, asked


def refused(newest: bytes, trusted: Any) -> Code:
    with pytest.raises(FailedStepError) as caught:
        follow(newest, DirectoryTrust(trusted, NOW), VERSIONS.__getitem__)
    return caught.value.code


@pytest.mark.parametrize(
    ("before", "newest", "asked"), [(1, 1, []), (2, 3, []), (1, 3, [2]), (1, 5, [2, 4]), (3, 5, [4]), (4, 5, [])]
)
def test_only_rotations_since_the_version_accepted_last_are_asked_for(before: int, newest: int, asked: list[int]) -> None:
    assert followed(newest, accepted_before(VERSIONS[before])) == (newest, asked)


@pytest.mark.parametrize("key", [A, B, C])
def test_a_pinned_key_leads_on_from_whenever_it_was_in_use(key: PrivateKey) -> None:
    assert followed(5, pin(key.public.keyid))[0] == 5


def test_what_nothing_trusted_leads_to_is_refused() -> None:
    assert refused(VERSIONS[5], pin(THIRD.public.keyid)) is Code.DIRECTORY_CHAIN_BROKEN
    assert refused(VERSIONS[1], pin(THIRD.public.keyid)) is Code.DIRECTORY_CHAIN_BROKEN
    forged = signed(version(6, THIRD, A, rotations=[2]), THIRD)
    assert refused(forged, accepted_before(VERSIONS[1])) is Code.DIRECTORY_CHAIN_BROKEN


def test_older_and_expired_ones_are_refused_though_their_key_is_trusted() -> None:
    assert refused(VERSIONS[4], accepted_before(VERSIONS[5])) is Code.DIRECTORY_ROLLED_BACK
    assert refused(signed(version(6, C, A, B, expires_at=NOW), C), accepted_before(VERSIONS[5])) is Code.DIRECTORY_EXPIRED
    expired = signed(version(6, C, A, B, rotations=[2, 4], expires_at=NOW), C)
    assert refused(expired, accepted_before(VERSIONS[1])) is Code.DIRECTORY_EXPIRED


def test_a_version_that_tells_of_endless_rotations_is_not_followed() -> None:
    endless = signed(version(1_000, THIRD, rotations=range(2, MOST_ROTATIONS + 3)), THIRD)
    assert refused(endless, pin(A.public.keyid)) is Code.REQUEST_INVALID


def unsigned(number: int) -> bytes:
    """Give a version that nobody trusted signed."""
    return signed(version(number, THIRD), THIRD)


def test_what_leads_nowhere_ends_the_asking_at_once() -> None:
    asked: list[int] = []

    def ask(number: int) -> bytes:
        asked.append(number)
        return VERSIONS[2] if number == 2 else unsigned(number)

    claimed = signed(version(101, THIRD, rotations=range(2, 101)), THIRD)
    with pytest.raises(FailedStepError) as caught:
        follow(claimed, DirectoryTrust(accepted_before(VERSIONS[1]), NOW), ask)
    assert caught.value.code is Code.DIRECTORY_CHAIN_BROKEN
    assert asked == [2, 3], "no version is asked for before the one before it is verified"


def test_what_a_pinned_key_has_to_be_looked_for_in_is_bounded_together(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def ask(number: int) -> bytes:
        asked.append(number)
        return unsigned(number)

    claimed = signed(version(101, THIRD, rotations=range(2, 101)), THIRD)
    monkeypatch.setattr(follow_directory, "MOST_BYTES", 3 * len(unsigned(99)))
    with pytest.raises(FailedStepError) as caught:
        follow(claimed, DirectoryTrust(pin(A.public.keyid), NOW), ask)
    assert (caught.value.code, asked) == (Code.REQUEST_INVALID, [2, 3, 4, 5])


def test_of_what_nobody_trusted_signed_nothing_is_held_as_more_is_asked_for() -> None:
    held = []
    gc.collect()

    def ask(number: int) -> bytes:
        held.append(sum(isinstance(one, DirectoryFile) for one in gc.get_objects()))
        return unsigned(number)

    claimed = signed(version(21, THIRD, rotations=range(2, 21)), THIRD)
    with pytest.raises(FailedStepError):
        follow(claimed, DirectoryTrust(pin(A.public.keyid), NOW), ask)
    assert (len(held), max(held)) == (19, held[0])


def test_the_first_may_be_trusted_as_it_comes() -> None:
    assert follow(VERSIONS[5], trust_first(VERSIONS[5], NOW + DAY), VERSIONS.__getitem__).version == 5
    with pytest.raises(FailedStepError):
        trust_first(b"{}", NOW)
