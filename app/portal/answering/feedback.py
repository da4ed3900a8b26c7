"""Saying what came of an object: the five kinds of feedback, each in plain words, signed by the partner's key before it is sent.

Kept by ``tests/portal/answering/test_feedback.py``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from enum import StrEnum
from http import HTTPStatus
from typing import Any

from flask import Response

from app.domain.errors import BreakwaterError, ConflictError, MalformedInputError
from app.domain.object_vocabulary import DisputeEvidence, DisputeReason, FeedbackMark, FeedbackOutcome, OpinionWord
from app.domain.permissions import Permission
from app.portal.answering.feedback_form import FIELDS, read_feedback
from app.portal.answering.waiting_signatures import signatures_for
from app.portal.blueprint import PortalBlueprint
from app.portal.forms import fields
from app.portal.pages import go_to, page
from app.portal.plain_words import offered, pairs, type_words
from app.portal.reading import own_reader
from app.services.answering.decide_feedback import decide_feedback
from app.services.reading.pull import list_versions, pull_object
from app.web.context import exchange

_OFFERED: Mapping[str, type[StrEnum]] = {
    "outcomes": FeedbackOutcome,
    "opinions": OpinionWord,
    "disputes": DisputeReason,
    "evidence": DisputeEvidence,
    "marks": FeedbackMark,
}
blueprint = PortalBlueprint("answering_feedback", section="search.show")
_NEVER_SIGHTED = frozenset({"identity", "marking-definition"})


@blueprint.page("/objects/<stix_id>/feedback", Permission.OBJECTS_SUBMIT)
def show(stix_id: str) -> Response:
    """Show what can be said of an object that one sees."""
    return _shown(stix_id)


@blueprint.form(
    "/objects/<stix_id>/feedback",
    Permission.OBJECTS_SUBMIT,
    fresh_at="answering_feedback.show",
    does="Give feedback on an object",
)
def say(stix_id: str) -> Response:
    """Say one thing of it."""
    given = fields(*FIELDS)
    try:
        decide_feedback(exchange(), own_reader(), stix_id, read_feedback(given))
    except (ConflictError, MalformedInputError) as exc:
        return _shown(stix_id, given, exc)
    return go_to("answering_feedback.show", stix_id=stix_id)


def _shown(stix_id: str, given: dict[str, str] | None = None, failed: BreakwaterError | None = None) -> Response:
    reader = own_reader()
    values: list[dict[str, Any]] = [json.loads(one) for one in pull_object(exchange(), reader, stix_id).objects]
    owner_ids = {one.owner_id for one in list_versions(exchange(), reader, stix_id)}
    at = (failed.pointer or "").strip("/") if failed else ""
    return page(
        "answering/feedback.html",
        HTTPStatus.OK if failed is None else HTTPStatus.UNPROCESSABLE_ENTITY,
        stix_id=stix_id,
        kind=type_words(stix_id),
        name=values[0].get("name"),
        is_own=owner_ids == {reader.partner.partner_id},
        is_sighted="created" in values[0] and values[0]["type"] not in _NEVER_SIGHTED,
        tasks=signatures_for(stix_id),
        words={name: pairs(offered(kind)) for name, kind in _OFFERED.items()},
        given=given or dict.fromkeys(FIELDS, ""),
        fault=(at if at in FIELDS else "", failed.sentence) if failed else None,
    )
