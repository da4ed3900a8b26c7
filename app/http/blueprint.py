"""The blueprint of every resource: flask-smorest's, with the gate's terms and the house's refusals stated once per route.

Owns what a route declares: permissions, query parameters, size, headers and the statuses it can answer with. Gate, OpenAPI
document and tests read this one declaration. Kept by ``tests/http/test_blueprint.py`` and
``tests/promises/test_http_default_deny.py``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any, Protocol, TypeVar

from flask_smorest import Blueprint
from marshmallow import Schema, fields

from app.domain.permissions import Permission
from app.http.idempotency import PARAMETER as IDEMPOTENCY_KEY
from app.http.strict_parser import StrictParser
from app.services.read_document import MAX_DOCUMENT_BYTES
from app.web.gate import Terms

PREFIX = "/api/v1"
View = TypeVar("View", bound=Callable[..., Any])


class Decorator(Protocol):
    """What takes a view and gives it back with more around it."""

    def __call__(self, view: View, /) -> View:
        """Decorate."""
        ...


_ALWAYS = (400, 401, 403, 503)
_WITH_A_BODY = (409, 413, 415)


@dataclass(frozen=True, slots=True)
class Declared:
    """What the document says of an operation beside its payloads: the statuses of its refusals, and its headers."""

    statuses: tuple[int, ...]
    headers: tuple[dict[str, Any], ...]
    is_public: bool


def response_name(status: int) -> str:
    """Give the name by which the document lists what a refusal of this status looks like."""
    return f"Refused{status}"


class ApiBlueprint(Blueprint):  # type: ignore[misc]  # flask-smorest has no types
    """Routes of one resource, under ``/api/v1`` unless another prefix is given."""

    ARGUMENTS_PARSER = StrictParser()

    def __init__(self, name: str, description: str, url_prefix: str = PREFIX) -> None:
        """Take the resource's name and the sentence about it in the document."""
        super().__init__(name, __name__, url_prefix=url_prefix, description=description)
        self._prepare_doc_cbks.append(self._prepare_declared_doc)

    def get(
        self, rule: str, *permissions: Permission, also: tuple[int, ...] = (), headers: tuple[dict[str, Any], ...] = ()
    ) -> Decorator:
        """Register a reading route for whoever has one of ``permissions``; with none it must be on the public list.

        ``also`` are further statuses it can answer with, ``headers`` the request headers it reads.
        """
        if not permissions:
            return self._route("GET", rule, (), Declared(also, headers, is_public=True))
        found = (404,) if "<" in rule else ()
        return self._route("GET", rule, permissions, Declared((*_ALWAYS, *found, *also), headers, is_public=False))

    def post(
        self, rule: str, *permissions: Permission, also: tuple[int, ...] = (), max_body_bytes: int = MAX_DOCUMENT_BYTES
    ) -> Decorator:
        """Register a route that makes or does something once, under an idempotency key if the caller sends one."""
        found = (404,) if "<" in rule else ()
        declared = Declared((*_ALWAYS, *_WITH_A_BODY, *found, *also), (IDEMPOTENCY_KEY,), is_public=False)
        return self._route("POST", rule, permissions, declared, max_body_bytes)

    def patch(self, rule: str, *permissions: Permission, also: tuple[int, ...] = ()) -> Decorator:
        """Register a route that sets fields of a thing; saying the same twice changes nothing more. ``also`` as of ``get``."""
        declared = Declared((*_ALWAYS, *_WITH_A_BODY, 404, *also), (), is_public=False)
        return self._route("PATCH", rule, permissions, declared)

    def put(self, rule: str, *permissions: Permission) -> Decorator:
        """Register a route that makes a thing be as it is said; saying the same twice changes nothing more."""
        declared = Declared((*_ALWAYS, *_WITH_A_BODY, 404), (), is_public=False)
        return self._route("PUT", rule, permissions, declared)

    def delete(self, rule: str, *permissions: Permission) -> Decorator:
        """Register a route that ends a thing; it reads no body."""
        declared = Declared((*_ALWAYS, 404, 409), (), is_public=False)
        return self._route("DELETE", rule, permissions, declared)

    def _route(
        self,
        method: str,
        rule: str,
        permissions: tuple[Permission, ...],
        declared: Declared,
        max_body_bytes: int = MAX_DOCUMENT_BYTES,
    ) -> Decorator:
        def register(view: View) -> View:
            known: Terms = getattr(view, "terms", Terms())
            view.terms = replace(known, permissions=permissions, max_body_bytes=max_body_bytes)  # type: ignore[attr-defined]  # the gate reads it
            described = getattr(view, "_apidoc", {}) | {"declared": declared, "operation": f"{self.name}-{view.__name__}"}
            view._apidoc = described  # type: ignore[attr-defined]  # noqa: SLF001  # where flask-smorest keeps it
            self.route(rule, methods=[method])(view)
            return view

        return register

    def query(self, schema: type[Schema]) -> Decorator:
        """Give the view its query parameters as one value; the gate refuses those that ``schema`` does not know."""
        known = schema().load_fields

        def decorate(view: View) -> View:
            decorated: View = self.arguments(schema, location="query")(view)
            repeatable = frozenset(name for name, one in known.items() if isinstance(one, fields.List))
            decorated.terms = Terms(single=frozenset(known) - repeatable, repeatable=repeatable)  # type: ignore[attr-defined]  # as above
            return decorated

        return decorate

    def body(self, schema: type[Schema]) -> Decorator:
        """Give the view its JSON body as one value; fields that ``schema`` does not know are refused."""
        is_needed = bool(schema().load_fields) and not getattr(schema, "may_be_absent", False)
        decorate: Decorator = self.arguments(schema, required=is_needed)
        return decorate

    def goes_on_read_only(self, view: View) -> View:
        """Let a writing route answer also while the exchange takes nothing in; to call or to shut out."""
        view.terms = replace(getattr(view, "terms", Terms()), goes_on_read_only=True)  # type: ignore[attr-defined]  # as above
        return view

    def answers(self, status: HTTPStatus, schema: type[Schema], headers: dict[str, Any] | None = None) -> Decorator:
        """Write what the view gives as ``schema`` says; a view that gives a response is only described by it."""
        decorate: Decorator = self.response(int(status), schema, headers=headers)
        return decorate

    def answers_text(self) -> Decorator:
        """Describe a view that gives a response of plain text."""
        decorate: Decorator = self.response(int(HTTPStatus.OK), {"type": "string"}, content_type="text/plain")
        return decorate

    def answers_bytes(self, media_type: str) -> Decorator:
        """Describe a view that gives bytes of this media type; of JSON no more is said than that it is an object."""
        is_json = media_type.split(";", maxsplit=1)[0].endswith(("/json", "+json"))
        schema = {"type": "object"} if is_json else {"type": "string", "format": "binary"}
        decorate: Decorator = self.response(int(HTTPStatus.OK), schema, content_type=media_type)
        return decorate

    def described(self, **document: Any) -> Decorator:
        """Add to what the document says of the view; for what no schema of ours can say."""
        decorate: Decorator = self.doc(**document)
        return decorate

    def _prepare_declared_doc(self, doc: dict[str, Any], doc_info: dict[str, Any], **_: Any) -> dict[str, Any]:
        declared: Declared = doc_info["declared"]
        doc["operationId"] = doc_info["operation"].replace("_", "-")
        responses = doc.setdefault("responses", {})
        responses.pop(400, None)  # what the arguments decorator says of it: the same, in flask-smorest's own order
        responses.update({status: response_name(status) for status in sorted(declared.statuses)})
        if declared.headers:
            doc["parameters"] = [*doc.get("parameters", []), *declared.headers]
        if declared.is_public:
            doc["security"] = []
        return doc
