"""The OpenAPI document and a page that shows it: public, and without any call to another host.

Owns the page, its script and its content security policy; Swagger UI itself comes out of the installed wheel
``flask-swagger-ui``. Kept by ``tests/http/test_documentation.py``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import flask_swagger_ui
from flask import Blueprint, Response, send_from_directory

from app.domain.errors import NotFoundError

_PAGE_POLICY = (
    "default-src 'none'; base-uri 'none'; connect-src 'self'; form-action 'none'; frame-ancestors 'none'; "
    "img-src 'self' data:; script-src 'self'; style-src 'self'"
)
_OWN = Path(__file__).parent / "static"
_SWAGGER_UI = Path(flask_swagger_ui.__file__).parent / "dist"
_ASSETS: Mapping[str, Path] = {"page.js": _OWN, "swagger-ui.css": _SWAGGER_UI, "swagger-ui-bundle.js": _SWAGGER_UI}


def as_text(document: Mapping[str, Any]) -> str:
    """Give the document as it is published: the same text in ``schemas/openapi.json`` and over HTTP."""
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def blueprint(document: Mapping[str, Any]) -> Blueprint:
    """Give the public routes that show ``document``; all three are on the public list."""
    made = Blueprint("documentation", __name__, url_prefix="/api/v1")
    text = as_text(document)
    made.add_url_rule("/openapi.json", "openapi", lambda: _public(Response(text, content_type="application/json")))
    made.add_url_rule("/docs", "page", _page)
    made.add_url_rule("/docs/<name>", "asset", _asset)
    return made


def _page() -> Response:
    response = _public(send_from_directory(_OWN, "page.html"))
    response.headers["Content-Security-Policy"] = _PAGE_POLICY
    return response


def _asset(name: str) -> Response:
    if name not in _ASSETS:
        raise NotFoundError
    return _public(send_from_directory(_ASSETS[name], name))


def _public(response: Response) -> Response:
    response.headers["Cache-Control"] = "public, max-age=300"
    return response
