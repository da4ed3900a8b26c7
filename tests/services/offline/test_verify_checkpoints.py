"""Checkpoints offline: each step both ways, witnesses, and a compromised key of the exchange."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.crypto.checkpoint import cosign_checkpoint
from app.crypto.keys import PrivateKey
from app.crypto.merkle import TreeHead
from app.domain.errors import Code, MalformedInputError
from app.services.offline.known_keys import ExchangeKey
from app.services.offline.steps import FailedStepError
from app.services.offline.verify_checkpoints import CHECKPOINT_STEPS, LogKeys, read_checkpoint_file, verify_checkpoint
from tests.factories.small_logs import EXCHANGE, SmallLog

LOG = SmallLog().fill(7)
NOTE = LOG.checkpoint()
WITNESS, SECOND = PrivateKey.generate(), PrivateKey.generate()
SEEN = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
KEYS = [ExchangeKey(LOG.key.public)]
COSIGNED = cosign_checkpoint(cosign_checkpoint(NOTE, "b", SECOND, SEEN + timedelta(hours=1)), "a", WITNESS, SEEN)


def failed(note: str, log: LogKeys) -> tuple[int, Code]:
    with pytest.raises(FailedStepError) as caught:
        verify_checkpoint(note, log)
    return caught.value.number, caught.value.code


def test_a_checkpoint_is_verified_with_the_exchanges_key() -> None:
    verified = verify_checkpoint(NOTE, LogKeys(KEYS, EXCHANGE))
    assert (verified.head, verified.keyid, verified.cosignatures) == (LOG.tree().head(), LOG.key.public.keyid, ())
    assert verified.head == TreeHead(7, LOG.tree().root())
    assert (verified.is_cosigned, verified.seen) == (False, None)


def test_any_of_the_exchanges_keys_may_have_signed() -> None:
    both = [ExchangeKey(WITNESS.public), *KEYS]
    assert verify_checkpoint(NOTE, LogKeys(both)).keyid == LOG.key.public.keyid


def test_each_step_fails_by_its_number() -> None:
    log = LogKeys(KEYS, EXCHANGE)
    assert failed("text", log) == (1, Code.REQUEST_INVALID)
    assert failed(SmallLog(exchange="another", key=LOG.key).checkpoint(), log)[0] == 2
    assert failed(NOTE, LogKeys([ExchangeKey(WITNESS.public)], EXCHANGE)) == (3, Code.KEY_NOT_ACCEPTED)
    assert failed(NOTE, LogKeys([])) == (3, Code.KEY_NOT_ACCEPTED)
    assert failed(NOTE.replace("\n7\n", "\n8\n"), log) == (3, Code.SIGNATURE_INVALID)
    witnesses = {"a": WITNESS.public}
    assert failed(COSIGNED + COSIGNED.splitlines()[-1] + "\n", LogKeys(KEYS, witnesses=witnesses))[0] == 4
    assert failed(NOTE, LogKeys([ExchangeKey(LOG.key.public, SEEN)])) == (5, Code.KEY_WAS_COMPROMISED)
    assert [step.number for step in CHECKPOINT_STEPS] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("needed", [1, 2, 3])
def test_as_many_witnesses_count_as_are_asked_for(needed: int) -> None:
    witnesses = {"a": WITNESS.public, "b": SECOND.public}
    verified = verify_checkpoint(COSIGNED, LogKeys(KEYS, witnesses=witnesses, needed=needed))
    assert verified.is_cosigned == (needed <= len(witnesses))
    assert verified.seen == {1: (SEEN, "a"), 2: (SEEN + timedelta(hours=1), "b")}.get(needed)
    assert verified.last_seen == SEEN + timedelta(hours=1)


def test_one_witness_of_several_that_are_asked_for_makes_nothing_older() -> None:
    lying, long_ago = PrivateKey.generate(), SEEN - timedelta(days=365)
    note = cosign_checkpoint(COSIGNED, "c", lying, long_ago)
    witnesses = {"a": WITNESS.public, "b": SECOND.public, "c": lying.public}
    assert verify_checkpoint(note, LogKeys(KEYS, witnesses=witnesses, needed=2)).seen == (SEEN, "a")
    late = [ExchangeKey(LOG.key.public, SEEN)]
    assert failed(note, LogKeys(late, witnesses=witnesses, needed=2))[0] == 5
    assert failed(cosign_checkpoint(NOTE, "c", lying, long_ago), LogKeys(late, witnesses=witnesses, needed=2))[0] == 5


def test_nobody_cosigned_for_whom_no_witness_is_named() -> None:
    assert not verify_checkpoint(COSIGNED, LogKeys(KEYS, needed=0)).is_cosigned


def test_one_key_is_no_two_witnesses() -> None:
    with pytest.raises(MalformedInputError, match="same key"):
        LogKeys(KEYS, witnesses={"a": WITNESS.public, "b": WITNESS.public})


def test_what_a_witness_saw_before_the_compromise_of_the_exchanges_key_counts() -> None:
    witnesses = {"a": WITNESS.public}
    late = [ExchangeKey(LOG.key.public, SEEN + timedelta(seconds=1))]
    assert verify_checkpoint(COSIGNED, LogKeys(late, witnesses=witnesses)).is_cosigned
    assert failed(COSIGNED, LogKeys([ExchangeKey(LOG.key.public, SEEN)], witnesses=witnesses))[0] == 5


def test_a_file_that_is_no_text_is_no_checkpoint() -> None:
    assert read_checkpoint_file(NOTE.encode(), LogKeys(KEYS)).head.size == 7
    with pytest.raises(FailedStepError):
        read_checkpoint_file(b"\xff", LogKeys(KEYS))


def test_the_exchange_says_when_it_made_a_checkpoint() -> None:
    log = LogKeys(KEYS, EXCHANGE)
    assert verify_checkpoint(LOG.checkpoint(at=SEEN), log).dated == SEEN
    assert verify_checkpoint(NOTE, log).dated is None
    twice = LOG.checkpoint(at=SEEN) + LOG.checkpoint(at=SEEN + timedelta(hours=1)).removeprefix(NOTE)
    assert failed(twice, log) == (3, Code.SIGNATURE_INVALID)


def test_a_compromised_key_dates_nothing() -> None:
    witnesses = {"a": WITNESS.public}
    late = [ExchangeKey(LOG.key.public, SEEN + timedelta(hours=1))]
    note = cosign_checkpoint(LOG.checkpoint(at=SEEN - timedelta(days=9)), "a", WITNESS, SEEN)
    verified = verify_checkpoint(note, LogKeys(late, witnesses=witnesses))
    assert (verified.dated, verified.seen) == (None, (SEEN, "a"))
    assert failed(LOG.checkpoint(at=SEEN), LogKeys(late))[0] == 5


def test_the_exchange_is_no_witness_of_its_own() -> None:
    with pytest.raises(MalformedInputError, match="own key"):
        LogKeys(KEYS, witnesses={f"breakwater-exchange/{EXCHANGE}": LOG.key.public})
