"""What witnesses have seen decides whether anything is taken in, also where everything else was put back."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from app.domain.errors import ReadOnlyError
from app.domain.read_only import ReadOnlyReason
from app.services.accept_loss import accept_loss, find_loss
from app.services.membership.report_compromise import report_compromise
from app.services.proving.checkpoint_files import MOST_BYTES
from app.services.proving.cosigned_copies import OWN, folder_beside
from app.services.proving.kept_checkpoint import begin_unproven, compare, kept_size, require_open
from app.storage.counter import why_read_only
from app.storage.log_check import tree_size
from breakwater_client.trust.checkpoint import cosign_checkpoint, read_checkpoint, sign_checkpoint
from breakwater_client.trust.keys import PrivateKey
from tests.factories.checkpoints import make_checkpoint
from tests.factories.members import Hub, started_hub
from tests.factories.stix_objects import indicator
from tests.factories.tampering import lift_guards
from tests.factories.witnesses import HubWitness, cosigned_checkpoint


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    (tmp_path / "kept").mkdir()
    return tmp_path / "kept" / "checkpoint"


@pytest.fixture
def hub(database_url: str, kept: Path) -> Iterator[Hub]:
    """An exchange that keeps a checkpoint, with a witness and a few leaves in its log."""
    with started_hub(database_url) as hub:
        hub.exchange = replace(hub.exchange, checkpoint_file=kept)
        compare(hub.exchange)
        hub.enrol("Platform").store(indicator(), indicator(), indicator())
        yield hub


@pytest.fixture
def witness(hub: Hub) -> HubWitness:
    return HubWitness(hub.enrol("Witness"))


def put_back(hub: Hub, leaves: int) -> None:
    """Make the database as an older backup has it: no leaf, checkpoint or cosignature beyond so many leaves."""
    with hub.exchange.database.write(while_read_only=True) as connection:
        lift_guards(connection)
        for statement in (
            "DELETE FROM cosignature WHERE tree_size > :leaves",
            "DELETE FROM checkpoint WHERE tree_size > :leaves",
            "DELETE FROM log_leaf WHERE log_index >= :leaves",
            "UPDATE position_counter SET log_index = :leaves - 1",
        ):
            connection.execute(text(statement), {"leaves": leaves})


def test_the_newest_cosigned_checkpoint_is_kept_outside_the_database(hub: Hub, kept: Path, witness: HubWitness) -> None:
    make_checkpoint(hub.exchange)
    assert compare(hub.exchange) is None
    assert not folder_beside(kept).exists()
    note = cosigned_checkpoint(hub, witness)
    assert compare(hub.exchange) is None
    copy = folder_beside(kept) / OWN
    assert copy.read_text().startswith(note)
    assert "breakwater-witness/" in copy.read_text()
    hub.members[0].store(indicator())
    make_checkpoint(hub.exchange)  # which nobody has cosigned yet
    assert compare(hub.exchange) is None
    assert copy.read_text().startswith(note)
    later = cosigned_checkpoint(hub, witness)
    assert compare(hub.exchange) is None
    assert copy.read_text().startswith(later)


def test_a_database_and_a_kept_checkpoint_that_were_put_back_together_are_found_out(
    hub: Hub, kept: Path, witness: HubWitness
) -> None:
    old = make_checkpoint(hub.exchange)
    hub.members[0].store(indicator())
    cosigned_checkpoint(hub, witness)
    assert compare(hub.exchange) is None
    put_back(hub, read_checkpoint(old).size)
    kept.write_text(old)
    assert begin_unproven(hub.exchange) is ReadOnlyReason.LOG_BEHIND


def test_what_a_witness_publishes_is_compared_where_operators_put_it(hub: Hub, kept: Path, witness: HubWitness) -> None:
    old = make_checkpoint(hub.exchange)
    hub.members[0].store(indicator())
    published = witness.cosigned(make_checkpoint(hub.exchange))
    folder = folder_beside(kept)
    folder.mkdir()
    (folder / "witness-a").write_text(published)
    assert compare(hub.exchange) is None
    put_back(hub, read_checkpoint(old).size)
    kept.write_text(old)
    (folder / "witness-a").rename(folder / ".witness-a")  # a file that is still being written
    assert compare(hub.exchange) is None
    (folder / ".witness-a").rename(folder / "witness-a")
    assert compare(hub.exchange) is ReadOnlyReason.LOG_BEHIND


def test_a_log_that_was_written_anew_is_found_out(hub: Hub, kept: Path, witness: HubWitness) -> None:
    size = read_checkpoint(cosigned_checkpoint(hub, witness)).size
    assert compare(hub.exchange) is None
    put_back(hub, size - 1)
    hub.members[0].store(indicator())
    hub.members[0].store(indicator())
    kept.write_text(make_checkpoint(hub.exchange))
    assert compare(hub.exchange) is ReadOnlyReason.LOG_DIFFERENT


def test_what_another_key_signed_and_what_is_none_says_nothing(hub: Hub, kept: Path) -> None:
    head = replace(read_checkpoint(make_checkpoint(hub.exchange)), size=10**9)
    folder = folder_beside(kept)
    folder.mkdir()
    (folder / "other").write_text(sign_checkpoint(head, PrivateKey.generate()))
    (folder / "none").write_bytes(b"\xff<html>")
    assert compare(hub.exchange) is None


def larger(hub: Hub, **otherwise: Any) -> str:
    """Give a checkpoint of a larger log of ours, signed by a key that the database does not know."""
    head = read_checkpoint(make_checkpoint(hub.exchange))
    compare(hub.exchange)
    return sign_checkpoint(replace(head, **({"size": head.size + 5_000, "root": bytes(32)} | otherwise)), PrivateKey.generate())


def put(kept: Path, note: str) -> Path:
    folder = folder_beside(kept)
    folder.mkdir(exist_ok=True)
    (folder / "witness-a").write_text(note)
    return folder / "witness-a"


def test_a_server_does_not_begin_while_a_witness_of_ours_saw_a_larger_log_under_a_key_that_the_database_does_not_know(
    hub: Hub, kept: Path, witness: HubWitness
) -> None:
    copy = put(kept, witness.cosigned(larger(hub)))
    assert compare(hub.exchange) is None, "a witness alone stops nobody who takes things in"
    assert begin_unproven(hub.exchange) is compare(hub.exchange) is ReadOnlyReason.COPY_UNKNOWN
    with pytest.raises(ReadOnlyError):
        require_open(hub.exchange)
    with hub.exchange.database.read() as connection:
        assert why_read_only(connection) is None, "it is the file that is odd, perhaps, and not the database"
    copy.unlink()  # by a person who has looked
    assert compare(hub.exchange) is None
    require_open(hub.exchange)


def test_what_no_witness_of_ours_can_have_seen_of_our_log_stops_nobody(hub: Hub, kept: Path, witness: HubWitness) -> None:
    pending = HubWitness(hub.enrol("Pending witness"), active=False)
    note = larger(hub)
    for harmless in (
        note,
        pending.cosigned(note),
        cosign_checkpoint(note, witness.name, PrivateKey.generate(), hub.clock.now),
        cosign_checkpoint(note, "breakwater-witness/another", witness.key, hub.clock.now),
        witness.cosigned(larger(hub, origin="breakwater-exchange/another")),
        witness.cosigned(larger(hub, size=1)),
    ):
        put(kept, harmless)
        assert begin_unproven(hub.exchange) is None
    put(kept, witness.cosigned(note))
    report_compromise(hub.exchange, witness.member.principal, witness.key.public.keyid, hub.clock.now)
    assert begin_unproven(hub.exchange) is None


def test_accepting_the_loss_sets_the_copies_aside(hub: Hub, kept: Path, witness: HubWitness) -> None:
    old = make_checkpoint(hub.exchange)
    hub.members[0].store(indicator())
    later = read_checkpoint(cosigned_checkpoint(hub, witness)).size
    compare(hub.exchange)
    put_back(hub, read_checkpoint(old).size)
    kept.write_text(old)
    assert find_loss(hub.exchange).published == later == kept_size(hub.exchange)
    with hub.exchange.database.read() as connection:
        size = tree_size(connection)
    accept_loss(hub.exchange, size)
    assert compare(hub.exchange) is None
    aside = folder_beside(kept).with_name("checkpoint.cosigned.before-loss-1")
    assert read_checkpoint((aside / OWN).read_text()).size == later


@pytest.mark.parametrize(
    "spoilt",
    [
        lambda note: note.replace("\n", "\r\n"),
        lambda note: note.rstrip("\n"),
        lambda note: note[:40],
        lambda note: note + "x" * MOST_BYTES,
        lambda _note: "",
        lambda _note: "<html>We are back in an hour.</html>",
    ],
    ids=["line ends", "no last line end", "cut", "too long", "empty", "a page"],
)
def test_a_server_does_not_begin_beside_a_copy_that_was_spoilt_on_its_way(
    hub: Hub, kept: Path, witness: HubWitness, spoilt: Callable[[str], str], caplog: pytest.LogCaptureFixture
) -> None:
    old = make_checkpoint(hub.exchange)
    hub.members[0].store(indicator())
    cosigned_checkpoint(hub, witness)
    assert compare(hub.exchange) is None
    own = folder_beside(kept) / OWN
    note = own.read_text()
    own.write_bytes(spoilt(note).encode())
    assert compare(hub.exchange) is None, "it stops nobody who takes things in"
    own.write_bytes(spoilt(note).encode())
    put_back(hub, read_checkpoint(old).size)
    kept.write_text(old)
    with caplog.at_level(logging.ERROR, "breakwater.log"):
        assert begin_unproven(hub.exchange) is compare(hub.exchange) is ReadOnlyReason.COPY_UNREADABLE
    assert f"{own} is not read as a checkpoint" in caplog.text
    assert own.read_bytes() == spoilt(note).encode(), "what it was stays there for whoever looks"
    own.write_text(note)
    assert compare(hub.exchange) is ReadOnlyReason.LOG_BEHIND


def test_a_copy_that_an_editor_put_a_byte_order_mark_before_says_what_it_says(hub: Hub, kept: Path, witness: HubWitness) -> None:
    old = make_checkpoint(hub.exchange)
    hub.members[0].store(indicator())
    published = witness.cosigned(make_checkpoint(hub.exchange))
    assert compare(hub.exchange) is None
    put(kept, f"\ufeff{published}")
    put_back(hub, read_checkpoint(old).size)
    kept.write_text(old)
    assert begin_unproven(hub.exchange) is ReadOnlyReason.LOG_BEHIND


def test_a_server_begins_again_once_a_copy_that_cannot_be_read_is_gone(hub: Hub, kept: Path) -> None:
    copy = put(kept, "none")
    assert begin_unproven(hub.exchange) is ReadOnlyReason.COPY_UNREADABLE
    with hub.exchange.database.read() as connection:
        assert why_read_only(connection) is None
    copy.unlink()
    assert compare(hub.exchange) is None
    require_open(hub.exchange)


def test_of_more_copies_than_are_read_the_servers_own_is_read_and_that_there_are_more_is_told(
    hub: Hub, kept: Path, witness: HubWitness
) -> None:
    old = make_checkpoint(hub.exchange)
    hub.members[0].store(indicator())
    cosigned_checkpoint(hub, witness)
    assert compare(hub.exchange) is None
    folder = folder_beside(kept)
    for number in range(63):
        (folder / f"0-{number:02}").write_text(old)
    assert begin_unproven(hub.exchange) is None, "as many as are read, its own among them"
    (folder / "zz").write_text(old)
    assert begin_unproven(hub.exchange) is ReadOnlyReason.COPY_UNREADABLE
    put_back(hub, read_checkpoint(old).size)
    kept.write_text(old)
    assert begin_unproven(hub.exchange) is ReadOnlyReason.LOG_BEHIND
