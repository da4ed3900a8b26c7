"""Parameters and bodies of lists that come in pages and lead back: what all of them have.

Owns names and forms on the wire; what a cursor says is the services'. Kept by ``tests/http/test_list_payloads.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields

from app.http.fields import Count, Form
from app.http.payloads import Strict
from app.services.list_pages import ListAsked

MOST_ROWS = 100
_CURSOR = Form("[A-Za-z0-9_-]{1,1024}", "This is no cursor.")


class ListQuery(Strict):
    """Which rows: up to ``limit``, from where ``next`` or ``previous`` of an earlier page says."""

    limit = Count(1, MOST_ROWS, load_default=MOST_ROWS)
    next = fields.String(load_default=None, validate=_CURSOR)


class ListPayload(Schema):
    """What every page says: the number of its first row (``first``; 0: none), of how many in all, and where it leads.

    ``next`` is what to send to go on, now or later, and ``more`` whether there is something now; ``previous``, sent as ``next``,
    leads back, null at the beginning.
    """

    first = fields.Integer(required=True)
    count = fields.Integer(required=True)
    next = fields.String(required=True)
    more = fields.Boolean(required=True)
    previous = fields.String(required=True, allow_none=True)


def asked_by(query: Mapping[str, Any]) -> ListAsked:
    """Give which rows the parameters of a ``ListQuery`` ask for."""
    return ListAsked(query["next"], query["limit"])
