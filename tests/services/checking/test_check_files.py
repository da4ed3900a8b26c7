"""Files outside the database that the log does not bear out are named, and so is the mark that a server set because of one."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.domain.read_only import ReadOnlyReason
from app.services.checking.check_log import check_log
from app.services.proving.cosigned_copies import folder_beside
from app.services.proving.kept_checkpoint import begin_unproven, compare
from breakwater_client.trust.checkpoint import read_checkpoint, sign_checkpoint
from breakwater_client.trust.keys import PrivateKey
from tests.factories.checkpoints import make_checkpoint
from tests.factories.members import Hub, started_hub
from tests.factories.stix_objects import indicator
from tests.factories.witnesses import HubWitness

MARKED = "is marked by a server that found the log not to be what was published: log-different"


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    return tmp_path / "checkpoint"


@pytest.fixture
def hub(database_url: str, kept: Path) -> Iterator[Hub]:
    """An exchange that keeps a checkpoint of a few leaves."""
    with started_hub(database_url) as hub:
        hub.exchange = replace(hub.exchange, checkpoint_file=kept)
        compare(hub.exchange)
        hub.enrol("Platform").store(indicator())
        make_checkpoint(hub.exchange)
        compare(hub.exchange)
        folder_beside(kept).mkdir()
        yield hub


def found(hub: Hub) -> dict[str, str]:
    return {one.where: one.what for one in check_log(hub.exchange).findings}


def test_files_that_fit_are_looked_at(hub: Hub, kept: Path) -> None:
    (folder_beside(kept) / "a").write_text(kept.read_text())
    checked = check_log(hub.exchange)
    assert (checked.findings, checked.counts["files outside"]) == ((), 2)
    assert check_log(replace(hub.exchange, checkpoint_file=None)).counts["files outside"] == 0


def test_the_copy_that_does_not_fit_is_named_by_the_server_and_by_the_check_also_after_it_is_gone(
    hub: Hub, kept: Path, caplog: pytest.LogCaptureFixture
) -> None:
    forged = sign_checkpoint(replace(read_checkpoint(kept.read_text()), root=bytes(32)), hub.exchange.keys.checkpoints)
    (folder_beside(kept) / "a").write_text(kept.read_text())
    (folder_beside(kept) / "b").write_text(forged)
    size = read_checkpoint(forged).size
    told = f"the log does not hold the checkpoint of {size} leaves in {folder_beside(kept) / 'b'}: log-different"
    for look in (compare, begin_unproven):  # which finds the mark that the first set
        caplog.clear()
        with caplog.at_level(logging.ERROR, "breakwater.log"):
            assert look(hub.exchange) is look(hub.exchange) is ReadOnlyReason.LOG_DIFFERENT
        assert told in caplog.messages
    where = f"file {folder_beside(kept).name}/b"
    assert found(hub) == {where: f"is a checkpoint of {size} leaves that we signed: log-different", "position_counter 1": MARKED}
    (folder_beside(kept) / "b").unlink()
    assert found(hub) == {"position_counter 1": MARKED}


def test_a_larger_copy_and_a_larger_kept_checkpoint_are_named(hub: Hub, kept: Path) -> None:
    far = sign_checkpoint(replace(read_checkpoint(kept.read_text()), size=10**9), hub.exchange.keys.checkpoints)
    (folder_beside(kept) / "a").write_text(far)
    kept.write_text(far)
    what = "is a checkpoint of 1000000000 leaves that we signed: log-behind"
    assert found(hub) == {f"file {folder_beside(kept).name}/a": what, "file checkpoint": what}


def test_a_copy_of_a_larger_log_under_a_key_that_is_not_known_is_named(hub: Hub, kept: Path) -> None:
    witness = HubWitness(hub.enrol("Witness"))
    far = sign_checkpoint(replace(read_checkpoint(kept.read_text()), size=10**9), PrivateKey.generate())
    (folder_beside(kept) / "a").write_text(witness.cosigned(far))
    what = "is of 1000000000 leaves of this log, cosigned, under a key that the database does not know: copy-unknown"
    assert found(hub) == {f"file {folder_beside(kept).name}/a": what}


def test_a_kept_checkpoint_of_another_key_or_none_at_all_is_told(hub: Hub, kept: Path) -> None:
    kept.write_text(sign_checkpoint(read_checkpoint(kept.read_text()), PrivateKey.generate()))
    assert found(hub) == {"file checkpoint": "is no checkpoint of this log that today's key signed"}
    kept.write_bytes(b"\xff")
    assert found(hub) == {"file checkpoint": "or its copies cannot be read"}
    kept.unlink()
    assert found(hub) == {}  # a machine that checks need not be a server


def test_a_copy_that_cannot_be_read_is_named(hub: Hub, kept: Path) -> None:
    (folder_beside(kept) / "a").write_text(kept.read_text().replace("\n", "\r\n"), newline="")
    assert found(hub) == {
        f"file {folder_beside(kept).name}/a": "is not read as a checkpoint, or is one file too many: copy-unreadable"
    }
