from __future__ import annotations

import uuid

import pytest
from sqlalchemy import Connection, insert, select

from app.domain.object_vocabulary import RecallAct, RecallReason
from app.domain.recall import Recall
from app.domain.vocabulary import Harm
from app.storage import recalls
from app.storage.displacement import Place
from app.storage.recalls import Delivery, NewRecall, Recipient
from app.storage.session import Database
from app.storage.tables import group_posting, sharing_group
from tests.factories.policy_values import NOW, SECOND
from tests.storage import samples
from tests.storage.samples import OTHER_READER, OWNER, READER


@pytest.fixture
def rows(exchange: Database) -> list[int]:
    facets = ([("harm", "csam")], [("harm", "csam"), ("phase", "solicitation")], [])
    return samples.publish(exchange, [Harm.CSAM], *(samples.checked(facets=some) for some in facets))


def kept(connection: Connection, *rows: int, owner_id: str = OWNER) -> int:
    new = NewRecall(str(uuid.uuid4()), owner_id, RecallReason.ERROR, RecallAct.DELETE, rows)
    return recalls.add_recall(connection, new, NOW)


def test_a_recall_comes_back_as_it_stands(exchange: Database, rows: list[int]) -> None:
    with exchange.write() as connection:
        number = kept(connection, *rows[:2])
        one = recalls.recall_by_number(connection, number)
        assert one == Recall(number, one.public_id, OWNER, RecallReason.ERROR, RecallAct.DELETE, NOW, None, 0, None)
        recalls.settle_look(connection, number, 7)
        recalls.keep_look(connection, number, {}, 5)
        recalls.keep_notified(connection, number, NOW + SECOND)
        after = recalls.recall_by_number(connection, number)
        assert (after.look_to, after.looked_to, after.notified_at) == (7, 5, NOW + SECOND)


def test_an_owner_finds_its_own_recalls_alone(exchange: Database, rows: list[int]) -> None:
    with exchange.write() as connection:
        first, others, second = kept(connection, rows[0]), kept(connection, rows[1], owner_id=READER), kept(connection, rows[2])
        assert [one.recall_id for one in recalls.recalls_of(connection, OWNER, 0, 10)] == [first, second]
        assert [one.recall_id for one in recalls.recalls_of(connection, OWNER, first, 10)] == [second]
        assert [one.recall_id for one in recalls.recalls_of(connection, OWNER, 0, 1)] == [first]
        public_id = recalls.recall_by_number(connection, others).public_id
        assert recalls.find_recall(connection, OWNER, public_id) is None
        assert recalls.find_recall(connection, READER, public_id) is not None


def test_what_is_called_back_has_its_digest(exchange: Database, rows: list[int]) -> None:
    with exchange.write() as connection:
        found = recalls.recalled_versions(connection, kept(connection, rows[2], rows[0]))
        assert [(one.version_id, one.version, len(one.payload_digest)) for one in found] == [
            (rows[0], samples.VERSION, 32),
            (rows[2], samples.VERSION, 32),
        ]


def test_what_was_withdrawn_since_a_recall_is_told_with_its_recall(exchange: Database, rows: list[int]) -> None:
    with exchange.write() as connection:
        first, second, third = kept(connection, rows[0]), kept(connection, rows[1], 77), kept(connection, rows[2])
        assert recalls.withdrawn_since(connection, first, 10) == {rows[1]: second, 77: second, rows[2]: third}
        assert len(recalls.withdrawn_since(connection, 0, 2)) == 2
        assert recalls.withdrawn_since(connection, third, 10) == {}


def test_facets_of_several_versions_are_those_of_any(exchange: Database, rows: list[int]) -> None:
    with exchange.read() as connection:
        assert recalls.facets_of(connection, rows) == {("harm", "csam"), ("phase", "solicitation")}
        assert recalls.facets_of(connection, rows[2:]) == frozenset()


def test_what_was_found_is_added_to_what_was_found_before(exchange: Database, rows: list[int]) -> None:
    with exchange.write() as connection:
        number = kept(connection, *rows)
        recalls.keep_look(connection, number, {(READER, 0): {rows[0]}, (READER, 3): {rows[0]}}, 10)
        recalls.keep_look(connection, number, {(READER, 0): {rows[2]}, (OTHER_READER, 0): {rows[1]}}, 20)
        assert sorted(recalls.recipients(connection, number), key=lambda one: (one.partner_id, one.feed)) == sorted(
            [
                Recipient(READER, 0, frozenset({rows[0], rows[2]})),
                Recipient(READER, 3, frozenset({rows[0]})),
                Recipient(OTHER_READER, 0, frozenset({rows[1]})),
            ],
            key=lambda one: (one.partner_id, one.feed),
        )
        assert recalls.recall_by_number(connection, number).looked_to == 20


def test_a_notice_gets_its_place_in_the_feeds_of_groups_that_are_still_there(exchange: Database, rows: list[int]) -> None:
    with exchange.write() as connection:
        for feed, generation, deleted_at in ((3, 7, None), (4, 1, NOW), (5, 2, None)):
            group = {"group_id": str(uuid.uuid4()), "feed": feed, "title": f"Group {feed}", "description": ""}
            stated = {"shares_history": False, "generation": generation, "created_at": NOW, "deleted_at": deleted_at}
            connection.execute(insert(sharing_group).values(group | stated))
        recalls.post_to_groups(connection, rows[1], [3, 4], Place(9, NOW))
        recalls.post_to_groups(connection, rows[2], [], Place(10, NOW))
        assert connection.execute(select(group_posting)).all() == [(3, rows[1], 7, 9, NOW)]


def test_to_whom_notices_went_is_listed_once_for_each_partner(exchange: Database, rows: list[int]) -> None:
    with exchange.write() as connection:
        number = kept(connection, rows[0])
        deliveries = [Delivery(READER, feed, rows[1]) for feed in (0, 3)] + [Delivery(OTHER_READER, 0, rows[1])]
        recalls.add_deliveries(connection, number, deliveries)
        recalls.add_deliveries(connection, number, [])
        assert recalls.notified_partners(connection, [number]) == {number: sorted([READER, OTHER_READER])}


def test_recalls_of_which_nobody_was_told_yet_are_listed(exchange: Database, rows: list[int]) -> None:
    with exchange.write() as connection:
        first, second, third = (kept(connection, row) for row in rows)
        recalls.keep_notified(connection, second, NOW)
        assert recalls.unnotified(connection) == [first, third]
