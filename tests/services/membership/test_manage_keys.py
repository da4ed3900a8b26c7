from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from app.crypto.keys import PrivateKey, load_public_key
from app.crypto.possession import prove_possession
from app.domain.errors import (
    BreakwaterError,
    Code,
    ConflictError,
    ForbiddenError,
    NotFoundError,
    UnfitKeyError,
    UntrustedSignatureError,
)
from app.domain.events import Event
from app.domain.partner import PartnerKey
from app.domain.permissions import Permission
from app.domain.vocabulary import KeyAlgorithm, KeyState, KeyUsage
from app.services.answer_once import KeyUse, key_use
from app.services.membership.manage_keys import (
    CHALLENGE_LIFE,
    Challenge,
    KeyRegistration,
    activate_key,
    get_key,
    list_keys,
    new_challenge,
    public_pem,
    register_key,
    revoke_key,
)
from app.storage import events
from tests.factories.members import PARTNER_SCOPES, Hub, Member
from tests.factories.policy_values import NOW

ABSENT = "0" * 64


def _registration(member: Member, key: PrivateKey, challenge: Challenge) -> KeyRegistration:
    proof = prove_possession(key, challenge.challenge, member.id)
    return KeyRegistration(key.public.to_pem().decode(), challenge.challenge, proof)


def _register(member: Member, key: PrivateKey, use: KeyUse | None = None) -> PartnerKey:
    registration = _registration(member, key, new_challenge(member.hub.exchange, member.principal))
    return register_key(member.hub.exchange, member.principal, registration, use)


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


def test_an_operator_activates_a_pending_key_once(quick_hub: Hub, publisher: Member) -> None:
    keyid = _register(publisher, PrivateKey.generate()).keyid
    quick_hub.clock.pass_time(timedelta(hours=1))
    activated = activate_key(quick_hub.exchange, quick_hub.operator, keyid)
    assert (activated.state, activated.changed_at) == (KeyState.ACTIVE, NOW + timedelta(hours=1))
    with pytest.raises(ConflictError):
        activate_key(quick_hub.exchange, quick_hub.operator, keyid)


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
    made = register_key(exchange, publisher.principal, _registration(publisher, key, challenge), uses["key"])
    quick_hub.clock.pass_time(timedelta(minutes=1))
    assert new_challenge(exchange, publisher.principal, uses["challenge"]) == challenge
    assert register_key(exchange, publisher.principal, _registration(publisher, key, challenge), uses["key"]) == made
    use = key_use(quick_hub.operator, "activate", "key-1", b"body")
    activated = activate_key(exchange, quick_hub.operator, made.keyid, use)
    assert activate_key(exchange, quick_hub.operator, made.keyid, use) == activated
    revoked = revoke_key(exchange, publisher.principal, made.keyid, uses["revoke"])
    assert revoke_key(exchange, publisher.principal, made.keyid, uses["revoke"]) == revoked
    with pytest.raises(ConflictError):
        revoke_key(exchange, publisher.principal, made.keyid, replace(uses["revoke"], body_digest=b"2" * 32))


def test_the_life_of_a_key_is_recorded(quick_hub: Hub, publisher: Member) -> None:
    key = _register(publisher, PrivateKey.generate())
    activate_key(quick_hub.exchange, quick_hub.operator, key.keyid)
    revoke_key(quick_hub.exchange, publisher.principal, key.keyid)
    with quick_hub.exchange.database.read() as connection:
        recorded = [one for _, one in events.events(connection, 0, 1000) if one.subject == key.keyid]
    assert [one.event for one in recorded] == [Event.KEY_REGISTER, Event.KEY_ACTIVATE, Event.KEY_REVOKE]
    assert {one.partner_id for one in recorded} == {publisher.id}
