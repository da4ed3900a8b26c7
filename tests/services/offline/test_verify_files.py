"""Files of every kind together: what one shows counts for the others, and one that fails hides nothing of the rest."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import Code
from app.domain.vocabulary import KeyState, KeyUsage
from app.services.offline.recognise_file import FileKind
from app.services.offline.verify_files import Findings, Trust, verify_files
from breakwater_client.documents.published import tlp_markings
from breakwater_client.trust.checkpoint import cosign_checkpoint
from breakwater_client.trust.key_directory import Directory, DirectoryKey, sign_directory
from breakwater_client.trust.keys import PrivateKey
from breakwater_client.trust.log_leaf import LeafKind
from breakwater_client.trust.object_signature import read_signature, sign_object, verify_object
from breakwater_client.verifying.directory_keys import DirectoryTrust
from breakwater_client.verifying.known_keys import ExchangeKey, KnownSigner
from breakwater_client.verifying.verdicts import FailedSignature, Level, VerifiedSignature
from breakwater_client.verifying.verify_checkpoints import LogKeys, VerifiedCheckpoint, verify_checkpoint
from tests.factories.small_logs import EXCHANGE, SmallLog, raw
from tests.factories.stix_objects import indicator

SIGNER = "identity--8c4f2f6e-6d2b-4f0e-9a35-0c8f3b1f7a10"
KEY, WITNESS = PrivateKey.generate(), PrivateKey.generate()
RECEIVED = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
VALUE = sign_object(indicator(), KEY, signer=SIGNER, signed_at=RECEIVED)
DIGEST = verify_object(VALUE, read_signature(VALUE), KEY.public).hex()


def logged_at(index: int) -> SmallLog:
    log = SmallLog().fill(index)
    log.add(DIGEST)
    return log.fill(50)


LOG = logged_at(17)
KEYS = LogKeys([ExchangeKey(LOG.key.public)], EXCHANGE, {"w": WITNESS.public})
TRUST = Trust([KnownSigner(KEY.public, SIGNER, "active")], [ExchangeKey(LOG.statements.public)], KEYS)
SEEN = cosign_checkpoint(LOG.checkpoint(), "w", WITNESS, RECEIVED + HOUR)


def verify(trust: Trust = TRUST, **files: object) -> Findings:
    return verify_files({name: content_of(one) for name, one in files.items()}, trust)


def content_of(one: object) -> bytes:
    return one if isinstance(one, bytes) else one.encode() if isinstance(one, str) else raw(one)


def level_of(found: Findings) -> Level:
    [(_, verdict)] = found.objects
    assert isinstance(verdict, VerifiedSignature), verdict
    return verdict.level


def failed_step_of(found: Findings) -> int:
    [(_, verdict)] = found.objects
    assert isinstance(verdict, FailedSignature), verdict
    assert found.failed
    return verdict.step


def kept(size: int, log: SmallLog = LOG) -> VerifiedCheckpoint:
    return verify_checkpoint(log.checkpoint(size), KEYS)


# --- levels -----------------------------------------------------------------------------------------------------------------


def test_an_object_rises_with_what_lies_beside_it() -> None:
    assert level_of(verify(object=VALUE)) is Level.SIGNED
    assert level_of(verify(object=VALUE, receipt=LOG.receipt([17]))) is Level.SIGNED
    assert level_of(verify(object=VALUE, proof=LOG.proof(17))) is Level.LOGGED
    assert level_of(verify(proofs=LOG.submission([17]), object=VALUE)) is Level.LOGGED
    assert level_of(verify(object=VALUE, proof=LOG.proof(17, note=SEEN))) is Level.COSIGNED


def test_a_proof_of_something_else_lifts_nothing() -> None:
    assert level_of(verify(object=VALUE, proof=LOG.proof(16))) is Level.SIGNED


def test_a_proof_that_fails_lifts_nothing_and_is_told() -> None:
    found = verify(object=VALUE, proof=LOG.proof(17) | {"log_index": 18})
    assert level_of(found) is Level.SIGNED
    assert [(one.file, one.kind, one.step) for one in found.failures] == [("proof", FileKind.PROOF, 3)]
    assert found.failed


@pytest.mark.parametrize(
    ("level", "files", "step"),
    [
        (Level.LOGGED, {}, 6),
        (Level.COSIGNED, {}, 6),
        (Level.COSIGNED, {"proof": LOG.proof(17)}, 8),
        (Level.LOGGED, {"proof": LOG.proof(17)}, None),
        (Level.LOGGED, {"proof": LOG.proof(17, note=SEEN)}, None),
        (Level.COSIGNED, {"proof": LOG.proof(17, note=SEEN)}, None),
    ],
)
def test_what_does_not_reach_the_level_that_is_asked_for_fails(level: Level, files: Mapping[str, Any], step: int | None) -> None:
    found = verify(replace(TRUST, level=level), object=VALUE, **files)
    if step is None:
        assert level_of(found).reaches(level)
    else:
        assert failed_step_of(found) == step


def test_published_objects_reach_any_level_and_failures_stay_what_they_are() -> None:
    marking = next(iter(tlp_markings().values())) if isinstance(tlp_markings(), dict) else tlp_markings()[0]
    assert level_of(verify(replace(TRUST, level=Level.COSIGNED), object=marking)) is Level.PUBLISHED
    assert failed_step_of(verify(replace(TRUST, level=Level.COSIGNED), object=VALUE | {"confidence": 9})) == 5


# --- a compromised key --------------------------------------------------------------------------------------------------------


def compromised(since: datetime, **changes: Any) -> Trust:
    return replace(TRUST, signers=[KnownSigner(KEY.public, SIGNER, "compromised", since)], **changes)


@pytest.mark.parametrize(
    ("since", "files", "verifies"),
    [
        (RECEIVED + 9 * HOUR, {}, False),
        (RECEIVED + 9 * HOUR, {"receipt": LOG.receipt([17])}, False),
        (RECEIVED + 9 * HOUR, {"proof": LOG.proof(17)}, False),
        (RECEIVED + 9 * HOUR, {"proof": LOG.proof(17), "receipt": LOG.receipt([17])}, True),
        (RECEIVED + 9 * HOUR, {"proofs": LOG.submission([17])}, True),
        (RECEIVED + 9 * HOUR, {"proof": LOG.proof(17, note=SEEN)}, True),
        (RECEIVED + HOUR, {"proof": LOG.proof(17, note=SEEN)}, False),
        (RECEIVED, {"proofs": LOG.submission([17])}, False),
        (RECEIVED - HOUR, {"proofs": LOG.submission([17])}, False),
        (RECEIVED + timedelta(microseconds=1), {"proofs": LOG.submission([17])}, True),
    ],
)
def test_what_a_compromised_key_signed_counts_if_it_was_logged_before(
    since: datetime, files: Mapping[str, Any], *, verifies: bool
) -> None:
    found = verify(compromised(since), object=VALUE, **files)
    if verifies:
        assert level_of(found).reaches(Level.LOGGED)
    else:
        assert failed_step_of(found) == 7


@pytest.mark.parametrize("state", ["retired", "revoked"])
def test_what_a_key_signed_before_it_ended_stays_good(state: str) -> None:
    trust = replace(TRUST, signers=[KnownSigner(KEY.public, SIGNER, state)])
    assert level_of(verify(trust, object=VALUE)) is Level.SIGNED
    assert level_of(verify(trust, object=VALUE, proof=LOG.proof(17))) is Level.LOGGED


DATED = LOG.checkpoint(at=RECEIVED)


def test_a_dated_checkpoint_shows_a_reader_that_it_was_logged_before_the_compromise() -> None:
    newest = LOG.proof(17, note=LOG.checkpoint(at=RECEIVED + 5 * HOUR))
    first = LOG.proof(17, 20, LOG.checkpoint(20, RECEIVED))
    assert failed_step_of(verify(compromised(RECEIVED + HOUR), object=VALUE, newest=newest)) == 7
    assert level_of(verify(compromised(RECEIVED + HOUR), object=VALUE, newest=newest, first=first)) is Level.LOGGED
    assert failed_step_of(verify(compromised(RECEIVED), object=VALUE, first=first)) == 7


NEWEST = LOG.proof(17, note=LOG.checkpoint(at=RECEIVED + 5 * HOUR))


def test_an_older_checkpoint_that_is_shown_to_be_the_beginning_says_that_it_was_logged_by_then() -> None:
    trust = compromised(RECEIVED + HOUR)
    older, grown = LOG.checkpoint(20, RECEIVED), LOG.consistency(20)
    assert level_of(verify(trust, object=VALUE, newest=NEWEST, older=older, grown=grown)) is Level.LOGGED
    assert (
        level_of(verify(replace(trust, kept=verify_checkpoint(older, KEYS)), object=VALUE, newest=NEWEST, grown=grown))
        is Level.LOGGED
    )
    assert failed_step_of(verify(trust, object=VALUE, newest=NEWEST, older=older)) == 7
    too_small = {"older": LOG.checkpoint(17, RECEIVED), "grown": LOG.consistency(17)}
    assert failed_step_of(verify(trust, object=VALUE, newest=NEWEST, **too_small)) == 7


def test_an_older_checkpoint_that_witnesses_saw_lifts_to_cosigned() -> None:
    older = cosign_checkpoint(LOG.checkpoint(20), "w", WITNESS, RECEIVED)
    assert level_of(verify(TRUST, object=VALUE, newest=LOG.proof(17), older=older)) is Level.LOGGED
    assert level_of(verify(TRUST, object=VALUE, newest=LOG.proof(17), older=older, grown=LOG.consistency(20))) is Level.COSIGNED


def test_through_a_smaller_tree_another_log_says_nothing_of_what_it_does_not_have() -> None:
    other = SmallLog(key=LOG.key, statements=LOG.statements, leaves=LOG.leaves[:10]).fill(20)
    files = {"small": LOG.checkpoint(10), "grown": LOG.consistency(10), "older": other.checkpoint(20, RECEIVED)}
    found = verify(compromised(RECEIVED + HOUR), object=VALUE, newest=NEWEST, **files, other=other.consistency(10))
    assert failed_step_of(found) == 7
    assert len(found.growths) == 2


def test_what_was_only_shown_later_is_not_said_to_have_been_logged_later() -> None:
    def sentence(**files: object) -> str:
        [(_, failed)] = verify(compromised(RECEIVED), object=VALUE, **files).objects
        assert isinstance(failed, FailedSignature)
        return failed.refusal.sentence

    assert "not that it came later" in sentence(newest=NEWEST)
    assert "as its receipt says" in sentence(proofs=LOG.submission([17]))


def test_one_lying_witness_makes_nothing_older_than_the_exchange_says() -> None:
    lying = cosign_checkpoint(LOG.checkpoint(), "w", WITNESS, RECEIVED - 9 * HOUR)
    files = {"object": VALUE, "proof": LOG.proof(17, note=lying)}
    assert failed_step_of(verify(compromised(RECEIVED - HOUR), **files, receipt=LOG.receipt([17]))) == 7
    three = {"w": WITNESS.public, "x": PrivateKey.generate().public, "y": PrivateKey.generate().public}
    asked = compromised(RECEIVED - HOUR, log=replace(KEYS, witnesses=three, needed=3))
    assert failed_step_of(verify(asked, **files)) == 7


@pytest.mark.parametrize("state", ["retired", "revoked"])
def test_what_the_exchange_took_after_a_key_ended_fails(state: str) -> None:
    def ended(at: datetime) -> Trust:
        return replace(TRUST, signers=[KnownSigner(KEY.public, SIGNER, state, ended_at=at)])

    assert failed_step_of(verify(ended(RECEIVED), object=VALUE, proofs=LOG.submission([17]))) == 7
    assert level_of(verify(ended(RECEIVED + HOUR), object=VALUE, proofs=LOG.submission([17]))) is Level.LOGGED
    # A checkpoint of a later day says by when it was there, and nothing against it.
    assert level_of(verify(ended(RECEIVED - HOUR), object=VALUE, proof=LOG.proof(17, note=DATED))) is Level.LOGGED
    assert level_of(verify(ended(RECEIVED - HOUR), object=VALUE)) is Level.SIGNED


def test_nothing_was_logged_before_its_key_counted() -> None:
    later = replace(TRUST, signers=[KnownSigner(KEY.public, SIGNER, "active", None, RECEIVED + HOUR)])
    assert failed_step_of(verify(later, object=VALUE, proofs=LOG.submission([17]))) == 7
    assert level_of(verify(later, object=VALUE, proof=LOG.proof(17))) is Level.LOGGED


# --- a kept checkpoint ---------------------------------------------------------------------------------------------------------


def test_nothing_has_gone_since_the_kept_checkpoint() -> None:
    trust = replace(TRUST, kept=kept(20))
    found = verify(trust, grown=LOG.consistency(20), now=LOG.checkpoint(), object=VALUE, proof=LOG.proof(17))
    assert not found.failed
    assert level_of(found) is Level.LOGGED


def test_a_checkpoint_and_what_rests_on_it_fail_without_a_proof_that_leads_to_the_kept_one() -> None:
    found = verify(replace(TRUST, kept=kept(20)), now=LOG.checkpoint(), proof=LOG.proof(17), object=VALUE)
    assert [(one.file, one.refusal.code) for one in found.failures] == [
        ("now", Code.PROOF_INVALID),
        ("proof", Code.PROOF_INVALID),
    ]
    assert level_of(found) is Level.SIGNED


def test_an_older_proof_needs_a_way_to_the_kept_checkpoint() -> None:
    trust = replace(TRUST, kept=kept(50))
    assert verify(trust, proof=LOG.proof(17, 20)).failed
    assert not verify(trust, proof=LOG.proof(17, 20), grown=LOG.consistency(20, 50)).failed


def test_a_rolled_back_log_is_told_from_a_forked_one() -> None:
    trust = replace(TRUST, kept=kept(30))
    rolled = verify(trust, now=LOG.checkpoint(29))
    assert rolled.failed_with(Code.LOG_ROLLED_BACK)
    assert not rolled.failed_with(Code.LOG_FORKED)
    other = SmallLog(key=LOG.key, leaves=LOG.leaves[:20]).fill(50)
    for files in ({"now": other.checkpoint(30)}, {"grown": other.consistency(30)}, {"proof": other.proof(3, 30)}):
        forked = verify(trust, **files)
        assert forked.failed_with(Code.LOG_FORKED), files
        assert not forked.failed_with(Code.LOG_ROLLED_BACK)


def test_two_logs_are_found_among_the_files_themselves() -> None:
    other = SmallLog(key=LOG.key, leaves=LOG.leaves[:20]).fill(50)
    assert verify(one=LOG.checkpoint(), two=other.checkpoint()).failed_with(Code.LOG_FORKED)
    assert verify(one=LOG.submission([1]), two=LOG.submission([1]) | {"proofs": [other.proof(1)]}).failed_with(Code.LOG_FORKED)


def test_a_kept_checkpoint_alone_shows_nothing() -> None:
    found = verify(replace(TRUST, kept=kept(30)), object=VALUE)
    assert [one.file for one in found.failures] == ["--checkpoint"]


def test_proofs_of_growth_chain_whatever_their_order() -> None:
    trust = replace(TRUST, kept=kept(20))
    found = verify(trust, b=LOG.consistency(30, 50), a=LOG.consistency(20, 30))
    assert not found.failed
    assert [name for name, _ in found.growths] == ["a", "b"]


def test_a_submissions_proof_is_held_against_the_kept_checkpoint_too() -> None:
    trust = replace(TRUST, kept=kept(20))
    assert verify(trust, proofs=LOG.submission([17])).failed
    assert not verify(trust, proofs=LOG.submission([17]), grown=LOG.consistency(20)).failed


# --- all kinds ----------------------------------------------------------------------------------------------------------------


def test_every_kind_is_found_by_its_steps() -> None:
    found = verify(
        object=VALUE,
        receipt=LOG.receipt([17]),
        proofs=LOG.submission([17]),
        proof=LOG.proof(17),
        now=LOG.checkpoint(),
        grown=LOG.consistency(20),
        before=LOG.checkpoint(20),
        empty=b"",
    )
    assert not found.failed
    assert [len(one) for one in (found.objects, found.receipts, found.submissions, found.proofs, found.growths)] == [1] * 5
    assert (len(found.checkpoints), found.empty, found.held) == (2, ["empty"], {DIGEST: 17})


def test_lists_of_proofs_and_documents_with_a_proof_are_proofs() -> None:
    assert level_of(verify(object=VALUE, proofs={"proofs": [LOG.proof(16), LOG.proof(17)]})) is Level.LOGGED
    log = SmallLog(key=LOG.key)
    log.add(hashlib.sha256(b"{}").hexdigest(), LeafKind.RECALL)
    assert [one.kind for _, one in verify(entry={"document": {}, "proof": log.proof(0)}).proofs] == [LeafKind.RECALL]


def test_a_directory_is_held_against_the_one_that_is_gone_by() -> None:
    home = "identity--11111111-1111-4111-8111-111111111111"
    own = DirectoryKey(KEY.public, KeyUsage.DIRECTORY_SIGNING, home, KeyState.ACTIVE, RECEIVED, RECEIVED)
    one = Directory("x", 1, RECEIVED, RECEIVED + HOUR, "breakwater-exchange/x", (), (own,))
    two = replace(one, version=2)
    trust = replace(TRUST, directory=DirectoryTrust(one, RECEIVED))
    assert [made.version for _, made in verify(trust, directory=sign_directory(two, [KEY])).directories] == [2]
    back = verify(replace(TRUST, directory=DirectoryTrust(two, RECEIVED)), directory=sign_directory(one, [KEY]))
    assert back.failed_with(Code.DIRECTORY_ROLLED_BACK)
    assert [(made.kind, made.step) for made in verify(directory=sign_directory(one, [KEY])).failures] == [(FileKind.DIRECTORY, 2)]


def test_what_nobody_knows_is_a_failure_and_hides_nothing() -> None:
    found = verify(unknown=b"some text", object=VALUE)
    assert [(one.file, one.kind, one.step) for one in found.failures] == [("unknown", FileKind.OBJECTS, None)]
    assert level_of(found) is Level.SIGNED


EVERY_FILE = [
    content_of(one) for one in (VALUE, LOG.receipt([17]), LOG.submission([17]), LOG.proof(17), SEEN, LOG.consistency(20))
]


@given(st.sampled_from(EVERY_FILE), st.data())
def test_no_change_of_bytes_makes_verifying_fail_otherwise(content: bytes, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(content)))
    cut = data.draw(st.integers(0, 3))
    changed = content[:at] + data.draw(st.binary(max_size=4)) + content[at + cut :]
    assert isinstance(verify(replace(TRUST, kept=kept(20)), changed=changed), Findings)


def test_nothing_at_all_is_no_success() -> None:
    assert verify(bundle=json.dumps({"type": "bundle", "id": "bundle--1", "objects": []})).failed
    assert not verify(empty=b"").failed


def test_a_bundle_without_objects_is_named_beside_what_was_found() -> None:
    found = verify(bundle=json.dumps({"type": "bundle", "id": "bundle--1", "objects": []}), now=LOG.checkpoint())
    assert (found.failed, found.hollow, found.empty) == (False, ["bundle"], [])


def test_a_level_that_no_object_was_given_for_is_not_reached() -> None:
    asked = verify(replace(TRUST, level=Level.LOGGED), now=LOG.checkpoint())
    assert [one.file for one in asked.failures] == ["--level"]
    assert not verify(now=LOG.checkpoint()).failed


def test_the_newest_tree_is_the_largest_that_anything_speaks_of() -> None:
    assert verify(object=VALUE).newest_size is None
    assert verify(before=LOG.checkpoint(20)).newest_size == 20
    assert verify(before=LOG.checkpoint(20), proof=LOG.proof(17)).newest_size == len(LOG.leaves)
