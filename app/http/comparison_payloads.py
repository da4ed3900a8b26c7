"""The answer of a comparison of agreements; what is asked is the body of a new agreement.

Owns names and forms on the wire. Kept by ``tests/http/test_comparison_payloads.py``.
"""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, pre_dump

from app.domain.vocabulary import Harm, Sensitivity
from app.http.fields import Moment, Word, Words
from app.policy.agreement_changes import Direction
from app.policy.submission import SubmissionClause
from app.services.explaining.compare import Comparison, Outcome


class ChangedTermPayload(Schema):
    """A term that differs: its pointer in the agreement's document (empty: all of it), and what its change does."""

    pointer = fields.String(required=True)
    direction = Word(Direction, required=True)


class ChangedSightPayload(Schema):
    """What becomes of one publisher's objects of one sensitivity about these harms: how many versions, in how many classes."""

    outcome = Word(Outcome, required=True)
    publisher_id = fields.String(required=True)
    publisher_name = fields.String(required=True)
    sensitivity = Word(Sensitivity, required=True)
    harm_types = Words(Word(Harm), required=True)
    versions = fields.Integer(required=True)
    classes = fields.Integer(required=True)


class NotSubmittedPayload(Schema):
    """How many of the partner's own versions are such that it could submit them before, and by which clause not after."""

    clause = Word(SubmissionClause, required=True)
    versions = fields.Integer(required=True)


class ComparisonPayload(Schema):
    """What would change for the partner from ``at`` on, as things stand now; ``version`` null: nothing is in force then."""

    partner_id = fields.String(required=True)
    at = Moment(required=True)
    version = fields.Integer(required=True, allow_none=True)
    terms = fields.List(fields.Nested(ChangedTermPayload), required=True)
    sees = fields.List(fields.Nested(ChangedSightPayload), required=True)
    no_longer_submits = fields.List(fields.Nested(NotSubmittedPayload), required=True)

    @pre_dump
    def _spell(self, value: Comparison, **_: Any) -> dict[str, Any]:
        names = ("publisher_id", "sensitivity", "harm_types", "outcome")
        sees = [
            {name: getattr(kind, name) for name in names}
            | {"publisher_name": value.names[kind.publisher_id], "versions": number.versions, "classes": number.classes}
            for kind, number in value.seen.items()
        ]
        return {
            "partner_id": value.partner_id,
            "at": value.at,
            "version": value.before,
            "terms": value.terms,
            "sees": sorted(sees, key=lambda one: (list(Outcome).index(one["outcome"]), -one["versions"])),
            "no_longer_submits": [{"clause": clause, "versions": count} for clause, count in value.refused.items()],
        }
