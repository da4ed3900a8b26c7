"""Who reads at the portal, and for which purpose: the one that was chosen for the session.

Whoever has not chosen yet is led to the first page, and back (``errors.error_page``). Kept by ``tests/portal/test_reading.py``.
"""

from __future__ import annotations

from app.domain.vocabulary import Channel
from app.portal.cookies import signed_in
from app.services.reading.readers import Reader, reader
from app.web.context import principal

__all__ = ["Reader", "own_reader", "reads_already"]


def own_reader() -> Reader:
    """Give who is signed in as a reader; raises as ``reader``."""
    return reader(principal(), signed_in().session.purpose, Channel.PORTAL)


def reads_already() -> bool:
    """Whether it is known for which purpose who is signed in reads."""
    found = signed_in()
    return found.session.purpose is not None or found.principal.credential.purpose is not None
