"""What may be told of an exception: its kind, and the places in the code that it passed. Its text may carry values.

Kept by ``tests/redaction/test_failures.py``.
"""

from __future__ import annotations

import traceback
from types import TracebackType


def kinds(error: BaseException) -> list[str]:
    """Give the kind of an exception, and that of its cause."""
    return [type(one).__name__ for one in (error, error.__cause__) if one is not None]


def places(trace: TracebackType | None, most: int = 3) -> list[str]:
    """Give the last places of a traceback, the innermost last, each ``file:line``."""
    return [f"{frame.filename}:{frame.lineno}" for frame in traceback.extract_tb(trace)[-most:]]


def summary(error: BaseException, most: int = 3) -> str:
    """Give kind and places on one line."""
    return f"{type(error).__name__} at {', '.join(places(error.__traceback__, most)) or 'an unknown place'}"
