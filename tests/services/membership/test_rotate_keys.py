from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from app.domain.errors import BreakwaterError, Code, ConflictError, ForbiddenError, NotFoundError
from app.domain.events import Event
from app.domain.permissions import Permission
from app.domain.vocabulary import KeyState, KeyUsage
from app.services.answer_once import key_use
from app.services.membership.look_up_keys import get_key
from app.services.membership.manage_keys import activate_key, register_key, revoke_key
from app.services.membership.report_compromise import report_compromise
from app.services.membership.rotate_keys import KeyRotation, rotate_key
from app.storage import credentials, events
from breakwater_client.trust.key_rotation import Rotation, sign_rotation
from breakwater_client.trust.keys import PrivateKey
from tests.factories.members import PARTNER_SCOPES, Hub, Member
from tests.factories.policy_values import DAY, NOW
from tests.factories.stix_objects import indicator

HOUR = timedelta(hours=1)


def state(member: Member, key: PrivateKey) -> KeyState:
    return get_key(member.hub.exchange, member.principal, key.public.keyid).key.state


def counts(member: Member, key: PrivateKey) -> bool:
    member.key = key
    return member.submit(indicator()).results[0].refusal is None


# Terms of a rotation, and which of old and new key count so many hours after it.
ROTATIONS: dict[str, tuple[dict[str, Any], dict[int, tuple[bool, bool]]]] = {
    "at once": ({}, {0: (False, True), 9: (False, True)}),
    "overlapping": ({"retire_at": NOW + 5 * HOUR}, {0: (True, True), 4: (True, True), 5: (False, True)}),
    "later": ({"not_before": NOW + 3 * HOUR, "retire_at": NOW + 5 * HOUR}, {0: (True, False), 3: (True, True), 5: (False, True)}),
    "with a gap": ({"not_before": NOW + 3 * HOUR}, {0: (False, False), 2: (False, False), 3: (False, True)}),
}


@pytest.mark.parametrize(("terms", "expected"), ROTATIONS.values(), ids=ROTATIONS)
def test_timelines_of_rotations(
    quick_hub: Hub, publisher: Member, terms: dict[str, Any], expected: dict[int, tuple[bool, bool]]
) -> None:
    old, new = publisher.key, PrivateKey.generate()
    made = publisher.rotate(old, new, **terms)
    assert (made.state, made.replaces, made.usage) == (KeyState.ACTIVE, old.public.keyid, KeyUsage.OBJECT_SIGNING)
    for hours, (old_counts, new_counts) in expected.items():
        quick_hub.clock.now = NOW + hours * HOUR
        assert (counts(publisher, old), counts(publisher, new)) == (old_counts, new_counts)


def test_a_rotation_is_kept_as_it_was_signed_and_recorded(hub: Hub) -> None:
    publisher = hub.enrol("Platform A")
    old, new = publisher.key, PrivateKey.generate()
    publisher.rotate(old, new)
    with hub.exchange.database.read() as connection:
        kept = credentials.key_by_id(connection, new.public.keyid)
        recorded = [(one.event, one.subject) for _, one in events.events(connection, 0, 1000)][-2:]
    assert kept is not None
    assert kept.rotation is not None
    assert '"payloadType"' in kept.rotation
    assert recorded == [(Event.KEY_RETIRE, old.public.keyid), (Event.KEY_ROTATE, new.public.keyid)]


def refusal(member: Member, old: PrivateKey, new: PrivateKey, rotation: Rotation, signer: PrivateKey) -> BreakwaterError:
    asked = KeyRotation(member.registration(new), sign_rotation(rotation, signer))
    with pytest.raises(BreakwaterError) as caught:
        rotate_key(member.hub.exchange, member.principal, old.public.keyid, asked)
    with pytest.raises(NotFoundError):
        get_key(member.hub.exchange, member.principal, new.public.keyid)
    return caught.value


@pytest.mark.parametrize(
    "changes", [{"old_keyid": "0" * 64}, {"new_keyid": "0" * 64}, {"usage": KeyUsage.REQUEST_SIGNING}, {"partner_id": "other"}]
)
def test_a_rotation_is_good_for_its_two_keys_its_use_and_its_partner(publisher: Member, changes: dict[str, Any]) -> None:
    old, new = publisher.key, PrivateKey.generate()
    asked = Rotation(old.public.keyid, new.public.keyid, KeyUsage.OBJECT_SIGNING, publisher.id)
    assert refusal(publisher, old, new, replace(asked, **changes), old).code is Code.SIGNATURE_INVALID
    assert state(publisher, old) is KeyState.ACTIVE


def test_only_the_old_key_signs_for_the_new_one(publisher: Member) -> None:
    old, new = publisher.key, PrivateKey.generate()
    asked = Rotation(old.public.keyid, new.public.keyid, KeyUsage.OBJECT_SIGNING, publisher.id)
    assert refusal(publisher, old, new, asked, new).code is Code.SIGNATURE_INVALID


