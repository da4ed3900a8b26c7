"""Gunicorn's own log without what a request carried: its messages quote request lines and paths, and those can hold selectors.

Owns what gunicorn may say by itself; that it gets past no pattern either is ``app/redaction``'s, and the access log is
``app/web/access_log.py``. Kept by ``tests/cli/test_value_free_log.py``.
"""

from __future__ import annotations

import sys
from typing import Any

from gunicorn.glogging import Logger

from app.redaction.failures import summary


class ValueFreeLog(Logger):  # type: ignore[misc]  # gunicorn has no types
    """Says what happened and where in the code; never what was sent. Written like all other records of the process."""

    def setup(self, cfg: Any) -> None:
        """Leave the writing to the one handler of the process (``app.redaction.records``); called by gunicorn."""
        super().setup(cfg)
        self.error_log.handlers.clear()
        self.error_log.propagate = True

    def warning(self, msg: Any, *args: Any, **kwargs: Any) -> None:
        """Say the message without its details: gunicorn puts what it quotes behind a colon."""
        if args or ": " in str(msg):
            msg, args = str(msg).partition(": ")[0].partition("%")[0].strip(), ()
        super().warning(msg, *args, **kwargs)

    def exception(self, msg: Any, *_args: Any, **_kwargs: Any) -> None:
        """Say the kind of the failure and its place; neither its text, nor the arguments of the message, nor a traceback."""
        failure = sys.exc_info()[1]
        said = str(msg).partition("%")[0].strip() if isinstance(msg, str) else "Failure"
        super().error("%s: %s", said, summary(failure, most=1) if failure else "unknown")
