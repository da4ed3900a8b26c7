from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.errors import (
    BreakwaterError,
    Code,
    ConflictError,
    ForbiddenError,
    MalformedInputError,
    NotFoundError,
    UnfitKeyError,
    UntrustedSignatureError,
)
from app.domain.events import Event
from app.domain.partner import Credential, PartnerKey
from app.domain.permissions import Permission
from app.domain.vocabulary import KeyAlgorithm, KeyState, KeyUsage, Tlp
from app.services.answer_once import key_use
from app.services.membership.look_up_keys import get_key, list_keys, public_pem
from app.services.membership.manage_keys import (
    CHALLENGE_LIFE,
    Challenge,
    KeyRegistration,
    activate_key,
    new_challenge,
    register_key,
    retire_key,
    revoke_key,
)
from app.storage import credentials, events
from breakwater_client.trust.keys import PrivateKey, load_public_key
from breakwater_client.trust.possession import prove_possession
from tests.factories.members import PARTNER_SCOPES, Hub, Member
from tests.factories.policy_values import NOW
from tests.factories.stix_objects import indicator

ABSENT = "0" * 64


REQUESTS = KeyUsage.REQUEST_SIGNING


def _registration(
    member: Member, key: PrivateKey, challenge: Challenge, usage: KeyUsage = KeyUsage.OBJECT_SIGNING
) -> KeyRegistration:
    proof = prove_possession(key, challenge.challenge, member.id)
    return KeyRegistration(key.public.to_pem().decode(), challenge.challenge, proof, usage)


def _register(member: Member, key: PrivateKey, usage: KeyUsage = KeyUsage.OBJECT_SIGNING) -> PartnerKey:
    registration = _registration(member, key, new_challenge(member.hub.exchange, member.principal), usage)
    return register_key(member.hub.exchange, member.principal, registration)


def _credential(hub: Hub, keyid: str) -> Credential | None:
    with hub.exchange.database.read() as connection:
        return credentials.credential_of_key(connection, keyid)


def _refusal(member: Member, registration: KeyRegistration) -> BreakwaterError:
    with pytest.raises(BreakwaterError) as caught:
        register_key(member.hub.exchange, member.principal, registration)
    assert len(list_keys(member.hub.exchange, member.principal)) == 1
    return caught.value


def test_a_registered_key_is_pending_and_carries_what_verifiers_need(publisher: Member) -> None:
    key = PrivateKey.generate()
    made = _register(publisher, key)
    assert made == PartnerKey(
        keyid=key.public.keyid,
        partner_id=publisher.id,
        usage=KeyUsage.OBJECT_SIGNING,
        algorithm=KeyAlgorithm.ED25519,
        public_key=key.public.spki,
        state=KeyState.PENDING,
        registered_at=NOW,
        changed_at=NOW,
    )
    assert load_public_key(public_pem(made.public_key).encode()) == key.public


def test_an_operator_activates_the_first_key_of_a_use_once(quick_hub: Hub, publisher: Member) -> None:
    keyid = _register(publisher, PrivateKey.generate(), REQUESTS).keyid
    quick_hub.clock.pass_time(timedelta(hours=1))
    activated = activate_key(quick_hub.exchange, quick_hub.operator, keyid)
    assert (activated.state, activated.usage) == (KeyState.ACTIVE, REQUESTS)
    assert activated.changed_at == activated.activated_at == NOW + timedelta(hours=1)
    assert get_key(quick_hub.exchange, publisher.principal, keyid).key == activated
    with pytest.raises(ConflictError):
        activate_key(quick_hub.exchange, quick_hub.operator, keyid)


@pytest.mark.parametrize("end", [None, revoke_key, retire_key])
def test_a_further_key_of_a_use_takes_more_than_one_operator(
    quick_hub: Hub, publisher: Member, end: Callable[..., PartnerKey] | None
) -> None:
    if end is not None:
        end(quick_hub.exchange, publisher.principal, publisher.key.public.keyid)
    keyid = _register(publisher, PrivateKey.generate()).keyid
    with pytest.raises(ForbiddenError) as caught:
        activate_key(quick_hub.exchange, quick_hub.operator, keyid)
    assert caught.value.code is Code.APPROVAL_NEEDED
    assert get_key(quick_hub.exchange, publisher.principal, keyid).key.state is KeyState.PENDING


