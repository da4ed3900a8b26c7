"""``/audiences``: whom publishers want to reach, as signed records. Kept by ``tests/http/test_audiences.py``."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from app.domain.permissions import Permission
from app.http.audience_payloads import AudiencesPayload
from app.http.blueprint import PREFIX, ApiBlueprint
from app.http.idempotency import use_of_key
from app.http.list_payloads import ListQuery, asked_by
from app.http.payloads import AudiencePayload, EnvelopePayload
from app.services.list_pages import ListPage
from app.services.membership import register_audience as service
from app.web.context import exchange, principal

blueprint = ApiBlueprint("audiences", "Publishers' signed audiences; only their owner and operators may read them.")


@blueprint.post("/audiences", Permission.AUDIENCES_WRITE, also=(422,))
@blueprint.body(EnvelopePayload)
@blueprint.answers(HTTPStatus.CREATED, AudiencePayload)
def register(envelope: dict[str, Any]) -> tuple[service.AudienceRecord, int, dict[str, str]]:
    """Register an audience: a DSSE envelope signed with an active key of the caller."""
    record = service.register_audience(exchange(), principal(), envelope, use_of_key())
    return record, HTTPStatus.CREATED, {"Location": f"{PREFIX}/audiences/{record.audience.audience_id}"}


@blueprint.get("/audiences", Permission.AUDIENCES_READ)
@blueprint.query(ListQuery)
@blueprint.answers(HTTPStatus.OK, AudiencesPayload)
def find_all(query: dict[str, Any]) -> ListPage[service.AudienceRecord]:
    """List one's own audiences; operators see all."""
    return service.page_of_audiences(exchange(), principal(), asked_by(query))


@blueprint.get("/audiences/<audience_id>", Permission.AUDIENCES_READ)
@blueprint.answers(HTTPStatus.OK, AudiencePayload)
def find_one(audience_id: str) -> service.AudienceRecord:
    """Give one audience to its owner or an operator."""
    return service.get_audience(exchange(), principal(), audience_id)
