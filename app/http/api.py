"""The REST interface put together: every resource, the gate before them, the problem documents behind them.

Owns the list of resources and the settings of flask-smorest; the factory calls ``install``. Kept by ``tests/http/test_api.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from apispec.ext.marshmallow import MarshmallowPlugin
from flask import Flask
from flask_smorest import Api
from flask_smorest.utils import prepare_response
from marshmallow import Schema

from app.http import (
    agreements,
    approvals,
    audiences,
    catalogue,
    catalogue_forms,
    catalogue_proposals,
    composer,
    contacts,
    contests,
    credentials,
    deconfliction,
    disclosures,
    documentation,
    exports,
    feedback,
    health,
    holds,
    identity,
    jobs,
    key_directory,
    keys,
    log,
    notices,
    objects,
    overlap,
    own_data,
    pages,
    partner_requests,
    partners,
    persons,
    policy,
    prevention,
    problems,
    questions,
    recalls,
    recoveries,
    saved_searches,
    search,
    sharing_groups,
    signing_tasks,
    subject_requests,
    submissions,
    webhooks,
)
from app.http.blueprint import response_name
from app.http.payloads import ProblemPayload

RESOURCES = (
    submissions.blueprint,
    composer.blueprint,
    objects.blueprint,
    search.blueprint,
    saved_searches.blueprint,
    agreements.blueprint,
    policy.blueprint,
    partner_requests.blueprint,
    prevention.blueprint,
    partners.blueprint,
    persons.blueprint,
    recoveries.blueprint,
    approvals.blueprint,
    keys.blueprint,
    key_directory.blueprint,
    audiences.blueprint,
    sharing_groups.blueprint,
    signing_tasks.blueprint,
    credentials.blueprint,
    catalogue.blueprint,
    catalogue_forms.blueprint,
    catalogue_proposals.blueprint,
    disclosures.blueprint,
    own_data.blueprint,
    questions.blueprint,
    recalls.blueprint,
    subject_requests.blueprint,
    notices.blueprint,
    contests.blueprint,
    exports.blueprint,
    feedback.blueprint,
    holds.blueprint,
    log.blueprint,
    contacts.blueprint,
    pages.blueprint,
    jobs.blueprint,
    webhooks.blueprint,
    overlap.blueprint,
    deconfliction.blueprint,
    identity.blueprint,
    health.blueprint,
)
_DESCRIPTION = """Cross-organisation intelligence sharing for child protection: signed STIX 2.1 in, what your policy allows out.

Send the API token as `Bearer` or `Token`, or as the password of HTTP Basic; or sign each request (RFC 9421, RFC 9530).
Every refusal is a problem document (RFC 9457) with a stable `code`; what is hidden from you and what does not exist answer alike.
Unknown query parameters and body fields are refused.
"""
# In words of our own: those of Python's HTTPStatus change with its version.
_REFUSALS: Mapping[int, str] = {
    304: "What the caller has is what would be answered.",
    400: "The request cannot be read.",
    401: "Nobody, or nobody known, is asking.",
    403: "The caller may not do this.",
    404: "Absent, or hidden from the caller.",
    409: "The request contradicts what is stored.",
    410: "It was there for the caller, and may not be given any more.",
    413: "The body is too large, or has too many objects.",
    415: "The body's media type is not read here.",
    416: "The range that was asked for lies outside of the file.",
    422: "The request can be read, but what was signed does not hold.",
    429: "The caller has used what it may use in a day, or an hour.",
    503: "The exchange cannot answer now; the same request may be sent again.",
}
_REFUSAL_HEADERS: Mapping[int, str] = {401: "WWW-Authenticate", 416: "Content-Range", 429: "Retry-After", 503: "Retry-After"}


class _Api(Api):  # type: ignore[misc]  # flask-smorest has no types
    """Flask-smorest, answering and describing errors in the exchange's one shape."""

    ERROR_SCHEMA = ProblemPayload
    DEFAULT_ERROR_RESPONSE_NAME = None  # each status is listed, none is "whatever else"

    def _register_error_handlers(self) -> None:
        """Leave them to ``app/web/refusals.py``, which answers for every interface."""

    def _register_pagination_header(self) -> None:
        """Leave out flask-smorest's own pagination, which nothing here uses."""

    def _register_responses(self) -> None:
        for status, description in _REFUSALS.items():
            response: dict[str, Any] = {"description": description}
            if status >= HTTPStatus.BAD_REQUEST:
                response |= {"schema": self.ERROR_SCHEMA}
            if status in _REFUSAL_HEADERS:
                response |= {"headers": {_REFUSAL_HEADERS[status]: {"schema": {"type": "string"}}}}
            prepare_response(response, self.spec, problems.PROBLEM_MEDIA_TYPE)
            self.spec.components.response(response_name(status), response, lazy=True)


def _schema_name(schema: type[Schema] | Schema) -> str:
    return (schema if isinstance(schema, type) else type(schema)).__name__.removesuffix("Payload")


def describe(app: Flask) -> Api:
    """Add every resource to ``app`` and give the API with its OpenAPI document. Nothing answers before ``install``."""
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False
    app.config |= {"API_TITLE": "Breakwater", "API_VERSION": "1.0.0", "OPENAPI_VERSION": "3.1.0"}
    app.config["API_SPEC_OPTIONS"] = {
        "info": {"description": _DESCRIPTION, "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"}},
        "security": [{"bearer": []}, {"basic": []}],
    }
    names = MarshmallowPlugin(schema_name_resolver=_schema_name)
    api = _Api(app, spec_kwargs={"marshmallow_plugin": names})
    for scheme in ("bearer", "basic"):
        api.spec.components.security_scheme(scheme, {"type": "http", "scheme": scheme})
    for blueprint in RESOURCES:
        api.register_blueprint(blueprint)
    return api


def install(app: Flask) -> None:
    """Add the REST interface and its documentation to an application that ``web.application`` prepared."""
    api = describe(app)
    app.register_blueprint(documentation.blueprint(api.spec.to_dict()))
