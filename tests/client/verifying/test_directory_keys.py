"""Keys from directories in files: pinned, accepted before, over several versions; and which of them count for what."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.domain.errors import Code
from app.domain.vocabulary import KeyAlgorithm, KeyState, KeyUsage
from breakwater_client.trust.checkpoint import log_origin
from breakwater_client.trust.key_directory import Directory, DirectoryKey, sign_directory
from breakwater_client.trust.keys import PrivateKey, PublicKey
from breakwater_client.trust.signed_note import SignatureKind, key_hash
from breakwater_client.verifying.directory_keys import (
    DIRECTORY_STEPS,
    MOST_OWN_KEYS,
    DirectoryTrust,
    accept,
    accepted_before,
    cosigning_keys_of,
    exchange_keys_of,
    own_keyids,
    pin,
    read_directory_file,
    signers_of,
    witnesses_of,
)
from breakwater_client.verifying.steps import FailedStepError
from tests.factories import colliding_keys

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
HOME, PARTNER = "identity--11111111-1111-4111-8111-111111111111", "identity--22222222-2222-4222-8222-222222222222"
A, B, STATEMENTS, CHECKPOINTS, THIRD = (PrivateKey.generate() for _ in range(5))


def key(private: PrivateKey, usage: KeyUsage, owner: str = HOME, **changes: Any) -> DirectoryKey:
    return replace(DirectoryKey(private.public, usage, owner, KeyState.ACTIVE, NOW - DAY, NOW), **changes)


def directory(version: int = 1, *keys: DirectoryKey, own: Sequence[DirectoryKey] = (), **changes: Any) -> Directory:
    signing = own or [key(A, KeyUsage.DIRECTORY_SIGNING)]
    made = Directory("x", version, NOW, NOW + 7 * DAY, "breakwater-exchange/x", (), (*signing, *keys))
    return replace(made, **changes)


def rotated(version: int = 2) -> Directory:
    old = key(A, KeyUsage.DIRECTORY_SIGNING, state=KeyState.RETIRED, not_after=NOW)
    return directory(version, own=[key(B, KeyUsage.DIRECTORY_SIGNING), old], rotations=(2,))


def file(made: Directory, *signers: PrivateKey) -> bytes:
    return json.dumps(sign_directory(made, signers or [A])).encode()


def accepted(*files: bytes, trusted: Any = None, now: datetime = NOW) -> Directory:
    return accept(map(read_directory_file, files), DirectoryTrust(trusted or pin(A.public.keyid), now))


def refused(*files: bytes, **options: Any) -> tuple[int, Code]:
    with pytest.raises(FailedStepError) as caught:
        accepted(*files, **options)
    return caught.value.number, caught.value.code


def test_a_directory_is_accepted_by_its_pinned_key_or_after_the_one_before() -> None:
    assert accepted(file(directory())) == directory()
    assert accepted(file(directory(3)), trusted=accepted_before(file(directory(2)))) == directory(3)
    assert accepted_before(file(directory())) == directory()


def test_versions_in_which_the_key_was_rotated_lead_to_the_newest_in_any_order() -> None:
    files = [file(rotated(3), B), file(directory(1)), file(rotated(2), A, B)]
    assert accepted(*files) == rotated(3)
    assert refused(files[0]) == (2, Code.DIRECTORY_CHAIN_BROKEN)


def test_only_the_newest_must_not_have_expired() -> None:
    old = directory(1, expires_at=NOW)
    assert accepted(file(old), file(directory(2))).version == 2
    assert accepted(file(directory(2)), trusted=accepted_before(file(old))).version == 2


def test_each_step_fails_by_its_number() -> None:
    for raw in (b"{", b"[]", b"{}", json.dumps({"payloadType": "x", "payload": "", "signatures": []}).encode(), b"[" * 100_000):
        with pytest.raises(FailedStepError) as caught:
            read_directory_file(raw)
        assert caught.value.number == 1
    assert refused(file(directory()), trusted=pin(B.public.keyid)) == (2, Code.DIRECTORY_CHAIN_BROKEN)
    changed = json.loads(file(directory()))
    changed["signatures"] = json.loads(file(directory(2)))["signatures"]
    assert refused(json.dumps(changed).encode()) == (2, Code.SIGNATURE_INVALID)
    assert refused(file(directory(log_origin="another"))) == (2, Code.REQUEST_INVALID)
    assert refused(file(directory(1)), trusted=directory(2)) == (3, Code.DIRECTORY_ROLLED_BACK)
    assert refused(file(directory(1, expires_at=NOW + DAY)), trusted=directory(1)) == (3, Code.DIRECTORY_ROLLED_BACK)
    other = directory(2, exchange="y", log_origin="breakwater-exchange/y")
    assert refused(file(other), trusted=directory(1)) == (3, Code.DIRECTORY_OF_ANOTHER_EXCHANGE)
    assert refused(file(directory()), now=NOW + 7 * DAY) == (4, Code.DIRECTORY_EXPIRED)
    assert [step.number for step in DIRECTORY_STEPS] == [1, 2, 3, 4]


def test_a_file_that_is_larger_than_any_directory_is_not_read() -> None:
    with pytest.raises(FailedStepError, match="smaller"):
        read_directory_file(b" " * (49 * 1024 * 1024))


def test_a_damaged_copy_of_the_accepted_version_is_no_trust() -> None:
    changed = json.loads(file(directory()))
    changed["signatures"][0]["sig"] = json.loads(file(directory(2)))["signatures"][0]["sig"]
    with pytest.raises(FailedStepError):
        accepted_before(json.dumps(changed).encode())


def test_keys_count_for_their_use_alone_and_for_their_owner() -> None:
    made = directory(
        1,
        key(STATEMENTS, KeyUsage.STATEMENT_SIGNING),
        key(CHECKPOINTS, KeyUsage.CHECKPOINT_SIGNING, state=KeyState.COMPROMISED, compromised_since=NOW),
        key(THIRD, KeyUsage.OBJECT_SIGNING, PARTNER, not_before=NOW + DAY, not_after=NOW + 2 * DAY, state=KeyState.RETIRED),
    )
    [statements, signer] = signers_of(made)
    assert (statements.key, statements.identity_id, statements.usage) == (STATEMENTS.public, HOME, KeyUsage.STATEMENT_SIGNING)
    assert (signer.key, signer.identity_id, signer.state) == (THIRD.public, PARTNER, "retired")
    assert (signer.compromised_since, signer.counts_from, signer.ended_at) == (None, NOW + DAY, NOW + 2 * DAY)
    assert [one.key for one in exchange_keys_of(made, KeyUsage.STATEMENT_SIGNING)] == [STATEMENTS.public]
    [checkpoints] = exchange_keys_of(made, KeyUsage.CHECKPOINT_SIGNING)
    assert (checkpoints.key, checkpoints.compromised_since) == (CHECKPOINTS.public, NOW)


def test_a_partners_key_for_statements_is_not_the_exchanges() -> None:
    made = directory(1, key(THIRD, KeyUsage.STATEMENT_SIGNING, PARTNER))
    assert exchange_keys_of(made, KeyUsage.STATEMENT_SIGNING) == []
    assert signers_of(made) == []


def test_a_compromised_key_without_a_date_was_never_safe() -> None:
    made = directory(1, key(THIRD, KeyUsage.OBJECT_SIGNING, PARTNER, state=KeyState.COMPROMISED))
    assert [one.compromised_since for one in signers_of(made)] == [NOW - DAY]


def neutral() -> PublicKey:
    """The neutral point, for which one signature verifies everything."""
    return PublicKey(THIRD.public.spki[:-32] + b"\x01" + bytes(31))


@pytest.mark.parametrize("usage", [KeyUsage.STATEMENT_SIGNING, KeyUsage.CHECKPOINT_SIGNING])
def test_a_weak_key_of_the_exchange_is_none_and_no_version_that_lists_it_is_accepted(usage: KeyUsage) -> None:
    made = directory(2, key(STATEMENTS, usage), replace(key(THIRD, usage), public_key=neutral()))
    assert [one.key for one in exchange_keys_of(made, usage)] == [STATEMENTS.public]
    assert refused(file(made)) == refused(file(made), trusted=directory(1)) == (2, Code.REQUEST_INVALID)
    assert accepted_before(file(made)) == made


def test_a_key_that_can_sign_no_note_signs_no_checkpoints_and_is_no_witness() -> None:
    other = PrivateKey.generate(KeyAlgorithm.P256)
    made = directory(2, key(CHECKPOINTS, KeyUsage.CHECKPOINT_SIGNING), key(other, KeyUsage.CHECKPOINT_SIGNING))
    assert [one.key for one in exchange_keys_of(made, KeyUsage.CHECKPOINT_SIGNING)] == [CHECKPOINTS.public]
    assert refused(file(made)) == (2, Code.REQUEST_INVALID)
    statements = directory(2, key(other, KeyUsage.STATEMENT_SIGNING), key(THIRD, KeyUsage.CHECKPOINT_COSIGNING, PARTNER))
    assert accepted(file(statements)) == statements
    witness = replace(statements.keys[-1], public_key=other.public)
    assert witnesses_of(directory(2, witness)) == []


def test_two_keys_for_checkpoints_of_one_name_in_notes_are_refused() -> None:
    assert len({key_hash(log_origin("x"), SignatureKind.ED25519, one.public) for one in colliding_keys.CHECKPOINTS}) == 1
    made = directory(2, *(key(one, KeyUsage.CHECKPOINT_SIGNING) for one in colliding_keys.CHECKPOINTS))
    assert refused(file(made)) == (2, Code.REQUEST_INVALID)


def test_an_exchange_has_only_so_many_keys_of_its_own() -> None:
    many = [key(PrivateKey.generate(), KeyUsage.CHECKPOINT_SIGNING) for _ in range(MOST_OWN_KEYS + 1)]
    assert refused(file(directory(2, *many))) == (2, Code.REQUEST_INVALID)
    assert len(accepted(file(directory(2, *many[1:]))).keys) == MOST_OWN_KEYS + 1


def test_what_becomes_of_witnesses_keys_and_which_keys_are_the_exchanges_own() -> None:
    made = directory(
        1,
        key(STATEMENTS, KeyUsage.STATEMENT_SIGNING),
        key(CHECKPOINTS, KeyUsage.CHECKPOINT_COSIGNING, PARTNER, state=KeyState.COMPROMISED, compromised_since=NOW),
        key(THIRD, KeyUsage.CHECKPOINT_COSIGNING, PARTNER, not_after=NOW + DAY),
    )
    stolen, ended = (cosigning_keys_of(made)[one.public.keyid] for one in (CHECKPOINTS, THIRD))
    assert (stolen.is_compromised, stolen.counts_at(NOW - DAY), stolen.counts_at(NOW)) == (True, False, False)
    assert (ended.counts_at(NOW), ended.counts_at(NOW + DAY)) == (True, False)
    assert witnesses_of(made) == [ended]
    assert own_keyids(made) == {A.public.keyid, STATEMENTS.public.keyid}