@pytest.mark.parametrize("usage", [KeyUsage.STATEMENT_SIGNING, KeyUsage.DIRECTORY_SIGNING, KeyUsage.CHECKPOINT_SIGNING])
def test_partners_have_no_keys_for_what_the_exchange_signs(publisher: Member, usage: KeyUsage) -> None:
    with pytest.raises(MalformedInputError):
        _register(publisher, PrivateKey.generate(), usage)


def test_a_key_that_signs_requests_has_a_credential_from_its_activation_until_it_ends(quick_hub: Hub, publisher: Member) -> None:
    keyid = _register(publisher, PrivateKey.generate(), REQUESTS).keyid
    assert _credential(quick_hub, keyid) is None
    activate_key(quick_hub.exchange, quick_hub.operator, keyid)
    held = _credential(quick_hub, keyid)
    assert held is not None
    assert (held.partner_id, held.scopes, held.purpose, held.tlp_ceiling) == (publisher.id, PARTNER_SCOPES, None, Tlp.RED)
    assert (held.created_at, held.revoked_at) == (NOW, None)
    retire_key(quick_hub.exchange, publisher.principal, keyid, NOW + timedelta(days=2))
    held = _credential(quick_hub, keyid)
    assert held is not None
    assert (held.expires_at, held.revoked_at) == (NOW + timedelta(days=2), None)
    revoke_key(quick_hub.exchange, publisher.principal, keyid)
    held = _credential(quick_hub, keyid)
    assert held is not None
    assert held.revoked_at == NOW


def test_a_key_that_signs_objects_has_no_credential(quick_hub: Hub, publisher: Member) -> None:
    assert _credential(quick_hub, publisher.key.public.keyid) is None


# When a key is asked to end (hours from now, None: at once), and what it is then hour by hour; None: refused.
RETIREMENTS: dict[str, tuple[int | None, dict[int, KeyState] | None]] = {
    "at once": (None, {0: KeyState.RETIRED, 9: KeyState.RETIRED}),
    "later": (5, {0: KeyState.ACTIVE, 4: KeyState.ACTIVE, 5: KeyState.RETIRED, 9: KeyState.RETIRED}),
    "in the past": (-1, None),
}


@pytest.mark.parametrize(("hours", "expected"), RETIREMENTS.values(), ids=RETIREMENTS)
def test_retirements(quick_hub: Hub, publisher: Member, hours: int | None, expected: dict[int, KeyState] | None) -> None:
    keyid = publisher.key.public.keyid
    at = None if hours is None else NOW + timedelta(hours=hours)
    if expected is None:
        with pytest.raises(MalformedInputError):
            retire_key(quick_hub.exchange, publisher.principal, keyid, at)
        return
    retire_key(quick_hub.exchange, publisher.principal, keyid, at)
    for after, state in expected.items():
        quick_hub.clock.now = NOW + timedelta(hours=after)
        assert get_key(quick_hub.exchange, publisher.principal, keyid).key.state is state
        stored = publisher.submit(indicator()).results[0].refusal
        assert (stored is None) is (state is KeyState.ACTIVE)


def test_an_end_is_brought_forward_and_not_put_off(quick_hub: Hub, publisher: Member) -> None:
    keyid, exchange = publisher.key.public.keyid, quick_hub.exchange
    retire_key(exchange, publisher.principal, keyid, NOW + timedelta(days=5))
    assert retire_key(exchange, publisher.principal, keyid, NOW + timedelta(days=2)).not_after == NOW + timedelta(days=2)
    for at in (NOW + timedelta(days=3), None):
        quick_hub.clock.now = NOW if at else NOW + timedelta(days=2)
        with pytest.raises(ConflictError):
            retire_key(exchange, publisher.principal, keyid, at)


def test_nobody_retires_another_partners_key(quick_hub: Hub, publisher: Member, other: Member) -> None:
    with pytest.raises(NotFoundError):
        retire_key(quick_hub.exchange, other.principal, publisher.key.public.keyid)
    assert retire_key(quick_hub.exchange, quick_hub.operator, publisher.key.public.keyid).state is KeyState.RETIRED


