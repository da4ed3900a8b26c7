from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import Connection, insert, select, update

from app.domain.handling import MarkingTerms
from app.domain.vocabulary import Harm
from app.storage import handling, objects, withdrawals
from app.storage.counter import read_order
from app.storage.session import Database
from app.storage.tables import group_posting, marking, object_head, object_version
from tests.factories.policy_values import DAY, NOW
from tests.storage import samples
from tests.storage.samples import OTHER_OWNER, OWNER

FIRST, SECOND, THIRD = (f"2026-01-0{day}T00:00:00Z" for day in (1, 2, 3))


@pytest.fixture
def stix_id() -> str:
    return samples.new_id()


@pytest.fixture
def rows(exchange: Database, stix_id: str) -> list[int]:
    """Three versions of one object, the older ones superseded."""
    rows = samples.publish(exchange, [Harm.CSAM], *(samples.checked(stix_id, version=one) for one in (FIRST, SECOND, THIRD)))
    with exchange.write() as connection:
        objects.set_heads(connection, OWNER, [(stix_id, rows[2])], known=())
        superseded = object_version.c.version_id.in_(rows[:2])
        connection.execute(update(object_version).where(superseded).values(is_superseded=True))
    return rows


def heads(connection: Connection) -> list[int]:
    return list(connection.execute(select(object_head.c.version_id)).scalars())


def test_an_ended_version_is_seen_by_nobody_not_even_in_the_past(exchange: Database, rows: list[int], stix_id: str) -> None:
    with exchange.write() as connection:
        withdrawals.end_versions(connection, read_order(connection), rows[:1], NOW)
        ended, *left = objects.own_versions(connection, OWNER, [stix_id])
        assert (ended.withdrawn_at, ended.visible_until) == (NOW, withdrawals.OVER)
        assert [one.withdrawn_at for one in left] == [None, None]
        [standing] = objects.standings(connection, rows[:1], NOW - 1000 * DAY)
        assert not standing.is_in_time


def test_an_ended_version_leaves_every_group(exchange: Database, rows: list[int]) -> None:
    with exchange.write() as connection:
        postings = [{"feed": feed, "version_id": one, "generation": 1} for feed in (1, 2) for one in rows]
        connection.execute(insert(group_posting), postings)
        withdrawals.end_versions(connection, read_order(connection), rows[:2], NOW)
        left = connection.execute(select(group_posting.c.feed, group_posting.c.version_id).order_by(group_posting.c.feed))
        assert left.all() == [(1, rows[2]), (2, rows[2])]


def test_the_newest_that_is_left_is_the_newest_again(exchange: Database, rows: list[int], stix_id: str) -> None:
    with exchange.write() as connection:
        withdrawals.end_versions(connection, read_order(connection), rows[1:], NOW)
        assert withdrawals.settle_heads(connection, OWNER, [stix_id]) == frozenset()
        assert heads(connection) == [rows[0]]
        flags = select(object_version.c.version_id).where(~object_version.c.is_superseded).order_by(object_version.c.version_id)
        assert list(connection.execute(flags).scalars()) == [rows[0], rows[2]]


def test_without_a_version_an_id_has_no_newest_one(exchange: Database, rows: list[int], stix_id: str) -> None:
    with exchange.write() as connection:
        withdrawals.end_versions(connection, read_order(connection), rows, NOW)
        assert withdrawals.settle_heads(connection, OWNER, [stix_id]) == {stix_id}
        assert heads(connection) == []


@pytest.mark.parametrize("moment", [NOW - DAY, NOW, NOW + DAY])
def test_anothers_statement_under_the_id_stays(exchange: Database, rows: list[int], stix_id: str, moment: datetime) -> None:
    [others] = samples.publish(exchange, [Harm.CSAM], samples.checked(stix_id, owner_id=OTHER_OWNER))
    with exchange.write() as connection:
        objects.set_heads(connection, OTHER_OWNER, [(stix_id, others)], known=())
        withdrawals.end_versions(connection, read_order(connection), rows, moment)
        withdrawals.settle_heads(connection, OWNER, [stix_id])
        assert heads(connection) == [others]


def test_a_marking_of_which_nothing_is_left_means_nothing_any_more(exchange: Database) -> None:
    stix_id = samples.new_id("marking-definition")
    [row] = samples.publish(exchange, [Harm.CSAM], samples.checked(stix_id))
    with exchange.write() as connection:
        for owner_id in (OWNER, OTHER_OWNER):
            handling.add_marking(connection, owner_id, stix_id, MarkingTerms())
        withdrawals.end_versions(connection, read_order(connection), [row], NOW)
        withdrawals.settle_heads(connection, OWNER, [stix_id])
        assert list(connection.execute(select(marking.c.owner_id)).scalars()) == [OTHER_OWNER]