@pytest.mark.parametrize("terms", [{"not_before": NOW - HOUR}, {"retire_at": NOW - HOUR}])
def test_a_moment_that_has_passed_is_refused(publisher: Member, terms: dict[str, Any]) -> None:
    old, new = publisher.key, PrivateKey.generate()
    asked = Rotation(old.public.keyid, new.public.keyid, KeyUsage.OBJECT_SIGNING, publisher.id, **terms)
    assert refusal(publisher, old, new, asked, old).code is Code.REQUEST_INVALID


@pytest.mark.parametrize("end", ["retired", "revoked", "compromised"])
def test_a_key_that_does_not_count_signs_for_nobody(quick_hub: Hub, publisher: Member, end: str) -> None:
    old, new = publisher.key, PrivateKey.generate()
    exchange = quick_hub.exchange
    if end == "retired":
        publisher.rotate(old, PrivateKey.generate())
    elif end == "revoked":
        revoke_key(exchange, publisher.principal, old.public.keyid)
    else:
        report_compromise(exchange, publisher.principal, old.public.keyid, NOW)
    with pytest.raises(ConflictError):
        publisher.rotate(old, new)


def test_a_key_that_was_registered_before_is_rotated_to_all_the_same(quick_hub: Hub, publisher: Member) -> None:
    old, new = publisher.key, publisher.add_key(active=False)
    assert publisher.rotate(old, new).state is KeyState.ACTIVE
    assert (counts(publisher, old), counts(publisher, new)) == (False, True)
    with quick_hub.exchange.database.read() as connection:
        kept = credentials.key_by_id(connection, new.public.keyid)
    assert kept is not None
    assert (kept.replaces, kept.rotation is None) == (old.public.keyid, False)


def test_another_use_another_partner_and_a_key_that_counted_are_refused(quick_hub: Hub, publisher: Member, other: Member) -> None:
    requests = PrivateKey.generate()
    register_key(quick_hub.exchange, publisher.principal, publisher.registration(requests, KeyUsage.REQUEST_SIGNING))
    for taken in (requests, other.key, other.add_key(active=False), publisher.key):
        with pytest.raises(ConflictError):
            publisher.rotate(publisher.key, taken)


def test_nobody_rotates_anothers_key(quick_hub: Hub, publisher: Member, other: Member) -> None:
    new = PrivateKey.generate()
    rotation = Rotation(publisher.key.public.keyid, new.public.keyid, KeyUsage.OBJECT_SIGNING, other.id)
    asked = KeyRotation(other.registration(new), sign_rotation(rotation, publisher.key))
    for keyid in (publisher.key.public.keyid, "0" * 64):
        with pytest.raises(NotFoundError):
            rotate_key(quick_hub.exchange, other.principal, keyid, asked)
    lesser = publisher.principal_with(scopes=PARTNER_SCOPES - {Permission.KEYS_WRITE})
    for refused in (lesser, quick_hub.operator):
        with pytest.raises(ForbiddenError):
            rotate_key(quick_hub.exchange, refused, publisher.key.public.keyid, asked)


def test_a_repeated_rotation_gives_the_first_answer(quick_hub: Hub, publisher: Member) -> None:
    old, new = publisher.key, PrivateKey.generate()
    rotation = Rotation(old.public.keyid, new.public.keyid, KeyUsage.OBJECT_SIGNING, publisher.id)
    asked = KeyRotation(publisher.registration(new), sign_rotation(rotation, old))
    use = key_use(publisher.principal, "rotation", "key-1", b"body")
    made = [rotate_key(quick_hub.exchange, publisher.principal, old.public.keyid, asked, use) for _ in range(2)]
    assert made[0].keyid == made[1].keyid == new.public.keyid


def test_a_key_that_signs_requests_hands_its_credential_on(quick_hub: Hub, publisher: Member) -> None:
    old, new, exchange = PrivateKey.generate(), PrivateKey.generate(), quick_hub.exchange
    register_key(exchange, publisher.principal, publisher.registration(old, KeyUsage.REQUEST_SIGNING))
    activate_key(exchange, quick_hub.operator, old.public.keyid)
    made = publisher.rotate(old, new, usage=KeyUsage.REQUEST_SIGNING, retire_at=NOW + DAY)
    assert made.usage is KeyUsage.REQUEST_SIGNING
    with exchange.database.read() as connection:
        before, after = (credentials.credential_of_key(connection, key.public.keyid) for key in (old, new))
    assert before is not None
    assert after is not None
    assert (before.expires_at, before.revoked_at, after.revoked_at) == (NOW + DAY, None, None)
    with exchange.database.write() as connection:
        credentials.revoke_credential(connection, after.credential_id, NOW)
    with pytest.raises(ConflictError):
        publisher.rotate(new, PrivateKey.generate(), usage=KeyUsage.REQUEST_SIGNING)
