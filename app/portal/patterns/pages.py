"""What every page of this part shows beside its own: where else one can go here, and words as people say them.

Kept by ``tests/portal/patterns/test_pages.py``.
"""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from flask import Response, url_for

from app.domain.permissions import Permission
from app.policy.prevention import why_not_declaring
from app.portal.cookies import signed_in
from app.portal.pages import page
from app.portal.patterns.asked import may
from app.portal.words import gettext


def pattern_page(template: str, status: int = HTTPStatus.OK, **known: Any) -> Response:
    """Give a page of ``templates/patterns/``."""
    return page(f"patterns/{template}", status, links=list(links()), **known)


def links() -> Iterator[tuple[str, str]]:
    """Give the pages of this part that who is signed in may open."""
    yield url_for("patterns.show"), gettext("Matrix")
    yield url_for("countermeasures.list_all"), gettext("Countermeasures")
    if may(Permission.PREVENTION_READ) and why_not_declaring(signed_in().principal.partner) is None:
        yield url_for("declarations.show"), gettext("What we did")
    if may(Permission.DISCLOSURES_READ) or may(Permission.DISCLOSURES_SEARCH):
        yield url_for("flows.show"), gettext("Who is told")
    if may(Permission.CATALOGUE_PROPOSE) or may(Permission.CATALOGUE_REVIEW):
        yield url_for("proposals.list_all"), gettext("Proposals")
    yield url_for("catalogue_releases.list_all"), gettext("Releases")
