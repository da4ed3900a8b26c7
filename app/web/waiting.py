"""Who waited too long for a thread is told to come back, before anything is looked up for them.

Owns the bound: beyond it a client has mostly given up, and answering the ones who came first keeps everybody late. A refusal
costs next to nothing, so that the queue shortens by itself. How long a request waited, our server says
(``cli.gunicorn_worker``); under another one nobody is turned away. ``/livez`` never is: who asks it would restart what only has
much to do. Kept by
``tests/web/test_waiting.py`` and ``tests/walk/test_overload.py``.
"""

from __future__ import annotations

from contextvars import ContextVar

from flask import Flask, request

from app.domain.errors import Code, UnavailableError

LONGEST_WAIT_SECONDS = 5.0
WAITED: ContextVar[float] = ContextVar("waited", default=0.0)
"""For how many seconds the request that this thread serves waited for it."""
_ALWAYS = frozenset({"health.live"})
_SENTENCE = "The exchange has more to do than it can just now, and did not look at this request. Send it again later."


def install(app: Flask) -> None:
    """Turn requests away that waited too long, before whatever is installed afterwards."""
    app.before_request(_turn_away)


def _turn_away() -> None:
    if WAITED.get() > LONGEST_WAIT_SECONDS and request.endpoint not in _ALWAYS:
        raise UnavailableError(_SENTENCE, code=Code.EXCHANGE_OVERLOADED)
