"""What the code that runs just now is part of: a request, or a piece of queued work. Every record of a log carries it.

Owns the labels of one thread, which is the only thing here that outlives a call: whoever logs far below knows neither. Only ids
of ours stand in them. Kept by ``tests/redaction/test_labels.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar
from types import MappingProxyType

_NONE: Mapping[str, str | int] = MappingProxyType({})
_labels: ContextVar[Mapping[str, str | int]] = ContextVar("labels", default=_NONE)


def begin_request(request_id: str) -> None:
    """Label all that this thread logs from now on as part of a request."""
    _labels.set({"request_id": request_id})


def begin_job(work_id: int, kind: str) -> None:
    """Label all that this thread logs from now on as part of a piece of work: its number and kind on the ledger."""
    _labels.set({"job": work_id, "job_kind": kind})


def end() -> None:
    """Label no more: what this thread logs is part of nothing."""
    _labels.set(_NONE)


def labels() -> Mapping[str, str | int]:
    """Give the labels of this thread."""
    return _labels.get()
