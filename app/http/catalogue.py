"""``/catalogue``: what the catalogue says, for everybody and without an account. Kept by ``tests/http/test_catalogue.py``."""

from __future__ import annotations

import hashlib
from http import HTTPStatus
from typing import Any

from flask import Response, request

from app.http.answers import JSON_MEDIA_TYPE
from app.http.blueprint import ApiBlueprint
from app.http.catalogue_payloads import CataloguePayload, ReleaseQuery, ReleasesPayload, number_of
from app.services.cataloguing import look_up
from app.services.cataloguing.look_up import KeptRelease
from app.web.context import exchange

STIX = "application/stix+json;version=2.1"
_FOR_A_MOMENT = "public, max-age=300"
_FOR_EVER = "public, max-age=31536000, immutable"

blueprint = ApiBlueprint("catalogue", "Behaviours and countermeasures, by release: public, without an account.")


@blueprint.get("/catalogue", also=(304, 400, 503))
@blueprint.answers(HTTPStatus.OK, CataloguePayload)
def newest() -> Response:
    """Give the newest release in the exchange's own form: RFC 8785, so that its SHA-256 is the digest that was signed."""
    return given(look_up.find_release(exchange()).document.encode(), JSON_MEDIA_TYPE, _FOR_A_MOMENT)


@blueprint.get("/catalogue/releases", also=(400, 503))
@blueprint.answers(HTTPStatus.OK, ReleasesPayload)
def find_releases() -> dict[str, list[KeptRelease]]:
    """List all releases, oldest first, each with what the exchange signed of it."""
    return {"releases": look_up.list_releases(exchange())}


@blueprint.get("/catalogue/releases/<number>", also=(304, 400, 404, 503))
@blueprint.answers(HTTPStatus.OK, CataloguePayload)
def find_release(number: str) -> Response:
    """Give a release by its number; it never changes."""
    found = look_up.find_release(exchange(), number_of(number))
    return given(found.document.encode(), JSON_MEDIA_TYPE, _FOR_EVER)


@blueprint.get("/catalogue/stix", also=(304, 400, 404, 503))
@blueprint.query(ReleaseQuery)
@blueprint.answers_bytes(STIX)
def stix(query: dict[str, Any]) -> Response:
    """Give a release as a STIX 2.1 bundle, each object signed by the exchange; the newest without `release`."""
    return given(look_up.stix_bundle(exchange(), query["release"]), STIX, kept_for(query))


def kept_for(query: dict[str, Any]) -> str:
    """Give how long what a query (``ReleaseQuery``) asks for may be kept: a numbered release never changes."""
    return _FOR_A_MOMENT if query["release"] is None else _FOR_EVER


def given(content: bytes, media_type: str, cache_control: str) -> Response:
    """Give bytes that are the same for everybody, or say that whoever asks has them already."""
    tag = hashlib.sha256(content).hexdigest()
    if request.if_none_match.contains_weak(tag):
        response = Response(status=HTTPStatus.NOT_MODIFIED)
    else:
        response = Response(content, content_type=media_type)
    response.set_etag(tag)
    response.headers["Cache-Control"] = cache_control
    return response
