"""Who reads in the portal: whoever is signed in, for the purpose that their session states.

Owns that nobody reads without a purpose: they are led to choose one first. Kept by
``tests/portal/finding/test_reading.py``.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import Response

from app.domain.vocabulary import Channel
from app.portal.cookies import signed_in
from app.portal.pages import go_to
from app.services.reading.readers import Reader, reader
from app.web.context import exchange, is_head

__all__ = ["exchange", "for_a_purpose", "reader_here"]
View = TypeVar("View", bound=Callable[..., Response])


def reader_here() -> Reader:
    """Give the reader that this request makes of whoever is signed in; raises as ``readers.reader``."""
    found = signed_in()
    return reader(found.principal, found.session.purpose, Channel.PORTAL, is_head=is_head())


def for_a_purpose(view: View) -> View:
    """Let a view run only once a purpose is chosen; else lead to the first page, where that is done."""

    @wraps(view)
    def with_purpose(**arguments: Any) -> Response:
        found = signed_in()
        if found.session.purpose is None and found.principal.credential.purpose is None:
            return go_to("home.show")
        return view(**arguments)

    return with_purpose  # type: ignore[return-value]  # the same signature
