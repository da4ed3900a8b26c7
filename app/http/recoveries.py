"""``/recoveries``: letting somebody set up anew how they sign in, by two persons. Kept by ``tests/http/test_recoveries.py``."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from app.domain.permissions import Permission
from app.http.blueprint import PREFIX, ApiBlueprint
from app.http.idempotency import use_of_key
from app.http.payloads import NothingPayload
from app.http.person_payloads import InvitationPayload
from app.http.recovery_payloads import NewRecoveryPayload, RecoveriesPayload, RecoveryPayload
from app.services.signing_in import look_up_recoveries
from app.services.signing_in.invite import Invited
from app.services.signing_in.look_up_recoveries import SeenRecovery
from app.services.signing_in.recover import NewRecovery, agree_to_recovery, propose_recovery, refuse_recovery
from app.web.context import exchange, principal

blueprint = ApiBlueprint("recoveries", "Letting somebody who lost what they sign in with set it up anew: two persons decide it.")


@blueprint.get("/recoveries", Permission.PERSONS_READ)
@blueprint.answers(HTTPStatus.OK, RecoveriesPayload)
def find_all() -> dict[str, Any]:
    """List recoveries, the newest first: one's own organisation's; for operators those that take one of them, too."""
    return {"recoveries": look_up_recoveries.list_recoveries(exchange(), principal())}


@blueprint.post("/recoveries", Permission.PERSONS_WRITE, also=(404,))
@blueprint.body(NewRecoveryPayload)
@blueprint.answers(HTTPStatus.CREATED, RecoveryPayload)
def propose(new: NewRecovery) -> tuple[SeenRecovery, int, dict[str, str]]:
    """Propose that somebody set up anew how they sign in; another person agrees to it."""
    made = propose_recovery(exchange(), principal(), new, use_of_key())
    return _seen(made.recovery_id), HTTPStatus.CREATED, {"Location": f"{PREFIX}/recoveries/{made.recovery_id}"}


@blueprint.get("/recoveries/<recovery_id>", Permission.PERSONS_READ)
@blueprint.answers(HTTPStatus.OK, RecoveryPayload)
def find_one(recovery_id: str) -> SeenRecovery:
    """Give one recovery."""
    return _seen(recovery_id)


@blueprint.post("/recoveries/<recovery_id>/agreement", Permission.PERSONS_WRITE)
@blueprint.body(NothingPayload)
@blueprint.answers(HTTPStatus.CREATED, InvitationPayload)
def agree(_nothing: dict[str, Any], recovery_id: str) -> tuple[Invited, int]:
    """Agree to a recovery as the second person: the answer holds the link, once, which is handed over to the person."""
    return agree_to_recovery(exchange(), principal(), recovery_id, use_of_key()), HTTPStatus.CREATED


@blueprint.post("/recoveries/<recovery_id>/refusal", Permission.PERSONS_WRITE)
@blueprint.body(NothingPayload)
@blueprint.answers(HTTPStatus.OK, RecoveryPayload)
def refuse(_nothing: dict[str, Any], recovery_id: str) -> SeenRecovery:
    """Refuse a recovery, or take back one's own; its link serves no more."""
    refuse_recovery(exchange(), principal(), recovery_id, use_of_key())
    return _seen(recovery_id)


def _seen(recovery_id: str) -> SeenRecovery:
    return look_up_recoveries.get_recovery(exchange(), principal(), recovery_id)
