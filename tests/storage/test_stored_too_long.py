from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, insert, select, update

from app.domain.object_vocabulary import RecallAct, RecallReason
from app.domain.vocabulary import Harm
from app.storage import recalls, stored_too_long, work
from app.storage.recalls import Delivery, NewRecall
from app.storage.session import Connection, Database
from app.storage.stored_too_long import Ages
from app.storage.tables import key_challenge, mail, object_version
from app.storage.tables import work as work_table
from tests.factories.policy_values import DAY, NOW
from tests.storage import samples
from tests.storage.samples import OTHER_OWNER, OWNER


@pytest.fixture
def rows(exchange: Database) -> list[int]:
    """Three versions that may be stored for one, two and three days."""
    rows = samples.publish(exchange, [Harm.CSAM], *(samples.checked(samples.new_id()) for _ in range(3)))
    with exchange.write() as connection:
        stored_too_long.judge(connection, {row: NOW + days * DAY for days, row in enumerate(rows, 1)})
    return rows


def ends(connection: Connection, row: int) -> tuple[object, ...]:
    asked = select(object_version.c.retain_until, object_version.c.visible_until)
    return tuple(connection.execute(asked.where(object_version.c.version_id == row)).one())


def test_what_is_judged_is_seen_no_longer_than_it_may_be_stored(exchange: Database, rows: list[int]) -> None:
    with exchange.write() as connection:
        assert ends(connection, rows[0]) == (NOW + DAY, NOW + DAY)
        stored_too_long.judge(connection, {rows[0]: NOW + 9 * DAY})
        assert ends(connection, rows[0]) == (NOW + 9 * DAY, NOW + DAY)  # what ended sooner stays so


def test_what_was_never_judged_is_found_with_its_content_and_class(exchange: Database, rows: list[int]) -> None:
    with exchange.write() as connection:
        connection.execute(update(object_version).where(object_version.c.version_id == rows[1]).values(retain_until=None))
        [one] = stored_too_long.unjudged(connection, 10)
        assert (one.version_id, one.received_at) == (rows[1], NOW)
        assert one.content
        assert "sensitivity" in one.class_document


def test_what_is_at_its_end_comes_in_order_and_in_pieces(exchange: Database, rows: list[int]) -> None:
    with exchange.read() as connection:
        first = stored_too_long.at_their_end(connection, NOW + 3 * DAY, None, 1)
        rest = stored_too_long.at_their_end(connection, NOW + 3 * DAY, first[0][1], 5)
        assert [one.version_id for one, _ in (*first, *rest)] == rows[:2]
        assert stored_too_long.at_their_end(connection, NOW + DAY, None, 5) == []


def test_what_was_recalled_long_ago_comes_with_its_notices(exchange: Database, rows: list[int]) -> None:
    [notice] = samples.publish(exchange, [Harm.CSAM], samples.checked(samples.new_id(), owner_id=OTHER_OWNER))
    with exchange.write() as connection:
        new = NewRecall("r", OWNER, RecallReason.ERROR, RecallAct.DELETE, rows[:1])
        recall_id = recalls.add_recall(connection, new, NOW)
        connection.execute(update(object_version).where(object_version.c.version_id == rows[0]).values(withdrawn_at=NOW))
        recalls.add_deliveries(connection, recall_id, [Delivery(OTHER_OWNER, 0, notice)])
        assert stored_too_long.withdrawn_long_ago(connection, NOW + DAY, 0, 9) == []  # nobody was told yet
        recalls.keep_notified(connection, recall_id, NOW)
        assert stored_too_long.withdrawn_long_ago(connection, NOW, 0, 9) == []
        found = stored_too_long.withdrawn_long_ago(connection, NOW + DAY, 0, 9)
        assert [one.version_id for one in found] == [rows[0], notice]
        counted = stored_too_long.counts(connection, NOW + timedelta(days=1, seconds=1), NOW + DAY)
        assert counted == {("indicator", OWNER): (1, 1), ("indicator", OTHER_OWNER): (0, 1)}


def test_rows_of_other_tables_go_when_they_are_old_and_done(exchange: Database) -> None:
    usual = {"kind": "page", "subject_id": "s", "made_at": NOW, "due_at": NOW, "state": "sent", "attempts": 1, "fence": 1}
    with exchange.write() as connection:
        for number, sent_at in enumerate((NOW, NOW + 2 * DAY, None)):
            connection.execute(insert(mail).values(**usual, mail_id=str(number), sent_at=sent_at))
        connection.execute(insert(key_challenge).values(challenge="c", partner_id=OWNER, expires_at=NOW))
        for _ in range(2):
            work.add_work(connection, "kind", {}, NOW)
        connection.execute(update(work_table).where(work_table.c.work_id == 1).values(state="done"))
        ages = Ages(NOW + DAY, NOW + DAY, NOW + DAY, NOW + DAY, NOW + DAY)
        assert stored_too_long.drop_others(connection, ages, 10) == 1
        assert stored_too_long.drop_others(connection, ages, 10) == 0
        assert list(connection.execute(select(mail.c.mail_id).order_by(mail.c.mail_id)).scalars()) == ["1", "2"]
        assert connection.execute(select(func.count()).select_from(work_table)).scalar_one() == 1
