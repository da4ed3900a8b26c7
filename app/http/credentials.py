"""``/credentials``: API tokens, shown once. Kept by ``tests/http/test_credentials.py``."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from app.domain.partner import Credential
from app.domain.permissions import Permission
from app.http.blueprint import ApiBlueprint
from app.http.credential_payloads import CredentialsPayload
from app.http.idempotency import use_of_key
from app.http.list_payloads import ListQuery, asked_by
from app.http.payloads import (
    CredentialPayload,
    IssuedCredentialPayload,
    NewCredentialPayload,
    RevocationQuery,
    StopPayload,
)
from app.services.list_pages import ListPage
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
@blueprint.query(ListQuery)
@blueprint.answers(HTTPStatus.OK, CredentialsPayload)
def find_all(query: dict[str, Any]) -> ListPage[Credential]:
    """List one's own credentials, oldest first; operators see all."""
    return service.page_of_credentials(exchange(), principal(), service.CredentialsWanted(), asked_by(query))


@blueprint.goes_on_read_only
@blueprint.post("/credentials/<credential_id>/revocation", Permission.CREDENTIALS_WRITE)
@blueprint.query(RevocationQuery)
@blueprint.body(StopPayload)
@blueprint.answers(HTTPStatus.OK, CredentialPayload)
def revoke(query: dict[str, Any], given: dict[str, Any], credential_id: str) -> Credential:
    """Revoke a credential for every request that starts after this, and those issued with it if asked; again is no error."""
    ending = service.Ending(query["issued_too"], given.get("reason"))
    return service.revoke_credential(exchange(), principal(), credential_id, use_of_key(), ending)
