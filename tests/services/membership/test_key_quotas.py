from __future__ import annotations

from datetime import timedelta

import pytest

from app.domain.errors import ConflictError
from app.services.membership import key_quotas
from app.services.membership.manage_keys import retire_key, revoke_key
from app.services.membership.report_compromise import report_compromise
from breakwater_client.trust.keys import PrivateKey
from tests.factories.members import Hub, Member
from tests.factories.policy_values import DAY, NOW

HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)


def test_a_few_keys_may_wait_and_ending_one_makes_room(quick_hub: Hub, publisher: Member) -> None:
    waiting = [publisher.add_key(active=False) for _ in range(key_quotas.MOST_PENDING)]
    with pytest.raises(ConflictError, match="pending keys"):
        publisher.add_key(active=False)
    revoke_key(quick_hub.exchange, publisher.principal, waiting[0].public.keyid)
    publisher.add_key(active=False)


def rotate_often(member: Member, number: int) -> None:
    for _ in range(number):
        new = PrivateKey.generate()
        member.rotate(member.key, new)
        member.key = new


def test_so_many_keys_a_day_and_so_many_a_month(quick_hub: Hub, publisher: Member) -> None:
    rotate_often(publisher, key_quotas.MOST_A_DAY - 1)  # the first one was registered today
    with pytest.raises(ConflictError, match="24 hours"):
        rotate_often(publisher, 1)
    quick_hub.clock.now = NOW + DAY
    rotate_often(publisher, key_quotas.MOST_A_MONTH - key_quotas.MOST_A_DAY)
    quick_hub.clock.now = NOW + 2 * DAY
    with pytest.raises(ConflictError, match="30 days"):
        rotate_often(publisher, 1)
    quick_hub.clock.now = NOW + 30 * DAY
    rotate_often(publisher, 1)


def test_so_many_keys_count_at_once(quick_hub: Hub, publisher: Member) -> None:
    for number in range(key_quotas.MOST_COUNTING - 1):
        quick_hub.clock.now = NOW + number * 2 * DAY
        publisher.rotate(publisher.key, PrivateKey.generate(), retire_at=NOW + 1000 * DAY)
    with pytest.raises(ConflictError, match="keys that count"):
        publisher.rotate(publisher.key, PrivateKey.generate(), retire_at=NOW + 1000 * DAY)


def test_a_thief_uses_nothing_up_that_the_owner_needs_later(quick_hub: Hub, publisher: Member) -> None:
    stolen = publisher.key.public.keyid
    rotate_often(publisher, key_quotas.MOST_A_DAY - 1)
    quick_hub.clock.now = NOW + DAY
    rotate_often(publisher, key_quotas.MOST_A_MONTH - key_quotas.MOST_A_DAY)
    report_compromise(quick_hub.exchange, publisher.principal, stolen, NOW)
    quick_hub.clock.now = NOW + 2 * DAY
    publisher.add_key(active=False)


def test_steps_of_a_retirement_are_few_and_a_key_can_always_be_ended(quick_hub: Hub, publisher: Member) -> None:
    exchange, keyid = quick_hub.exchange, publisher.key.public.keyid
    for step in range(key_quotas.MOST_CHANGES - 2):  # after its registration and its activation
        retire_key(exchange, publisher.principal, keyid, NOW + DAY - step * SECOND)
    with pytest.raises(ConflictError, match="too often"):
        retire_key(exchange, publisher.principal, keyid, NOW + HOUR)
    retire_key(exchange, quick_hub.operator, keyid, NOW + HOUR)
    revoke_key(exchange, publisher.principal, keyid)
    assert report_compromise(exchange, publisher.principal, keyid, NOW).key.reported_at == NOW


def test_steps_of_a_window_are_few_and_operators_go_on(quick_hub: Hub, publisher: Member) -> None:
    exchange, keyid = quick_hub.exchange, publisher.key.public.keyid
    quick_hub.clock.now = NOW + DAY
    for step in range(key_quotas.MOST_CHANGES - 2):
        report_compromise(exchange, publisher.principal, keyid, NOW + DAY - step * SECOND)
    with pytest.raises(ConflictError, match="too often"):
        report_compromise(exchange, publisher.principal, keyid, NOW + HOUR)
    report_compromise(exchange, quick_hub.operator, keyid, NOW)
