"""Bodies and parameters of the routes about feedback, assertions and disputes.

Owns names and forms on the wire; pages of feedback are written by ``answers`` from stored bytes. Kept by
``tests/http/test_feedback_payloads.py``.
"""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from app.domain.object_vocabulary import DisputeEvidence, FeedbackKind
from app.domain.vocabulary import Assertion, Review
from app.http.fields import Count, Form, Moment, Word, Words, uuid_field
from app.http.payloads import Strict
from app.services.weighing.compose_feedback import FeedbackAsked
from app.services.weighing.list_feedback import FeedbackQuery

MOST_FEEDBACK = 1_000
_MOST_SIGHTINGS = 999_999_999
_WORD = Form("[a-z][a-z-]{1,62}[a-z]", "This is no word.")
_STIX_ID = Form("[a-z0-9][a-z0-9-]{1,248}[a-z0-9]--[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "This is no STIX id.")
_CURSOR = Form("[A-Za-z0-9_-]{1,512}", "This is no cursor.")


class NewFeedbackPayload(Strict):
    """What is to be said of an object.

    ``word`` is an outcome, an opinion, the reason of a dispute or a mark; a sighting has none, but may say how often (`count`, 0
    too). ``evidence``: on what a dispute rests.
    """

    kind = Word(FeedbackKind, required=True)
    word = fields.String(load_default=None, validate=_WORD)
    evidence = Word(DisputeEvidence, load_default=None)
    count = fields.Integer(strict=True, load_default=None, validate=validate.Range(0, _MOST_SIGHTINGS))

    @post_load
    def _make(self, given: dict[str, Any], **_: Any) -> FeedbackAsked:
        return FeedbackAsked(**given)


class ComposedFeedbackPayload(Schema):
    """The object to be signed and submitted, and who published what it is about: they will be told."""

    object = fields.Dict(attribute="value", required=True)
    publishers = fields.List(fields.String(), attribute="owner_ids", required=True)


class FeedbackQueryPayload(Strict):
    """Which feedback on one's own objects, and which page of it."""

    kind = Words(Word(FeedbackKind))
    word = Words(fields.String(validate=_WORD))
    object = fields.String(load_default=None, validate=_STIX_ID)
    giver = Words(uuid_field())
    added_after = Moment(load_default=None)
    limit = Count(1, MOST_FEEDBACK, load_default=100)
    next = fields.String(load_default=None, validate=_CURSOR)

    @post_load
    def _make(self, given: dict[str, Any], **_: Any) -> FeedbackQuery:
        return FeedbackQuery(
            kinds=given.get("kind", frozenset()),
            words=given.get("word", frozenset()),
            about=given["object"],
            giver_ids=given.get("giver", frozenset()),
            added_after=given["added_after"],
            cursor=given["next"],
            limit=given["limit"],
        )


class AssertedPayload(Schema):
    """What one publisher states; ``line``: statements of one line (one publisher, copies, one source) count once."""

    owner = fields.String(attribute="owner_id", required=True)
    id = fields.String(attribute="stix_id", required=True)
    type = fields.String(required=True)
    version = fields.String(required=True)
    assertion = Word(Assertion, required=True)
    review = Word(Review, required=True, allow_none=True)
    confidence = fields.Integer(required=True, allow_none=True)
    effective_confidence = fields.Integer(required=True, allow_none=True)
    stated_at = Moment(required=True)
    age_days = fields.Integer(required=True)
    line = fields.Integer(required=True)
    disputed = fields.Boolean(attribute="is_disputed", required=True)


class SaidPayload(Schema):
    """What one partner says of it."""

    giver = fields.String(attribute="giver_id", required=True)
    kind = Word(FeedbackKind, required=True)
    word = fields.String(required=True)
    given_at = Moment(required=True)


class AssertionsPayload(Schema):
    """What is stated about an id, as far as the caller sees it.

    ``publishers`` are the independent lines that state it, ``denials`` those that deny it; ``disputed``: somebody disputes one.
    """

    id = fields.String(attribute="stix_id", required=True)
    half_life_days = fields.Integer(required=True, allow_none=True)
    publishers = fields.Integer(required=True)
    denials = fields.Integer(required=True)
    disputed = fields.Boolean(attribute="is_disputed", required=True)
    assertions = fields.List(fields.Nested(AssertedPayload), required=True)
    feedback = fields.List(fields.Nested(SaidPayload), required=True)


class StatisticsQuery(Strict):
    """On whose objects, and of which behaviours."""

    publisher = Words(uuid_field())
    behaviour = Words(fields.String(validate=Form("OP-[0-9]{3}", "This is no code of a behaviour.")))


class CountedPayload(Schema):
    """How much feedback of one word there is on one publisher's objects of one behaviour (null: those that show none)."""

    publisher = fields.String(attribute="owner_id", required=True)
    behaviour = fields.String(required=True, allow_none=True)
    kind = Word(FeedbackKind, required=True)
    word = fields.String(required=True)
    statements = fields.Integer(required=True)
    givers = fields.Integer(required=True)


class StatisticsPayload(Schema):
    """Counts of the feedback that the caller sees; ``cut``: there is more, older, which is not counted."""

    counts = fields.List(fields.Nested(CountedPayload), required=True)
    cut = fields.Boolean(attribute="is_cut", required=True)


class DisputesQuery(Strict):
    """Which page of what is disputed, and what changed after a moment alone."""

    added_after = Moment(load_default=None)
    limit = Count(1, MOST_FEEDBACK, load_default=100)
    next = fields.String(load_default=None, validate=_CURSOR)


class DisputedPayload(Schema):
    """What is disputed and since when; ``ended_at`` null: it still is."""

    id = fields.String(attribute="stix_id", required=True)
    owner = fields.String(attribute="owner_id", required=True)
    since = Moment(required=True)
    ended_at = Moment(required=True, allow_none=True)


class DisputesPayload(Schema):
    """What is disputed of what the caller sees or was given, oldest first; ``next`` is always given."""

    disputes = fields.List(fields.Nested(DisputedPayload), required=True)
    more = fields.Boolean(required=True)
    next = fields.String(required=True)
