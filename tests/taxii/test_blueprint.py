from __future__ import annotations

from flask import Flask, Response

from app.domain.permissions import Permission
from app.services.read_document import MAX_BODY_BYTES
from app.taxii.blueprint import TaxiiBlueprint
from app.web.gate import Terms


def app_with_a_route() -> Flask:
    blueprint = TaxiiBlueprint("things")

    @blueprint.answers("GET", "/things/", frozenset({"limit"}))
    def show() -> Response:
        return Response("here")

    app = Flask("test", static_folder=None)
    app.register_blueprint(blueprint)
    return app


def test_a_route_answers_with_and_without_the_slash_and_never_redirects() -> None:
    client = app_with_a_route().test_client()
    for path in ("/taxii2/things/", "/taxii2/things"):
        assert (client.get(path).status_code, client.get(path).text) == (200, "here")


def test_a_route_tells_the_gate_its_terms() -> None:
    terms = app_with_a_route().view_functions["taxii-things.show"].terms  # type: ignore[union-attr]  # the gate reads it
    expected = (Permission.OBJECTS_READ, Permission.OBJECTS_SUBMIT)
    assert terms == Terms(expected, single=frozenset({"limit"}), max_body_bytes=MAX_BODY_BYTES, asks_later=True)
