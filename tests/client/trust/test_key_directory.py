"""The directory of keys: its one form, and what a consumer takes and refuses, version after version."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.domain.errors import BreakwaterError, Code, MalformedInputError, UntrustedSignatureError
from app.domain.vocabulary import KeyAlgorithm, KeyState, KeyUsage
from breakwater_client.trust.canonical import canonical_bytes
from breakwater_client.trust.envelope import sign_jointly
from breakwater_client.trust.key_directory import (
    LIFE,
    Directory,
    DirectoryKey,
    OverlapKey,
    Pinned,
    Trusted,
    directory_payload,
    open_directory,
    read_directory,
    sign_directory,
)
from breakwater_client.trust.keys import PrivateKey
from breakwater_client.trust.payload_type import PayloadType

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
OWNER = "identity--11111111-1111-4111-8111-111111111111"
A, B, C, STRANGER = (PrivateKey.generate() for _ in range(4))
PARTNERS = PrivateKey.generate(KeyAlgorithm.P256)


def listed(key: PrivateKey, **changes: Any) -> DirectoryKey:
    made = DirectoryKey(key.public, KeyUsage.OBJECT_SIGNING, OWNER, KeyState.ACTIVE, NOW, NOW)
    return replace(made, **changes)


def version(number: int, current: PrivateKey = A, *earlier: PrivateKey, **changes: Any) -> Directory:
    """A version signed by ``current``, with the keys that did so before it, the last one first."""
    own = [listed(current, usage=KeyUsage.DIRECTORY_SIGNING, replaces=earlier[0].public.keyid if earlier else None)]
    retired = [listed(one, usage=KeyUsage.DIRECTORY_SIGNING, state=KeyState.RETIRED, not_after=NOW) for one in earlier]
    made = Directory(
        exchange="exchange-1",
        version=number,
        issued_at=NOW,
        expires_at=NOW + 7 * DAY,
        log_origin="breakwater-exchange/exchange-1",
        rotations=(),
        keys=(*own, *retired, listed(PARTNERS)),
    )
    return replace(made, **changes)


def refusal(envelope: dict[str, Any], trusted: Trusted, now: datetime | None = NOW) -> Code:
    with pytest.raises(BreakwaterError) as caught:
        open_directory(envelope, trusted, now)
    return caught.value.code


def pinned(*keys: PrivateKey, exchange: str | None = None) -> Pinned:
    return Pinned(frozenset(key.public.keyid for key in keys), exchange)


OVERLAP = OverlapKey(b"o" * 32, NOW)


def test_the_key_of_overlap_checks_is_read_again_and_one_that_lists_none_is_as_before() -> None:
    made = version(1, overlap=OVERLAP)
    assert open_directory(sign_directory(made, [A]), pinned(A), NOW) == made
    assert b"overlap" not in directory_payload(version(1))


@pytest.mark.parametrize(
    "changes",
    [{"epoch": "0" * 64}, {"public_key": "AAAA"}, {"public_key": 1}, {"since": "today"}, {"more": 1}, {"epoch": None}],
)
def test_a_key_of_overlap_checks_has_one_form(changes: dict[str, Any]) -> None:
    document = json.loads(directory_payload(version(1, overlap=OVERLAP)))
    document["overlap"] |= changes
    with pytest.raises(MalformedInputError):
        read_directory(canonical_bytes(document))
    with pytest.raises(MalformedInputError):
        read_directory(canonical_bytes(document | {"overlap": None}))


@pytest.mark.parametrize(
    ("then", "goes_on"),
    [
        (OVERLAP, True),
        (OverlapKey(b"n" * 32, NOW + DAY), True),
        (OverlapKey(b"n" * 32, NOW), False),
        (OverlapKey(b"o" * 32, NOW + DAY), False),
        (None, False),
    ],
)
def test_another_key_of_overlap_checks_comes_later_and_none_goes_without(then: OverlapKey | None, *, goes_on: bool) -> None:
    envelope = sign_directory(version(2, overlap=then), [A])
    if goes_on:
        assert open_directory(envelope, version(1, overlap=OVERLAP), NOW).overlap == then
    else:
        assert refusal(envelope, version(1, overlap=OVERLAP)) is Code.DIRECTORY_ROLLED_BACK


def test_what_is_signed_is_read_again() -> None:
    made = version(
        3,
        A,
        B,
        rotations=(2, 3),
        keys=(
            *version(3, A, B).keys,
            listed(
                C, state=KeyState.COMPROMISED, not_before=NOW, compromised_since=NOW, reported_at=NOW + HOUR, not_after=NOW + HOUR
            ),
        ),
    )
    assert open_directory(sign_directory(made, [A]), pinned(A), NOW) == made
    assert made.find(C.public.keyid) == made.keys[-1]
    assert made.find("0" * 64) is None


# What a consumer holds, what it is given, and what becomes of it. R is a rotation, in which two keys sign.
ROTATED = version(5, B, A)
TIMELINES: dict[str, tuple[Trusted, Directory, list[PrivateKey], Code | None]] = {
    "the first version, its key pinned": (pinned(A), version(1), [A], None),
    "a newer version": (version(1), version(9), [A], None),
    "the same version again": (version(4), version(4), [A], None),
    "an older version": (version(4), version(3), [A], Code.DIRECTORY_ROLLED_BACK),
    "other content under one version": (version(4), version(4, keys=version(4).keys[:1]), [A], Code.DIRECTORY_ROLLED_BACK),
    "another exchange's": (version(4), version(5, exchange="exchange-2"), [A], Code.DIRECTORY_OF_ANOTHER_EXCHANGE),
    "another exchange's, pinned": (pinned(A, exchange="exchange-2"), version(5), [A], Code.DIRECTORY_OF_ANOTHER_EXCHANGE),
    "the pinned exchange's": (pinned(A, exchange="exchange-1"), version(5), [A], None),
    "a rotation, signed by both": (version(4), ROTATED, [A, B], None),
    "a rotation, signed by the new key alone": (version(4), ROTATED, [B], Code.DIRECTORY_CHAIN_BROKEN),
    "a rotation, signed by the old key alone": (version(4), ROTATED, [A], Code.DIRECTORY_CHAIN_BROKEN),
    "after the rotation": (ROTATED, version(6, B, A), [B], None),
    "the rotation again": (ROTATED, ROTATED, [A, B], None),
    "after the rotation, the old key's": (ROTATED, version(6), [A], Code.DIRECTORY_CHAIN_BROKEN),
    "past the rotation at once": (version(4), version(6, B, A), [B], Code.DIRECTORY_CHAIN_BROKEN),
    "past two rotations by one signed by both": (version(4), version(9, C, B, A), [B, C], Code.DIRECTORY_CHAIN_BROKEN),
    "signed by three": (version(4), version(9, C, B, A), [A, B, C], Code.SIGNATURE_INVALID),
    "a stranger's key listed and signing": (version(4), version(5, STRANGER, A), [STRANGER], Code.DIRECTORY_CHAIN_BROKEN),
    "a stranger's signature beside the right one": (version(4), version(5), [A, STRANGER], Code.SIGNATURE_INVALID),
    "no key pinned": (Pinned(frozenset()), version(1), [A], Code.DIRECTORY_CHAIN_BROKEN),
    "another key pinned": (pinned(B), version(1), [A], Code.DIRECTORY_CHAIN_BROKEN),
    "a partner's key pinned, which is none of the directory": (pinned(PARTNERS), version(1), [A], Code.DIRECTORY_CHAIN_BROKEN),
    "the old key pinned, at the rotation": (pinned(A), ROTATED, [A, B], None),
}


@pytest.mark.parametrize(("trusted", "given", "signers", "code"), TIMELINES.values(), ids=TIMELINES)
def test_timelines_of_a_consumer(trusted: Trusted, given: Directory, signers: list[PrivateKey], code: Code | None) -> None:
    envelope = sign_jointly(PayloadType.KEY_DIRECTORY, directory_payload(given), signers)
    if code is None:
        assert open_directory(envelope, trusted, NOW) == given
    else:
        assert refusal(envelope, trusted) is code


EARLIER = {"compromised_since": NOW, "reported_at": NOW + HOUR, "state": KeyState.COMPROMISED}
ENDED = {"state": KeyState.RETIRED, "not_after": NOW + HOUR}
REVOKED = {"state": KeyState.REVOKED, "not_after": NOW + HOUR}
CHANGES: dict[str, tuple[dict[str, Any], dict[str, Any] | None, bool]] = {
    "a compromised key is active again": (EARLIER, {}, False),
    "a compromised key is only retired": (EARLIER, EARLIER | {"state": KeyState.RETIRED}, False),
    "a revoked key is active again": (REVOKED, {}, False),
    "a revoked key is active again, to its end": (REVOKED, REVOKED | {"state": KeyState.ACTIVE}, False),
    "a retired key is active again": (ENDED, {}, False),
    "a key goes": (EARLIER, None, False),
    "an active key goes": ({}, None, False),
    "a key changes hands": ({}, {"owner": "identity--22222222-2222-4222-8222-222222222222"}, False),
    "a key is for something else": ({}, {"usage": KeyUsage.REQUEST_SIGNING}, False),
    "a key counted before it did": ({}, {"activated_at": NOW - 900 * DAY}, False),
    "a key was registered before it was": ({}, {"registered_at": NOW - 900 * DAY}, False),
    "the window of a compromise narrows": (EARLIER, EARLIER | {"compromised_since": NOW + HOUR}, False),
    "the window of a compromise is not said any more": (EARLIER, EARLIER | {"compromised_since": None}, False),
    "a key ends later than it did": (ENDED, ENDED | {"not_after": NOW + DAY}, False),
    "a key has no end any more": (ENDED, ENDED | {"not_after": None}, False),
    "the window of a compromise widens": (EARLIER, EARLIER | {"compromised_since": NOW - DAY}, True),
    "a key ends": ({}, ENDED, True),
    "a key ends sooner": ({"not_after": NOW + DAY}, ENDED, True),
    "a retired key is revoked": (ENDED, REVOKED, True),
    "a revoked key is compromised": (REVOKED, REVOKED | EARLIER, True),
    "a compromised key stays so": (EARLIER, EARLIER, True),
}


@pytest.mark.parametrize(("before", "after", "is_taken"), CHANGES.values(), ids=CHANGES)
def test_what_was_said_of_a_key_is_not_taken_back(
    before: dict[str, Any], after: dict[str, Any] | None, *, is_taken: bool
) -> None:
    kept = version(4, keys=(*version(4).keys, listed(C, **before)))
    given = version(9, keys=(*version(9).keys, *([] if after is None else [listed(C, **after)])))
    envelope = sign_directory(given, [A])
    assert open_directory(envelope, pinned(A), NOW) == given
    if is_taken:
        assert open_directory(envelope, kept, NOW) == given
    else:
        assert refusal(envelope, kept) is Code.DIRECTORY_ROLLED_BACK


def test_a_consumer_goes_from_rotation_to_rotation() -> None:
    steps = [(version(4, B, A), [A, B]), (version(7, C, B, A), [B, C]), (version(9, C, B, A), [C])]
    trusted: Trusted = version(1)
    for given, signers in steps:
        trusted = open_directory(sign_directory(given, signers), trusted, None)
    assert trusted == steps[-1][0]


@pytest.mark.parametrize(("late", "is_refused"), [(7 * DAY - timedelta(microseconds=1), False), (7 * DAY, True), (9 * DAY, True)])
def test_an_expired_version_is_refused_but_as_a_step(late: timedelta, *, is_refused: bool) -> None:
    envelope = sign_directory(version(2), [A])
    if is_refused:
        assert refusal(envelope, version(1), NOW + late) is Code.DIRECTORY_EXPIRED
    else:
        assert open_directory(envelope, version(1), NOW + late) == version(2)
    assert open_directory(envelope, version(1), None) == version(2)


def test_nobody_signs_a_directory_with_a_key_that_it_does_not_list() -> None:
    with pytest.raises(BreakwaterError):
        sign_directory(version(1), [B])


def test_a_signature_of_another_kind_of_document_is_none() -> None:
    other = sign_jointly(PayloadType.RECEIPT, directory_payload(version(2)), [A])
    assert refusal(other, version(1)) is Code.SIGNATURE_INVALID
    assert refusal(other | {"payloadType": PayloadType.KEY_DIRECTORY.value}, version(1)) is Code.SIGNATURE_INVALID


DOCUMENT = json.loads(directory_payload(version(2)))
DAMAGED: dict[str, Any] = {
    "an unknown member": DOCUMENT | {"x": 1},
    "a missing member": {name: value for name, value in DOCUMENT.items() if name != "log_origin"},
    "another type": DOCUMENT | {"type": "receipt"},
    "keys that are no list": DOCUMENT | {"keys": {}},
    "version as text": DOCUMENT | {"version": "2"},
    "version 0": DOCUMENT | {"version": 0},
    "version true": DOCUMENT | {"version": True},
    "no rotations": DOCUMENT | {"rotations": None},
    "a time without a zone": DOCUMENT | {"issued_at": "2026-03-01T12:00:00.000000"},
    "no such day": DOCUMENT | {"issued_at": "2026-02-31T12:00:00.000000Z"},
    "an exchange that is no text": DOCUMENT | {"exchange": 1},
    "no list": [DOCUMENT],
    "two entries of one key": DOCUMENT | {"keys": [*DOCUMENT["keys"], DOCUMENT["keys"][0]]},
    "no directory key": DOCUMENT | {"keys": DOCUMENT["keys"][1:]},
    **{
        f"a key with {name}": DOCUMENT | {"keys": [DOCUMENT["keys"][0] | change, *DOCUMENT["keys"][1:]]}
        for name, change in {
            "an unknown member": {"x": 1},
            "another's id": {"keyid": "0" * 64},
            "another algorithm": {"algorithm": "p256"},
            "an unknown usage": {"usage": "anything"},
            "an unknown state": {"state": "fine"},
            "no activation": {"activated_at": None},
            "no key": {"public_key": "x"},
            "an owner that is no text": {"owner": None},
            "a replaced key that is no text": {"replaces": 1},
        }.items()
    },
}


@pytest.mark.parametrize("document", DAMAGED.values(), ids=DAMAGED)
def test_only_the_closed_shape_is_read(document: Any) -> None:
    envelope = sign_jointly(PayloadType.KEY_DIRECTORY, canonical_bytes(document), [A])
    with pytest.raises(MalformedInputError):
        open_directory(envelope, pinned(A), NOW)


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"\xff",
        b"[" * 100_000,
        directory_payload(version(2)) + b" ",
        directory_payload(version(2)).replace(b'{"exchange"', b'{"exchange":"other","exchange"', 1),
        json.dumps(DOCUMENT).encode(),
        directory_payload(version(2)).replace(b"KEY-----\\n", b"KEY-----\\r\\n", 1),
        b'{"exchange":NaN}',
        b"x" * (32 * 1024 * 1024 + 1),
    ],
    ids=[
        "empty",
        "no UTF-8",
        "deep",
        "a space",
        "a name twice",
        "another spelling",
        "another spelling of a key",
        "NaN",
        "too large",
    ],
)
def test_only_canonical_json_is_read(payload: bytes) -> None:
    with pytest.raises(MalformedInputError):
        read_directory(payload)


def test_each_flipped_byte_of_a_signed_directory_is_refused() -> None:
    payload = directory_payload(version(2))
    good = sign_directory(version(2), [A])
    for place in range(len(payload)):
        flipped = bytes([*payload[:place], payload[place] ^ 1, *payload[place + 1 :]])
        changed = sign_jointly(PayloadType.KEY_DIRECTORY, flipped, [A]) | {"signatures": good["signatures"]}
        with pytest.raises((MalformedInputError, UntrustedSignatureError)):
            open_directory(changed, version(1), NOW)


# When what was logged at a moment rests on a key: hours after its activation, and whether it does.
LIVES: dict[str, tuple[dict[str, Any], dict[int, bool]]] = {
    "active": ({}, {-1: False, 0: True, 99: True}),
    "not before": ({"not_before": NOW + 5 * HOUR}, {0: False, 4: False, 5: True}),
    "not before, which had passed": ({"not_before": NOW - 5 * HOUR}, {-1: False, 0: True}),
    "retired": ({"state": KeyState.RETIRED, "not_after": NOW + 5 * HOUR}, {0: True, 4: True, 5: False, 9: False}),
    "revoked": ({"state": KeyState.REVOKED, "not_after": NOW + 5 * HOUR}, {4: True, 5: False}),
    "compromised": (
        {"state": KeyState.COMPROMISED, "compromised_since": NOW + 2 * HOUR, "not_after": NOW + 5 * HOUR},
        {0: True, 1: True, 2: False, 4: False, 9: False},
    ),
    "compromised all the time": ({"state": KeyState.COMPROMISED, "compromised_since": NOW}, {0: False, 9: False}),
    "never active": ({"state": KeyState.PENDING, "activated_at": None}, {0: False, 9: False}),
}


@pytest.mark.parametrize(("life", "expected"), LIVES.values(), ids=LIVES)
def test_whether_a_key_counted_when_something_was_logged(life: dict[str, Any], expected: dict[int, bool]) -> None:
    key = listed(PARTNERS, **life)
    assert {hours: key.counts_at(NOW + hours * HOUR) for hours in expected} == expected


@pytest.mark.parametrize("trusted", [pinned(A), version(1)])
def test_none_may_be_used_for_longer_than_a_week(trusted: Trusted) -> None:
    """Who once got one signed would be believed for as long as it says."""
    longest = version(2, expires_at=NOW + LIFE)
    assert open_directory(sign_directory(longest, [A]), trusted, NOW) == longest
    longer = sign_directory(replace(longest, expires_at=NOW + LIFE + timedelta(microseconds=1)), [A])
    for now in (NOW, None):
        with pytest.raises(MalformedInputError) as caught:
            open_directory(longer, trusted, now)
        assert caught.value.pointer == "/expires_at"
