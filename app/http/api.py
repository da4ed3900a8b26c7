"""The REST interface put together: every resource, the gate before them, the problem documents behind them.

Owns the list of resources and the settings of flask-smorest; the factory calls ``install``. Kept by ``tests/http/test_api.py``.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Flask
from flask_smorest import Api
from flask_smorest.utils import prepare_response

from app.http import (
    access_log,
    agreements,
    audiences,
    context,
    credentials,
    disclosures,
    documentation,
    gate,
    headers,
    health,
    identity,
    keys,
    metrics,
    objects,
    partners,
    problems,
    submissions,
)
from app.http.payloads import ProblemPayload
from app.services.exchange import Exchange

RESOURCES = (
    submissions.blueprint,
    objects.blueprint,
    agreements.blueprint,
    partners.blueprint,
    keys.blueprint,
    audiences.blueprint,
    credentials.blueprint,
    disclosures.blueprint,
    identity.blueprint,
    health.blueprint,
)
_DESCRIPTION = """Cross-organisation intelligence sharing for child protection: signed STIX 2.1 in, what your policy allows out.

Send the API token as `Bearer` or `Token`, or as the password of HTTP Basic. Every refusal is a problem document (RFC 9457) with a
stable `code`; what is hidden from you and what does not exist answer alike. Unknown query parameters and body fields are refused.
"""


class _Api(Api):  # type: ignore[misc]  # flask-smorest has no types
    """Flask-smorest, answering and describing errors in the exchange's one shape."""

    ERROR_SCHEMA = ProblemPayload
    DEFAULT_ERROR_RESPONSE_NAME = None  # each status is listed, none is "whatever else"

    def _register_error_handlers(self) -> None:
        problems.install(self._app)

    def _register_responses(self) -> None:
        for status in HTTPStatus:
            response: dict[str, Any] = {"description": status.phrase}
            if status >= HTTPStatus.BAD_REQUEST:
                response |= {"schema": self.ERROR_SCHEMA}
            if status is HTTPStatus.UNAUTHORIZED:
                response |= {"headers": {"WWW-Authenticate": {"schema": {"type": "string"}}}}
            if status is HTTPStatus.SERVICE_UNAVAILABLE:
                response |= {"headers": {"Retry-After": {"schema": {"type": "string"}}}}
            prepare_response(response, self.spec, problems.PROBLEM_MEDIA_TYPE)
            self.spec.components.response(status.name, response, lazy=True)


def describe(app: Flask) -> Api:
    """Add every resource to ``app`` and give the API with its OpenAPI document. Nothing answers before ``install``."""
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False
    app.url_map.merge_slashes = False  # a redirect would answer before anybody is asked who they are
    app.config |= {"API_TITLE": "Breakwater", "API_VERSION": "1.0.0", "OPENAPI_VERSION": "3.1.0"}
    app.config["API_SPEC_OPTIONS"] = {
        "info": {"description": _DESCRIPTION, "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"}},
        "security": [{"bearer": []}, {"basic": []}],
    }
    api = _Api(app)
    for scheme in ("bearer", "basic"):
        api.spec.components.security_scheme(scheme, {"type": "http", "scheme": scheme})
    for blueprint in RESOURCES:
        api.register_blueprint(blueprint)
    return api


def install(app: Flask, exchange: Exchange, log_level: str) -> None:
    """Let ``app`` answer for ``exchange``. Whatever else is added to the application later stands behind the same gate."""
    context.attach(app, exchange)
    access_log.install(app, log_level)
    metrics.install(app)
    headers.install(app)
    gate.install(app)
    api = describe(app)
    app.register_blueprint(documentation.blueprint(api.spec.to_dict()))
