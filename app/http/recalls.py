"""``/objects/…/withdrawal`` and ``/recalls``: taking one's own objects back, and who was told.

What partners are told is in their feeds, as ``recall-notice`` objects. Kept by ``tests/http/test_recalls.py``.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from app.domain.permissions import Permission
from app.http.blueprint import PREFIX, ApiBlueprint
from app.http.idempotency import use_of_key
from app.http.recall_payloads import RecallPagePayload, RecallPayload, RecallQuery, WithdrawalPayload, WithdrawnPayload
from app.services.intake.withdraw import WithdrawalRequest, withdraw
from app.services.reading.look_up_recalls import OwnRecall, RecallPage, own_recall, own_recalls
from app.web.context import exchange, principal

blueprint = ApiBlueprint("recalls", "Taking one's own objects back; whoever was given them is told.")


@blueprint.post("/objects/<stix_id>/withdrawal", Permission.OBJECTS_SUBMIT)
@blueprint.body(WithdrawalPayload)
@blueprint.answers(HTTPStatus.CREATED, WithdrawnPayload)
def take_back(given: dict[str, Any], stix_id: str) -> tuple[dict[str, str], int, dict[str, str]]:
    """Withdraw versions of one's own object, for good: from now on they are there for nobody."""
    recall_id = withdraw(exchange(), principal(), WithdrawalRequest(stix_id, **given), use_of_key())
    return {"recall_id": recall_id}, HTTPStatus.CREATED, {"Location": f"{PREFIX}/recalls/{recall_id}"}


@blueprint.get("/recalls", Permission.DISCLOSURES_READ, Permission.RECALLS_READ)
@blueprint.query(RecallQuery)
@blueprint.answers(HTTPStatus.OK, RecallPagePayload)
def find_page(query: dict[str, Any]) -> RecallPage:
    """List what the caller withdrew, oldest first, who was told, and what they answered; staff see everybody's."""
    return own_recalls(exchange(), principal(), query["next"], query["limit"])


@blueprint.get("/recalls/<recall_id>", Permission.DISCLOSURES_READ, Permission.RECALLS_READ)
@blueprint.answers(HTTPStatus.OK, RecallPayload)
def find_one(recall_id: str) -> OwnRecall:
    """Give one of the caller's recalls; staff anybody's."""
    return own_recall(exchange(), principal(), recall_id)
