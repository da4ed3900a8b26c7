"""What others ask of traces, and the answer where there are none.

Owns the closed list of what a span may say: words and numbers of ours, as in a line of the log; never a value, a path or an id
that a partner chose. Kept by ``tests/tracing/test_port.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from enum import StrEnum, unique
from typing import Protocol


@unique
class Attribute(StrEnum):
    """What a span may say; the first four by OpenTelemetry's conventions."""

    ERROR_TYPE = "error.type"
    METHOD = "http.request.method"
    ROUTE = "http.route"
    STATUS = "http.response.status_code"
    CODE = "breakwater.code"
    JOB = "breakwater.job"
    JOB_KIND = "breakwater.job_kind"


Attributes = Mapping[Attribute, str | int]
_NO_ATTRIBUTES: Attributes = {}


class Span(Protocol):
    """A step that was begun: what begins in this thread before it ends is part of it."""

    def end(self, attributes: Attributes = _NO_ATTRIBUTES, *, failed: bool = False) -> None:
        """End it, in the thread that began it; a second time changes nothing."""
        ...


class Tracer(Protocol):
    """Takes steps down."""

    is_on: bool

    def begin(self, name: str, attributes: Attributes = _NO_ATTRIBUTES, *, is_request: bool = False) -> Span:
        """Begin a step; ``is_request``: one that was asked for from outside, which is part of nothing."""
        ...

    def span(self, name: str, attributes: Attributes = _NO_ATTRIBUTES) -> AbstractContextManager[object]:
        """Give a block that is a step. What it raises is named by its kind, and raised."""
        ...

    def close(self) -> None:
        """Send what was not sent yet, for some seconds at most."""
        ...


class _NoSpan:
    def end(self, attributes: Attributes = _NO_ATTRIBUTES, *, failed: bool = False) -> None:
        """Do nothing."""


class _NoTracer:
    is_on = False

    def begin(self, name: str, attributes: Attributes = _NO_ATTRIBUTES, *, is_request: bool = False) -> Span:
        """Do nothing."""
        del name, attributes, is_request
        return _NO_SPAN

    def span(self, name: str, attributes: Attributes = _NO_ATTRIBUTES) -> AbstractContextManager[object]:
        """Do nothing."""
        del name, attributes
        return _NO_BLOCK

    def close(self) -> None:
        """Do nothing."""


_NO_SPAN, _NO_BLOCK = _NoSpan(), nullcontext()
OFF: Tracer = _NoTracer()
"""Takes nothing down."""
