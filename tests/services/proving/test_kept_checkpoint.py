"""The checkpoint outside the database: when it is replaced, and what it shows."""

from __future__ import annotations

import base64
import json
import shutil
import stat
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.domain.errors import ReadOnlyError, UnavailableError
from app.domain.paging import AlarmCode
from app.domain.read_only import ReadOnlyReason
from app.services.exchange import Exchange
from app.services.proving.kept_checkpoint import begin_unproven, compare, require_open, why_read_only
from app.services.raise_alarm import alarm_counts
from app.storage.session import Database
from breakwater_client.trust.checkpoint import read_checkpoint
from breakwater_client.trust.keys import PrivateKey
from tests.factories.checkpoints import make_checkpoint
from tests.factories.members import Hub, started_hub
from tests.factories.stix_objects import indicator
from tests.factories.tampering import lift_guards


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    return tmp_path / "kept" / "checkpoint"


@pytest.fixture
def hub(database_url: str, kept: Path) -> Iterator[Hub]:
    """An exchange that keeps a checkpoint, with a few leaves in its log."""
    kept.parent.mkdir()
    with started_hub(database_url) as hub:
        hub.exchange = replace(hub.exchange, checkpoint_file=kept)
        hub.enrol("Platform").store(indicator(), indicator(), indicator())
        yield hub


def run(hub: Hub, *statements: str) -> None:
    with hub.exchange.database.write(while_read_only=True) as connection:
        lift_guards(connection)
        for statement in statements:
            connection.exec_driver_sql(statement)


def kept_size(kept: Path) -> int:
    return read_checkpoint(kept.read_text()).size


def another_server(hub: Hub, file: Path) -> Exchange:
    url = hub.exchange.database.engine.url.render_as_string(hide_password=False)
    return replace(hub.exchange, database=Database(url), checkpoint_file=file)


def test_a_log_that_was_never_published_is_kept_as_the_empty_tree(hub: Hub, kept: Path) -> None:
    assert begin_unproven(hub.exchange) is None
    assert kept_size(kept) == 0


def test_the_newest_checkpoint_is_kept_whoever_made_it(hub: Hub, kept: Path) -> None:
    compare(hub.exchange)
    first = make_checkpoint(hub.exchange)
    assert compare(hub.exchange) is None
    assert kept.read_text() == first
    hub.members[0].store(indicator())
    second = make_checkpoint(hub.exchange)
    assert compare(hub.exchange) is None
    assert kept.read_text() == second
    assert stat.S_IMODE(kept.stat().st_mode) == 0o644
    assert {one.name for one in kept.parent.iterdir()} == {"checkpoint", ".checkpoint.lock"}


def _fewer_leaves(hub: Hub) -> None:
    run(hub, "DELETE FROM log_leaf WHERE log_index >= 2", "UPDATE position_counter SET log_index = 1", "DELETE FROM checkpoint")


def _changed_leaf(hub: Hub) -> None:
    run(hub, "UPDATE log_leaf SET leaf_hash = (SELECT leaf_hash FROM log_leaf WHERE log_index = 0) WHERE log_index = 1")


def _missing_leaf(hub: Hub) -> None:
    run(hub, "DELETE FROM log_leaf WHERE log_index = 0")


def _counter_behind(hub: Hub) -> None:
    run(hub, "UPDATE position_counter SET log_index = log_index - 1")


def _checkpoint_of_something_else(hub: Hub) -> None:
    hub.members[0].store(indicator())
    make_checkpoint(hub.exchange)
    run(hub, "UPDATE checkpoint SET root_hash = (SELECT leaf_hash FROM log_leaf WHERE log_index = 0)")


def _checkpoint_by_somebody_else(hub: Hub) -> None:
    hub.members[0].store(indicator())
    keys = replace(hub.exchange.keys, checkpoints=PrivateKey.generate())
    make_checkpoint(replace(hub.exchange, keys=keys))


DATABASES: list[tuple[Any, ReadOnlyReason]] = [
    (_fewer_leaves, ReadOnlyReason.LOG_BEHIND),
    (_changed_leaf, ReadOnlyReason.LOG_DIFFERENT),
    (_missing_leaf, ReadOnlyReason.LOG_DIFFERENT),
    (_counter_behind, ReadOnlyReason.LOG_DIFFERENT),
    (_checkpoint_of_something_else, ReadOnlyReason.LOG_DIFFERENT),
    (_checkpoint_by_somebody_else, ReadOnlyReason.LOG_DIFFERENT),
]


