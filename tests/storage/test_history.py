from __future__ import annotations

import sqlite3

import pytest
from sqlalchemy import insert

from app.domain.vocabulary import Harm, PartnerState
from app.storage import counter, embargoes, history, members, objects, sharing, viewpoints, withdrawals
from app.storage.history import AsOf, PartnersPast
from app.storage.session import Database
from app.storage.tables import history_start
from tests.factories.policy_values import DAY, NOW, SECOND
from tests.storage import samples
from tests.storage.samples import READER
from tests.storage.test_sharing import IN_A, A

CSAM = Harm.CSAM


def _stood(database: Database, version_id: int, as_of: AsOf) -> tuple[int, bool, bool]:
    with database.read() as connection:
        one = history.versions_as_of(connection, [version_id], as_of)[version_id]
    return one.class_id, one.visible_until > as_of.at, one.is_out


def test_a_version_stood_in_the_class_that_a_look_at_a_lower_place_saw(exchange: Database) -> None:
    [row] = samples.publish(exchange, [CSAM], samples.checked())
    with exchange.write() as connection:
        order = counter.take_order_lock(connection)
        before, moment = order.position, order.next_moment(NOW + SECOND)
        to_class = samples.class_id_of(connection, order, CSAM, Harm.LIVE_STREAMED_CSA)
        objects.reclassify(connection, [row], to_class, NOW + DAY, moment)
        counter.save_order(connection, order)
    assert _stood(exchange, row, AsOf(NOW + 2 * DAY, before)) == (1, True, True)
    assert _stood(exchange, row, AsOf(NOW, moment.position)) == (to_class, True, True)
    assert _stood(exchange, row, AsOf(NOW)) == (1, True, True)
    assert _stood(exchange, row, AsOf(NOW + SECOND)) == (to_class, True, True)
    assert _stood(exchange, row, AsOf(NOW + 2 * DAY)) == (to_class, False, True)


def test_what_was_released_and_withdrawn_was_hidden_before_and_is_afterwards(exchange: Database) -> None:
    [row] = samples.publish(exchange, [CSAM], samples.checked(), release_at=NOW + DAY)
    with exchange.write() as connection:
        order = counter.take_order_lock(connection)
        assert embargoes.release_embargoed(connection, order, NOW + DAY, 9) == 1
        withdrawals.end_versions(connection, order, [row], NOW + 2 * DAY)
        counter.save_order(connection, order)
    stood = [_stood(exchange, row, AsOf(NOW + day * DAY)) for day in (0, 1, 2)]
    assert stood == [(1, True, False), (1, True, True), (1, False, True)]


def test_a_partner_was_in_the_state_of_the_epoch(exchange: Database) -> None:
    with exchange.write() as connection:
        for state, now in ((PartnerState.SUSPENDED, NOW), (PartnerState.ACTIVE, NOW + DAY)):
            members.set_partner_state(connection, READER, state, now)
            viewpoints.start_epoch(connection, READER, f"partner-{state}", now)
        past = PartnersPast.load(connection, [READER])
        at = [past.state(READER, PartnerState.ACTIVE, AsOf(NOW, epoch=epoch)) for epoch in (0, 1, 2)]
        on = [past.state(READER, PartnerState.ACTIVE, AsOf(NOW + day * DAY)) for day in (-1, 0, 1)]
    assert at == on == [PartnerState.ACTIVE, PartnerState.SUSPENDED, PartnerState.ACTIVE]


def test_a_member_read_a_group_from_when_it_joined_until_it_was_deleted(exchange: Database) -> None:
    with exchange.write() as connection:
        sharing.add_group(connection, A)
        sharing.put_member(connection, IN_A, NOW)
        viewpoints.start_epoch(connection, READER, "sharing-group", NOW)
        sharing.delete_group(connection, "group-a", NOW + DAY)
        viewpoints.start_epoch(connection, READER, "sharing-group", NOW + DAY)
        past = PartnersPast.load(connection, [READER])
        read = [past.reading(READER, {}, AsOf(NOW, epoch=epoch)) for epoch in (0, 1, 2)]
    assert read == [{}, {"group-a": 0}, {}]


def test_history_is_kept_from_the_first_day_or_from_when_that_was_begun(exchange: Database) -> None:
    with exchange.write() as connection:
        assert history.kept_since(connection) is None
        connection.execute(insert(history_start).values(since=NOW))
        assert history.kept_since(connection) == NOW


def test_on_sqlite_nothing_of_it_is_changed(sqlite_url: str) -> None:
    with sqlite3.connect(sqlite_url.removeprefix("sqlite:///")) as connection:
        connection.execute("INSERT INTO history_start (since) VALUES ('2026-01-01')")
        with pytest.raises(sqlite3.IntegrityError, match="only added"):
            connection.execute("DELETE FROM history_start")
