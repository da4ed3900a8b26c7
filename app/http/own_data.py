"""``/own-data`` and ``/partners/…/own-data``: all that is a partner's own. Kept by ``tests/http/test_own_data.py``."""

from __future__ import annotations

from flask import Response

from app.domain.permissions import Permission
from app.http.blueprint import ApiBlueprint
from app.services.membership.export_own_data import export_own_data
from app.web.context import exchange, principal
from app.web.streams import line_by_line

LINES = "application/x-ndjson"

blueprint = ApiBlueprint(
    "own-data", "All that is a partner's own, as lines of JSON: for its administrator, or for one that left."
)


@blueprint.get("/own-data", Permission.OWN_DATA_READ, also=(404,))
@blueprint.answers_bytes(LINES)
def give_own() -> Response:
    """Give all that is an organisation's own: objects as signed, receipts, agreements, keys, exports, webhooks, who got what."""
    return _given(None)


@blueprint.get("/partners/<partner_id>/own-data", Permission.OWN_DATA_READ, also=(409,))
@blueprint.answers_bytes(LINES)
def give(partner_id: str) -> Response:
    """Give the same of a partner that is suspended or has ended, to operators."""
    return _given(partner_id)


def _given(partner_id: str | None) -> Response:
    return Response(line_by_line(export_own_data(exchange(), principal(), partner_id)), content_type=LINES)
