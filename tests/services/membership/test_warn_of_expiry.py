"""Keeps that whoever uses a credential is told in time that it ends, once each, and nobody else."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from app.domain.events import Event
from app.domain.paging import AlarmCode, MailKind
from app.domain.vocabulary import PartnerState
from app.services.membership.enrol_partner import change_state
from app.services.membership.warn_of_expiry import WARN_DAYS, WARN_OF_EXPIRY, warn_of_expiry
from app.services.working.kinds import PERIODIC
from app.storage import alarms, credentials, events, mails
from tests.factories.members import Hub, Member
from tests.factories.policy_values import NOW
from tests.factories.stix_objects import indicator
from tests.factories.urgent import add_contacts

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


@pytest.fixture
def user(quick_hub: Hub) -> Member:
    """A partner with contacts, whose credential ends in a year."""
    member = quick_hub.enrol("Platform A")
    add_contacts(member)
    return member


def ends(member: Member) -> datetime:
    expires_at: datetime = member.principal.credential.expires_at
    return expires_at


def use(hub: Hub, member: Member, at: datetime) -> None:
    hub.clock.now = at
    member.store(indicator())


def looked(hub: Hub, at: datetime) -> int:
    """Look at a moment. Gives how many warnings there were by then."""
    hub.clock.now = at
    with hub.exchange.database.write() as connection:
        assert warn_of_expiry(connection, {}, at) == at + timedelta(hours=1)
        return sum(one.event is Event.CREDENTIAL_EXPIRING for _, one in events.events(connection, 0, 10_000))


def test_it_is_periodic_work() -> None:
    assert WARN_OF_EXPIRY in PERIODIC
    assert sorted(WARN_DAYS, reverse=True) == list(WARN_DAYS)


def test_what_is_used_is_warned_of_three_times(quick_hub: Hub, user: Member) -> None:
    end, credential_id = ends(user), user.principal.credential.credential_id
    use(quick_hub, user, end - 31 * DAY)
    use(quick_hub, user, end - 8 * DAY)
    looks = [end - 30 * DAY - SECOND, end - 30 * DAY, end - 29 * DAY, end - 7 * DAY, end - 6 * DAY, end - DAY, end - SECOND, end]
    assert [looked(quick_hub, at) for at in looks] == [0, 1, 1, 2, 2, 3, 3, 3]
    with quick_hub.exchange.database.read() as connection:
        assert alarms.counts(connection)[AlarmCode.CREDENTIAL_EXPIRING] == 3
        sent = mails.mails_about(connection, [credential_id])
    assert {one.kind for one in sent} == {MailKind.EXPIRY}
    assert all(one.contact_id for one in sent)


def test_what_was_missed_makes_one_warning(quick_hub: Hub, user: Member) -> None:
    use(quick_hub, user, ends(user) - 8 * DAY)
    assert looked(quick_hub, ends(user) - DAY) == 1
    assert looked(quick_hub, ends(user) - SECOND) == 1


def test_what_nobody_uses_ends_in_silence(quick_hub: Hub, user: Member) -> None:
    use(quick_hub, user, ends(user) - 60 * DAY)
    assert looked(quick_hub, ends(user) - DAY) == 0


def test_what_has_a_successor_ends_in_silence(quick_hub: Hub, user: Member) -> None:
    use(quick_hub, user, ends(user) - 8 * DAY)
    old = user.principal.credential
    new = replace(old, credential_id=str(uuid.uuid4()), created_at=old.created_at + DAY, expires_at=old.expires_at + 90 * DAY)
    with quick_hub.exchange.database.write() as connection:
        credentials.add_credential(connection, replace(new, scopes=frozenset()), b"1" * 32)
    assert looked(quick_hub, ends(user) - 7 * DAY) == 1, "one that may less is none"
    with quick_hub.exchange.database.write() as connection:
        credentials.add_credential(connection, replace(new, credential_id=str(uuid.uuid4())), b"2" * 32)
    assert looked(quick_hub, ends(user) - DAY) == 1


def test_who_is_suspended_is_not_warned(quick_hub: Hub, user: Member) -> None:
    end = ends(user)
    use(quick_hub, user, end - 8 * DAY)
    quick_hub.clock.now = NOW  # the operator's own token ends before that
    change_state(quick_hub.exchange, quick_hub.operator, user.id, PartnerState.SUSPENDED)
    assert looked(quick_hub, end - DAY) == 0
