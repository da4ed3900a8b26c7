from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, text, update

from app.domain.legal_hold import LegalHold
from app.domain.retention import RetentionRule
from app.services.checking.check_log import check_log
from app.services.intake.withdraw import WithdrawalRequest, withdraw
from app.services.retention import journal, sweep
from app.services.retention.finish_erasures import RECALLS_ARE_KEPT
from app.services.retention.sweep import GRACE, Due, Swept, preview, sweep_now
from app.storage import holds
from app.storage.tables import erased_version, notice_addressee, object_head, object_version
from tests.factories.members import Hub, Member
from tests.factories.policy_values import DAY
from tests.factories.stix_objects import indicator, report, user_account

HOUR = timedelta(hours=1)


def stored(hub: Hub) -> int:
    with hub.exchange.database.read() as connection:
        found: int = connection.execute(select(func.count()).select_from(object_version)).scalar_one()
    return found


def seen(reader: Member) -> list[str]:
    """Name the types of what a reader sees, markings aside."""
    return sorted(one["type"] for one in reader.pull()[0] if one["type"] != "marking-definition")


def test_what_may_not_be_stored_any_longer_is_seen_by_nobody_and_then_gone(
    quick_hub: Hub, publisher: Member, other: Member, tmp_path: Path
) -> None:
    exchange = replace(quick_hub.exchange, erasure_journal=tmp_path / "erasures")
    named = {"object_marking_refs": [publisher.mark_for(other)]}
    address, account = indicator(pattern="[ipv4-addr:value = '198.51.100.1']", **named), user_account("of-somebody", **named)
    publisher.store(address, account, report([indicator()["id"]]))
    assert seen(other) == ["indicator", "report", "user-account"]
    quick_hub.clock.pass_time(180 * DAY)
    assert seen(other) == ["report", "user-account"]
    assert sweep_now(exchange) == Swept()  # the grace
    quick_hub.clock.pass_time(GRACE + HOUR)
    assert preview(exchange).due == [Due("indicator", publisher.id, 1, 0)]
    assert stored(quick_hub) == 4
    assert sweep_now(exchange) == Swept(ended=1)
    quick_hub.work()
    assert stored(quick_hub) == 3
    quick_hub.clock.pass_time(550 * DAY)
    assert sweep_now(exchange) == Swept(ended=1)
    quick_hub.work()
    assert seen(publisher) == ["report"]
    assert [one.reason for one in journal.read(tmp_path / "erasures")] == ["retention", "retention"]
    with quick_hub.exchange.database.read() as connection:
        assert connection.execute(select(func.count()).select_from(object_head)).scalar_one() == 2  # and the marking
    assert check_log(exchange).findings == ()


def test_what_was_stored_before_is_judged_by_when_it_came(quick_hub: Hub, publisher: Member, other: Member) -> None:
    named = {"object_marking_refs": [publisher.mark_for(other)]}
    publisher.store(user_account("of-somebody", **named), indicator(pattern="[ipv4-addr:value = '198.51.100.1']", **named))
    with quick_hub.exchange.database.write() as connection:
        connection.execute(text("UPDATE object_version SET retain_until = NULL, visible_until = '9999-12-31 23:59:59.999999'"))
    quick_hub.clock.pass_time(190 * DAY)
    assert seen(other) == ["indicator", "user-account"]
    assert preview(quick_hub.exchange).unjudged
    assert sweep_now(quick_hub.exchange) == Swept(judged=3, ended=1)
    assert seen(other) == ["user-account"]


def test_an_exchange_that_shortens_it_stores_less_long(quick_hub: Hub, publisher: Member) -> None:
    hub = replace(quick_hub, exchange=replace(quick_hub.exchange, retention=RetentionRule({"user-account": 10})))
    replace_hub = replace(publisher)
    replace_hub.hub, replace_hub.key, replace_hub.everybody = hub, publisher.key, publisher.everybody
    replace_hub.store(user_account("of-somebody"))
    quick_hub.clock.pass_time(10 * DAY)
    assert publisher.sees() == []


def test_a_publishers_own_earlier_end_counts(quick_hub: Hub, publisher: Member) -> None:
    expires_at = (quick_hub.clock.now + 2 * DAY).strftime("%Y-%m-%dT%H:%M:%SZ")
    publisher.store(indicator(object_marking_refs=[publisher.mark(publisher.everybody, expires_at=expires_at)]))
    quick_hub.clock.pass_time(3 * DAY)
    assert "indicator" not in {stix_id.partition("--")[0] for stix_id, _ in publisher.sees()}


def test_what_was_withdrawn_goes_with_its_notices_when_its_recall_is_settled(
    quick_hub: Hub, publisher: Member, other: Member
) -> None:
    publisher.store(one := indicator(), indicator())
    other.pull()
    withdraw(quick_hub.exchange, publisher.principal, WithdrawalRequest(one["id"]))
    quick_hub.work()
    assert sweep_now(quick_hub.exchange) == Swept()
    quick_hub.clock.pass_time(RECALLS_ARE_KEPT + HOUR)
    assert sweep_now(quick_hub.exchange) == Swept(withdrawn=1)
    quick_hub.work()
    assert stored(quick_hub) == 3, "its notice waits for an answer, and needs its names"
    with quick_hub.exchange.database.write() as connection:
        connection.execute(update(notice_addressee).values(answered_at=quick_hub.clock.now))
    assert sweep_now(quick_hub.exchange) == Swept(withdrawn=1)
    quick_hub.clock.pass_time(2 * HOUR)
    quick_hub.work()
    assert stored(quick_hub) == 1
    assert [found["type"] for found in other.pull()[0]] == ["indicator"]
    assert check_log(quick_hub.exchange).findings == ()


def test_a_hold_blocks_the_sweep_and_holds_up_nothing_else(
    quick_hub: Hub, publisher: Member, other: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweep, "_AT_ONCE", 1)
    publisher.store(held := user_account("of-somebody"))
    other.store(user_account("of-another"))
    with quick_hub.exchange.database.write() as connection:
        holds.add_hold(connection, LegalHold("h", held["id"], None, None, "court 1", "p", quick_hub.clock.now))
    quick_hub.clock.pass_time(800 * DAY)
    assert sweep_now(quick_hub.exchange) == Swept(ended=1)
    assert len(preview(quick_hub.exchange).due) == 1
    with quick_hub.exchange.database.read() as connection:
        assert list(connection.execute(select(erased_version.c.owner_id)).scalars()) == [other.id]


def test_it_is_work_that_comes_back_every_day(quick_hub: Hub, publisher: Member) -> None:
    from app.services.do_work import ensure_periodic_work  # noqa: PLC0415  # it imports all there is

    publisher.store(user_account("of-somebody"))
    ensure_periodic_work(quick_hub.exchange)
    quick_hub.work()
    quick_hub.clock.pass_time(738 * DAY)
    quick_hub.work()
    assert stored(quick_hub) == 0
