"""Which cosignatures are taken, and what alarms."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.errors import (
    BreakwaterError,
    Code,
    ConflictError,
    ForbiddenError,
    MalformedInputError,
    UnfitKeyError,
    UntrustedSignatureError,
)
from app.domain.paging import AlarmCode
from app.domain.permissions import Permission
from app.domain.vocabulary import KeyAlgorithm, KeyUsage
from app.services.answer_once import key_use
from app.services.membership.manage_keys import register_key, revoke_key
from app.services.membership.report_compromise import report_compromise
from app.services.proving.serve_log import Cosigners, checkpoint_note
from app.services.proving.take_cosignature import SKEW, take_cosignature
from app.services.raise_alarm import alarm_counts
from breakwater_client.trust.checkpoint import (
    Checkpoint,
    cosign_checkpoint,
    open_cosignatures,
    read_checkpoint,
    sign_checkpoint,
    witness_name,
)
from breakwater_client.trust.keys import PrivateKey
from breakwater_client.trust.signed_note import SignatureKind
from tests.factories.checkpoints import make_checkpoint
from tests.factories.colliding_keys import look_for, numbered_key
from tests.factories.members import PARTNER_SCOPES, Hub
from tests.factories.stix_objects import indicator
from tests.factories.witnesses import HubWitness, cosigned_checkpoint


@pytest.fixture
def witness(hub: Hub) -> HubWitness:
    return HubWitness(hub.enrol("Witness"))


def refused(witness: HubWitness, note: str) -> BreakwaterError:
    with pytest.raises(BreakwaterError) as caught:
        take_cosignature(witness.member.hub.exchange, witness.member.principal, note)
    return caught.value


def alarms(hub: Hub) -> int:
    return alarm_counts(hub.exchange, hub.operator)[AlarmCode.LOG_TWO_CHECKPOINTS]


def test_a_cosigned_checkpoint_is_published_with_its_line(hub: Hub, witness: HubWitness) -> None:
    other = HubWitness(hub.enrol("Second witness"))
    note = cosigned_checkpoint(hub, witness, other)
    told = checkpoint_note(hub.exchange, hub.members[0].principal)
    assert told.startswith(note)
    seen = open_cosignatures(told, {one.name: one.key.public for one in (witness, other)})
    assert seen == [(one.name, hub.clock.now.replace(microsecond=0)) for one in (witness, other)]
    assert checkpoint_note(hub.exchange, hub.members[0].principal, read_checkpoint(note).size) == told


def test_one_of_a_size_is_kept_and_comes_again_as_it_was(hub: Hub, witness: HubWitness) -> None:
    note = make_checkpoint(hub.exchange)
    first = witness.hand_in(note)
    hub.clock.now += timedelta(minutes=1)
    assert witness.hand_in(note) == first
    assert checkpoint_note(hub.exchange, witness.member.principal).count("breakwater-witness/") == 1


def test_a_key_of_idempotency_is_bound_to_its_body(hub: Hub, witness: HubWitness) -> None:
    note = witness.cosigned(make_checkpoint(hub.exchange))
    exchange, who = hub.exchange, witness.member.principal
    uses = [key_use(who, "log/cosignatures", "a-key", body) for body in (b"one", b"one", b"another")]
    assert take_cosignature(exchange, who, note, uses[0]) == take_cosignature(exchange, who, note, uses[1])
    with pytest.raises(ConflictError) as caught:
        take_cosignature(exchange, who, note, uses[2])
    assert caught.value.code is Code.IDEMPOTENCY_KEY_REUSED


def test_a_checkpoint_that_our_key_signed_and_nobody_published_alarms(hub: Hub, witness: HubWitness) -> None:
    published = read_checkpoint(make_checkpoint(hub.exchange))
    key = hub.exchange.keys.checkpoints
    for forged in (replace(published, root=bytes(32)), replace(published, size=published.size + 1)):
        note = witness.cosigned(sign_checkpoint(forged, key))
        assert isinstance(refused(witness, note), ConflictError)
    assert alarms(hub) == 2


def test_what_another_key_signed_alarms_nobody(hub: Hub, witness: HubWitness) -> None:
    published = read_checkpoint(make_checkpoint(hub.exchange))
    for forged in (Checkpoint("another", published.size, bytes(32)), replace(published, root=bytes(32))):
        assert isinstance(refused(witness, witness.cosigned(sign_checkpoint(forged, PrivateKey.generate()))), ConflictError)
    assert alarms(hub) == 0


def test_a_key_that_does_not_count_cosigns_nothing(hub: Hub) -> None:
    pending = HubWitness(hub.enrol("Pending witness"), active=False)
    note = make_checkpoint(hub.exchange)
    told = refused(pending, pending.cosigned(note))
    assert (told.code, "is pending" in told.sentence) == (Code.KEY_NOT_ACTIVE, True)
    ended = HubWitness(hub.enrol("Ended witness"))
    revoke_key(hub.exchange, ended.member.principal, ended.key.public.keyid)
    told = refused(ended, ended.cosigned(note))
    assert (told.code, "is pending" in told.sentence) == (Code.KEY_NOT_ACTIVE, False)


def test_ones_other_keys_and_others_keys_cosign_nothing(hub: Hub, witness: HubWitness) -> None:
    other = HubWitness(hub.enrol("Second witness"))
    note = make_checkpoint(hub.exchange)
    assert refused(witness, note).code is Code.KEY_NOT_ACTIVE
    assert refused(witness, other.cosigned(note)).code is Code.KEY_NOT_ACTIVE
    of_objects = cosign_checkpoint(note, witness.name, witness.member.key, hub.clock.now)
    assert refused(witness, of_objects).code is Code.KEY_NOT_ACTIVE


def test_a_line_that_does_not_verify_is_refused(hub: Hub, witness: HubWitness) -> None:
    note = make_checkpoint(hub.exchange)
    line = witness.cosigned(note).splitlines()[-1]
    hub.members[0].store(indicator())
    later = make_checkpoint(hub.exchange)
    assert isinstance(refused(witness, f"{later}{line}\n"), UntrustedSignatureError)


def test_of_two_keys_that_a_line_cannot_tell_apart_the_one_that_signed_is_taken(hub: Hub) -> None:
    member = hub.enrol("Witness of two keys")
    numbers = look_for(witness_name(member.partner.identity_id), SignatureKind.COSIGNATURE)
    first, second = HubWitness(member, key=numbered_key(numbers[0])), numbered_key(numbers[1])
    later = hub.clock.now + timedelta(days=1)
    member.rotate(first.key, second, usage=KeyUsage.CHECKPOINT_COSIGNING, retire_at=later)
    elsewhere = sign_checkpoint(Checkpoint("another", 1, bytes(32)), PrivateKey.generate())
    broken = cosign_checkpoint(elsewhere, first.name, second, hub.clock.now).removeprefix(elsewhere)
    for key in (first.key, second):
        note = make_checkpoint(hub.exchange)
        cosigned = cosign_checkpoint(note + broken, first.name, key, hub.clock.now)
        assert take_cosignature(hub.exchange, member.principal, cosigned).keyid == key.public.keyid
        told = checkpoint_note(hub.exchange, hub.members[0].principal)
        assert open_cosignatures(told, {first.name: key.public}) == [(first.name, hub.clock.now.replace(microsecond=0))]
        hub.members[0].store(indicator())


def test_times_that_cannot_be_are_refused(hub: Hub, witness: HubWitness) -> None:
    note, now = make_checkpoint(hub.exchange), hub.clock.now
    for away in (-SKEW - timedelta(seconds=2), SKEW + timedelta(seconds=2)):
        told = refused(witness, cosign_checkpoint(note, witness.name, witness.key, now + away))
        assert (type(told), told.pointer) == (MalformedInputError, "/note")
    hub.clock.now += timedelta(days=1)
    assert witness.hand_in(note).tree_size == read_checkpoint(note).size  # one that was away cosigns late


@pytest.mark.parametrize("note", ["", "nothing", "a\n1\nb\n\n"])
def test_what_is_no_checkpoint_is_refused(witness: HubWitness, note: str) -> None:
    told = refused(witness, note)
    assert (type(told), told.pointer) == (MalformedInputError, "/note")


def test_staff_and_whoever_lacks_the_right_cosign_nothing(hub: Hub, witness: HubWitness) -> None:
    note = witness.cosigned(make_checkpoint(hub.exchange))
    lacking = witness.member.principal_with(scopes=PARTNER_SCOPES - {Permission.LOG_COSIGN})
    for principal in (hub.operator, lacking):
        with pytest.raises(ForbiddenError):
            take_cosignature(hub.exchange, principal, note)


def test_a_witness_has_an_ed25519_key(hub: Hub) -> None:
    member, key = hub.enrol("Witness"), PrivateKey.generate(KeyAlgorithm.P256)
    with pytest.raises(UnfitKeyError):
        register_key(hub.exchange, member.principal, member.registration(key, KeyUsage.CHECKPOINT_COSIGNING))


def test_what_stands_for_a_size_is_given_to_nobody_but_its_key(hub: Hub, witness: HubWitness) -> None:
    note = make_checkpoint(hub.exchange)
    witness.hand_in(note)
    assert refused(witness, note).code is Code.KEY_NOT_ACTIVE
    second = PrivateKey.generate()
    witness.member.rotate(witness.key, second, usage=KeyUsage.CHECKPOINT_COSIGNING)
    told = refused(witness, cosign_checkpoint(note, witness.name, second, hub.clock.now))
    assert (type(told), told.pointer) == (MalformedInputError, "/note")
    hub.clock.now += timedelta(minutes=1)  # what a key signed for since it was stolen counts no more, its next key neither
    report_compromise(hub.exchange, witness.member.principal, witness.key.public.keyid, hub.clock.now)
    assert refused(witness, witness.cosigned(note)).code is Code.KEY_NOT_ACTIVE
    later = make_checkpoint(hub.exchange)
    taken = take_cosignature(
        hub.exchange, witness.member.principal, cosign_checkpoint(later, witness.name, second, hub.clock.now)
    )
    assert taken.keyid == second.public.keyid


def test_a_stolen_witness_key_recalls_nothing_and_counts_no_more(hub: Hub, witness: HubWitness) -> None:
    cosigned_checkpoint(hub, witness)
    told = report_compromise(hub.exchange, witness.member.principal, witness.key.public.keyid, hub.clock.now)
    assert (told.withdrawn, told.credentials) == (0, [])
    with pytest.raises(BreakwaterError):
        checkpoint_note(hub.exchange, witness.member.principal, by=Cosigners(1))
