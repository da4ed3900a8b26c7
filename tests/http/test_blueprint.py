from __future__ import annotations

from http import HTTPStatus

from marshmallow import fields

from app.domain.permissions import Permission
from app.http.api import RESOURCES
from app.http.blueprint import ApiBlueprint
from app.http.fields import Words
from app.http.payloads import Strict
from app.web.gate import Terms


class Query(Strict):
    one = fields.String()
    many = Words(fields.String())


def declared() -> ApiBlueprint:
    blueprint = ApiBlueprint("things", "Things.")

    @blueprint.get("/things", Permission.OBJECTS_READ, also=(404,))
    @blueprint.query(Query)
    @blueprint.answers(HTTPStatus.OK, Query)
    def find(query: dict[str, str]) -> dict[str, str]:
        return query

    @blueprint.post("/things/<thing_id>/end", Permission.OBJECTS_SUBMIT, Permission.KEYS_READ, max_body_bytes=7)
    @blueprint.answers(HTTPStatus.OK, Query)
    def end(thing_id: str) -> dict[str, str]:
        return {"one": thing_id}

    @blueprint.get("/open")
    def public() -> str:
        return ""

    blueprint.views = {"find": find, "end": end, "public": public}
    return blueprint


def test_a_route_carries_its_terms_for_the_gate() -> None:
    views = declared().views
    assert views["find"].terms == Terms((Permission.OBJECTS_READ,), frozenset({"one"}), frozenset({"many"}))
    assert views["end"].terms == Terms((Permission.OBJECTS_SUBMIT, Permission.KEYS_READ), max_body_bytes=7)
    assert views["public"].terms == Terms()


def test_what_a_route_can_answer_follows_from_what_it_is() -> None:
    docs = declared()._docs
    assert docs["find"]["get"]["declared"].statuses == (400, 401, 403, 503, 404)
    assert docs["end"]["post"]["declared"].statuses == (400, 401, 403, 503, 409, 413, 415, 404)
    assert docs["public"]["get"]["declared"].is_public


def test_every_post_reads_an_idempotency_key_and_nothing_else_does() -> None:
    for blueprint in RESOURCES:
        for endpoint in blueprint._docs.values():
            for method, doc in endpoint.items():
                if method in {"delete", "get", "patch", "post", "put"}:
                    names = [header["name"] for header in doc["declared"].headers]
                    assert ("Idempotency-Key" in names) == (method == "post")
