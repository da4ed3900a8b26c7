"""One record as one line, redacted: JSON for whoever collects logs, text for whoever reads along.

Owns both forms, and the closed list of what a line may say besides its message: what is not on it is left out, whoever gives it.
Which records there are is ``records``'. Kept by ``tests/redaction/test_lines.py``.
"""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from enum import StrEnum, unique
from typing import Any

from app.redaction.failures import summary
from app.redaction.labels import labels
from app.redaction.text import redacted

MEMBERS = (
    "method",
    "route",
    "status",
    "code",
    "milliseconds",
    "credential",
    "exception",
    "places",
    "request_id",
    "job",
    "job_kind",
)
"""What a line may say, in this order, besides time, level, logger and message."""


@unique
class Form(StrEnum):
    """How a line is written."""

    JSON = "json"
    TEXT = "text"


def line(form: Form, level: str, logger: str, message: str, members: Mapping[str, Any]) -> str:
    """Give a line without its end: the members that a line may have, and what this thread works on."""
    told = {**labels(), **members}
    said = {"time": _now(), "level": level, "logger": logger, "message": message}
    said |= {name: _redacted_value(told[name]) for name in MEMBERS if name in told}
    said["message"] = redacted(message)
    if form is Form.JSON:
        return json.dumps(said)
    head = " ".join(str(said.pop(name)) for name in ("time", "level", "logger", "message"))
    return "  ".join(
        (" ".join(head.splitlines()), *(f"{name}={_word(value)}" for name, value in said.items() if value is not None))
    )


class LineHandler(logging.Handler):
    """Writes records of the standard library's loggers to standard error, a line each."""

    def __init__(self, form: Form) -> None:
        """Take the form of the lines."""
        super().__init__()
        self.form = form

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record; one that cannot be written is lost, and whoever logged it goes on."""
        try:
            write(line(self.form, record.levelname.lower(), record.name, record.getMessage(), {}))
        except (OSError, ValueError):
            self.handleError(record)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  # the base's name
        """Say nothing: the base prints the record and its arguments, unredacted."""


def write(text: str) -> None:
    """Write one line to standard error, in one piece. One that cannot be written is lost: a full disk under it stops nobody."""
    with suppress(OSError, ValueError):
        sys.stderr.write(text + "\n")
        sys.stderr.flush()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _word(value: Any) -> str:
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)


def _redacted_value(value: Any) -> Any:
    if isinstance(value, str):
        return redacted(value)
    if isinstance(value, BaseException):
        return summary(value)
    if isinstance(value, (list, tuple)):
        return [_redacted_value(one) for one in value]
    return value if value is None or isinstance(value, (bool, int, float)) else redacted(str(value))
