"""What a witness's files say of themselves; that nothing is done with older ones is kept with the rounds."""

from __future__ import annotations

from datetime import timedelta

import pytest

from breakwater_client.errors import MalformedInputError
from breakwater_client.trust.checkpoint import cosign_checkpoint, read_checkpoint
from breakwater_client.trust.keys import PrivateKey
from breakwater_client.witnessing.witness_files import (
    Watch,
    accepted_envelope,
    bring_back,
    cosigned_at,
    damaged_files,
    found_last,
    keep_found,
    kept_note,
)
from tests.factories.directories import NOW
from tests.factories.lying_exchanges import LyingExchange
from tests.factories.memory_shelves import MemoryShelf
from tests.factories.small_logs import SmallLog

LOG = SmallLog().fill(30)
WATCH = Watch("breakwater-witness/w", PrivateKey.generate(), timedelta(hours=1))


def cosigned(size: int) -> bytes:
    return cosign_checkpoint(LOG.checkpoint(size), WATCH.name, WATCH.key, NOW).encode()


def test_what_was_cosigned_takes_the_place_of_what_was_lost() -> None:
    shelf = MemoryShelf({"cosigned": cosigned(20), "delivered": b"20"})
    bring_back(shelf)
    assert shelf.files["checkpoint"].decode() == LOG.checkpoint(20)


@pytest.mark.parametrize("more", [{"cosigned": cosigned(30)}, {"delivered": b"21"}])
def test_what_is_older_than_what_was_said_is_refused(more: dict[str, bytes]) -> None:
    with pytest.raises(MalformedInputError):
        bring_back(MemoryShelf({"checkpoint": LOG.checkpoint(20).encode(), **more}))


def test_what_is_kept_was_cosigned_by_this_witness_or_by_none() -> None:
    shelf = MemoryShelf({"checkpoint": LOG.checkpoint(20).encode(), "cosigned": cosigned(20)})
    assert cosigned_at(shelf, WATCH) == NOW
    assert cosigned_at(shelf, Watch(WATCH.name, PrivateKey.generate(), WATCH.silence)) is None
    shelf.files["checkpoint"] = LOG.checkpoint(30).encode()
    assert cosigned_at(shelf, WATCH) is None
    assert read_checkpoint(shelf.files["cosigned"].decode()).size == 20


@pytest.mark.parametrize("before", [{}, {"cosigned": cosigned(20)}, {"cosigned": b"\xff"}])
def test_what_is_kept_is_given_cosigned_once_it_is(before: dict[str, bytes]) -> None:
    shelf = MemoryShelf({"checkpoint": LOG.checkpoint(30).encode(), **before})
    assert kept_note(shelf) == LOG.checkpoint(30).encode()
    shelf.files["cosigned"] = cosigned(30)
    assert kept_note(shelf) == cosigned(30)
    del shelf.files["checkpoint"]
    assert kept_note(shelf) == cosigned(30)


def test_without_an_accepted_directory_it_is_no_witness() -> None:
    assert accepted_envelope(MemoryShelf({"directory.json": b"x"})) == b"x"
    with pytest.raises(MalformedInputError):
        accepted_envelope(MemoryShelf())


@pytest.mark.parametrize(
    ("name", "content"), [("checkpoint", b"\xff"), ("cosigned", b""), ("delivered", b"-1"), ("delivered", b" 7")]
)
def test_a_damaged_file_is_an_error_that_names_it(name: str, content: bytes) -> None:
    with pytest.raises(MalformedInputError, match=f"The file {name} of this witness"):
        bring_back(MemoryShelf({"checkpoint": LOG.checkpoint(20).encode(), name: content}))


def test_each_file_that_is_damaged_or_lacks_is_told() -> None:
    assert damaged_files(MemoryShelf()).keys() == {"directory.json"}
    damaged = MemoryShelf(dict.fromkeys(("checkpoint", "cosigned", "delivered", "directory.json"), b"\xff"))
    assert damaged_files(damaged).keys() == damaged.files.keys()
    assert damaged_files(MemoryShelf({"directory.json": LyingExchange().envelope()})) == {}


def test_what_the_last_round_found_is_written_when_it_changes() -> None:
    shelf = MemoryShelf()
    keep_found(shelf, [])
    assert (shelf.files, found_last(shelf)) == ({}, frozenset())
    keep_found(shelf, ["b", "a", "b"])
    assert found_last(shelf) == {"a", "b"}
    shelf.full = True
    keep_found(shelf, ["a", "b"])
    shelf.full = False
    keep_found(shelf, [])
    assert found_last(shelf) == frozenset()
