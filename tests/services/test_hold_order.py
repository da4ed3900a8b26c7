from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace

import pytest

from app.domain.errors import BreakwaterError, Code, ForbiddenError, ReadOnlyError, UnauthenticatedError
from app.domain.partner import Principal
from app.domain.permissions import Permission
from app.domain.read_only import ReadOnlyReason
from app.domain.vocabulary import MemberRole, PartnerState, Tlp
from app.services.hold_order import take_order_for
from app.services.membership.enrol_partner import change_state
from app.services.membership.issue_credentials import NewCredential, issue_credential, revoke_credential
from app.services.membership.keep_persons import Roles, change_roles, record_departure
from app.storage import counter, credentials
from tests.factories.members import Hub

WAITS = 0.5


def _take(hub: Hub, principal: Principal, *, while_read_only: bool = False) -> None:
    with hub.exchange.database.write(while_read_only=while_read_only) as connection:
        order = take_order_for(hub.exchange, connection, principal, while_read_only=while_read_only)
        assert order.position == counter.read_order(connection).position


def _refusal(hub: Hub, principal: Principal) -> BreakwaterError:
    with pytest.raises((ForbiddenError, UnauthenticatedError)) as caught:
        _take(hub, principal)
    return caught.value


def test_who_counts_as_before_gets_the_lock_and_where_the_numbers_stand(quick_hub: Hub) -> None:
    member = quick_hub.enrol("Platform A")
    for principal in (member.principal, member.administrator(), quick_hub.operator):
        _take(quick_hub, principal)


def test_a_credential_that_was_revoked_or_ended_meanwhile_does_not_count(quick_hub: Hub) -> None:
    member = quick_hub.enrol("Platform A")
    caller, service = member.administrator(), member.principal
    revoke_credential(quick_hub.exchange, caller, service.credential.credential_id)
    assert type(_refusal(quick_hub, service)) is UnauthenticatedError
    quick_hub.clock.now = caller.credential.expires_at
    assert type(_refusal(quick_hub, caller)) is UnauthenticatedError
    nobodys = replace(caller, credential=replace(caller.credential, credential_id="unknown"))
    assert type(_refusal(quick_hub, nobodys)) is UnauthenticatedError


def test_a_partner_that_was_suspended_and_a_person_who_may_do_less_do_not_count(quick_hub: Hub) -> None:
    member = quick_hub.enrol("Platform A")
    first = member.administrator()
    second = member.person(first, MemberRole.ADMINISTRATOR, MemberRole.ANALYST)
    change_roles(quick_hub.exchange, first, str(second.credential.person_id), Roles(member_roles=frozenset({MemberRole.ANALYST})))
    assert _refusal(quick_hub, second).code is Code.PERMISSION_MISSING
    third = member.person(first, MemberRole.ANALYST)
    record_departure(quick_hub.exchange, first, str(third.credential.person_id))
    assert type(_refusal(quick_hub, third)) is UnauthenticatedError
    change_state(quick_hub.exchange, quick_hub.operator, member.id, PartnerState.SUSPENDED)
    assert _refusal(quick_hub, first).code is Code.PARTNER_NOT_ACTIVE


def test_while_nothing_is_taken_in_the_lock_is_for_what_goes_on_alone(quick_hub: Hub) -> None:
    with quick_hub.exchange.database.write() as connection:
        counter.set_read_only(connection, ReadOnlyReason.LOG_DIFFERENT)
    with pytest.raises(ReadOnlyError):
        _take(quick_hub, quick_hub.operator)
    _take(quick_hub, quick_hub.operator, while_read_only=True)


def _meanwhile(hub: Hub, act: Callable[[], object], revoked: Principal) -> list[BaseException | None]:
    """Let an act wait for the order lock, whose holder revokes a credential; give what became of the act."""
    ends: list[BaseException | None] = []

    def run() -> None:
        try:
            act()
            ends.append(None)
        except BreakwaterError as refusal:
            ends.append(refusal)

    waiting = threading.Thread(target=run)
    with hub.exchange.database.write() as connection:
        counter.take_order_lock(connection)
        waiting.start()
        waiting.join(WAITS)
        assert waiting.is_alive(), "it waits"
        credentials.revoke_credential(connection, revoked.credential.credential_id, hub.clock.now)
    waiting.join()
    return ends


def test_who_waits_for_the_lock_while_shut_out_issues_nothing(hub: Hub) -> None:
    caller = hub.enrol("Platform A").administrator()
    scopes = frozenset({Permission.OBJECTS_READ})
    new = NewCredential(None, "came-late", scopes, None, Tlp.AMBER, caller.credential.expires_at, None)
    [end] = _meanwhile(hub, lambda: issue_credential(hub.exchange, caller, new), caller)
    assert isinstance(end, UnauthenticatedError)
    partner_id = caller.partner.partner_id if caller.partner else None
    with hub.exchange.database.read() as connection:
        assert "came-late" not in {one.name for one in credentials.credentials(connection, partner_id)}
