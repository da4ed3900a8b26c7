from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from app.domain.recall import Choice
from app.services.checking.check_log import check_log
from app.services.intake.receipts import read_back
from app.services.retention import finish_erasures as finishing
from app.services.retention.erase import FINISH_ERASURES
from app.services.retention.finish_erasures import RECALLS_ARE_KEPT, ensure_finishing
from app.storage import objects, submissions, work
from app.storage.erasures import LONGER_FOR_ANSWERS
from app.storage.tables import erased_version, narrowed_by, notice_addressee, object_version
from app.storage.tables import work as work_table
from tests.factories.erasures import erase
from tests.factories.members import Hub, Member
from tests.factories.stix_objects import indicator, newer, report


def let_recalls_settle(hub: Hub) -> None:
    hub.work()
    hub.clock.pass_time(RECALLS_ARE_KEPT + LONGER_FOR_ANSWERS + timedelta(hours=2))  # nobody has answered
    hub.work()


def test_receipts_of_all_are_looked_through_a_few_at_a_time(
    quick_hub: Hub, publisher: Member, other: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finishing, "_RECEIPTS_AT_ONCE", 2)
    publisher.store(one := indicator(object_marking_refs=[publisher.mark_for(other)]))
    for _ in range(3):
        assert other.store(report([one["id"]]))[0].narrowed_by == (one["id"],)
    assert publisher.submit(one).results[0].stix_id == one["id"]
    erase(publisher, one["id"])
    let_recalls_settle(quick_hub)
    with quick_hub.exchange.database.read() as connection:
        kept = submissions.receipts_after(connection, "", quick_hub.clock.now - 9 * RECALLS_ARE_KEPT, 100)
        results = [result for one_of_them in kept for result in read_back(one_of_them).results]
        assert len(results) == 6
        assert one["id"] not in {name for result in results for name in (result.stix_id, *result.narrowed_by)}
        assert connection.execute(select(func.count()).select_from(narrowed_by)).scalar_one() == 0
    assert check_log(quick_hub.exchange).findings == ()


def test_the_rest_of_an_id_stays(quick_hub: Hub, publisher: Member, other: Member) -> None:
    one = indicator()
    publisher.store(one, later := newer(one))
    erase(publisher, one["id"], choice=Choice(first=True))
    quick_hub.work()
    assert other.sees() == [(one["id"], later["modified"])]
    assert publisher.submit(later).results[0].status == "already-stored"
    with quick_hub.exchange.database.read() as connection:
        assert len(objects.own_versions(connection, publisher.id, [one["id"]])) == 1


def test_work_that_was_lost_is_put_on_the_ledger_again(quick_hub: Hub, publisher: Member) -> None:
    publisher.store(one := indicator())
    erase(publisher, one["id"])
    with quick_hub.exchange.database.write() as connection:
        connection.execute(work_table.delete())
        ensure_finishing(connection, quick_hub.clock.now)
        ensure_finishing(connection, quick_hub.clock.now)
        assert work.has_waiting(connection, FINISH_ERASURES)
        assert connection.execute(select(func.count()).select_from(work_table)).scalar_one() == 1
        connection.execute(work_table.delete())
    with quick_hub.exchange.database.read() as connection:
        assert connection.execute(select(erased_version.c.finished_at)).scalar_one() is None


def test_when_all_have_answered_nothing_is_waited_for_and_notice_and_answers_go_too(
    quick_hub: Hub, publisher: Member, other: Member
) -> None:
    publisher.store(one := indicator())
    other.pull()
    erase(publisher, one["id"])
    quick_hub.work()
    quick_hub.clock.pass_time(timedelta(hours=2))
    quick_hub.work()
    with quick_hub.exchange.database.write() as connection:
        assert len(objects.own_versions(connection, publisher.id, [one["id"]])) == 1
        connection.execute(update(notice_addressee).values(answered_at=quick_hub.clock.now))
    quick_hub.clock.pass_time(timedelta(hours=2))
    quick_hub.work()
    assert other.pull()[0] == []
    with quick_hub.exchange.database.read() as connection:
        assert connection.execute(select(func.count()).select_from(object_version)).scalar_one() == 0
        assert connection.execute(select(func.count()).select_from(erased_version)).scalar_one() == 2
    assert check_log(quick_hub.exchange).findings == ()


def test_two_who_finish_the_same_come_to_an_end(quick_hub: Hub, publisher: Member) -> None:
    publisher.store(one := indicator())
    erase(publisher, one["id"])
    with quick_hub.exchange.database.write() as connection:
        for _ in range(2):
            work.add_work(connection, FINISH_ERASURES, {}, quick_hub.clock.now)
    quick_hub.work()
    with quick_hub.exchange.database.read() as connection:
        assert connection.execute(select(erased_version.c.finished_at)).scalar_one() == quick_hub.clock.now
        assert not work.has_waiting(connection, FINISH_ERASURES)
