from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from app.domain.errors import BreakwaterError, ConflictError, MalformedInputError
from app.domain.vocabulary import PartnerState
from app.services.accept_loss import accept_loss, find_loss
from app.services.intake.withdraw import WithdrawalRequest, withdraw
from app.services.membership.enrol_partner import change_state
from app.services.proving.kept_checkpoint import compare
from app.services.retention.back_up import back_up, manifest_of
from app.services.retention.restore import drop_leftover, is_behind, restore
from app.storage import copies
from app.storage.schema import current_revision, downgrade, head_revision, migrate
from app.storage.session import Database
from tests.factories.checkpoints import make_checkpoint
from tests.factories.erasures import erase
from tests.factories.members import Hub, Member, started_hub
from tests.factories.stix_objects import indicator


def watched(hub: Hub, tmp_path: Path) -> Hub:
    """Give the exchange with what a server keeps outside the database."""
    kept = {"checkpoint_file": tmp_path / "checkpoint", "erasure_journal": tmp_path / "erasures"}
    return replace(hub, exchange=replace(hub.exchange, **kept))


def of(hub: Hub, member: Member) -> Member:
    same = replace(member)
    same.hub, same.key, same.everybody = hub, member.key, member.everybody
    return same


@contextmanager
def afresh(hub: Hub) -> Iterator[Hub]:
    """Give the exchange as a process that is started now has it."""
    hub.exchange.database.dispose()
    url = hub.exchange.database.engine.url.render_as_string(hide_password=False)
    exchange = replace(hub.exchange, database=Database(url))
    try:
        yield replace(hub, exchange=exchange)
    finally:
        exchange.database.dispose()


def test_what_was_erased_since_does_not_come_back_and_what_is_lost_is_said(hub: Hub, tmp_path: Path) -> None:
    hub = watched(hub, tmp_path)
    publisher = of(hub, hub.enrol("Platform"))
    one, kept = indicator(), indicator()
    publisher.store(one, kept)
    backup = tmp_path / "backup"
    assert compare(hub.exchange) is None
    made = back_up(hub.exchange, backup)
    erase(publisher, one["id"], path=hub.exchange.erasure_journal)
    make_checkpoint(hub.exchange)
    assert compare(hub.exchange) is None
    with afresh(hub) as stopped:
        with pytest.raises(ConflictError, match="--replace"):
            restore(stopped.exchange, backup)
        stopped.exchange.database.dispose()
        done = restore(stopped.exchange, backup, replacing=True)
        assert (done.tree_size, done.erased_again) == (made.tree_size, 1)
        assert done.lost == done.published - made.tree_size > 0  # type: ignore[operator]  # it is known
        assert of(stopped, publisher).sees() == [(kept["id"], kept["modified"])]
        assert compare(stopped.exchange) == "restored-behind"


def test_into_an_empty_database_and_with_nothing_lost(quick_hub: Hub, publisher: Member, tmp_path: Path) -> None:
    publisher.store(one := indicator())
    back_up(quick_hub.exchange, tmp_path / "backup")
    empty = Database(f"sqlite:///{tmp_path / 'new' / 'breakwater.db'}")
    (tmp_path / "new").mkdir()
    other = replace(quick_hub, exchange=replace(quick_hub.exchange, database=empty))
    done = restore(other.exchange, tmp_path / "backup")
    assert (done.lost, done.erased_again) == (0, 0)
    assert of(other, publisher).sees() == [(one["id"], one["modified"])]
    assert [path.name for path in (tmp_path / "new").iterdir() if path.name.startswith(".")] == []
    empty.dispose()


def test_the_journals_of_other_servers_are_applied_too(quick_hub: Hub, publisher: Member, tmp_path: Path) -> None:
    publisher.store(one := indicator())
    back_up(quick_hub.exchange, tmp_path / "backup")
    erase(publisher, one["id"], path=tmp_path / "of-another")
    with afresh(quick_hub) as stopped:
        assert restore(stopped.exchange, tmp_path / "backup", [tmp_path / "of-another"], replacing=True).erased_again == 1


def test_what_is_another_exchanges_or_another_kind_of_database_is_refused(
    quick_hub: Hub, postgres_url: str, tmp_path: Path
) -> None:
    with started_hub(postgres_url) as other:
        back_up(other.exchange, tmp_path / "of-postgres")
    with pytest.raises(ConflictError, match="backup of postgresql"):
        restore(quick_hub.exchange, tmp_path / "of-postgres", replacing=True)


def test_anothers_backup_is_refused(quick_hub: Hub, sqlite_template: Path, tmp_path: Path) -> None:
    copy = tmp_path / "other.db"
    copy.write_bytes(sqlite_template.read_bytes())
    with started_hub(f"sqlite:///{copy}") as other:
        back_up(other.exchange, tmp_path / "backup")
    with afresh(quick_hub) as stopped, pytest.raises(ConflictError, match="another exchange"):
        restore(stopped.exchange, tmp_path / "backup", replacing=True)


