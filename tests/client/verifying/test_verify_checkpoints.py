"""Checkpoints offline: each step both ways, witnesses, and a compromised key of the exchange."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.domain.errors import Code, MalformedInputError, UnprovenError
from breakwater_client.trust.checkpoint import cosign_checkpoint
from breakwater_client.trust.keys import PrivateKey
from breakwater_client.trust.merkle import TreeHead
from breakwater_client.verifying.known_keys import ExchangeKey
from breakwater_client.verifying.steps import FailedStepError
from breakwater_client.verifying.verify_checkpoints import (
    CHECKPOINT_STEPS,
    GreatestAge,
    ListedWitness,
    LogKeys,
    check_no_older,
    read_checkpoint_file,
    shown_at,
    verify_checkpoint,
)
from breakwater_client.vocabulary import KeyAlgorithm
from tests.factories.colliding_keys import WITNESSES, numbered_key
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
    assert failed(NOTE, LogKeys([ExchangeKey(LOG.key.public, SEEN)])) == (5, Code.KEY_WAS_COMPROMISED)
    assert [step.number for step in CHECKPOINT_STEPS] == [1, 2, 3, 4, 5]


def test_the_key_that_signed_is_found_among_those_that_a_line_cannot_tell_apart() -> None:
    one, other = numbered_key(25794), numbered_key(37914)
    unfit = PrivateKey.generate(KeyAlgorithm.P256)
    log = SmallLog(key=other).fill(7)
    listed_keys = [ExchangeKey(key.public) for key in (unfit, one, other)]
    for keys in (listed_keys, listed_keys[::-1]):
        assert verify_checkpoint(log.checkpoint(at=SEEN), LogKeys(keys, EXCHANGE)).keyid == other.public.keyid
    assert failed(log.checkpoint(), LogKeys(listed_keys[:2], EXCHANGE)) == (3, Code.SIGNATURE_INVALID)
    assert failed(log.checkpoint(), LogKeys(listed_keys[:1], EXCHANGE)) == (3, Code.KEY_NOT_ACCEPTED)


def of_witness(key: PrivateKey, at: datetime = SEEN) -> str:
    """Give the line of the witness ``a`` below the checkpoint."""
    return cosign_checkpoint(NOTE, "a", key, at).removeprefix(NOTE)


@pytest.mark.parametrize(
    "evil",
    [
        of_witness(WITNESSES[1]),
        cosign_checkpoint(SmallLog().fill(8).checkpoint(), "a", WITNESSES[0], SEEN).splitlines()[-1] + "\n",
        of_witness(WITNESSES[0]) + of_witness(WITNESSES[0], SEEN + timedelta(hours=1)),
    ],
    ids=["another key with the same four bytes", "of another checkpoint", "twice"],
)
def test_a_witness_whose_lines_are_broken_costs_its_own_count_alone(evil: str) -> None:
    honest = {"b": SECOND.public, "c": WITNESS.public}
    note = cosign_checkpoint(cosign_checkpoint(NOTE, "b", SECOND, SEEN), "c", WITNESS, SEEN)
    log = LogKeys(KEYS, witnesses={"a": WITNESSES[0].public} | honest, needed=2)
    for told in (note + evil, NOTE + evil + note.removeprefix(NOTE)):
        verified = verify_checkpoint(told, log)
        assert (verified.is_cosigned, {name for name, _ in verified.cosignatures}) == (True, {"b", "c"})
    assert not verify_checkpoint(cosign_checkpoint(NOTE, "b", SECOND, SEEN) + evil, log).is_cosigned


def test_a_witness_counts_once_by_whichever_of_two_keys_that_a_line_cannot_tell_apart() -> None:
    one, other = WITNESSES
    log = LogKeys(KEYS, witnesses={"a": one.public}, listed=[ListedWitness("a", other.public)])
    for lines in (of_witness(one), of_witness(other), of_witness(one) + of_witness(other)):
        assert verify_checkpoint(NOTE + lines, log).cosignatures == (("a", SEEN),)


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


def listed(*keys: PrivateKey, **times: datetime) -> LogKeys:
    return LogKeys(KEYS, listed=[ListedWitness("a", key.public, **times) for key in keys])


def test_witnesses_of_a_directory_count_while_their_keys_do() -> None:
    assert verify_checkpoint(COSIGNED, listed(WITNESS)).cosignatures == (("a", SEEN),)
    assert verify_checkpoint(COSIGNED, listed(WITNESS, counts_from=SEEN + timedelta(milliseconds=500))).is_cosigned
    for times in ({"counts_from": SEEN + timedelta(seconds=1)}, {"counts_until": SEEN}):
        assert not verify_checkpoint(COSIGNED, listed(WITNESS, **times)).is_cosigned


def test_several_keys_of_one_witness_count_once() -> None:
    note = cosign_checkpoint(cosign_checkpoint(NOTE, "a", WITNESS, SEEN), "a", SECOND, SEEN)
    assert verify_checkpoint(note, listed(WITNESS, SECOND)).cosignatures == (("a", SEEN),)


def test_whoever_was_named_is_not_counted_again_by_the_directory() -> None:
    log = LogKeys(KEYS, witnesses={"a": WITNESS.public}, needed=2, listed=[ListedWitness("a", WITNESS.public)])
    assert not verify_checkpoint(COSIGNED, log).is_cosigned
    own = [ListedWitness(f"breakwater-exchange/{EXCHANGE}", KEYS[0].key)]
    assert not verify_checkpoint(LOG.checkpoint(at=SEEN), LogKeys(KEYS, listed=own)).is_cosigned


def test_of_a_named_witness_nothing_counts_that_the_directory_ends() -> None:
    witnesses = {"a": WITNESS.public, "b": SECOND.public}

    def both(**life: Any) -> bool:
        known = {WITNESS.public.keyid: ListedWitness("breakwater-witness/a", WITNESS.public, **life)}
        return verify_checkpoint(COSIGNED, LogKeys(KEYS, witnesses=witnesses, needed=2, known=known)).is_cosigned

    assert both()
    assert both(counts_from=SEEN, counts_until=SEEN + timedelta(seconds=1))
    assert not both(is_compromised=True)
    assert not both(counts_until=SEEN)
    assert not both(counts_from=SEEN + timedelta(seconds=1))


def test_a_further_key_of_a_witness_counts_once_under_whichever_name_and_ends_with_the_directory() -> None:
    note = cosign_checkpoint(cosign_checkpoint(NOTE, "a", SECOND, SEEN), "b", SECOND, SEEN)
    further = [ListedWitness("a", SECOND.public), ListedWitness("b", SECOND.public)]
    assert verify_checkpoint(note, LogKeys(KEYS, listed=further)).cosignatures == (("a", SEEN),)
    known = {SECOND.public.keyid: ListedWitness("a", SECOND.public, is_compromised=True)}
    assert verify_checkpoint(note, LogKeys(KEYS, listed=further, known=known)).cosignatures == ()


def test_no_key_of_the_exchange_is_a_witness_whatever_it_is_for() -> None:
    own = frozenset({WITNESS.public.keyid})
    for of in ({"witnesses": {"a": WITNESS.public}}, {"listed": [ListedWitness("a", WITNESS.public)]}):
        with pytest.raises(MalformedInputError, match="own key"):
            LogKeys(KEYS, own=own, **of)  # type: ignore[arg-type]  # one of two fields


def test_a_checkpoint_is_as_new_as_so_many_witnesses_say_as_are_asked_for() -> None:
    witnesses = {"a": WITNESS.public, "b": SECOND.public}
    note = cosign_checkpoint(
        cosign_checkpoint(LOG.checkpoint(at=SEEN + timedelta(days=1)), "a", WITNESS, SEEN), "b", SECOND, SEEN
    )
    later = cosign_checkpoint(LOG.checkpoint(), "b", SECOND, SEEN + timedelta(hours=1))

    def at(note: str, **asked: Any) -> datetime | None:
        log = LogKeys(KEYS, **asked)
        return shown_at(verify_checkpoint(note, log), log)

    assert at(note) == SEEN + timedelta(days=1)  # the exchange's word
    assert at(NOTE) is None
    assert at(note, witnesses=witnesses, needed=2) == SEEN
    assert at(COSIGNED, witnesses=witnesses, needed=1) == SEEN + timedelta(hours=1)
    assert at(COSIGNED, witnesses=witnesses, needed=2) == SEEN
    assert at(later, witnesses=witnesses, needed=2) is None
    assert at(note, listed=[ListedWitness("a", WITNESS.public, counts_until=SEEN)]) is None


def test_one_of_the_checkpoints_must_be_new_enough() -> None:
    log = LogKeys(KEYS)
    old, new = (verify_checkpoint(LOG.checkpoint(at=at), log) for at in (SEEN, SEEN + timedelta(days=1)))
    age = GreatestAge(timedelta(hours=2), SEEN + timedelta(days=1))
    check_no_older([old, new], log, age)
    for shown in ([old], [], [verify_checkpoint(NOTE, log)]):
        with pytest.raises(UnprovenError) as caught:
            check_no_older(shown, log, age)
        assert caught.value.code is Code.CHECKPOINT_TOO_OLD
        assert ("Z: newer ones" in caught.value.sentence) is (shown == [old]), "an instant as all documents spell it"
    check_no_older([new], log, GreatestAge(timedelta(hours=2), SEEN + timedelta(days=1) - timedelta(minutes=5)))
    with pytest.raises(UnprovenError):  # dated ahead it would be new for ever
        check_no_older([new], log, GreatestAge(timedelta(hours=2), SEEN + timedelta(days=1) - timedelta(minutes=6)))
