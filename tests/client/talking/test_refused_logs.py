"""What lies beside a kept checkpoint: each other log once, in a bounded number of files, and how long a proof is missing."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from breakwater_client.talking.refused_logs import (
    MOST_BESIDE,
    PATIENCE,
    TIMES,
    forget_denials,
    is_denied_for_long,
    keep_beside,
)
from breakwater_client.trust.checkpoint import Checkpoint

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def log(size: int, root: int = 1) -> Checkpoint:
    return Checkpoint("log.example.org", size, root.to_bytes(32))


def test_of_each_size_and_root_the_first_is_kept_and_no_more_than_so_many(tmp_path: Path) -> None:
    file = tmp_path / "kept"
    for root in (1, 2):
        keep_beside(file, log(5, root), b"first")
        keep_beside(file, log(5, root), b"second")
    beside = list(tmp_path.glob("kept.shown-5-*"))
    assert [one.read_bytes() for one in beside] == [b"first", b"first"]
    for size in range(6, 6 + 2 * MOST_BESIDE):
        keep_beside(file, log(size), b"more")
    assert len(list(tmp_path.iterdir())) == MOST_BESIDE
    assert all(one.exists() for one in beside)


def test_what_is_denied_is_so_for_long_only_after_both_a_time_and_a_number(tmp_path: Path) -> None:
    file = tmp_path / "kept"
    assert [is_denied_for_long(file, log(5), NOW) for _ in range(2 * TIMES)] == [False] * (2 * TIMES)
    assert is_denied_for_long(file, log(5), NOW + PATIENCE)
    assert not is_denied_for_long(file, log(6), NOW + PATIENCE), "another kept one begins anew"
    assert [is_denied_for_long(file, log(6), NOW + 2 * PATIENCE) for _ in range(TIMES - 1)] == [False] * (TIMES - 2) + [True]
    forget_denials(file)
    assert not is_denied_for_long(file, log(6), NOW + 3 * PATIENCE)


def test_a_clock_that_was_ahead_puts_nothing_off(tmp_path: Path) -> None:
    file = tmp_path / "kept"
    is_denied_for_long(file, log(5), NOW + 100 * PATIENCE)
    is_denied_for_long(file, log(5), NOW)
    assert is_denied_for_long(file, log(5), NOW + PATIENCE)


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"about": 5}', b"\xff"])
def test_what_is_damaged_begins_anew(tmp_path: Path, content: bytes) -> None:
    (tmp_path / ".kept.denied").write_bytes(content)
    assert not is_denied_for_long(tmp_path / "kept", log(5), NOW)
