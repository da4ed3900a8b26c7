"""What every page of this part shows beside its own: where else one can go here, and words as people say them.

Kept by ``tests/portal/patterns/test_pages.py``.
"""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from flask import Response, url_for

from app.portal.pages import page
from app.portal.patterns.plain_words import plain
from app.portal.words import gettext


def pattern_page(template: str, status: int = HTTPStatus.OK, **known: Any) -> Response:
    """Give a page of ``templates/patterns/``."""
    return page(f"patterns/{template}", status, links=list(links()), plain=plain, **known)


def links() -> Iterator[tuple[str, str]]:
    """Give the pages of this part that who is signed in may open."""
    yield url_for("patterns.show"), gettext("Matrix")
    yield url_for("countermeasures.list_all"), gettext("Countermeasures")
