from __future__ import annotations

import pytest
from flask import Flask

from app.http.api import RESOURCES, describe
from app.web.auth import PUBLIC
from tests.factories.exchanges import RunningExchange


def test_describing_twice_gives_the_same_document() -> None:
    documents = [describe(Flask(__name__)).spec.to_dict() for _ in range(2)]
    assert documents[0] == documents[1]


def test_every_resource_has_a_description() -> None:
    assert all(blueprint.description.endswith(".") for blueprint in RESOURCES)


def test_what_is_added_later_stands_behind_the_same_gate(empty: RunningExchange) -> None:
    empty.app.add_url_rule("/taxii2/", "discovery", lambda: "open")
    assert empty.anybody.get("/taxii2/").status == 401
    assert "discovery" not in PUBLIC


def test_every_operation_lists_its_refusals_in_one_shape() -> None:
    document = describe(Flask(__name__)).spec.to_dict()
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            if method == "parameters":
                continue
            for status, response in operation["responses"].items():
                if int(status) >= 400:
                    assert response == {"$ref": f"#/components/responses/Refused{status}"}, (path, method)
    for name, response in document["components"]["responses"].items():
        expected = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
        assert response.get("content") == (None if name == "Refused304" else expected)


@pytest.mark.parametrize("scheme", ["bearer", "basic"])
def test_the_document_says_how_to_authenticate(scheme: str) -> None:
    document = describe(Flask(__name__)).spec.to_dict()
    assert document["components"]["securitySchemes"][scheme] == {"type": "http", "scheme": scheme}
    assert {scheme: []} in document["security"]
