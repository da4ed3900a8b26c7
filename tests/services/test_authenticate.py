from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import timedelta

import pytest

from app.crypto.tokens import token_digest
from app.domain.errors import BreakwaterError, Code, ForbiddenError, UnauthenticatedError
from app.domain.permissions import Permission
from app.domain.vocabulary import PartnerState
from app.services.authenticate import authenticate, require, require_still
from app.services.membership.enrol_partner import change_state
from app.services.membership.issue_credentials import revoke_credential
from app.storage import credentials
from tests.factories.members import Hub, Member
from tests.factories.policy_values import DAY

UNKNOWN = f"bw_{'A' * 43}"


def _refusal_of(hub: Hub, token: str | None) -> BreakwaterError:
    with pytest.raises(BreakwaterError) as caught:
        authenticate(hub.exchange, token)
    return caught.value


def test_a_partners_token_gives_its_credential_and_the_partner_as_it_is_now(quick_hub: Hub, publisher: Member) -> None:
    principal = authenticate(quick_hub.exchange, publisher.token)
    assert (principal.partner, principal.person) == (publisher.partner, None)
    assert principal.credential.partner_id == publisher.id


def test_the_operators_token_gives_the_person_of_the_exchange(quick_hub: Hub) -> None:
    principal = authenticate(quick_hub.exchange, quick_hub.first_operator.token)
    assert (principal.partner, principal.person) == (None, quick_hub.first_operator.person)
    assert principal.is_staff


@pytest.mark.parametrize(
    "token", [None, "", UNKNOWN, "bw_short", "\ud800", "x" * 100_000], ids=["none", "empty", "unknown", "short", "odd", "long"]
)
def test_who_brings_no_good_token_is_nobody(quick_hub: Hub, token: str | None) -> None:
    assert _refusal_of(quick_hub, token).code is Code.UNAUTHENTICATED


def test_unknown_expired_and_revoked_tokens_are_refused_alike(quick_hub: Hub, publisher: Member, other: Member) -> None:
    revoke_credential(quick_hub.exchange, quick_hub.operator, other.principal.credential.credential_id)
    revoked = _refusal_of(quick_hub, other.token)
    quick_hub.clock.now = publisher.principal.credential.expires_at
    expired = _refusal_of(quick_hub, publisher.token)
    unknown = _refusal_of(quick_hub, UNKNOWN)
    assert type(revoked) is type(expired) is type(unknown) is UnauthenticatedError
    assert len({(one.code, one.sentence, one.pointer) for one in (revoked, expired, unknown)}) == 1


def test_a_digest_of_what_is_no_token_opens_nothing(quick_hub: Hub) -> None:
    """Staff bring the digest of their token along: that of a word would be found by whoever sees it."""
    staff = quick_hub.another_operator()
    word = replace(staff.credential, credential_id=str(uuid.uuid4()))
    with quick_hub.exchange.database.write() as connection:
        credentials.add_credential(connection, word, token_digest("password"))
    refusal = _refusal_of(quick_hub, "password")
    assert refusal.code is Code.UNAUTHENTICATED
    assert "sign" in refusal.sentence


def test_a_token_is_good_until_it_expires(quick_hub: Hub, publisher: Member) -> None:
    quick_hub.clock.now = publisher.principal.credential.expires_at - timedelta(microseconds=1)
    assert publisher.principal.partner == publisher.partner


@pytest.mark.parametrize("state", [PartnerState.SUSPENDED, PartnerState.ENDED])
def test_a_good_token_of_a_partner_that_is_not_active_is_forbidden(
    quick_hub: Hub, publisher: Member, state: PartnerState
) -> None:
    change_state(quick_hub.exchange, quick_hub.operator, publisher.id, state)
    refusal = _refusal_of(quick_hub, publisher.token)
    assert (type(refusal), refusal.code) == (ForbiddenError, Code.PARTNER_NOT_ACTIVE)


def test_a_bad_token_of_a_partner_that_is_not_active_tells_nothing_of_it(quick_hub: Hub, publisher: Member) -> None:
    change_state(quick_hub.exchange, quick_hub.operator, publisher.id, PartnerState.SUSPENDED)
    quick_hub.clock.pass_time(4000 * DAY)
    assert _refusal_of(quick_hub, publisher.token).code is Code.UNAUTHENTICATED


def test_a_principal_passes_with_a_permission_that_it_has(quick_hub: Hub, publisher: Member) -> None:
    require(publisher.principal, Permission.OBJECTS_READ)
    require(quick_hub.operator, Permission.PARTNERS_WRITE)


def test_a_principal_without_the_permission_is_refused(quick_hub: Hub, publisher: Member) -> None:
    reading_only = publisher.principal_with(scopes=frozenset({Permission.OBJECTS_READ}))
    for principal, permission in ((reading_only, Permission.OBJECTS_SUBMIT), (quick_hub.operator, Permission.OBJECTS_READ)):
        with pytest.raises(ForbiddenError) as caught:
            require(principal, permission)
        assert caught.value.code is Code.PERMISSION_MISSING


def test_who_waited_is_read_again_and_passes_while_nothing_changed(quick_hub: Hub, publisher: Member) -> None:
    before = publisher.principal
    with quick_hub.exchange.database.read() as connection:
        assert require_still(connection, before, Permission.OBJECTS_READ, quick_hub.clock.now) == before
        with pytest.raises(UnauthenticatedError):
            require_still(connection, before, Permission.OBJECTS_READ, before.credential.expires_at)
    change_state(quick_hub.exchange, quick_hub.operator, publisher.id, PartnerState.SUSPENDED)
    with quick_hub.exchange.database.read() as connection, pytest.raises(ForbiddenError):
        require_still(connection, before, Permission.OBJECTS_READ, quick_hub.clock.now)
