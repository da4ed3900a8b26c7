from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from app.domain.erasure import ErasureReason
from app.domain.errors import Code, ConflictError, NotFoundError, UnavailableError
from app.domain.legal_hold import LegalHold
from app.domain.object_vocabulary import RecallOutcome
from app.services.checking.check_log import check_log
from app.services.recalling.acknowledge import acknowledge
from app.services.retention import journal
from app.services.retention.finish_erasures import RECALLS_ARE_KEPT
from app.storage import holds, objects
from app.storage.tables import erased_version, object_content, object_version
from tests.factories.checkpoints import make_checkpoint
from tests.factories.erasures import erase
from tests.factories.members import Hub, Member
from tests.factories.recalled import answer_to, notices
from tests.factories.stix_objects import indicator, newer


def count(hub: Hub, table: object) -> int:
    with hub.exchange.database.read() as connection:
        found: int = connection.execute(select(func.count()).select_from(table)).scalar_one()  # type: ignore[arg-type]  # any table
    return found


def test_what_is_erased_is_there_for_nobody_and_whoever_had_it_is_told_to_delete_it(
    quick_hub: Hub, publisher: Member, other: Member, tmp_path: Path
) -> None:
    one, kept = indicator(), indicator()
    publisher.store(one, newer(one), kept)
    assert len(other.pull()[0]) == 3
    erased = erase(publisher, one["id"], path=tmp_path / "erasures")
    assert (erased.count, list(erased.recall_ids)) == (2, [publisher.id])
    for reader in (publisher, other):
        assert [found["id"] for found in reader.pull()[0]] == [kept["id"]]
        with pytest.raises(NotFoundError):
            reader.look_up(one["id"])
    quick_hub.work()
    [notice] = [found for found in other.pull()[0] if found["type"] == "recall-notice"]
    assert (notice["reason"], notice["act"], len(notice["recalled"])) == ("erasure", "delete", 2)
    assert count(quick_hub, object_content) == 2  # what is kept, and the notice
    make_checkpoint(quick_hub.exchange)
    assert check_log(quick_hub.exchange).findings == ()


def test_their_rows_go_when_their_recall_is_settled(quick_hub: Hub, publisher: Member, other: Member) -> None:
    one = indicator()
    publisher.store(one)
    other.pull()
    erase(publisher, one["id"])
    quick_hub.work()
    with quick_hub.exchange.database.read() as connection:
        assert objects.own_versions(connection, publisher.id, [one["id"]])
    quick_hub.clock.pass_time(RECALLS_ARE_KEPT + timedelta(hours=2))
    quick_hub.work()
    with quick_hub.exchange.database.read() as connection:
        assert objects.own_versions(connection, publisher.id, [one["id"]]), "somebody has still to answer"
    for outcome, are_gone in ((RecallOutcome.HELD, False), (RecallOutcome.DELETED, True)):
        for record in notices(other):
            acknowledge(quick_hub.exchange, other.principal, record.sent.notice_id, answer_to(other, record, outcome))
        quick_hub.clock.pass_time(timedelta(hours=2))
        quick_hub.work()
        with quick_hub.exchange.database.read() as connection:
            assert (not objects.own_versions(connection, publisher.id, [one["id"]])) is are_gone
    with quick_hub.exchange.database.read() as connection:
        assert not objects.own_versions(connection, publisher.id, [one["id"]])
        rows = connection.execute(select(erased_version)).all()
    assert [row.finished_at for row in rows] == [quick_hub.clock.now] * 2  # it, and the notice about it
    assert check_log(quick_hub.exchange).findings == ()


def test_what_was_told_to_nobody_goes_at_once_and_with_it_what_its_receipt_said(quick_hub: Hub, publisher: Member) -> None:
    one = indicator()
    submission = publisher.submit(one, indicator())
    erase(publisher, one["id"])
    quick_hub.work()
    assert count(quick_hub, object_version) == 1
    with quick_hub.exchange.database.read() as connection:
        [receipt] = connection.execute(text("SELECT receipt FROM submission")).scalars()
    assert submission.receipt["payload"] not in receipt
    assert check_log(quick_hub.exchange).findings == ()


def test_the_journal_names_versions_by_their_leaves(quick_hub: Hub, publisher: Member, tmp_path: Path) -> None:
    [result] = publisher.store(one := indicator())
    path = tmp_path / "erasures"
    erase(publisher, one["id"], path=path)
    [entry] = journal.read(path)
    assert (entry.log_index, entry.reason, entry.erased_at) == (result.log_index, ErasureReason.ERASURE, quick_hub.clock.now)
    assert one["id"] not in path.read_text()
    assert path.stat().st_mode & 0o777 == 0o600


def test_nothing_is_erased_where_the_journal_cannot_be_written(publisher: Member, tmp_path: Path) -> None:
    publisher.store(one := indicator())
    with pytest.raises(UnavailableError):
        erase(publisher, one["id"], path=tmp_path / "nowhere" / "erasures")
    assert publisher.sees() == [(one["id"], one["modified"])]


def test_what_was_erased_is_passed_over(publisher: Member, tmp_path: Path) -> None:
    publisher.store(one := indicator())
    erase(publisher, one["id"])
    again = erase(publisher, one["id"], path=tmp_path / "erasures")
    assert (again.count, again.recall_ids) == (0, {})
    assert not (tmp_path / "erasures").exists()


def test_nothing_is_erased_of_what_is_partly_held(quick_hub: Hub, publisher: Member) -> None:
    one, another = indicator(), indicator()
    publisher.store(one, another)
    with quick_hub.exchange.database.write() as connection:
        holds.add_hold(connection, LegalHold("h", one["id"], None, None, "court 1", "p", quick_hub.clock.now))
    with pytest.raises(ConflictError) as refusal:
        erase(publisher, one["id"], another["id"])
    assert refusal.value.code is Code.LEGAL_HOLD
    assert len(publisher.sees()) == 2
