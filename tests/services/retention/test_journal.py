from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from app.domain.erasure import ErasureReason
from app.domain.errors import BreakwaterError, UnavailableError
from app.services.retention import journal
from app.services.retention.journal import Entry
from app.storage.erasures import StoredLeaf
from tests.factories.policy_values import NOW

ENTRY = Entry(7, 12, bytes(range(32)), ErasureReason.RETENTION, NOW)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "erasures"


def test_what_is_appended_is_read_again_in_order(path: Path) -> None:
    others = [replace(ENTRY, version_id=number) for number in (8, 9)]
    journal.append(path, [ENTRY])
    journal.append(path, others)
    assert list(journal.read(path)) == [ENTRY, *others]
    assert path.stat().st_mode & 0o777 == 0o600


def test_without_a_file_nothing_was_erased(path: Path) -> None:
    assert list(journal.read(path)) == []


@pytest.mark.parametrize("cut", [1, 40, 100])
def test_a_line_that_a_kill_cut_off_is_passed_over_and_harms_none_after_it(path: Path, cut: int) -> None:
    journal.append(path, [ENTRY, replace(ENTRY, version_id=8)])
    path.write_bytes(path.read_bytes()[:-cut])
    journal.append(path, [replace(ENTRY, version_id=9)])
    whole = [7, 8, 9] if cut == 1 else [7, 9]  # all of it but the line's end is there
    assert [one.version_id for one in journal.read(path)] == whole


def test_what_cannot_be_written_or_read_is_said(path: Path) -> None:
    path.mkdir()
    with pytest.raises(UnavailableError):
        journal.append(path, [ENTRY])
    with pytest.raises(BreakwaterError, match="cannot be read"):
        list(journal.read(path))


def test_entries_hold_nothing_but_numbers_and_the_hash_of_the_leaf() -> None:
    leaf = StoredLeaf(7, 12, "partner", NOW, bytes(range(32)))
    assert journal.entries_of([leaf], ErasureReason.RETENTION, NOW) == [ENTRY]
