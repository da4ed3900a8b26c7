"""When webhooks are called, and what follows: over real HTTPS on loopback."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update
from standardwebhooks.webhooks import Webhook as Verifier
from standardwebhooks.webhooks import WebhookVerificationError

from app.crypto.seal import CursorSealer
from app.domain.events import Event
from app.domain.paging import AlarmCode
from app.domain.vocabulary import Channel, PartnerState
from app.domain.webhook import CADENCES, MessageState, Outcome, WebhookState
from app.services.calling.call_webhooks import (
    CALLED_FOR,
    DEAD_ARE_KEPT,
    DELIVERED_ARE_KEPT,
    LONGEST_WAIT,
    TRIED_FOR,
    WAITS,
    ensure_calling_work,
)
from app.services.calling.keep_webhooks import (
    pause_webhook,
    remove_webhook,
    replay_dead,
    resume_webhook,
    rotate_secret,
    try_webhook,
)
from app.services.calling.sealed_receivers import unseal
from app.services.do_work import CALLS, do_next
from app.services.membership.enrol_partner import change_state
from app.services.raise_alarm import alarm_counts
from app.storage import events, webhooks, work
from app.storage.session import Connection
from app.storage.tables import work as work_table
from tests.factories.https_servers import SILENT, Receiver, Resolving, receiver
from tests.factories.members import Hub, Member, as_seen_by_another_worker, at_once
from tests.factories.stix_objects import indicator
from tests.factories.webhooks import add, connect, messages, pass_to_next, stored

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
IMPATIENT_SECONDS = 2.0  # where a receiver is silent; elsewhere a busy machine is not taken for one
on_sqlite = pytest.mark.parametrize("hub", ["sqlite"], indirect=True)


@pytest.fixture
def other(hub: Hub, tmp_path: Path) -> Iterator[Receiver]:
    with receiver(tmp_path) as running:
        connect(hub, running)
        yield running


@pytest.fixture
def member(hub: Hub) -> Member:
    return hub.enrol("Platform A")


def fail_for(hub: Hub, webhook_id: str, time: timedelta) -> None:
    """Let so much time pass, calling whenever it is due."""
    until = hub.clock.now + time
    while stored(hub, webhook_id).next_at <= until:
        pass_to_next(hub, webhook_id)
    hub.clock.now = until


def codes(hub: Hub) -> list[Event]:
    with hub.exchange.database.read() as connection:
        return [one.event for _, one in events.events(connection, 0, 10_000)]


def test_a_message_goes_out_at_each_tick_and_says_poll_and_nothing_else(hub: Hub, member: Member, other: Receiver) -> None:
    added = add(member, other)
    hub.work()
    assert other.calls == []
    for number in range(1, 4):
        pass_to_next(hub, added.webhook.webhook_id)
        assert len(other.calls) == number
        assert hub.work() == 0
    said = [json.loads(one.body) for one in other.calls]
    assert all(one.keys() == {"type", "timestamp", "data"} and one["type"] == "poll" and one["data"] == {} for one in said)
    assert len({len(one.body) for one in other.calls}) == 1
    assert len({one.headers["webhook-id"] for one in other.calls}) == 3
    [newest, *_] = messages(hub, added.webhook.webhook_id)
    assert (newest.state, newest.attempts, newest.outcome) == (MessageState.DELIVERED, 1, Outcome.DELIVERED)


@on_sqlite
@pytest.mark.parametrize("minutes", CADENCES)
def test_ticks_come_at_the_cadence(hub: Hub, member: Member, other: Receiver, minutes: int) -> None:
    webhook_id = add(member, other, minutes).webhook.webhook_id
    first = stored(hub, webhook_id).next_at
    assert hub.clock.now < first <= hub.clock.now + minutes * MINUTE
    for number in range(1, 4):
        pass_to_next(hub, webhook_id)
        assert stored(hub, webhook_id).next_at == first + number * minutes * MINUTE


@on_sqlite
def test_whether_anything_came_in_makes_no_difference(hub: Hub, member: Member, other: Receiver) -> None:
    webhook_id = add(member, other).webhook.webhook_id
    pass_to_next(hub, webhook_id)
    publisher = hub.enrol("Platform B")
    ticks = []
    for stores in (False, True, False, True):
        if stores:
            publisher.store(indicator(), indicator())
            hub.work()
        ticks.append(stored(hub, webhook_id).next_at)
        pass_to_next(hub, webhook_id)
    steps = {later - earlier for earlier, later in pairwise(ticks)}
    assert steps == {5 * MINUTE}
    shapes = {(one.target, len(one.body), tuple(sorted(one.headers)), len(str(one.headers))) for one in other.calls}
    assert len(shapes) == 1


@on_sqlite
def test_a_receiver_verifies_with_the_library_of_the_standard(
    hub: Hub, member: Member, other: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    added = add(member, other)
    pass_to_next(hub, added.webhook.webhook_id)
    assert verified(other, added.secret, hub, monkeypatch)["type"] == "poll"
    other.calls[-1].body += b" "
    with pytest.raises(WebhookVerificationError):
        verified(other, added.secret, hub, monkeypatch)


def verified(other: Receiver, secret: str | None, hub: Hub, monkeypatch: pytest.MonkeyPatch) -> Any:
    came = other.calls[-1]
    monkeypatch.setattr("standardwebhooks.webhooks.datetime", _clock(hub))
    assert secret is not None
    return Verifier(secret).verify(came.body, came.headers)


def _clock(hub: Hub) -> Any:
    class Stopped(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return hub.clock.now.astimezone(tz)

    return Stopped


@on_sqlite
def test_while_a_secret_is_rotated_both_sign_and_afterwards_the_new_one_alone(
    hub: Hub, member: Member, other: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    added = add(member, other, 60)
    webhook_id = added.webhook.webhook_id
    rotated = rotate_secret(hub.exchange, member.principal, webhook_id, 2)
    assert rotated.secret not in {None, added.secret}
    pass_to_next(hub, webhook_id)
    for secret in (added.secret, rotated.secret):
        assert verified(other, secret, hub, monkeypatch)["type"] == "poll"
    hub.clock.pass_time(2 * HOUR)
    hub.work()
    assert verified(other, rotated.secret, hub, monkeypatch)["type"] == "poll"
    with pytest.raises(WebhookVerificationError):
        verified(other, added.secret, hub, monkeypatch)


def test_what_fails_is_tried_again_under_the_same_id(hub: Hub, member: Member, other: Receiver) -> None:
    other.answers = [500, 503, 204]
    webhook_id = add(member, other).webhook.webhook_id
    for outcome in (Outcome.SERVER_FAILED, Outcome.SERVER_FAILED, Outcome.DELIVERED):
        pass_to_next(hub, webhook_id)
        [message] = messages(hub, webhook_id)
        assert message.outcome is outcome
    assert len({one.headers["webhook-id"] for one in other.calls}) == 1
    assert len({one.body for one in other.calls}) == 1
    assert len({one.headers["webhook-timestamp"] for one in other.calls}) == 3
    assert message.attempts == 3
    pass_to_next(hub, webhook_id)
    assert len({one.headers["webhook-id"] for one in other.calls}) == 2


@on_sqlite
def test_waits_grow_and_ticks_that_pass_meanwhile_are_not_made_up_for(hub: Hub, member: Member, other: Receiver) -> None:
    other.answers = [500]
    webhook_id = add(member, other, 1).webhook.webhook_id
    for usual in (*WAITS, LONGEST_WAIT, LONGEST_WAIT):
        pass_to_next(hub, webhook_id)
        waits = stored(hub, webhook_id).next_at - hub.clock.now
        assert 0.8 * usual <= waits <= 1.2 * usual
    [message] = messages(hub, webhook_id)
    assert len(other.calls) == message.attempts == len(WAITS) + 2
    other.answers = [204]
    pass_to_next(hub, webhook_id)
    assert stored(hub, webhook_id).next_at - hub.clock.now <= MINUTE
    assert len(other.calls) == len(WAITS) + 3


def test_after_days_a_message_is_dead_the_operator_is_told_and_the_next_one_goes_out(
    hub: Hub, member: Member, other: Receiver
) -> None:
    other.answers = [500]
    webhook_id = add(member, other).webhook.webhook_id
    pass_to_next(hub, webhook_id)
    fail_for(hub, webhook_id, TRIED_FOR - HOUR)
    assert alarm_counts(hub.exchange, hub.operator)[AlarmCode.WEBHOOK_FAILING] == 0
    fail_for(hub, webhook_id, LONGEST_WAIT * 1.5)
    assert alarm_counts(hub.exchange, hub.operator)[AlarmCode.WEBHOOK_FAILING] == 1
    assert codes(hub).count(Event.WEBHOOK_FAIL) == 1
    states = [one.state for one in messages(hub, webhook_id)]
    assert states[-1] is MessageState.DEAD
    other.answers = [204]
    pass_to_next(hub, webhook_id)
    [newest, *_] = messages(hub, webhook_id)
    assert newest.state is MessageState.DELIVERED
    assert stored(hub, webhook_id).state is WebhookState.ACTIVE


@on_sqlite
def test_dead_letters_are_sent_again_under_their_ids(hub: Hub, member: Member, other: Receiver) -> None:
    other.answers = [500]
    webhook_id = add(member, other).webhook.webhook_id
    fail_for(hub, webhook_id, 2 * TRIED_FOR + DEAD_ARE_KEPT / 10)
    dead = {one.message_id for one in messages(hub, webhook_id) if one.state is MessageState.DEAD}
    assert len(dead) >= 2
    other.answers, other.calls = [204], []
    replayed = replay_dead(hub.exchange, member.principal, webhook_id)
    assert replayed.fate.dead_letters == 0
    hub.work()
    assert {one.headers["webhook-id"] for one in other.calls} >= dead
    assert {one.state for one in messages(hub, webhook_id)} == {MessageState.DELIVERED}
    assert codes(hub).count(Event.WEBHOOK_REPLAY) == 1
    assert stored(hub, webhook_id).next_at - hub.clock.now <= 5 * MINUTE


@on_sqlite
def test_a_receiver_that_says_gone_is_called_no_more(hub: Hub, member: Member, other: Receiver) -> None:
    other.answers = [410]
    webhook_id = add(member, other).webhook.webhook_id
    pass_to_next(hub, webhook_id)
    paused = stored(hub, webhook_id)
    assert (paused.state, paused.cause) == (WebhookState.PAUSED, "gone")
    hub.clock.pass_time(HOUR)
    hub.work()
    assert len(other.calls) == 1
    assert Event.WEBHOOK_PAUSE in codes(hub)
    resume_webhook(hub.exchange, member.principal, webhook_id)
    other.answers = [204]
    pass_to_next(hub, webhook_id)
    assert len(other.calls) == 2


@on_sqlite
def test_a_silent_receiver_is_given_up_in_time(hub: Hub, member: Member, other: Receiver) -> None:
    other.answers = [SILENT, 204]
    webhook_id = add(member, other).webhook.webhook_id
    connect(hub, other, call_seconds=IMPATIENT_SECONDS)
    pass_to_next(hub, webhook_id)
    assert [one.outcome for one in messages(hub, webhook_id)] == [Outcome.TIMED_OUT]
    connect(hub, other)
    pass_to_next(hub, webhook_id)
    assert [one.outcome for one in messages(hub, webhook_id)] == [Outcome.DELIVERED]


@on_sqlite
def test_a_redirect_into_the_network_is_not_followed(hub: Hub, member: Member, other: Receiver) -> None:
    other.answers = [302]
    webhook_id = add(member, other).webhook.webhook_id
    pass_to_next(hub, webhook_id)
    assert [one.outcome for one in messages(hub, webhook_id)] == [Outcome.REDIRECTED]
    assert other.connections == 1


@on_sqlite
def test_a_name_that_leads_into_the_network_later_is_not_called(hub: Hub, member: Member, other: Receiver) -> None:
    rebinding = Resolving(["127.0.0.1"], ["127.0.0.1", "10.0.0.7"])
    connect(hub, other, resolve=rebinding)
    webhook_id = add(member, other).webhook.webhook_id
    pass_to_next(hub, webhook_id)
    assert [one.outcome for one in messages(hub, webhook_id)] == [Outcome.ADDRESS_REFUSED]
    assert other.connections == 0


def test_a_killed_caller_is_followed_by_one_who_sends_the_same_message(hub: Hub, member: Member, other: Receiver) -> None:
    webhook_id = add(member, other).webhook.webhook_id
    hub.clock.now = stored(hub, webhook_id).next_at

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    original, hub.exchange = hub.exchange, _broken_after_begin(hub, killed)
    with pytest.raises(KeyboardInterrupt):
        do_next(hub.exchange, CALLS)
    hub.exchange = original
    [begun] = messages(hub, webhook_id)
    assert (begun.state, begun.attempts) == (MessageState.WAITING, 1)
    assert not do_next(hub.exchange, CALLS), "its lease runs"
    _end_leases(hub)
    hub.clock.pass_time(CALLED_FOR)
    hub.work()
    [sent] = other.calls
    assert sent.headers["webhook-id"] == begun.message_id
    assert [(one.state, one.attempts) for one in messages(hub, webhook_id)] == [(MessageState.DELIVERED, 2)]


def _broken_after_begin(hub: Hub, kill: Any) -> Any:
    return replace(hub.exchange, egress=replace(hub.exchange.egress, resolve=kill))


def _end_leases(hub: Hub) -> None:
    with hub.exchange.database.write() as connection:
        connection.execute(update(work_table).values(leased_until=None))


def test_two_workers_at_once_send_once_a_tick(hub: Hub, member: Member, other: Receiver) -> None:
    webhook_id = add(member, other, 1).webhook.webhook_id
    another = as_seen_by_another_worker(hub.exchange)
    for _ in range(5):
        hub.clock.now = stored(hub, webhook_id).next_at
        at_once(*(lambda one=one: do_next(one, CALLS) for one in (hub.exchange, another)))
    another.database.dispose()
    assert len(other.calls) == len({one.headers["webhook-id"] for one in other.calls}) == 5


@on_sqlite
def test_one_webhook_of_a_partner_is_called_at_a_time_and_others_are_not_held_up(
    hub: Hub, member: Member, other: Receiver
) -> None:
    slow, second = add(member, other, 1).webhook, add(member, other, 1).webhook
    stranger = add(hub.enrol("Platform B"), other, 1).webhook
    hub.clock.pass_time(2 * MINUTE)
    with hub.exchange.database.write() as connection:
        _set_called(connection, hub, slow.webhook_id)
    other.answers = [204]
    assert do_next(hub.exchange, CALLS)
    assert do_next(hub.exchange, CALLS)
    assert do_next(hub.exchange, CALLS)
    called = {one.webhook_id for one in (slow, second, stranger) if messages(hub, one.webhook_id)}
    assert called == {stranger.webhook_id}
    hub.clock.pass_time(CALLED_FOR)
    hub.work()
    assert messages(hub, slow.webhook_id)
    assert messages(hub, second.webhook_id)


def stored_turn(connection: Connection, webhook_id: str) -> int:
    found = webhooks.webhook_by_id(connection, webhook_id)
    assert found is not None
    return found.turn


def _set_called(connection: Connection, hub: Hub, webhook_id: str) -> None:
    webhooks.save_webhook(connection, replace(stored(hub, webhook_id), called_until=hub.clock.now + CALLED_FOR))


def test_who_is_suspended_or_has_no_channel_gets_nothing_and_goes_on_afterwards(
    hub: Hub, member: Member, other: Receiver
) -> None:
    webhook_id = add(member, other).webhook.webhook_id
    change_state(hub.exchange, hub.operator, member.id, PartnerState.SUSPENDED)
    fail_for(hub, webhook_id, HOUR)
    assert other.calls == []
    hub.reactivate(member.id)
    member.agree(channels=frozenset({Channel.REST}))
    fail_for(hub, webhook_id, HOUR)
    assert other.calls == []
    member.agree()
    pass_to_next(hub, webhook_id)
    assert len(other.calls) == 1


@on_sqlite
def test_what_an_ended_partner_had_is_erased(hub: Hub, member: Member, other: Receiver) -> None:
    webhook_id = add(member, other).webhook.webhook_id
    stranger = add(hub.enrol("Platform B"), other).webhook.webhook_id
    pass_to_next(hub, webhook_id)
    change_state(hub.exchange, hub.operator, member.id, PartnerState.ENDED)
    with hub.exchange.database.read() as connection:
        assert [one.webhook_id for one in webhooks.webhooks(connection, None)] == [stranger]
    assert messages(hub, webhook_id) == []
    hub.clock.pass_time(HOUR)
    hub.work()


@on_sqlite
def test_what_is_paused_or_removed_is_called_no_more(hub: Hub, member: Member, other: Receiver) -> None:
    paused, removed = add(member, other).webhook.webhook_id, add(member, other).webhook.webhook_id
    pause_webhook(hub.exchange, member.principal, paused)
    remove_webhook(hub.exchange, member.principal, removed)
    hub.clock.pass_time(HOUR)
    hub.work()
    assert other.calls == []
    resume_webhook(hub.exchange, member.principal, paused)
    pass_to_next(hub, paused)
    pass_to_next(hub, paused)
    assert len(other.calls) == 2
    assert hub.work() == 0


@on_sqlite
def test_a_test_goes_out_at_once_and_moves_no_tick(hub: Hub, member: Member, other: Receiver) -> None:
    added = add(member, other, 60).webhook
    try_webhook(hub.exchange, member.principal, added.webhook_id)
    hub.work()
    assert len(other.calls) == 1
    assert stored(hub, added.webhook_id).next_at == added.next_at
    pass_to_next(hub, added.webhook_id)
    hub.work()
    assert len(other.calls) == 2


@on_sqlite
def test_a_webhook_whose_work_is_lost_is_called_again_once_a_server_starts(hub: Hub, member: Member, other: Receiver) -> None:
    webhook_id = add(member, other).webhook.webhook_id
    with hub.exchange.database.write() as connection:
        task = work.claim(connection, MINUTE, hub.clock.now + HOUR, CALLS)
        assert task is not None
        work.finish(connection, task)
        ensure_calling_work(connection)
        turn = stored_turn(connection, webhook_id)
        ensure_calling_work(connection)
        assert stored_turn(connection, webhook_id) == turn == 2
    pass_to_next(hub, webhook_id)
    assert len(other.calls) == 1


@on_sqlite
def test_messages_are_forgotten_in_time(hub: Hub, member: Member, other: Receiver) -> None:
    other.answers = [410, 204]
    webhook_id = add(member, other, 60).webhook.webhook_id
    pass_to_next(hub, webhook_id)
    resume_webhook(hub.exchange, member.principal, webhook_id)
    pass_to_next(hub, webhook_id)
    hub.clock.pass_time(DELIVERED_ARE_KEPT + HOUR)
    pass_to_next(hub, webhook_id)
    assert [one.state for one in messages(hub, webhook_id)] == [MessageState.DELIVERED, MessageState.DEAD]
    hub.clock.pass_time(DEAD_ARE_KEPT)
    pass_to_next(hub, webhook_id)
    assert [one.state for one in messages(hub, webhook_id)] == [MessageState.DELIVERED]


@on_sqlite
def test_a_seal_is_made_anew_under_the_newest_key_and_one_that_no_key_opens_is_a_failure(
    hub: Hub, member: Member, other: Receiver
) -> None:
    webhook_id = add(member, other).webhook.webhook_id
    before = stored(hub, webhook_id).sealed
    new, old = b"n" * 64, hub.exchange.sealer
    other_key = CursorSealer([new])
    hub.exchange = replace(hub.exchange, sealer=other_key)
    pass_to_next(hub, webhook_id)
    assert [one.outcome for one in messages(hub, webhook_id)] == [Outcome.SECRET_UNREADABLE]
    assert other.calls == []
    hub.exchange = replace(hub.exchange, sealer=old)
    pass_to_next(hub, webhook_id)
    assert len(other.calls) == 1
    assert stored(hub, webhook_id).sealed == before
    assert unseal(other_key, webhook_id, before) is None


@on_sqlite
def test_no_log_names_a_path_or_an_answer(hub: Hub, member: Member, other: Receiver, caplog: pytest.LogCaptureFixture) -> None:
    other.answers = [500]
    with caplog.at_level(logging.DEBUG):
        webhook_id = add(member, other).webhook.webhook_id
        pass_to_next(hub, webhook_id)
    assert f"{webhook_id} is server-failed, attempt 1" in caplog.text
    for told in ("secret", "token", "hooks.example.org", "whsec"):
        assert told not in caplog.text
