"""A clock that is set back leaves no webhook silent: over real HTTPS on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from app.domain.webhook import CADENCES, MessageState
from app.services.calling.bring_near import bring_near
from app.services.calling.call_webhooks import LONGEST_WAIT, TRIED_FOR, WAITS
from app.services.calling.keep_webhooks import pause_webhook, try_webhook
from app.storage import webhooks
from tests.factories.https_servers import Receiver, receiver
from tests.factories.members import Hub, Member
from tests.factories.webhooks import add, connect, messages, pass_to_next, stored

BACK = timedelta(days=3)
MINUTE = timedelta(minutes=1)
on_sqlite = pytest.mark.parametrize("hub", ["sqlite"], indirect=True)


@pytest.fixture
def other(hub: Hub, tmp_path: Path) -> Iterator[Receiver]:
    with receiver(tmp_path) as running:
        connect(hub, running)
        yield running


@pytest.fixture
def member(hub: Hub) -> Member:
    member = hub.enrol("Platform A")
    hub.clock.now += BACK  # so that its agreement is in force by the clock that is set back, too
    return member


def test_after_a_clock_was_set_back_each_is_called_within_its_cadence(hub: Hub, member: Member, other: Receiver) -> None:
    added = {minutes: add(member, other, minutes).webhook.webhook_id for minutes in CADENCES}
    hub.clock.now -= BACK
    assert bring_near(hub.exchange) == len(CADENCES)
    for minutes, webhook_id in added.items():
        assert hub.clock.now < stored(hub, webhook_id).next_at <= hub.clock.now + minutes * MINUTE
    assert bring_near(hub.exchange) == 0
    pass_to_next(hub, added[1])
    called = len(other.calls)
    assert 1 <= called <= len(CADENCES), "others may be due in the same minute"
    hub.clock.now += BACK + MINUTE
    hub.work()
    assert len(other.calls) == called + len(CADENCES), "what was due by the other clock calls nobody twice"


@on_sqlite
def test_what_is_tried_again_is_tried_within_a_cadence_and_no_longer_than_others(
    hub: Hub, member: Member, other: Receiver
) -> None:
    other.answers = [500, 204]
    webhook_id = add(member, other).webhook.webhook_id
    pass_to_next(hub, webhook_id)
    hub.clock.now -= BACK
    assert bring_near(hub.exchange) == 1
    [message] = messages(hub, webhook_id)
    assert message.due_at == stored(hub, webhook_id).next_at <= hub.clock.now + 5 * MINUTE
    assert message.tried_since == hub.clock.now
    pass_to_next(hub, webhook_id)
    assert [one.state for one in messages(hub, webhook_id)] == [MessageState.DELIVERED]


@on_sqlite
def test_waits_of_messages_that_fail_are_left_alone(hub: Hub, member: Member, other: Receiver) -> None:
    other.answers = [500]
    webhook_id = add(member, other, 1).webhook.webhook_id
    for _ in range(len(WAITS) + 2):
        pass_to_next(hub, webhook_id)
        assert bring_near(hub.exchange) == 0
    assert stored(hub, webhook_id).next_at - hub.clock.now >= 0.8 * LONGEST_WAIT
    assert LONGEST_WAIT < TRIED_FOR


@on_sqlite
def test_who_was_called_by_the_other_clock_is_called_and_tested_now(hub: Hub, member: Member, other: Receiver) -> None:
    webhook_id = add(member, other, 1).webhook.webhook_id
    try_webhook(hub.exchange, member.principal, webhook_id)
    with hub.exchange.database.write() as connection:
        killed = stored(hub, webhook_id)
        webhooks.save_webhook(connection, replace(killed, called_until=hub.clock.now + MINUTE))
    hub.clock.now -= BACK
    try_webhook(hub.exchange, member.principal, webhook_id)
    hub.work()
    assert len(other.calls) == 1


@on_sqlite
def test_what_is_paused_stays_silent(hub: Hub, member: Member, other: Receiver) -> None:
    webhook_id = add(member, other).webhook.webhook_id
    pause_webhook(hub.exchange, member.principal, webhook_id)
    hub.clock.now -= BACK
    assert bring_near(hub.exchange) == 0
