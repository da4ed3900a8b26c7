"""The one way that every log record of a server goes: its own, those of the libraries, warnings, and what nobody caught.

Owns the factory of records, the hooks of the interpreter, and the one handler (``lines`` writes what it handles). Records of ours
are redacted; of a library's only the logger, the level and the place remain, since nobody here knows what its words quote; of an
exception its kind and places. Kept by ``tests/redaction/test_records.py`` and, over the whole suite, by ``tests/conftest.py``.
"""

from __future__ import annotations

import logging
import sys
import threading
import warnings
from typing import Any

from app.redaction.failures import summary
from app.redaction.lines import Form, LineHandler
from app.redaction.text import redacted

_OURS = ("breakwater", "gunicorn.error")
_make = logging.LogRecord
_log = logging.getLogger("breakwater.process")


def install(form: str = Form.TEXT, level: str = "info") -> None:
    """Let every record of this process, and of what it forks, go this way, as lines of a form; a second call puts the new one in.

    Records of ours are written from ``level`` on (``debug`` … ``error``), those of libraries from ``warning`` on.
    """
    logging.setLogRecordFactory(_record)
    root = logging.getLogger()
    root.handlers = [one for one in root.handlers if not isinstance(one, LineHandler)] + [LineHandler(Form(form))]
    root.setLevel(logging.WARNING)
    logging.getLogger("breakwater").setLevel(level.upper())
    warnings.showwarning = _warned  # type: ignore[assignment]  # it takes all that the interpreter gives
    sys.excepthook = _uncaught
    sys.unraisablehook = _unraisable
    threading.excepthook = _uncaught_in_a_thread


def _record(*arguments: Any, **named: Any) -> logging.LogRecord:
    record = _make(*arguments, **named)
    ours = record.name.startswith(_OURS)
    said = redacted(_message(record)) if ours else f"{record.name} says something ({record.module}:{record.lineno})"
    error = record.exc_info[1] if record.exc_info else None
    record.msg, record.args = (said if error is None else f"{said}: {summary(error)}"), None
    record.exc_info = record.exc_text = record.stack_info = None
    return record


def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except Exception:  # noqa: BLE001  # a message that does not fit its arguments must not end who logs it
        return f"{record.name} says something ({record.module}:{record.lineno})"


def _warned(_message: Any, category: type[Warning], filename: str, lineno: int, *_more: Any) -> None:
    _log.warning("warning: %s at %s:%s", category.__name__, filename, lineno)


def _uncaught(kind: type[BaseException], error: BaseException, trace: Any) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    _log.critical("uncaught: %s", summary(error.with_traceback(trace)))


def _unraisable(failed: Any) -> None:
    if failed.exc_value is not None:
        _log.error("uncaught while tidying up: %s", summary(failed.exc_value))


def _uncaught_in_a_thread(failed: threading.ExceptHookArgs) -> None:
    if failed.exc_value is not None:
        _log.critical("uncaught in a thread: %s", summary(failed.exc_value))
