"""``/deconfliction/…``: agencies that have an interest in the same. Kept by ``tests/http/test_deconfliction.py``."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from app.domain.overlap import Interest
from app.domain.permissions import Permission
from app.http.blueprint import ApiBlueprint
from app.http.idempotency import use_of_key
from app.http.overlap_payloads import InterestPayload, InterestsPayload, MatchesPayload, NewInterestsPayload
from app.http.payloads import NothingPayload
from app.http.purpose import PURPOSE
from app.services.overlapping import deconflict as service
from app.web.context import exchange, principal
from app.web.purpose import stated_purpose

blueprint = ApiBlueprint("deconfliction", "Between law-enforcement agencies alone: whom to call about the same.")


@blueprint.get("/deconfliction/interests", Permission.DECONFLICTION_READ)
@blueprint.answers(HTTPStatus.OK, InterestsPayload)
def find_all() -> dict[str, Any]:
    """List the agency's own interests, oldest first."""
    return {"interests": service.list_interests(exchange(), principal())}


@blueprint.post("/deconfliction/interests", Permission.DECONFLICTION_WRITE)
@blueprint.described(parameters=[PURPOSE])
@blueprint.body(NewInterestsPayload)
@blueprint.answers(HTTPStatus.CREATED, InterestsPayload)
def register(new: service.NewInterests) -> dict[str, Any]:
    """Register interests; the answer is the same whether another agency has them too: that is read with the matches."""
    return {"interests": service.register_interests(exchange(), principal(), new, stated_purpose(), use_of_key())}


@blueprint.post("/deconfliction/interests/<interest_id>/withdrawal", Permission.DECONFLICTION_WRITE)
@blueprint.body(NothingPayload)
@blueprint.answers(HTTPStatus.OK, InterestPayload)
def withdraw(_nothing: dict[str, Any], interest_id: str) -> Interest:
    """End an interest of the agency's own; its token is wiped. Whom it has met keeps knowing."""
    return service.withdraw_interest(exchange(), principal(), interest_id, use_of_key())


@blueprint.get("/deconfliction/matches", Permission.DECONFLICTION_READ, headers=(PURPOSE,))
@blueprint.answers(HTTPStatus.OK, MatchesPayload)
def find_matches() -> dict[str, Any]:
    """List the agency's matches: the other's contact point and the time, to both at the same moment, and nothing else."""
    return {"matches": service.list_matches(exchange(), principal(), stated_purpose())}
