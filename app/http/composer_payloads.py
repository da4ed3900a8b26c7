"""What the answer of the composer looks like; the form itself is ``schemas/observation.json``.

Owns names and forms on the wire; ``services.composing.tell`` writes the answer. Kept by ``tests/http/test_composer_payloads.py``.
"""

from __future__ import annotations

from marshmallow import Schema, fields

from app.domain.composed import Tier
from app.domain.errors import Code
from app.domain.vocabulary import Sensitivity
from app.http.fields import Word
from app.http.object_payloads import ImminentRiskPayload


class ToldOfObjectPayload(Schema):
    """What is to be known of one object: its place in the form, which handling it has, and what that means in plain words."""

    id = fields.String(required=True)
    type = fields.String(required=True)
    pointer = fields.String(required=True)
    tier = Word(Tier, required=True)
    sensitivity = Word(Sensitivity, required=True)
    handling = fields.String(required=True)


class ComposingWarningPayload(Schema):
    """Something to know before it is sent, and where in the form."""

    pointer = fields.String(required=True)
    detail = fields.String(required=True)


class ComposingRefusalPayload(Schema):
    """Why nothing was composed, and where in the form."""

    code = Word(Code, required=True)
    detail = fields.String(required=True)
    pointer = fields.String(required=True)


class ComposedPayload(Schema):
    """Objects to be signed, in the order in which they are sent; or refusals, and then no objects.

    ``group_id``: the sharing group that the form names, to which they are to be posted.
    """

    objects = fields.List(fields.Dict(), required=True)
    told = fields.List(fields.Nested(ToldOfObjectPayload), required=True)
    warnings = fields.List(fields.Nested(ComposingWarningPayload), required=True)
    refusals = fields.List(fields.Nested(ComposingRefusalPayload), required=True)
    group_id = fields.String(required=True, allow_none=True)
    imminent_risk = fields.Nested(ImminentRiskPayload)
