"""Questions about persons, audited: who looked up an observable or simulated, when and why; and who asked about one id.

For auditors and data protection. Kept by ``tests/portal/operating/test_questions.py``.
"""

from __future__ import annotations

import re
from typing import Any

from flask import Response, request

from app.domain.errors import MalformedInputError
from app.domain.permissions import Permission
from app.portal.forms import fields
from app.portal.operating.approvals import names
from app.portal.operating.room import StaffBlueprint
from app.portal.pages import page
from app.portal.unconfirmed import Unconfirmed
from app.services.limiting.look_up_questions import Asked, list_questions, questions_about
from app.web.context import exchange, principal

blueprint = StaffBlueprint("operating_questions")
_AT_ONCE = 50
_LONGEST_ID = 300


@blueprint.page("/exchange/questions", Permission.QUESTIONS_READ, query=["partner_id", "next"])
def show() -> Response:
    """Show questions, oldest first: who asked, when and why, and not about what."""
    partner_id, after = request.args.get("partner_id", ""), request.args.get("next", "")
    asked = Asked(partner_id or None, after=int(after) if re.fullmatch("[0-9]{1,15}", after, re.ASCII) else 0)
    return _shown(list_questions(exchange(), principal(), asked, _AT_ONCE), partner_id)


@blueprint.form("/exchange/questions", Permission.QUESTIONS_READ, unconfirmed=Unconfirmed.READS)
def about() -> Response:
    """Show who asked about one id."""
    stix_id = fields("stix_id")["stix_id"].strip()
    if not 0 < len(stix_id) <= _LONGEST_ID:
        raise MalformedInputError("Write one id.", pointer="/stix_id")
    return _shown(questions_about(exchange(), principal(), stix_id, Asked(), _AT_ONCE), "", stix_id)


def _shown(found: Any, partner_id: str, stix_id: str = "") -> Response:
    return page("operating/questions.html", found=found, partner_id=partner_id, stix_id=stix_id, names=names())
