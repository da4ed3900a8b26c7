"""Bodies of the list of audiences; a single one is ``payloads``'. Kept by ``tests/http/test_audience_payloads.py``."""

from __future__ import annotations

from marshmallow import fields

from app.http.list_payloads import ListPayload
from app.http.payloads import AudiencePayload


class AudiencesPayload(ListPayload):
    """Audiences by their ids: one's own, or all of them for operators."""

    audiences = fields.List(fields.Nested(AudiencePayload), attribute="rows", required=True)
