"""A partner keeps its own webhooks; operators see hosts; nobody sees a secret twice."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from app.crypto.seal import CursorSealer
from app.domain.errors import Code, ConflictError, ExhaustedError, ForbiddenError, MalformedInputError, NotFoundError
from app.domain.events import Event
from app.domain.vocabulary import Channel
from app.domain.webhook import Outcome, WebhookState
from app.egress.look_ups import MOST_ASKED, MOST_OF_ONE
from app.services.answer_once import key_use
from app.services.calling.call_webhooks import UNTIL_ROOM
from app.services.calling.keep_webhooks import (
    MOST_WEBHOOKS,
    NewWebhook,
    add_webhook,
    get_webhook,
    list_webhooks,
    pause_webhook,
    remove_webhook,
    replay_dead,
    resume_webhook,
    rotate_secret,
    try_webhook,
)
from app.storage import events
from tests.factories.https_servers import HOST, Receiver, Resolving, receiver, resolving
from tests.factories.members import Hub, Member
from tests.factories.webhooks import add, connect, messages, stored

MINUTE = timedelta(minutes=1)


@pytest.fixture
def called(quick_hub: Hub, tmp_path: Path) -> Iterator[Receiver]:
    with receiver(tmp_path) as running:
        connect(quick_hub, running)
        yield running


def told(hub: Hub) -> list[tuple[Event, str | None]]:
    with hub.exchange.database.read() as connection:
        found = [one for _, one in events.events(connection, 0, 1_000)]
    return [(one.event, one.code) for one in found if one.event.startswith("webhook:")]


def test_a_webhook_is_added_and_its_secret_shown_once(quick_hub: Hub, publisher: Member, called: Receiver) -> None:
    added = add(publisher, called, 15)
    assert added.secret is not None
    assert (added.url, added.webhook.host, added.webhook.cadence_minutes) == (called.url, HOST, 15)
    [listed] = list_webhooks(quick_hub.exchange, publisher.principal)
    assert (listed.url, listed.secret, listed.webhook) == (called.url, None, added.webhook)
    assert called.connections == 0, "nothing is sent before the first tick"
    assert told(quick_hub) == [(Event.WEBHOOK_ADD, None)]


def test_under_an_idempotency_key_one_is_added_and_the_secret_not_shown_again(
    quick_hub: Hub, publisher: Member, called: Receiver
) -> None:
    use = key_use(publisher.principal, "POST /webhooks", "key", b"body")
    new = NewWebhook(called.url, 5)
    first = add_webhook(quick_hub.exchange, publisher.principal, new, use)
    again = add_webhook(quick_hub.exchange, publisher.principal, new, use)
    assert again.webhook == first.webhook
    assert again.secret is None
    rotation = key_use(publisher.principal, "POST rotation", "other", b"body")
    webhook_id = first.webhook.webhook_id
    assert rotate_secret(quick_hub.exchange, publisher.principal, webhook_id, 1, rotation).secret is not None
    assert rotate_secret(quick_hub.exchange, publisher.principal, webhook_id, 1, rotation).secret is None


def test_nothing_of_a_url_but_its_host_and_no_secret_lies_open_in_the_database(
    quick_hub: Hub, publisher: Member, called: Receiver
) -> None:
    added = add(publisher, called)
    kept = repr(stored(quick_hub, added.webhook.webhook_id))
    assert HOST in kept
    for hidden in ("secret-path", "token", "whsec", str(added.secret)):
        assert hidden not in kept


@pytest.mark.parametrize(
    ("url", "addresses"),
    [
        ("http://hooks.example.org/", ("127.0.0.1",)),
        ("https://hooks.example.org:8080/", ("127.0.0.1",)),
        ("https://hooks.example.org/", ("127.0.0.2",)),
        ("https://hooks.example.org/", ("127.0.0.1", "192.168.1.1")),
        ("https://hooks.example.org/", ("169.254.169.254",)),
        ("https://hooks.example.org/", ()),
        ("https://127.0.0.1/", ("127.0.0.1",)),
    ],
)
def test_what_is_not_called_is_refused_with_one_sentence(
    quick_hub: Hub, publisher: Member, called: Receiver, url: str, addresses: tuple[str, ...]
) -> None:
    connect(quick_hub, called, resolve=resolving(*addresses))
    with pytest.raises(MalformedInputError) as refusal:
        add_webhook(quick_hub.exchange, publisher.principal, NewWebhook(url, 5))
    assert refusal.value.pointer == "/url"
    assert "hooks" not in refusal.value.sentence
    connect(quick_hub, called, resolve=resolving())
    with pytest.raises(MalformedInputError) as other:
        add_webhook(quick_hub.exchange, publisher.principal, NewWebhook("https://unknown.example.org/", 5))
    assert other.value.sentence == refusal.value.sentence
    assert list_webhooks(quick_hub.exchange, publisher.principal) == []


def test_a_cadence_is_one_of_the_list(quick_hub: Hub, publisher: Member, called: Receiver) -> None:
    with pytest.raises(MalformedInputError) as refusal:
        add_webhook(quick_hub.exchange, publisher.principal, NewWebhook(called.url, 2))
    assert refusal.value.pointer == "/cadence_minutes"


def test_there_is_an_end_to_them(publisher: Member, called: Receiver) -> None:
    for _ in range(MOST_WEBHOOKS):
        add(publisher, called)
    with pytest.raises(ConflictError):
        add(publisher, called)


def test_without_the_channel_none_is_added_or_tried(quick_hub: Hub, publisher: Member, called: Receiver) -> None:
    webhook_id = add(publisher, called).webhook.webhook_id
    publisher.agree(channels=frozenset({Channel.REST}))
    for act in (
        lambda: add(publisher, called),
        lambda: try_webhook(quick_hub.exchange, publisher.principal, webhook_id),
    ):
        with pytest.raises(ForbiddenError) as refusal:
            act()
        assert refusal.value.code is Code.TERMS_EXCEEDED


def test_they_are_their_partners_own_and_operators_see_hosts(
    quick_hub: Hub, publisher: Member, other: Member, called: Receiver
) -> None:
    mine = add(publisher, called).webhook
    assert list_webhooks(quick_hub.exchange, other.principal) == []
    [seen] = list_webhooks(quick_hub.exchange, quick_hub.operator)
    assert (seen.webhook.host, seen.url, seen.secret) == (HOST, None, None)
    assert get_webhook(quick_hub.exchange, quick_hub.operator, mine.webhook_id).url is None
    with pytest.raises(NotFoundError):
        get_webhook(quick_hub.exchange, other.principal, mine.webhook_id)
    acts = (try_webhook, pause_webhook, resume_webhook, replay_dead, remove_webhook)
    for act in acts:
        with pytest.raises(NotFoundError):
            act(quick_hub.exchange, other.principal, mine.webhook_id)
        with pytest.raises(ForbiddenError):
            act(quick_hub.exchange, quick_hub.operator, mine.webhook_id)
    with pytest.raises(NotFoundError):
        rotate_secret(quick_hub.exchange, other.principal, mine.webhook_id, 0)
    with pytest.raises(ForbiddenError):
        add_webhook(quick_hub.exchange, quick_hub.operator, NewWebhook(called.url, 5))


def test_pausing_and_resuming_twice_changes_nothing_more(quick_hub: Hub, publisher: Member, called: Receiver) -> None:
    webhook_id = add(publisher, called).webhook.webhook_id
    for act, state, cause in ((pause_webhook, WebhookState.PAUSED, "partner"), (resume_webhook, WebhookState.ACTIVE, None)):
        for _ in range(2):
            changed = act(quick_hub.exchange, publisher.principal, webhook_id).webhook
            assert (changed.state, changed.cause) == (state, cause)
    assert told(quick_hub)[1:] == [(Event.WEBHOOK_PAUSE, "partner"), (Event.WEBHOOK_RESUME, None)]


def test_a_test_is_made_once_a_minute_and_not_while_it_is_paused(quick_hub: Hub, publisher: Member, called: Receiver) -> None:
    webhook_id = add(publisher, called).webhook.webhook_id
    try_webhook(quick_hub.exchange, publisher.principal, webhook_id)
    with pytest.raises(ConflictError):
        try_webhook(quick_hub.exchange, publisher.principal, webhook_id)
    quick_hub.clock.pass_time(MINUTE)
    try_webhook(quick_hub.exchange, publisher.principal, webhook_id)
    pause_webhook(quick_hub.exchange, publisher.principal, webhook_id)
    quick_hub.clock.pass_time(MINUTE)
    with pytest.raises(ConflictError):
        try_webhook(quick_hub.exchange, publisher.principal, webhook_id)


def test_replaying_where_nothing_is_dead_does_nothing(quick_hub: Hub, publisher: Member, called: Receiver) -> None:
    added = add(publisher, called).webhook
    assert replay_dead(quick_hub.exchange, publisher.principal, added.webhook_id).webhook == added
    assert told(quick_hub) == [(Event.WEBHOOK_ADD, None)]


def test_a_webhook_whose_key_is_lost_says_so(quick_hub: Hub, publisher: Member, called: Receiver) -> None:
    webhook_id = add(publisher, called).webhook.webhook_id
    quick_hub.exchange = replace(quick_hub.exchange, sealer=CursorSealer([b"n" * 64]))
    [listed] = list_webhooks(quick_hub.exchange, publisher.principal)
    assert listed.url is None
    with pytest.raises(ConflictError):
        rotate_secret(quick_hub.exchange, publisher.principal, webhook_id, 1)
    remove_webhook(quick_hub.exchange, publisher.principal, webhook_id)


def test_what_is_removed_is_gone_and_under_its_key_again_it_is_no_error(
    quick_hub: Hub, publisher: Member, called: Receiver
) -> None:
    webhook_id = add(publisher, called).webhook.webhook_id
    try_webhook(quick_hub.exchange, publisher.principal, webhook_id)
    quick_hub.work()
    assert get_webhook(quick_hub.exchange, publisher.principal, webhook_id).messages
    use = key_use(publisher.principal, "POST removal", "key", b"")
    for _ in range(2):
        remove_webhook(quick_hub.exchange, publisher.principal, webhook_id, use)
    assert list_webhooks(quick_hub.exchange, publisher.principal) == []
    with pytest.raises(NotFoundError):
        remove_webhook(quick_hub.exchange, publisher.principal, webhook_id)
    assert told(quick_hub)[-1] == (Event.WEBHOOK_REMOVE, None)


def test_no_name_is_looked_up_for_whoever_may_not_add_one(quick_hub: Hub, publisher: Member, called: Receiver) -> None:
    names = resolving("127.0.0.1")
    connect(quick_hub, called, resolve=names)
    use = key_use(publisher.principal, "POST /webhooks", "key", b"body")
    new = NewWebhook(called.url, 5)
    add_webhook(quick_hub.exchange, publisher.principal, new, use)
    add_webhook(quick_hub.exchange, publisher.principal, new, use)
    assert len(names.asked) == 1, "what was answered under a key is not looked up again"
    for _ in range(MOST_WEBHOOKS - 1):
        add(publisher, called)
    with pytest.raises(ConflictError):
        add(publisher, called)
    publisher.agree(channels=frozenset({Channel.REST}))
    with pytest.raises(ForbiddenError):
        add(publisher, called)
    with pytest.raises(ForbiddenError):
        add_webhook(quick_hub.exchange, quick_hub.operator, new)
    assert len(names.asked) == MOST_WEBHOOKS


def test_names_are_looked_up_so_often_an_hour_and_for_another_all_the_same(
    quick_hub: Hub, publisher: Member, other: Member, called: Receiver
) -> None:
    names = Resolving([])
    connect(quick_hub, called, resolve=names)
    for _ in range(MOST_ASKED):
        with pytest.raises(MalformedInputError):
            add(publisher, called)
    with pytest.raises(ExhaustedError) as refusal:
        add(publisher, called)
    assert refusal.value.retry_after_seconds == 3_600
    with pytest.raises(MalformedInputError):
        add_webhook(quick_hub.exchange, publisher.principal, NewWebhook("http://no-form.example.org/", 5))
    assert len(names.asked) == MOST_ASKED
    names.answers = [["127.0.0.1"]]
    add(other, called)
    quick_hub.clock.pass_time(timedelta(hours=1))
    add(publisher, called)


def test_names_that_hang_refuse_their_own_partner_and_hold_up_no_other(
    quick_hub: Hub, publisher: Member, other: Member, called: Receiver
) -> None:
    answered = threading.Event()

    def slow(host: str) -> list[str]:
        if host != HOST:
            answered.wait(60)
        return ["127.0.0.1"]

    connect(quick_hub, called, resolve=slow)
    mine, stranger = add(publisher, called, 1).webhook, add(other, called, 1).webhook
    patient = quick_hub.exchange.egress
    quick_hub.exchange = replace(quick_hub.exchange, egress=replace(patient, look_up_seconds=0.05))
    hanging = NewWebhook("https://slow.example.org/", 5)
    for _ in range(MOST_OF_ONE):
        with pytest.raises(MalformedInputError):
            add_webhook(quick_hub.exchange, publisher.principal, hanging)
    with pytest.raises(ExhaustedError):
        add_webhook(quick_hub.exchange, publisher.principal, hanging)
    quick_hub.exchange = replace(quick_hub.exchange, egress=patient)
    add(other, called)
    quick_hub.clock.pass_time(MINUTE)
    quick_hub.work()
    called_now = {one.webhook_id for one in (mine, stranger) if messages(quick_hub, one.webhook_id)}
    assert called_now == {stranger.webhook_id}, "one's own wait, and no attempt is counted"
    answered.set()
    ends_at = time.monotonic() + 60
    while not quick_hub.exchange.egress.look_ups.has_room(publisher.id) and time.monotonic() < ends_at:
        time.sleep(0.01)
    quick_hub.clock.pass_time(UNTIL_ROOM)
    quick_hub.work()
    [message] = messages(quick_hub, mine.webhook_id)
    assert (message.outcome, message.attempts) == (Outcome.DELIVERED, 1)
