"""``/feedback``, ``/disputes`` and what hangs on an object: what others say of it. Kept by ``tests/http/test_feedback.py``.

Feedback itself is submitted like any other object, signed.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Response

from app.domain.permissions import Permission
from app.domain.vocabulary import Channel
from app.http.answers import answer_page
from app.http.blueprint import ApiBlueprint
from app.http.feedback_payloads import (
    AssertionsPayload,
    ComposedFeedbackPayload,
    DisputesPayload,
    DisputesQuery,
    FeedbackQueryPayload,
    NewFeedbackPayload,
    StatisticsPayload,
    StatisticsQuery,
)
from app.http.object_payloads import ObjectPagePayload
from app.http.purpose import PURPOSE
from app.services.reading.readers import Reader, reader
from app.services.weighing import compose_feedback as composing
from app.services.weighing.count_feedback import Statistics, count_feedback
from app.services.weighing.list_disputes import DisputesPage, list_disputes
from app.services.weighing.list_feedback import FeedbackQuery, list_feedback
from app.services.weighing.weigh_assertions import Weighed, weigh_assertions
from app.web.context import exchange, is_head, principal
from app.web.purpose import stated_purpose

blueprint = ApiBlueprint("feedback", "What others say of objects: sightings, outcomes, opinions, disputes and marks.")


def _reader() -> Reader:
    return reader(principal(), stated_purpose(), Channel.REST, is_head=is_head())


@blueprint.post("/objects/<stix_id>/feedback", Permission.OBJECTS_SUBMIT, also=(429,))
@blueprint.body(NewFeedbackPayload)
@blueprint.answers(HTTPStatus.OK, ComposedFeedbackPayload)
def compose(asked: composing.FeedbackAsked, stix_id: str) -> composing.Composed:
    """Give feedback on an object as an unsigned object, to be signed and submitted by the caller. Nothing is stored."""
    return composing.compose_feedback(exchange(), _reader(), stix_id, asked)


@blueprint.get("/feedback", Permission.FEEDBACK_READ, headers=(PURPOSE,))
@blueprint.query(FeedbackQueryPayload)
@blueprint.answers(HTTPStatus.OK, ObjectPagePayload)
def find_page(query: FeedbackQuery) -> Response:
    """Give what others said of the caller's own objects, as they signed it: of each the newest version, in order of arrival."""
    return answer_page(list_feedback(exchange(), _reader(), query))


@blueprint.get("/feedback/statistics", Permission.FEEDBACK_READ, headers=(PURPOSE,))
@blueprint.query(StatisticsQuery)
@blueprint.answers(HTTPStatus.OK, StatisticsPayload)
def count(query: dict[str, Any]) -> Statistics:
    """Count the feedback that the caller sees, by publisher, behaviour and word."""
    nothing: frozenset[str] = frozenset()
    return count_feedback(exchange(), _reader(), query.get("publisher", nothing), query.get("behaviour", nothing))


@blueprint.get("/objects/<stix_id>/assertions", Permission.OBJECTS_READ, headers=(PURPOSE,), also=(429,))
@blueprint.answers(HTTPStatus.OK, AssertionsPayload)
def weigh(stix_id: str) -> Weighed:
    """Give who states something about an id, kept apart and counted, with its age, and whether it is disputed."""
    return weigh_assertions(exchange(), _reader(), stix_id)


@blueprint.get("/disputes", Permission.FEEDBACK_READ, headers=(PURPOSE,))
@blueprint.query(DisputesQuery)
@blueprint.answers(HTTPStatus.OK, DisputesPayload)
def find_disputes(query: dict[str, Any]) -> DisputesPage:
    """List what is disputed of all that the caller sees or was given; by whom is not told."""
    return list_disputes(exchange(), _reader(), query["added_after"], query["next"], query["limit"])
