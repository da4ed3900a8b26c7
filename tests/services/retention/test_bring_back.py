from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import func, select

from app.domain.errors import NotFoundError
from app.domain.read_only import ReadOnlyReason
from app.services.checking.check_log import check_log
from app.services.do_work import ensure_periodic_work
from app.services.retention import journal
from app.services.retention.bring_back import bring_back, catch_up
from app.storage.counter import set_read_only
from app.storage.session import Database
from app.storage.tables import object_content, recall
from tests.factories.checkpoints import make_checkpoint
from tests.factories.erasures import erase
from tests.factories.members import Hub, Member
from tests.factories.stix_objects import indicator


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "erasures"


@contextmanager
def old_state(hub: Hub, tmp_path: Path, path: Path) -> Iterator[Hub]:
    """Give the exchange on a copy of its database as it is now."""
    source = hub.exchange.database.engine.url.database
    copy = tmp_path / "old.db"
    with closing(sqlite3.connect(str(source))) as connection:
        connection.execute(f"VACUUM INTO '{copy}'")
    exchange = replace(hub.exchange, database=Database(f"sqlite:///{copy}"), erasure_journal=path)
    try:
        yield replace(hub, exchange=exchange)
    finally:
        exchange.database.dispose()


def of(hub: Hub, member: Member) -> Member:
    """Give a member as it deals with another state of its exchange."""
    same = replace(member)
    same.hub, same.key, same.everybody = hub, member.key, member.everybody
    return same


def test_what_was_erased_goes_once_more_and_is_recalled_and_logged_there(
    quick_hub: Hub, publisher: Member, other: Member, tmp_path: Path, path: Path
) -> None:
    one, kept = indicator(), indicator()
    publisher.store(one, kept)
    other.pull()
    with old_state(quick_hub, tmp_path, path) as old:
        erase(publisher, one["id"], path=path)
        assert bring_back(old.exchange) == 1
        assert of(old, other).sees() == [(kept["id"], kept["modified"])]
        with pytest.raises(NotFoundError):
            of(old, publisher).look_up(one["id"])
        with old.exchange.database.read() as connection:
            assert connection.execute(select(func.count()).select_from(object_content)).scalar_one() == 1
        assert bring_back(old.exchange) == 0
        ensure_periodic_work(old.exchange)
        old.work()
        with old.exchange.database.read() as connection:
            assert connection.execute(select(recall.c.reason)).scalars().all() == ["erasure"]
        assert [found["type"] for found in of(old, other).pull()[0]] == ["indicator", "recall-notice"]
        make_checkpoint(old.exchange)
        assert check_log(old.exchange).findings == ()
        assert len(list(journal.read(path))) == 1


def test_it_is_applied_while_the_exchange_takes_nothing_in(quick_hub: Hub, publisher: Member, tmp_path: Path, path: Path) -> None:
    publisher.store(one := indicator())
    with old_state(quick_hub, tmp_path, path) as old:
        erase(publisher, one["id"], path=path)
        with old.exchange.database.write() as connection:
            set_read_only(connection, ReadOnlyReason.LOG_BEHIND)
        old.exchange.database.read_only = ReadOnlyReason.LOG_BEHIND
        assert catch_up(old.exchange) == 1
        assert of(old, publisher).sees() == []


def test_a_number_that_was_given_out_anew_is_another_version(
    quick_hub: Hub, publisher: Member, tmp_path: Path, path: Path
) -> None:
    with old_state(quick_hub, tmp_path, path) as old:
        publisher.store(one := indicator())
        erase(publisher, one["id"], path=path)
        of(old, publisher).store(another := indicator())  # under the same number
        assert bring_back(old.exchange) == 0
        assert of(old, publisher).sees() == [(another["id"], another["modified"])]


def test_what_another_server_erased_comes_into_the_file(quick_hub: Hub, publisher: Member, tmp_path: Path, path: Path) -> None:
    exchange = replace(quick_hub.exchange, erasure_journal=path)
    publisher.store(one := indicator())
    erase(publisher, one["id"], path=tmp_path / "of-another-server")
    assert bring_back(exchange) == 0
    assert path.read_text() == (tmp_path / "of-another-server").read_text()
    assert bring_back(exchange) == 0
    assert len(path.read_text().splitlines()) == 1


def test_an_exchange_without_journal_and_a_journal_without_entries_ask_for_nothing(quick_hub: Hub, path: Path) -> None:
    assert bring_back(quick_hub.exchange) == catch_up(quick_hub.exchange) == 0
    assert catch_up(replace(quick_hub.exchange, erasure_journal=path)) == 0
    assert not path.exists()
