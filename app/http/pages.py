"""``/pages``: who is being called about imminent risk, and acknowledging it. Kept by ``tests/http/test_pages.py``."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from app.domain.permissions import Permission
from app.http.blueprint import ApiBlueprint
from app.http.idempotency import use_of_key
from app.http.paging_payloads import PagePayload, PageQuery, PagesPayload
from app.http.payloads import NothingPayload
from app.services.paging import answer_pages as service
from app.web.context import exchange, principal

blueprint = ApiBlueprint("pages", "Calls to contacts about objects marked imminent risk.")


@blueprint.get("/pages", Permission.PAGES_READ)
@blueprint.query(PageQuery)
@blueprint.answers(HTTPStatus.OK, PagesPayload)
def find_all(query: dict[str, Any]) -> dict[str, Any]:
    """List one's own newest pages, newest first, while one may see what they are about; operators see all."""
    return {"pages": service.list_pages(exchange(), principal(), query["limit"])}


@blueprint.post("/pages/<page_id>/acknowledgement", Permission.PAGES_ACKNOWLEDGE)
@blueprint.goes_on_read_only
@blueprint.body(NothingPayload)
@blueprint.answers(HTTPStatus.OK, PagePayload)
def acknowledge(_nothing: dict[str, Any], page_id: str) -> service.PageRecord:
    """Acknowledge a page: nobody further is called about it; again is no error."""
    return service.acknowledge(exchange(), principal(), page_id, use_of_key())