@pytest.mark.parametrize(("change", "reason"), DATABASES, ids=lambda one: getattr(one, "__name__", str(one)))
def test_a_database_that_is_not_what_was_published_closes_every_server_on_it(
    hub: Hub, kept: Path, change: Any, reason: ReadOnlyReason, tmp_path: Path
) -> None:
    compare(hub.exchange)
    note = make_checkpoint(hub.exchange)
    compare(hub.exchange)
    operator = hub.operator
    change(hub)
    assert compare(hub.exchange) is reason
    assert kept.read_text() == note
    other = another_server(hub, tmp_path / "its own")
    assert compare(other) is reason
    other.database.dispose()
    # A process that did not look yet learns it from the lock.
    hub.exchange.database.read_only = None
    with pytest.raises(ReadOnlyError):
        hub.members[0].submit(indicator())
    assert alarm_counts(hub.exchange, operator)[AlarmCode.LOG_DISAGREES] == 1
    assert compare(hub.exchange) is reason
    assert alarm_counts(hub.exchange, operator)[AlarmCode.LOG_DISAGREES] == 1


@pytest.mark.parametrize(
    "content", ["", "no note", "breakwater-exchange/other\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n— a YWJjZGVmZ2g=\n"]
)
def test_a_file_that_is_no_checkpoint_of_this_exchange_closes_its_server_alone(hub: Hub, kept: Path, content: str) -> None:
    compare(hub.exchange)
    good = kept.read_text()
    kept.write_text(content)
    assert compare(hub.exchange) is ReadOnlyReason.CHECKPOINT_UNREADABLE
    assert kept.read_text() == content
    with hub.exchange.database.read() as connection:
        assert connection.exec_driver_sql("SELECT read_only FROM position_counter").scalar_one() is None
    kept.write_text(good)
    assert compare(hub.exchange) is None


def test_a_file_signed_by_somebody_else_counts_for_nothing(hub: Hub) -> None:
    compare(hub.exchange)
    make_checkpoint(hub.exchange)
    compare(hub.exchange)
    other = replace(hub.exchange, keys=replace(hub.exchange.keys, checkpoints=PrivateKey.generate()))
    assert compare(other) is ReadOnlyReason.CHECKPOINT_UNREADABLE


def test_a_file_that_is_gone_is_not_made_anew_once_something_was_published(hub: Hub, kept: Path) -> None:
    compare(hub.exchange)
    make_checkpoint(hub.exchange)
    compare(hub.exchange)
    elsewhere = shutil.move(kept, kept.with_name("elsewhere"))
    assert compare(hub.exchange) is ReadOnlyReason.CHECKPOINT_MISSING
    assert not kept.exists()
    shutil.move(elsewhere, kept)
    assert compare(hub.exchange) is None


def test_a_folder_that_is_not_there_is_told(hub: Hub, tmp_path: Path) -> None:
    exchange = replace(hub.exchange, checkpoint_file=tmp_path / "nowhere" / "checkpoint")
    assert begin_unproven(exchange) is ReadOnlyReason.CHECKPOINT_UNREADABLE


def test_an_empty_database_in_the_place_of_a_published_one_is_behind(hub: Hub) -> None:
    compare(hub.exchange)
    make_checkpoint(hub.exchange)
    compare(hub.exchange)
    run(hub, "DELETE FROM exchange")
    assert compare(hub.exchange) is ReadOnlyReason.LOG_BEHIND


def test_a_right_database_opens_the_exchange_again(hub: Hub) -> None:
    compare(hub.exchange)
    make_checkpoint(hub.exchange)
    compare(hub.exchange)
    run(hub, "UPDATE position_counter SET log_index = log_index - 1")
    compare(hub.exchange)
    run(hub, "UPDATE position_counter SET log_index = log_index + 1, read_only = NULL")  # as in the right one
    assert compare(hub.exchange) is None
    hub.members[0].store(indicator())


