"""Bodies of the routes about overlap checks and deconfliction. Kept by ``tests/http/test_overlap_payloads.py``."""

from __future__ import annotations

import base64
from typing import Any

from marshmallow import Schema, fields, post_load, pre_dump, validate

from app.domain.overlap import MOST_AT_ONCE, InterestKind
from app.http.fields import Flag, Form, Moment, Word, uuid_field
from app.http.payloads import Strict
from app.services.overlapping.deconflict import NewInterests
from app.services.overlapping.evaluate import Evaluated, EvaluationTerms
from app.services.overlapping.hold import Asked, NewHoldings

_ELEMENT = Form("[A-Za-z0-9_-]{43}", "An element is its 32 bytes in base64url, without padding.")
_TOKEN = Form("[A-Za-z0-9_-]{86}", "A token is its 64 bytes in base64url, without padding.")
_EPOCH = Form("[0-9a-f]{64}", "An epoch is named by 64 hexadecimal digits.")


def _epoch_field() -> fields.String:
    return fields.String(required=True, validate=_EPOCH)


def _tokens_field(**options: Any) -> fields.List[Any]:
    return fields.List(fields.String(validate=_TOKEN), validate=validate.Length(1, MOST_AT_ONCE), **options)


def _text(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode("ascii")


class EvaluationTermsPayload(Schema):
    """The key with which blinded identifiers are evaluated now (RFC 9497), and how many elements more today."""

    suite = fields.String(required=True)
    mode = fields.String(required=True)
    epoch = fields.String(required=True)
    public_key = fields.String(required=True)
    most_at_once = fields.Integer(required=True)
    left_today = fields.Integer(required=True)

    @pre_dump
    def _flatten(self, terms: EvaluationTerms, **_: Any) -> dict[str, Any]:
        plain = {name: getattr(terms, name) for name in ("suite", "mode", "epoch", "left_today")}
        return plain | {"public_key": _text(terms.public_key), "most_at_once": MOST_AT_ONCE}


class ElementsPayload(Strict):
    """Blinded elements of one epoch; what they were blinded of stays with whoever asks."""

    epoch = _epoch_field()
    elements = fields.List(fields.String(validate=_ELEMENT), required=True, validate=validate.Length(1, MOST_AT_ONCE))


class EvaluatedPayload(Schema):
    """An element for each that was sent, in order, and the proof that all were evaluated with this key (RFC 9497 §2.2)."""

    epoch = fields.String(required=True)
    public_key = fields.String(required=True)
    elements = fields.List(fields.String(), required=True)
    proof = fields.String(required=True)

    @pre_dump
    def _flatten(self, evaluated: Evaluated, **_: Any) -> dict[str, Any]:
        return {
            "epoch": evaluated.epoch,
            "public_key": _text(evaluated.public_key),
            "elements": [_text(one) for one in evaluated.evaluation.elements],
            "proof": _text(evaluated.evaluation.proof),
        }


class NewHoldingsPayload(Strict):
    """Tokens of what one holds, for the members of one sharing group; `contact_id` null: a match is told no contact."""

    group_id = uuid_field(required=True)
    epoch = _epoch_field()
    tokens = _tokens_field(required=True)
    until = Moment(required=True)
    contact_id = uuid_field(load_default=None, allow_none=True)

    @post_load
    def _make(self, values: dict[str, Any], **_: Any) -> NewHoldings:
        return NewHoldings(**values)


class RemovedHoldingsPayload(Strict):
    """Tokens that are to be erased in a group; null: all of one's own there."""

    group_id = uuid_field(required=True)
    tokens = _tokens_field(load_default=None, allow_none=True)


class HoldingCountPayload(Schema):
    """How many tokens one has registered in a group, of one epoch, until then."""

    group_id = fields.String(required=True)
    epoch = fields.String(required=True)
    until = Moment(required=True)
    count = fields.Integer(required=True)


class HoldingCountsPayload(Schema):
    """What one has registered. Tokens are not given back: of each the exchange keeps a digest."""

    registered = fields.List(fields.Nested(HoldingCountPayload), required=True)


class WhoElsePayload(Strict):
    """Tokens of what one holds oneself, and the group in which one asks who else does."""

    group_id = uuid_field(required=True)
    epoch = _epoch_field()
    tokens = _tokens_field(required=True)

    @post_load
    def _make(self, values: dict[str, Any], **_: Any) -> Asked:
        return Asked(**values)


class OverlapPayload(Schema):
    """Whether another member of the group holds the same, and the contacts that holders chose to name."""

    held = Flag(attribute="is_held", required=True)
    contacts = fields.List(fields.String(), required=True)


class OverlapsPayload(Schema):
    """An answer for each token, in order."""

    matches = fields.List(fields.Nested(OverlapPayload), required=True)


class NewInterestsPayload(Strict):
    """Tokens of what an agency has an interest in. `contact_id` is a role's mailbox of its own, never a person's."""

    epoch = _epoch_field()
    tokens = _tokens_field(required=True)
    kind = Word(InterestKind, required=True)
    until = Moment(required=True)
    contact_id = uuid_field(required=True)

    @post_load
    def _make(self, values: dict[str, Any], **_: Any) -> NewInterests:
        return NewInterests(**values)


class InterestPayload(Schema):
    """An interest of the agency's own; its token is not given back."""

    id = fields.String(attribute="interest_id", required=True)
    epoch = fields.String(required=True)
    kind = Word(InterestKind, required=True)
    contact_id = fields.String(required=True)
    registered_at = Moment(required=True)
    until = Moment(required=True)
    ended_at = Moment(required=True, allow_none=True)


class InterestsPayload(Schema):
    """Interests of the agency's own."""

    interests = fields.List(fields.Nested(InterestPayload), required=True)


class MatchPayload(Schema):
    """That another agency has an interest in the same: the time, and its contact point; nothing more is told of it."""

    id = fields.String(attribute="meeting_id", required=True)
    interest_id = fields.String(required=True)
    matched_at = Moment(attribute="met_at", required=True)
    contact = fields.String(required=True, allow_none=True)


class MatchesPayload(Schema):
    """Matches, oldest first."""

    matches = fields.List(fields.Nested(MatchPayload), required=True)
