"""``/credentials``: API tokens, shown once. Kept by ``tests/http/test_credentials.py``."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from app.domain.partner import Credential
from app.domain.permissions import Permission
from app.http.blueprint import ApiBlueprint
from app.http.idempotency import use_of_key
from app.http.payloads import (
    CredentialPayload,
    CredentialsPayload,
    IssuedCredentialPayload,
    NewCredentialPayload,
    NothingPayload,
    RevocationQuery,
)
from app.services.membership import issue_credentials as service
from app.web.context import exchange, principal

blueprint = ApiBlueprint(
    "credentials", "API tokens of partners' service accounts and persons: shown once, with scopes, expiry and TLP ceiling."
)


@blueprint.post("/credentials", Permission.CREDENTIALS_WRITE, also=(404,))
@blueprint.body(NewCredentialPayload)
@blueprint.answers(HTTPStatus.CREATED, IssuedCredentialPayload)
def issue(new: service.NewCredential) -> service.IssuedCredential:
    """Issue a token: by an operator to any partner, or by a partner to itself within its own terms."""
    return service.issue_credential(exchange(), principal(), new, use_of_key())


@blueprint.get("/credentials", Permission.CREDENTIALS_READ)
@blueprint.answers(HTTPStatus.OK, CredentialsPayload)
def find_all() -> dict[str, Any]:
    """List one's own credentials, oldest first; operators see all."""
    return {"credentials": service.list_credentials(exchange(), principal())}


@blueprint.post("/credentials/<credential_id>/revocation", Permission.CREDENTIALS_WRITE)
@blueprint.query(RevocationQuery)
@blueprint.body(NothingPayload)
@blueprint.answers(HTTPStatus.OK, CredentialPayload)
def revoke(query: dict[str, Any], _nothing: dict[str, Any], credential_id: str) -> Credential:
    """Revoke a credential for every request that starts after this, and those issued with it if asked; again is no error."""
    return service.revoke_credential(exchange(), principal(), credential_id, use_of_key(), issued_too=query["issued_too"])