def test_a_damaged_file_and_a_database_in_use_are_refused(quick_hub: Hub, publisher: Member, tmp_path: Path) -> None:
    publisher.store(indicator())
    backup = tmp_path / "backup"
    back_up(quick_hub.exchange, backup)
    with quick_hub.exchange.database.read(), afresh_of(quick_hub) as another, pytest.raises(ConflictError, match="open"):
        restore(another.exchange, backup, replacing=True)
    backup.write_bytes(backup.read_bytes()[:-10])
    with pytest.raises(MalformedInputError):
        restore(quick_hub.exchange, backup, replacing=True)
    assert len(publisher.sees()) == 1


@contextmanager
def afresh_of(hub: Hub) -> Iterator[Hub]:
    """Give the exchange as a second process has it."""
    url = hub.exchange.database.engine.url.render_as_string(hide_password=False)
    exchange = replace(hub.exchange, database=Database(url))
    try:
        yield replace(hub, exchange=exchange)
    finally:
        exchange.database.dispose()


def test_where_it_breaks_off_what_was_there_is_there(
    quick_hub: Hub, publisher: Member, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    back_up(quick_hub.exchange, tmp_path / "backup")
    publisher.store(one := indicator())

    def fail(*_: object) -> None:
        raise BreakwaterError("as if the disk were full")

    monkeypatch.setattr(copies, "swap_sqlite", fail)
    with afresh(quick_hub) as stopped:
        with pytest.raises(BreakwaterError):
            restore(stopped.exchange, tmp_path / "backup", replacing=True)
        assert of(stopped, publisher).sees() == [(one["id"], one["modified"])]
    place = Path(str(quick_hub.exchange.database.engine.url.database))
    assert not list(place.parent.glob(".*restoring*"))


def test_a_database_that_is_no_database_any_more_is_replaced(quick_hub: Hub, tmp_path: Path) -> None:
    back_up(quick_hub.exchange, tmp_path / "backup")
    assert manifest_of(tmp_path / "backup").exists()
    with afresh(quick_hub) as stopped:
        place = Path(str(stopped.exchange.database.engine.url.database))
        place.write_bytes(b"nothing of the kind" * 100)
        done = restore(stopped.exchange, tmp_path / "backup", replacing=True)
        assert done.replaced.accept  # nobody knows what was in it
        with closing(sqlite3.connect(place)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_backup_of_an_older_release_takes_an_upgraded_databases_place(hub: Hub, tmp_path: Path) -> None:
    hub.enrol("Platform").store(one := indicator())
    url = hub.exchange.database.engine.url.render_as_string(hide_password=False)
    hub.exchange.database.dispose()
    downgrade(url, "0016")
    with afresh(hub) as older:
        assert back_up(older.exchange, tmp_path / "backup").revision == "0016"
    migrate(url)
    with afresh(hub) as stopped:
        restore(stopped.exchange, tmp_path / "backup", replacing=True)
        assert current_revision(stopped.exchange.database) == head_revision()
        assert [stix_id for stix_id, _ in of(stopped, hub.members[0]).sees()] == [one["id"]]


def test_what_a_killed_restore_left_is_removed(quick_hub: Hub) -> None:
    place = Path(str(quick_hub.exchange.database.engine.url.database))
    left = place.with_name(f".{place.name}.restoring")
    left.touch()
    drop_leftover(quick_hub.exchange)
    assert not left.exists()


def test_what_was_taken_away_since_is_named_and_nothing_goes_on_before_that_is_accepted(hub: Hub, tmp_path: Path) -> None:
    hub = watched(hub, tmp_path)
    publisher, reader = of(hub, hub.enrol("Platform")), hub.enrol("Agency")
    publisher.store(one := indicator(), indicator())
    assert compare(hub.exchange) is None
    made = back_up(hub.exchange, tmp_path / "backup")
    withdraw(hub.exchange, publisher.principal, WithdrawalRequest(one["id"]))
    change_state(hub.exchange, hub.operator, reader.id, PartnerState.SUSPENDED)
    with afresh(hub) as stopped:
        done = restore(stopped.exchange, tmp_path / "backup", replacing=True, lost_to=tmp_path / "lost.json")
        assert done.published < made.tree_size < done.replaced.tree_size  # type: ignore[operator]  # no checkpoint lies between
        assert done.lost == done.replaced.tree_size - made.tree_size  # type: ignore[operator]  # it is known
        assert is_behind(stopped.exchange)
        assert compare(stopped.exchange) == "restored-behind"
    document = json.loads((tmp_path / "lost.json").read_text())
    assert [each["id"] for each in document["withdrawn"]] == [one["id"]]
    said = {(each["event"], each["partner_id"], each["code"]) for each in document["events"]}
    assert ("partner:state-change", reader.id, "suspended") in said
    assert (tmp_path / "lost.json").stat().st_mode & 0o777 == 0o600
    with afresh(hub) as stopped:  # once more: what was lost is lost still, though the database that is replaced does not know it
        assert restore(stopped.exchange, tmp_path / "backup", replacing=True).replaced.accept
        accept_loss(stopped.exchange, find_loss(stopped.exchange).tree_size)
        assert not is_behind(stopped.exchange)
        assert compare(stopped.exchange) is None
