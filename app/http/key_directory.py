"""``/key-directory``: the signed list of all keys, newest and by number, and as a JSON Web Key Set.

Kept by ``tests/http/test_key_directory.py``.
"""

from __future__ import annotations

import hashlib
import json
from http import HTTPStatus

from flask import Response, request

from app.domain.errors import NotFoundError
from app.domain.permissions import Permission
from app.http.answers import JSON_MEDIA_TYPE
from app.http.blueprint import ApiBlueprint
from app.http.key_payloads import WebKeysPayload
from app.http.payloads import EnvelopePayload
from app.services.proving import read_directory as service
from app.web.context import exchange, principal

blueprint = ApiBlueprint("key-directory", "Whose key is which, and when it counts: one signed document, the same for everybody.")
_HIGHEST = 2**31 - 1


@blueprint.get("/key-directory", Permission.KEYS_READ, also=(304,))
@blueprint.answers(HTTPStatus.OK, EnvelopePayload)
def newest() -> Response:
    """Give the newest version of the directory, with a strong ETag. Hold it against the last one that you accepted."""
    return _answer(service.newest_directory(exchange(), principal()), JSON_MEDIA_TYPE)


@blueprint.get("/key-directory/versions/<version>", Permission.KEYS_READ, also=(304,))
@blueprint.answers(HTTPStatus.OK, EnvelopePayload)
def one_version(version: str) -> Response:
    """Give one version, also an expired one: those in `rotations` lead from an earlier directory key to the one in use."""
    if not version.isascii() or not version.isdigit() or len(version) > len(str(_HIGHEST)) or int(version) > _HIGHEST:
        raise NotFoundError
    return _answer(service.directory_version(exchange(), principal(), int(version)), JSON_MEDIA_TYPE)


@blueprint.get("/key-directory/jwks", Permission.KEYS_READ, also=(304,))
@blueprint.answers(HTTPStatus.OK, WebKeysPayload)
def web_keys() -> Response:
    """Give the keys that count now as a JSON Web Key Set (RFC 7517, RFC 8037). It is not signed: the directory is."""
    return _answer(json.dumps(service.web_keys(exchange(), principal()), separators=(",", ":")), JSON_MEDIA_TYPE)


def _answer(text: str, media_type: str) -> Response:
    tag = hashlib.sha256(text.encode()).hexdigest()
    if request.if_none_match.contains_weak(tag):
        response = Response(status=HTTPStatus.NOT_MODIFIED)
    else:
        response = Response(text, content_type=media_type)
    response.set_etag(tag)
    return response
