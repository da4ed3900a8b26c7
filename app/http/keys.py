"""``/keys``: partners' signing keys, from the challenge to revocation. Kept by ``tests/http/test_keys.py``."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from app.domain.partner import PartnerKey
from app.domain.permissions import Permission
from app.http.blueprint import PREFIX, ApiBlueprint
from app.http.idempotency import use_of_key
from app.http.payloads import (
    ChallengePayload,
    KeyPayload,
    KnownKeyPayload,
    KnownKeysPayload,
    NewKeyPayload,
    NothingPayload,
)
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
    return {"keys": service.list_keys(exchange(), principal())}


@blueprint.get("/keys/<keyid>", Permission.KEYS_READ)
@blueprint.answers(HTTPStatus.OK, KnownKeyPayload)
def find_one(keyid: str) -> service.KnownKey:
    """Give any partner's key by its full id, or the exchange's own; a pending one only to its partner and to operators."""
    return service.get_key(exchange(), principal(), keyid)


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
