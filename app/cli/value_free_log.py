"""Gunicorn's own log without what a request carried: its messages quote request lines and paths, and those can hold selectors.

Owns what gunicorn may say by itself; the access log is ``app/web/access_log.py``. Kept by ``tests/cli/test_value_free_log.py``.
"""

from __future__ import annotations

import sys
import traceback
from typing import Any

from gunicorn.glogging import Logger


class ValueFreeLog(Logger):  # type: ignore[misc]  # gunicorn has no types
    """Says what happened and where in the code; never what was sent."""

    def warning(self, msg: Any, *args: Any, **kwargs: Any) -> None:
        """Say the message without its details: gunicorn puts what it quotes behind a colon."""
        if args or ": " in str(msg):
            msg, args = str(msg).partition(": ")[0].partition("%")[0].strip(), ()
        super().warning(msg, *args, **kwargs)

    def exception(self, msg: Any, *_args: Any, **_kwargs: Any) -> None:
        """Say the kind of the failure and its place; neither its text, nor the arguments of the message, nor a traceback."""
        kind, _failure, trace = sys.exc_info()
        frames = traceback.extract_tb(trace)
        place = f"{frames[-1].filename}:{frames[-1].lineno}" if frames else "an unknown place"
        said = str(msg).partition("%")[0].strip() if isinstance(msg, str) else "Failure"
        super().error("%s: %s at %s", said, kind.__name__ if kind else "unknown", place)
