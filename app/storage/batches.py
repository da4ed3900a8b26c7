"""Long lists in pieces: a statement may carry 32,766 parameters on SQLite and 65,535 on PostgreSQL.

Kept by ``tests/storage/test_batches.py``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

Value = TypeVar("Value")

_AT_ONCE = 5_000


def batches(values: Iterable[Value], at_once: int = _AT_ONCE) -> Iterator[list[Value]]:
    """Give the values in lists short enough for one ``IN (…)``, in order; nothing for no values."""
    rest = iter(values)
    while batch := list(islice(rest, at_once)):
        yield batch