def test_a_partner_cannot_let_its_own_key_count(quick_hub: Hub, publisher: Member) -> None:
    keyid = _register(publisher, PrivateKey.generate()).keyid
    with pytest.raises(ForbiddenError):
        activate_key(quick_hub.exchange, publisher.principal, keyid)
    assert get_key(quick_hub.exchange, publisher.principal, keyid).key.state is KeyState.PENDING


def test_an_operator_brings_no_keys(quick_hub: Hub, publisher: Member) -> None:
    challenge = new_challenge(quick_hub.exchange, publisher.principal)
    with pytest.raises(ForbiddenError):
        new_challenge(quick_hub.exchange, quick_hub.operator)
    with pytest.raises(ForbiddenError):
        register_key(quick_hub.exchange, quick_hub.operator, _registration(publisher, PrivateKey.generate(), challenge))


def test_a_challenge_serves_once(quick_hub: Hub, publisher: Member) -> None:
    challenge = new_challenge(quick_hub.exchange, publisher.principal)
    register_key(quick_hub.exchange, publisher.principal, _registration(publisher, PrivateKey.generate(), challenge))
    with pytest.raises(UntrustedSignatureError) as caught:
        register_key(quick_hub.exchange, publisher.principal, _registration(publisher, PrivateKey.generate(), challenge))
    assert caught.value.code is Code.KEY_POSSESSION_UNPROVEN


def test_a_challenge_is_good_for_ten_minutes(quick_hub: Hub, publisher: Member) -> None:
    challenge = new_challenge(quick_hub.exchange, publisher.principal)
    assert challenge.expires_at == NOW + CHALLENGE_LIFE
    quick_hub.clock.now = challenge.expires_at
    assert _refusal(publisher, _registration(publisher, PrivateKey.generate(), challenge)).code is Code.KEY_POSSESSION_UNPROVEN
    quick_hub.clock.now = challenge.expires_at - timedelta(microseconds=1)
    register_key(quick_hub.exchange, publisher.principal, _registration(publisher, PrivateKey.generate(), challenge))


def test_another_partners_challenge_does_not_serve(quick_hub: Hub, publisher: Member, other: Member) -> None:
    theirs = new_challenge(quick_hub.exchange, other.principal)
    assert _refusal(publisher, _registration(publisher, PrivateKey.generate(), theirs)).code is Code.KEY_POSSESSION_UNPROVEN


def test_a_proof_by_another_key_or_for_another_partner_is_none(quick_hub: Hub, publisher: Member, other: Member) -> None:
    key = PrivateKey.generate()
    challenge = new_challenge(quick_hub.exchange, publisher.principal)
    good = _registration(publisher, key, challenge)
    for wrong in (
        _registration(publisher, PrivateKey.generate(), challenge).proof,
        _registration(other, key, challenge).proof,
        "",
        "nonsense",
    ):
        assert _refusal(publisher, replace(good, proof=wrong)).code is Code.KEY_POSSESSION_UNPROVEN
    assert register_key(quick_hub.exchange, publisher.principal, good).keyid == key.public.keyid


def test_an_unfit_key_is_refused_and_never_repeated(quick_hub: Hub, publisher: Member) -> None:
    private = PrivateKey.generate()
    challenge = new_challenge(quick_hub.exchange, publisher.principal)
    good = _registration(publisher, private, challenge)
    for pem in (private.to_pem().decode(), "", "nonsense"):
        refusal = _refusal(publisher, replace(good, public_key=pem))
        assert isinstance(refusal, UnfitKeyError)
        assert not pem or pem not in refusal.sentence


def test_one_key_belongs_to_one_partner(publisher: Member, other: Member) -> None:
    key = PrivateKey.generate()
    _register(publisher, key)
    for member in (publisher, other):
        with pytest.raises(ConflictError):
            _register(member, key)


def test_keys_are_seen_by_their_partner_and_by_staff(quick_hub: Hub, publisher: Member, other: Member) -> None:
    pending = _register(publisher, PrivateKey.generate())
    own = {one.key.keyid for one in list_keys(quick_hub.exchange, publisher.principal)}
    assert own == {publisher.key.public.keyid, pending.keyid}
    assert {one.owner.partner_id for one in list_keys(quick_hub.exchange, quick_hub.operator)} == {publisher.id, other.id}


