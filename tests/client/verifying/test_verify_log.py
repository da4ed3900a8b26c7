"""Proofs of the log offline: each step both ways, every member changed, and what times they give."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Any

import pytest

from breakwater_client.trust.checkpoint import cosign_checkpoint
from breakwater_client.trust.keys import PrivateKey
from breakwater_client.trust.log_leaf import LeafKind
from breakwater_client.verifying.known_keys import ExchangeKey
from breakwater_client.verifying.steps import FailedStepError
from breakwater_client.verifying.verdicts import Logged
from breakwater_client.verifying.verify_checkpoints import LogKeys
from breakwater_client.verifying.verify_log import (
    PROOF_STEPS,
    SUBMISSION_STEPS,
    VerifiedProof,
    VerifiedSubmission,
    verify_entry_proof,
    verify_log_proof,
    verify_log_proofs,
    verify_submission_proof,
    where_logged,
)
from breakwater_client.verifying.verify_receipts import VerifiedReceipt, open_receipt
from tests.factories.small_logs import EXCHANGE, SmallLog, raw

LOG = SmallLog().fill(300)
KEYS = LogKeys([ExchangeKey(LOG.key.public)], EXCHANGE)
STATEMENTS = [ExchangeKey(LOG.statements.public)]
WITNESS, OTHER_WITNESS = PrivateKey.generate(), PrivateKey.generate()
EARLY, LATE = datetime(2026, 3, 1, 12, tzinfo=UTC), datetime(2026, 3, 2, 12, tzinfo=UTC)


def step_of(document: object) -> int:
    with pytest.raises(FailedStepError) as caught:
        verify_log_proof(raw(document), KEYS)
    return caught.value.number


def submission_step_of(document: object) -> int:
    with pytest.raises(FailedStepError) as caught:
        verify_submission_proof(raw(document), STATEMENTS, KEYS)
    return caught.value.number


def submission(document: object) -> VerifiedSubmission:
    return verify_submission_proof(raw(document), STATEMENTS, KEYS)


@pytest.mark.parametrize("size", [1, 2, 3, 255, 256, 257, 300])
def test_every_leaf_of_a_tree_is_proven(size: int) -> None:
    for index in {0, size // 2, size - 1}:
        proven = verify_log_proof(raw(LOG.proof(index, size)), KEYS)
        assert (proven.kind, proven.index, proven.checkpoint.head.size) == (LeafKind.OBJECT_VERSION, index, size)
        assert proven.digest == LOG.leaves[index][2].hex()


GOOD = LOG.proof(77)


@pytest.mark.parametrize(
    ("changes", "step"),
    [
        ({"type": "another"}, 1),
        ({"extra": 1}, 1),
        ({"kind": "another"}, 1),
        ({"kind": None}, 1),
        ({"salt": "AB" * 32}, 1),
        ({"salt": "ab" * 31}, 1),
        ({"digest": 7}, 1),
        ({"log_index": -1}, 1),
        ({"log_index": True}, 1),
        ({"log_index": "77"}, 1),
        ({"tree_size": 300.5}, 1),
        ({"path": "AAAA"}, 1),
        ({"path": [1]}, 1),
        ({"path": ["A" * 43]}, 1),
        ({"path": GOOD["path"] * 20}, 1),
        ({"checkpoint": None}, 2),
        ({"checkpoint": "text"}, 2),
        ({"checkpoint": SmallLog().fill(300).checkpoint()}, 2),
        ({"checkpoint": LOG.checkpoint(299)}, 2),
        ({"exchange": "another"}, 2),
        ({"exchange": None}, 2),
        ({"tree_size": 299}, 2),
        ({"kind": "recall"}, 3),
        ({"salt": "ab" * 32}, 3),
        ({"digest": "ab" * 32}, 3),
        ({"log_index": 78}, 3),
        ({"log_index": 300}, 3),
        ({"path": GOOD["path"][1:]}, 3),
        ({"path": GOOD["path"][::-1]}, 3),
        ({"path": [*GOOD["path"], GOOD["path"][0]]}, 3),
    ],
)
def test_each_step_of_a_proof_fails_by_its_number(changes: dict[str, Any], step: int) -> None:
    assert step_of(GOOD | changes) == step


def test_what_is_no_proof_fails_at_the_first_step() -> None:
    assert step_of([]) == step_of({}) == step_of({name: value for name, value in GOOD.items() if name != "salt"}) == 1
    assert [step.number for step in PROOF_STEPS] == [1, 2, 3]


def test_proofs_of_one_version_may_lie_in_a_list() -> None:
    for given in ({"proofs": [LOG.proof(3), LOG.proof(4)]}, [LOG.proof(3), LOG.proof(4)]):
        assert [one.index for one in verify_log_proofs(raw(given), KEYS)] == [3, 4]
    for document in ({"proofs": {}}, {"proofs": [], "more": 1}, 7, {"proofs": [LOG.proof(3), GOOD | {"log_index": 3}]}):
        with pytest.raises(FailedStepError):
            verify_log_proofs(raw(document), KEYS)


def test_a_document_is_the_one_that_the_log_commits_to() -> None:
    log, document = SmallLog(key=LOG.key).fill(4), {"type": "recall", "b": 1, "a": [2.0]}
    index = log.add(hashlib.sha256(b'{"a":[2],"b":1,"type":"recall"}').hexdigest(), LeafKind.RECALL)
    good = {"document": document, "proof": log.proof(index)}
    proven = verify_entry_proof(raw(good), KEYS)
    assert (proven.kind, proven.index) == (LeafKind.RECALL, index)
    for changes, step in (({"extra": 1}, 1), ({"proof": {}}, 2), ({"proof": log.proof(0)}, 3), ({"document": {}}, 3)):
        with pytest.raises(FailedStepError) as caught:
            verify_entry_proof(raw(good | changes), KEYS)
        assert caught.value.number == step


def test_a_submission_is_proven_whole() -> None:
    shown = submission(LOG.submission([3, 4, 250]))
    assert [one.index for one in shown.proofs] == [3, 4, 250]
    assert set(shown.receipt.digests.values()) == {3, 4, 250}
    assert submission(LOG.submission([])).proofs == ()


def test_each_step_of_a_submissions_proof_fails_by_its_number() -> None:
    good = LOG.submission([3, 4])
    other = SmallLog(key=LOG.key).fill(300)
    assert submission_step_of(good | {"extra": 1}) == submission_step_of(good | {"proofs": {}}) == submission_step_of([]) == 1
    assert submission_step_of(good | {"submission": "2"}) == submission_step_of(good | {"receipt": None}) == 2
    assert submission_step_of(good | {"receipt": other.receipt([3, 4])}) == 2
    assert submission_step_of(good | {"proofs": [GOOD | {"log_index": 78}]}) == submission_step_of(good | {"proofs": [1]}) == 3
    assert submission_step_of(good | {"proofs": good["proofs"][:1]}) == 4
    assert submission_step_of(good | {"proofs": [LOG.proof(3), LOG.proof(5)]}) == 4
    assert [step.number for step in SUBMISSION_STEPS] == [1, 2, 3, 4]


def test_a_receipt_of_as_many_objects_as_a_submission_may_have_is_read_in_a_submissions_proof() -> None:
    document = LOG.submission([3]) | {"receipt": LOG.receipt(range(300))}
    assert len(document["receipt"]["payload"]) > 64 * 1024 / 2
    assert submission_step_of(document) == 4


def proven(index: int, note: str | None = None) -> VerifiedProof:
    log = LogKeys(KEYS.keys, EXCHANGE, {"w": WITNESS.public})
    return verify_log_proof(raw(LOG.proof(index, note=note)), log)


def receipt(index: int, at: datetime) -> VerifiedReceipt:
    return open_receipt(LOG.receipt([index], at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")), STATEMENTS)


DIGEST = LOG.leaves[9][2].hex()
MIDDLE = datetime(2026, 3, 2, tzinfo=UTC)


def found(proofs: list[VerifiedProof], *receipts: VerifiedReceipt) -> Logged:
    [(digest, logged)] = where_logged(proofs, receipts).items()
    assert digest == DIGEST
    return logged


def test_a_witness_says_by_when_where_the_exchange_says_nothing() -> None:
    seen = cosign_checkpoint(LOG.checkpoint(), "w", WITNESS, LATE)
    assert found([proven(9)]) == Logged(9, 300)
    assert found([proven(9, seen)]) == Logged(9, 300, cosigned=True, at=LATE, by="witness w", latest=LATE)
    assert found([proven(9), proven(9, seen)]).cosigned


def test_the_earliest_that_the_exchange_signed_counts() -> None:
    dated = proven(9, LOG.checkpoint(at=MIDDLE))
    assert found([dated]) == Logged(9, 300, at=MIDDLE, by="checkpoint", latest=MIDDLE)
    assert found([proven(9, LOG.checkpoint(at=LATE)), dated, proven(9)]).at == MIDDLE
    early = found([dated], receipt(9, EARLY), receipt(9, LATE))
    assert (early.at, early.by, early.received) == (EARLY, "receipt", EARLY)
    assert found([dated], receipt(9, LATE)).by == "checkpoint"


@pytest.mark.parametrize("at", [datetime(1971, 1, 1, tzinfo=UTC), EARLY, LATE])
def test_a_witness_contradicts_nothing_that_the_exchange_signed(at: datetime) -> None:
    told = found([proven(9, cosign_checkpoint(LOG.checkpoint(), "w", WITNESS, at))], receipt(9, MIDDLE))
    assert (told.cosigned, told.at, told.by, told.latest) == (True, MIDDLE, "receipt", MIDDLE)
    told = found([proven(9, cosign_checkpoint(LOG.checkpoint(at=MIDDLE), "w", WITNESS, at))])
    assert (told.cosigned, told.at, told.by, told.latest) == (True, MIDDLE, "checkpoint", MIDDLE)


def test_of_several_witnesses_the_latest_says_that_a_key_counted() -> None:
    note = cosign_checkpoint(cosign_checkpoint(LOG.checkpoint(), "w", WITNESS, LATE), "v", OTHER_WITNESS, EARLY)
    log = LogKeys(KEYS.keys, EXCHANGE, {"w": WITNESS.public, "v": OTHER_WITNESS.public})
    told = found([verify_log_proof(raw(LOG.proof(9, note=note)), log)])
    assert (told.at, told.by, told.latest) == (EARLY, "witness v", LATE)


def test_a_receipt_of_what_was_stored_before_does_not_say_when_it_came() -> None:
    again = VerifiedReceipt({}, "", {DIGEST: 9}, LATE)
    assert found([proven(9)], again) == Logged(9, 300, at=LATE, by="receipt", latest=LATE)
    assert found([proven(9)], receipt(9, EARLY)).received == EARLY


def test_a_receipt_of_another_place_or_without_a_time_says_nothing() -> None:
    digest = LOG.leaves[9][2].hex()
    elsewhere = VerifiedReceipt({}, "", {digest: 8}, EARLY)
    assert where_logged([proven(9)], [elsewhere, VerifiedReceipt({}, "", {digest: 9}), receipt(8, EARLY)])[digest].at is None


def test_leaves_that_are_no_objects_are_no_objects() -> None:
    log = SmallLog(key=LOG.key)
    log.add(kind=LeafKind.RECALL)
    assert where_logged([verify_log_proof(raw(log.proof(0)), KEYS)], []) == {}