def test_what_could_not_be_compared_yet_is_compared_by_the_next_request_that_writes(hub: Hub) -> None:
    away = replace(hub.exchange, database=Database("sqlite:////nowhere/at/all.db"))
    assert begin_unproven(away) is ReadOnlyReason.NOT_COMPARED
    with pytest.raises(ReadOnlyError):
        require_open(away)
    hub.exchange.database.read_only = ReadOnlyReason.NOT_COMPARED
    require_open(hub.exchange)
    assert why_read_only(hub.exchange) is None


def test_reading_goes_on_and_is_recorded_while_nothing_is_taken_in(hub: Hub) -> None:
    reader = hub.enrol("Hotline", jurisdiction="GB")
    hub.exchange.database.read_only = ReadOnlyReason.LOG_BEHIND
    with pytest.raises(ReadOnlyError):
        hub.members[0].submit(indicator())
    assert len(reader.pull()[0]) == 3
    with hub.exchange.database.read() as connection:
        [counted] = connection.exec_driver_sql("SELECT version_count FROM disclosure").scalars()
    assert counted == 3
    assert json.dumps(hub.members[0].pull()[0])


def test_an_exchange_without_a_file_compares_nothing(hub: Hub) -> None:
    exchange = replace(hub.exchange, checkpoint_file=None)
    assert begin_unproven(exchange) is None
    assert compare(exchange) is None


class Remembering(PrivateKey):
    """The key of checkpoints as the signer's: what was signed last is remembered outside database and file."""

    last: dict[str, Any] | None = None

    def signed_last(self) -> dict[str, Any] | None:
        return self.last


def remembering(hub: Hub, **changes: Any) -> Exchange:
    """The exchange with a signer that remembers the kept checkpoint, with ``changes``."""
    key = hub.exchange.keys.checkpoints
    assert isinstance(key, PrivateKey)
    remembers = Remembering.from_pem(key.to_pem())
    assert isinstance(remembers, Remembering)
    assert hub.exchange.checkpoint_file
    kept = read_checkpoint(hub.exchange.checkpoint_file.read_text())
    last = {"origin": kept.origin, "size": kept.size, "root": base64.b64encode(kept.root).decode()}
    remembers.last = last | changes
    return replace(hub.exchange, keys=replace(hub.exchange.keys, checkpoints=remembers))


@pytest.fixture
def published(hub: Hub) -> Hub:
    compare(hub.exchange)
    make_checkpoint(hub.exchange)
    assert compare(hub.exchange) is None
    return hub


def test_a_database_brought_back_together_with_the_file_is_shown_by_the_signer(published: Hub, kept: Path) -> None:
    exchange = remembering(published, size=kept_size(kept) + 2)
    assert begin_unproven(exchange) is ReadOnlyReason.LOG_BEHIND
    with pytest.raises(ReadOnlyError):
        require_open(exchange)
    assert alarm_counts(exchange, published.operator)[AlarmCode.LOG_DISAGREES] == 1
    server = another_server(published, kept)
    told = begin_unproven(server)
    server.database.dispose()
    assert told is ReadOnlyReason.LOG_BEHIND, "every server on the database is told"


@pytest.mark.parametrize(
    "changes", [{"root": base64.b64encode(bytes(32)).decode()}, {"origin": "breakwater-exchange/another", "size": 1}]
)
def test_another_log_than_the_signer_signed_is_different(published: Hub, changes: dict[str, Any]) -> None:
    assert compare(remembering(published, **changes)) is ReadOnlyReason.LOG_DIFFERENT


def test_what_the_signer_signed_agrees(published: Hub, kept: Path) -> None:
    assert compare(remembering(published)) is None
    published.members[0].store(indicator())
    assert compare(remembering(published)) is None
    # A checkpoint was signed and its transaction, with the leaf of the ledger, rolled back.
    assert compare(remembering(published, size=kept_size(kept) + 2, root=base64.b64encode(bytes(32)).decode())) is None


def test_a_signer_that_is_away_lets_nobody_begin(published: Hub) -> None:
    class Away(Remembering):
        def signed_last(self) -> dict[str, Any] | None:
            raise UnavailableError("The signer is away.")

    key = published.exchange.keys.checkpoints
    assert isinstance(key, PrivateKey)
    exchange = replace(published.exchange, keys=replace(published.exchange.keys, checkpoints=Away.from_pem(key.to_pem())))
    assert begin_unproven(exchange) is ReadOnlyReason.NOT_COMPARED
