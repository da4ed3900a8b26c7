"""Webhooks and their messages, as they are kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from app.domain.webhook import MessageState, Outcome, Webhook, WebhookMessage, WebhookState
from app.storage import webhooks
from app.storage.session import Database
from app.storage.webhooks import Fate
from tests.factories.policy_values import DAY, NOW
from tests.storage.samples import OTHER_READER, READER

MINUTE = timedelta(minutes=1)


def webhook(webhook_id: str, partner_id: str = READER, **changes: object) -> Webhook:
    made = Webhook(webhook_id, partner_id, "hooks.example.org", 5, "sealed", WebhookState.ACTIVE, NOW, NOW + MINUTE)
    return replace(made, **changes)  # type: ignore[arg-type]  # of its fields


def message(message_id: str, minutes: int = 0, **changes: object) -> WebhookMessage:
    at = NOW + minutes * MINUTE
    return replace(WebhookMessage(message_id, "1", at, at, at), **changes)  # type: ignore[arg-type]  # the same


def _add(database: Database, *values: Webhook | WebhookMessage) -> None:
    with database.write() as connection:
        for value in values:
            if isinstance(value, Webhook):
                webhooks.add_webhook(connection, value)
            else:
                webhooks.add_message(connection, value)


def test_webhooks_come_back_as_they_were_and_as_they_are_kept_anew(exchange: Database) -> None:
    first, others = webhook("1"), webhook("2", OTHER_READER)
    _add(exchange, first, others)
    changed = replace(first, state=WebhookState.PAUSED, cause="gone", turn=3, called_until=NOW, tested_at=NOW)
    with exchange.write() as connection:
        assert webhooks.webhook_by_id(connection, "1", held=True) == first
        webhooks.save_webhook(connection, changed)
    with exchange.read() as connection:
        assert webhooks.webhooks(connection, READER) == [changed]
        assert {one.webhook_id for one in webhooks.webhooks(connection, None)} == {"1", "2"}
        assert webhooks.active_webhooks(connection) == [others]
        assert webhooks.webhook_by_id(connection, "3") is None


def test_a_partner_is_being_called_while_one_of_its_webhooks_is(exchange: Database) -> None:
    _add(exchange, webhook("1", called_until=NOW + MINUTE), webhook("2"), webhook("3", OTHER_READER))
    with exchange.read() as connection:
        assert webhooks.is_calling(connection, READER, NOW, NOW + MINUTE)
        assert not webhooks.is_calling(connection, READER, NOW + MINUTE, NOW + 2 * MINUTE)
        assert not webhooks.is_calling(connection, OTHER_READER, NOW, NOW + MINUTE)
        assert not webhooks.is_calling(connection, READER, NOW - 60 * MINUTE, NOW - 59 * MINUTE), "of a clock that ran ahead"


def test_the_message_that_waits_longest_is_next(exchange: Database) -> None:
    done = message("4", state=MessageState.DELIVERED, outcome=Outcome.DELIVERED, ended_at=NOW)
    _add(exchange, webhook("1"), message("2", 2), message("3", 1), done)
    with exchange.write() as connection:
        assert webhooks.waiting_message(connection, "1") == message("3", 1)
        webhooks.save_message(connection, message("3", 1, state=MessageState.DEAD, ended_at=NOW, attempts=4))
        assert webhooks.waiting_message(connection, "1") == message("2", 2)
        assert webhooks.hasten(connection, "1", NOW) == 1
        assert webhooks.waiting_message(connection, "1") == message("2", 2, due_at=NOW)
        assert webhooks.waiting_message(connection, "2") is None


def test_dead_messages_are_counted_and_tried_anew(exchange: Database) -> None:
    dead = message("2", state=MessageState.DEAD, attempts=9, outcome=Outcome.REFUSED, ended_at=NOW)
    newest = message("3", 1, state=MessageState.DELIVERED)
    _add(exchange, webhook("1"), dead, newest)
    later = NOW + DAY
    with exchange.write() as connection:
        assert webhooks.fate(connection, "1") == Fate(newest, 1)
        assert webhooks.fate(connection, "9") == Fate()
        assert webhooks.replay(connection, "1", later) == 1
        again = replace(dead, state=MessageState.WAITING, attempts=0, tried_since=later, due_at=later, ended_at=None)
        assert webhooks.waiting_message(connection, "1") == again
        assert webhooks.replay(connection, "1", later) == 0


def test_messages_are_listed_newest_first_and_forgotten(exchange: Database) -> None:
    old = message("2", state=MessageState.DELIVERED, ended_at=NOW)
    dead = message("3", 1, state=MessageState.DEAD, ended_at=NOW)
    _add(exchange, webhook("1"), old, dead, message("4", 2))
    with exchange.write() as connection:
        assert [one.message_id for one in webhooks.messages(connection, "1", 2)] == ["4", "3"]
        webhooks.forget(connection, "1", MessageState.DELIVERED, NOW)
        assert len(webhooks.messages(connection, "1", 9)) == 3
        webhooks.forget(connection, "1", MessageState.DELIVERED, NOW + MINUTE)
        assert [one.message_id for one in webhooks.messages(connection, "1", 9)] == ["4", "3"]


def test_what_is_removed_is_gone_with_its_messages(exchange: Database) -> None:
    _add(exchange, webhook("1"), message("2"))
    with exchange.write() as connection:
        webhooks.remove_webhook(connection, "1")
        assert webhooks.webhook_by_id(connection, "1") is None
        assert webhooks.messages(connection, "1", 9) == []
