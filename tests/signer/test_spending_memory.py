"""What is remembered of evaluations."""

from __future__ import annotations

import threading
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.signer.memory_file import UnreadableMemoryError
from app.signer.spending_memory import MOST_PARTNERS_WORTH, SpendingMemory

NOW = datetime(2026, 11, 27, 23, 59, tzinfo=UTC)
A, B = (str(uuid.UUID(int=number)) for number in (1, 2))


@pytest.fixture
def memory(tmp_path: Path) -> SpendingMemory:
    return SpendingMemory(tmp_path / "overlap.spent", 10)


def test_a_partner_has_its_budget_and_no_more(memory: SpendingMemory) -> None:
    assert memory.why_not(A, 7, NOW) is None
    assert memory.why_not(A, 4, NOW) == "budget-spent"
    assert memory.why_not(A, 3, NOW) is None
    assert memory.why_not(A, 1, NOW) == "budget-spent"
    assert memory.why_not(B, 10, NOW) is None


def test_a_new_day_has_a_new_budget_and_a_clock_put_back_has_none(memory: SpendingMemory) -> None:
    assert memory.why_not(A, 10, NOW) is None
    assert memory.why_not(A, 10, NOW + timedelta(minutes=1)) is None
    assert memory.why_not(A, 1, NOW) == "budget-spent"
    assert memory.why_not(A, 1, NOW - timedelta(days=9)) == "budget-spent"


def test_many_names_spend_no_more_than_all_may_together(memory: SpendingMemory) -> None:
    names = [str(uuid.uuid4()) for _ in range(MOST_PARTNERS_WORTH + 1)]
    assert [memory.why_not(name, 10, NOW) for name in names] == [None] * MOST_PARTNERS_WORTH + ["budget-spent"]


@pytest.mark.parametrize("name", ["", "everybody", A.upper() + "x", A + "\n"])
def test_only_a_partners_id_is_a_name(memory: SpendingMemory, name: str) -> None:
    assert memory.why_not(name, 1, NOW) == "no-partner"


def test_two_signers_with_one_file_agree(memory: SpendingMemory, tmp_path: Path) -> None:
    other = SpendingMemory(tmp_path / "overlap.spent", 10)
    ends: list[str | None] = []
    threads = [threading.Thread(target=lambda one=one: ends.append(one.why_not(A, 1, NOW))) for one in (memory, other) * 8]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(str, ends)) == ["None"] * 10 + ["budget-spent"] * 6


@pytest.mark.parametrize("content", ["spoilt", "[]", "{}", '{"day": "x", "spent": {}}', '{"day": "2026-11-27", "spent": []}'])
def test_a_spoilt_file_evaluates_nothing(memory: SpendingMemory, tmp_path: Path, content: str) -> None:
    memory.check()
    (tmp_path / "overlap.spent").write_text(content)
    for use in (memory.check, lambda: memory.why_not(A, 1, NOW)):
        with pytest.raises(UnreadableMemoryError):
            use()