def test_whoever_holds_a_signature_finds_its_key_and_owner(quick_hub: Hub, publisher: Member, other: Member) -> None:
    known = get_key(quick_hub.exchange, other.principal, publisher.key.public.keyid)
    assert (known.owner, known.key.public_key) == (publisher.partner, publisher.key.public.spki)
    revoke_key(quick_hub.exchange, publisher.principal, known.key.keyid)
    assert get_key(quick_hub.exchange, other.principal, known.key.keyid).key.state is KeyState.REVOKED


def test_a_pending_key_is_to_others_as_absent(quick_hub: Hub, publisher: Member, other: Member) -> None:
    pending = _register(publisher, PrivateKey.generate())
    for keyid in (pending.keyid, ABSENT, "nonsense"):
        with pytest.raises(NotFoundError):
            get_key(quick_hub.exchange, other.principal, keyid)
    for principal in (publisher.principal, quick_hub.operator):
        assert get_key(quick_hub.exchange, principal, pending.keyid).key == pending


def test_a_revoked_key_never_counts_again(quick_hub: Hub, publisher: Member) -> None:
    keyid = publisher.key.public.keyid
    quick_hub.clock.pass_time(timedelta(hours=1))
    revoked = revoke_key(quick_hub.exchange, publisher.principal, keyid)
    assert (revoked.state, revoked.changed_at) == (KeyState.REVOKED, NOW + timedelta(hours=1))
    quick_hub.clock.pass_time(timedelta(hours=1))
    assert revoke_key(quick_hub.exchange, quick_hub.operator, keyid) == revoked
    with pytest.raises(ConflictError):
        activate_key(quick_hub.exchange, quick_hub.operator, keyid)


def test_nobody_revokes_another_partners_key(quick_hub: Hub, publisher: Member, other: Member) -> None:
    for keyid in (publisher.key.public.keyid, ABSENT):
        with pytest.raises(NotFoundError):
            revoke_key(quick_hub.exchange, other.principal, keyid)
    lesser = publisher.principal_with(scopes=PARTNER_SCOPES - {Permission.KEYS_WRITE})
    with pytest.raises(ForbiddenError):
        revoke_key(quick_hub.exchange, lesser, publisher.key.public.keyid)
    assert get_key(quick_hub.exchange, publisher.principal, publisher.key.public.keyid).key.state is KeyState.ACTIVE


def test_repeated_requests_give_the_first_answer(quick_hub: Hub, publisher: Member) -> None:
    exchange, key = quick_hub.exchange, PrivateKey.generate()
    uses = {name: key_use(publisher.principal, name, "key-1", b"body") for name in ("challenge", "key", "revoke")}
    challenge = new_challenge(exchange, publisher.principal, uses["challenge"])
    registration = _registration(publisher, key, challenge, REQUESTS)
    made = register_key(exchange, publisher.principal, registration, uses["key"])
    quick_hub.clock.pass_time(timedelta(minutes=1))
    assert new_challenge(exchange, publisher.principal, uses["challenge"]) == challenge
    assert register_key(exchange, publisher.principal, registration, uses["key"]) == made
    use = key_use(quick_hub.operator, "activate", "key-1", b"body")
    activated = activate_key(exchange, quick_hub.operator, made.keyid, use)
    assert activate_key(exchange, quick_hub.operator, made.keyid, use) == activated
    revoked = revoke_key(exchange, publisher.principal, made.keyid, uses["revoke"])
    assert revoke_key(exchange, publisher.principal, made.keyid, uses["revoke"]) == revoked
    with pytest.raises(ConflictError):
        revoke_key(exchange, publisher.principal, made.keyid, replace(uses["revoke"], body_digest=b"2" * 32))


def test_the_life_of_a_key_is_recorded(quick_hub: Hub, publisher: Member) -> None:
    key = _register(publisher, PrivateKey.generate(), REQUESTS)
    activate_key(quick_hub.exchange, quick_hub.operator, key.keyid)
    revoke_key(quick_hub.exchange, publisher.principal, key.keyid)
    with quick_hub.exchange.database.read() as connection:
        recorded = [one for _, one in events.events(connection, 0, 1000) if one.subject == key.keyid]
    assert [one.event for one in recorded] == [Event.KEY_REGISTER, Event.KEY_ACTIVATE, Event.KEY_REVOKE]
    assert {one.partner_id for one in recorded} == {publisher.id}
