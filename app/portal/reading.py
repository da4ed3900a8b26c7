"""Who reads at the portal, and for which purpose: the one that was chosen for the session.

Whoever has not chosen yet is led to the first page, and back (``errors.error_page``). Kept by ``tests/portal/test_reading.py``.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import Response

from app.domain.vocabulary import Channel
from app.portal.cookies import signed_in
from app.services.reading.readers import Reader, reader
from app.web.context import is_head, principal

__all__ = ["Reader", "for_a_purpose", "own_reader", "reads_already"]
View = TypeVar("View", bound=Callable[..., Response])


def own_reader() -> Reader:
    """Give who is signed in as a reader; raises as ``reader``."""
    return reader(principal(), signed_in().session.purpose, Channel.PORTAL, is_head=is_head())


def reads_already() -> bool:
    """Whether it is known for which purpose who is signed in reads."""
    found = signed_in()
    return found.session.purpose is not None or found.principal.credential.purpose is not None


def for_a_purpose(view: View) -> View:
    """Let a view run only once it is known for which purpose; else refuse, which leads to the first page, and back."""

    @wraps(view)
    def with_purpose(**arguments: Any) -> Response:
        if not reads_already():
            own_reader()
        return view(**arguments)

    return with_purpose  # type: ignore[return-value]  # the same signature
