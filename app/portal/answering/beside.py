"""The pages of this part beside each other, by what who is signed in may do.

Kept by ``tests/portal/answering/test_beside.py``.
"""

from __future__ import annotations

from flask import url_for

from app.domain.permissions import Permission
from app.policy.administration import why_forbidden
from app.portal.words import gettext
from app.web.context import principal

_PAGES = (
    ("answering.show", "What waits", ()),
    ("answering_recalls.show", "Recalls", (Permission.RECALLS_ANSWER,)),
    ("answering_requests.show", "Requests", (Permission.REQUESTS_READ,)),
    ("answering_disputes.show", "Disputes", (Permission.FEEDBACK_READ,)),
    ("answering_own_recalls.show", "Taken back by us", (Permission.DISCLOSURES_READ,)),
)


def beside() -> list[tuple[str, str]]:
    """Give address and words of each page that who is signed in may open."""
    return [(url_for(endpoint), gettext(title)) for endpoint, title, asked in _PAGES if not asked or may(*asked)]


def may(*asked: Permission) -> bool:
    """Whether who is signed in has one of these rights."""
    return any(why_forbidden(principal(), one) is None for one in asked)
