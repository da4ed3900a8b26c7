"""Bodies about keys beyond one record: the JSON Web Key Set. Kept by ``tests/http/test_key_payloads.py``."""

from __future__ import annotations

from marshmallow import Schema, fields

from app.domain.vocabulary import KeyUsage
from app.http.fields import Word


class WebKeyPayload(Schema):
    """A public key that counts (RFC 7517, RFC 8037), with its usage and the STIX identity of its owner; ``kid`` is the keyid."""

    kid = fields.String(required=True)
    kty = fields.String(required=True)
    crv = fields.String(required=True)
    x = fields.String(required=True)
    y = fields.String()
    alg = fields.String(required=True)
    use = fields.String(required=True)
    usage = Word(KeyUsage, required=True)
    owner = fields.String(required=True)


class WebKeysPayload(Schema):
    """A JSON Web Key Set."""

    keys = fields.List(fields.Nested(WebKeyPayload), required=True)
