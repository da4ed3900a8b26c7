from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.domain.errors import ConflictError
from app.domain.read_only import ReadOnlyReason
from app.services.accept_loss import SKIPPED_PLACES, accept_loss, find_loss
from app.services.checking.check_log import check_log
from app.services.proving.kept_checkpoint import compare
from app.storage import counter
from breakwater_client.trust.checkpoint import read_checkpoint
from tests.factories.checkpoints import make_checkpoint
from tests.factories.members import Hub, started_hub
from tests.factories.stix_objects import indicator
from tests.factories.tampering import lift_guards


@pytest.fixture
def hub(database_url: str, tmp_path: Path) -> Iterator[Hub]:
    """An exchange with a checkpoint in its database, and a kept one of a larger log."""
    with started_hub(database_url) as hub:
        hub.exchange = replace(hub.exchange, checkpoint_file=tmp_path / "checkpoint")
        assert compare(hub.exchange) is None
        publisher = hub.enrol("Platform")
        publisher.store(indicator())
        make_checkpoint(hub.exchange)
        publisher.store(indicator())
        make_checkpoint(hub.exchange)
        assert compare(hub.exchange) is None
        yield hub


def go_back(hub: Hub) -> int:
    """Take the last leaf, its version and its checkpoint away, as an older state of the database would lack them."""
    with hub.exchange.database.write(while_read_only=True) as connection:
        lift_guards(connection)
        order = counter.take_order_lock(connection)
        last = order.log_index
        for statement in (
            "DELETE FROM checkpoint WHERE tree_size > {}",
            "DELETE FROM log_leaf WHERE log_index >= {}",
            "DELETE FROM object_version WHERE log_index >= {}",
        ):
            connection.exec_driver_sql(statement.format(last))
        order.log_index -= 1
        counter.save_order(connection, order)
    return last


def test_a_loss_is_accepted_by_its_size_and_logged(hub: Hub) -> None:
    size = go_back(hub)
    loss = find_loss(hub.exchange)
    assert (loss.reason, loss.published, loss.tree_size) == (ReadOnlyReason.LOG_BEHIND, size + 1, size)
    with hub.exchange.database.read() as connection:
        before = counter.read_order(connection).position
    assert accept_loss(hub.exchange, size) == loss
    assert compare(hub.exchange) is None
    assert hub.exchange.checkpoint_file is not None
    assert read_checkpoint(hub.exchange.checkpoint_file.read_text()).size <= size
    with hub.exchange.database.read() as connection:
        assert counter.read_order(connection).position == before + SKIPPED_PLACES
        [kind] = connection.exec_driver_sql("SELECT kind FROM log_statement ORDER BY log_index DESC LIMIT 1").scalars()
        assert kind == "loss-accepted"
        assert connection.exec_driver_sql("SELECT code FROM event WHERE event = 'log:accept-loss'").scalar_one() == "log-behind"
    hub.members[0].store(indicator())
    make_checkpoint(hub.exchange)
    assert compare(hub.exchange) is None
    assert check_log(hub.exchange).findings == ()


def test_another_size_accepts_nothing(hub: Hub) -> None:
    size = go_back(hub)
    with pytest.raises(ConflictError, match="not the number"):
        accept_loss(hub.exchange, size + 1)
    assert compare(hub.exchange) is ReadOnlyReason.LOG_BEHIND


def test_without_a_loss_there_is_nothing_to_accept(hub: Hub) -> None:
    with pytest.raises(ConflictError, match="no loss"):
        find_loss(hub.exchange)


def test_a_missing_file_is_no_loss(hub: Hub) -> None:
    assert hub.exchange.checkpoint_file is not None
    hub.exchange.checkpoint_file.unlink()
    with pytest.raises(ConflictError, match="bring the file back"):
        find_loss(hub.exchange)


def test_a_database_that_does_not_hold_its_own_checkpoint_cannot_be_accepted(hub: Hub) -> None:
    with hub.exchange.database.write() as connection:
        lift_guards(connection)
        connection.exec_driver_sql("DELETE FROM log_leaf WHERE log_index = 0")
    with pytest.raises(ConflictError, match="another one back"):
        find_loss(hub.exchange)
