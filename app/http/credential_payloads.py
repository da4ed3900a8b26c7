"""Bodies of the list of credentials; a single one is ``payloads``'. Kept by ``tests/http/test_credential_payloads.py``."""

from __future__ import annotations

from marshmallow import fields

from app.http.list_payloads import ListPayload
from app.http.payloads import CredentialPayload


class CredentialsPayload(ListPayload):
    """Credentials, oldest first."""

    credentials = fields.List(fields.Nested(CredentialPayload), attribute="rows", required=True)
