"""Bodies and parameters of the routes about questions.

Owns names and forms on the wire. Kept by ``tests/http/test_question_payloads.py``.
"""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from app.domain.usage import QuestionKind
from app.http.fields import Count, Form, Moment, Word, uuid_field
from app.http.payloads import Strict
from app.services.limiting.look_up_questions import Asked

MOST_QUESTIONS = 1_000
_LONGEST_ID = 300
_MOST = 2**63 - 1
_NUMBER = Form("[0-9]{1,18}", "This is no cursor.")


class QuestionQuery(Strict):
    """Which questions: of one partner, of one kind, from an instant on, up to but without another."""

    partner_id = uuid_field()
    kind = Word(QuestionKind, load_default=None)
    since = Moment(load_default=None)
    until = Moment(load_default=None)
    limit = Count(1, MOST_QUESTIONS, load_default=MOST_QUESTIONS)
    next = fields.String(load_default=None, validate=_NUMBER)

    @post_load
    def _make(self, given: dict[str, Any], **_: Any) -> dict[str, Any]:
        after = int(given["next"] or 0)
        asked = Asked(given.get("partner_id"), given["kind"], given["since"], given["until"], after)
        return {"asked": asked, "limit": given["limit"]}


class QuestionSearchPayload(QuestionQuery):
    """The same, about one STIX id, which may be that of nothing: it goes by a body, since addresses are logged."""

    id = fields.String(required=True, validate=validate.Length(1, _LONGEST_ID))

    @post_load
    def _make(self, given: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
        stix_id = given.pop("id")
        return {**super()._make(given, **kwargs), "stix_id": stix_id}


class QuestionPayload(Schema):
    """One question: who asked, when, why and by which way; what about is kept as a digest and not shown.

    ``partner_id`` null: a person of the exchange's staff, whose the credential is.
    """

    partner_id = fields.String(required=True, allow_none=True)
    credential_id = fields.String(required=True)
    kind = Word(QuestionKind, required=True)
    purpose = fields.String(required=True, allow_none=True)
    channel = fields.String(required=True)
    asked_at = Moment(required=True)


class QuestionPagePayload(Schema):
    """Questions, oldest first; ``next`` goes on after the last of them."""

    questions = fields.List(fields.Nested(QuestionPayload), required=True)
    next = fields.String(required=True, allow_none=True)
    more = fields.Boolean(required=True)
