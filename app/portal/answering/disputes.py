"""What is disputed: of one's own, which is to be looked at again, and of what one was given.

By whom and why does not stand here: its publisher finds that on the page of the object, with what others said of it.
Kept by ``tests/portal/answering/test_disputes.py``.
"""

from __future__ import annotations

from typing import Any

from flask import Response, request

from app.domain.permissions import Permission
from app.portal.answering.beside import beside, may
from app.portal.answering.names import names
from app.portal.blueprint import PortalBlueprint
from app.portal.pages import page
from app.portal.plain_words import type_words
from app.portal.reading import own_reader
from app.services.weighing.list_disputes import list_disputes
from app.web.context import exchange

AT_ONCE = 50
blueprint = PortalBlueprint("answering_disputes", section="answering.show")


@blueprint.page("/answer/disputes", Permission.FEEDBACK_READ, query=["next"])
def show() -> Response:
    """Show what is disputed, the oldest first."""
    reader, known = own_reader(), names()
    found = list_disputes(exchange(), reader, None, request.args.get("next"), AT_ONCE)
    rows = [(one, type_words(one.stix_id), known.of(one.owner_id)) for one in found.disputes if one.ended_at is None]
    own = [one for one in rows if one[0].owner_id == reader.partner.partner_id]
    others = [one for one in rows if one[0].owner_id != reader.partner.partner_id]
    going_on = found.next if found.more else None
    rights: dict[str, Any] = {"may_recall": may(Permission.OBJECTS_SUBMIT), "may_answer": may(Permission.RECALLS_ANSWER)}
    return page("answering/disputes.html", beside=beside(), own=own, others=others, going_on=going_on, **rights)
