"""``/disclosures``: who was given one's own objects. Kept by ``tests/http/test_disclosures.py``."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from app.domain.permissions import Permission
from app.http.blueprint import ApiBlueprint
from app.http.object_payloads import DisclosurePagePayload, DisclosureQuery
from app.services.reading.look_up_disclosures import DisclosurePage, own_disclosures
from app.web.context import exchange, principal

blueprint = ApiBlueprint(
    "disclosures", "The ledger: who was given which version of one's own objects, when and for which purpose."
)


@blueprint.get("/disclosures", Permission.DISCLOSURES_READ)
@blueprint.query(DisclosureQuery)
@blueprint.answers(HTTPStatus.OK, DisclosurePagePayload)
def find_page(query: dict[str, Any]) -> DisclosurePage:
    """List the answers in which others were given objects of the caller, oldest first."""
    return own_disclosures(exchange(), principal(), query["object"], query["next"], query["limit"])
