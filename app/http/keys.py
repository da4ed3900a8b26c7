"""``/keys``: partners' keys, from the challenge to their end. Kept by ``tests/http/test_keys.py``."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from app.domain.approval import Approval
from app.domain.partner import PartnerKey
from app.domain.permissions import Permission
from app.http.approval_payloads import ApprovalPayload, ReasonPayload
from app.http.blueprint import PREFIX, ApiBlueprint
from app.http.idempotency import use_of_key
from app.http.key_payloads import (
    ChallengePayload,
    CompromisedPayload,
    CompromisePayload,
    End,
    KeyPayload,
    KnownKeyPayload,
    KnownKeysPayload,
    NewKeyPayload,
    Report,
    RetirementPayload,
    RotationPayload,
)
from app.http.payloads import NothingPayload
from app.services.membership import look_up_keys, recover_keys, report_compromise, rotate_keys
from app.services.membership import manage_keys as service
from app.web.context import exchange, principal

blueprint = ApiBlueprint("keys", "Partners' signing keys: whoever holds a signature looks its key up here.")


@blueprint.post("/keys/challenges", Permission.KEYS_WRITE)
@blueprint.body(NothingPayload)
@blueprint.answers(HTTPStatus.CREATED, ChallengePayload)
def challenge(_nothing: dict[str, Any]) -> service.Challenge:
    """Get a nonce, over which possession of a key is proved once."""
    return service.new_challenge(exchange(), principal(), use_of_key())


@blueprint.post("/keys", Permission.KEYS_WRITE, also=(422,))
@blueprint.body(NewKeyPayload)
@blueprint.answers(HTTPStatus.CREATED, KeyPayload)
def register(registration: service.KeyRegistration) -> tuple[PartnerKey, int, dict[str, str]]:
    """Register a public key with proof of possession. It is pending until an operator has activated it."""
    key = service.register_key(exchange(), principal(), registration, use_of_key())
    return key, HTTPStatus.CREATED, {"Location": f"{PREFIX}/keys/{key.keyid}"}


@blueprint.get("/keys", Permission.KEYS_READ)
@blueprint.answers(HTTPStatus.OK, KnownKeysPayload)
def find_all() -> dict[str, Any]:
    """List one's own keys; operators see all."""
    return {"keys": look_up_keys.list_keys(exchange(), principal())}


@blueprint.get("/keys/<keyid>", Permission.KEYS_READ)
@blueprint.answers(HTTPStatus.OK, KnownKeyPayload)
def find_one(keyid: str) -> look_up_keys.KnownKey:
    """Give any partner's key by its full id, or the exchange's own; a pending one only to its partner and to operators."""
    return look_up_keys.get_key(exchange(), principal(), keyid)


@blueprint.post("/keys/<keyid>/activation", Permission.KEYS_ACTIVATE)
@blueprint.body(NothingPayload)
@blueprint.answers(HTTPStatus.OK, KeyPayload)
def activate(_nothing: dict[str, Any], keyid: str) -> PartnerKey:
    """Let a pending key count from now on; operators, after comparing its id with what the partner told them."""
    return service.activate_key(exchange(), principal(), keyid, use_of_key())


@blueprint.post("/keys/<keyid>/revocation", Permission.KEYS_WRITE, Permission.KEYS_ACTIVATE)
@blueprint.body(NothingPayload)
@blueprint.answers(HTTPStatus.OK, KeyPayload)
def revoke(_nothing: dict[str, Any], keyid: str) -> PartnerKey:
    """Let a key count no longer, by its partner or an operator. What it signed before stays valid."""
    return service.revoke_key(exchange(), principal(), keyid, use_of_key())


@blueprint.post("/keys/<keyid>/rotation", Permission.KEYS_WRITE, also=(422,))
@blueprint.body(RotationPayload)
@blueprint.answers(HTTPStatus.CREATED, KeyPayload)
def rotate(asked: rotate_keys.KeyRotation, keyid: str) -> tuple[PartnerKey, int, dict[str, str]]:
    """Let a new key count in the place of this one, which signs for it; no operator is needed."""
    key = rotate_keys.rotate_key(exchange(), principal(), keyid, asked, use_of_key())
    return key, HTTPStatus.CREATED, {"Location": f"{PREFIX}/keys/{key.keyid}"}


@blueprint.post("/keys/<keyid>/retirement", Permission.KEYS_WRITE, Permission.KEYS_ACTIVATE)
@blueprint.body(RetirementPayload)
@blueprint.answers(HTTPStatus.OK, KeyPayload)
def retire(end: End, keyid: str) -> PartnerKey:
    """Let a key end in peace, now or at `retire_at`, by its partner or an operator. What it signed before stays valid."""
    return service.retire_key(exchange(), principal(), keyid, end.retire_at, use_of_key())


@blueprint.post("/keys/<keyid>/compromise", Permission.KEYS_WRITE, Permission.KEYS_ACTIVATE)
@blueprint.body(CompromisePayload)
@blueprint.answers(HTTPStatus.OK, CompromisedPayload)
def compromise(report: Report, keyid: str) -> report_compromise.Compromise:
    """Report that a key is in other hands since a moment, by its partner or an operator: what was logged since is recalled."""
    return report_compromise.report_compromise(exchange(), principal(), keyid, report.since, use_of_key())


@blueprint.post("/keys/<keyid>/recovery", Permission.KEYS_ACTIVATE)
@blueprint.body(ReasonPayload)
@blueprint.answers(HTTPStatus.CREATED, ApprovalPayload)
def recover(given: dict[str, Any], keyid: str) -> tuple[Approval, int, dict[str, str]]:
    """Propose that a pending key count, of a partner that has no key to sign for it; a second operator approves."""
    proposed = recover_keys.propose_recovery(exchange(), principal(), keyid, given["reason"], use_of_key())
    return proposed, HTTPStatus.CREATED, {"Location": f"{PREFIX}/approvals/{proposed.approval_id}"}
