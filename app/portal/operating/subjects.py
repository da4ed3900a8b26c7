"""Requests of the persons that data are about: which there are, how far each is, and by when it is answered.

Selectors and findings are not shown here; one request is ``subject_requests``'. Kept by
``tests/portal/operating/test_subjects.py``.
"""

from __future__ import annotations

from flask import Response, request

from app.domain.permissions import Permission
from app.portal.operating.room import StaffBlueprint
from app.portal.pages import page
from app.services.subjects.show_request import list_requests
from app.web.context import exchange, principal

blueprint = StaffBlueprint("operating_subjects")
_AT_ONCE = 50


@blueprint.page("/exchange/subjects", Permission.SUBJECTS_READ, query=["next"])
def show() -> Response:
    """Show requests, oldest first: states, dates and counts."""
    found = list_requests(exchange(), principal(), request.args.get("next"), _AT_ONCE)
    return page("operating/subjects.html", found=found, now=exchange().clock())
