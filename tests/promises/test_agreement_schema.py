"""The published schema of agreements is what the exchange signs, and asks of terms exactly what REST asks."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from marshmallow import Schema, ValidationError, fields

from app.http.agreement_payloads import NewAgreementPayload
from app.services.membership.look_up_agreements import get_agreement
from tests.factories.members import Member, started_hub

SCHEMAS = Path(__file__).parents[2] / "schemas"
SCHEMA: dict[str, Any] = json.loads((SCHEMAS / "agreement.json").read_text())
EXAMPLE: dict[str, Any] = json.loads((SCHEMAS / "examples/agreements/second-version.json").read_text())
VALIDATOR = jsonschema_rs.validator_for(SCHEMA)
THE_EXCHANGES = {"type", "exchange", "version", "is_suspended", "created_at", "approval_id"}
TERMS = [name for name in SCHEMA["properties"] if name not in THE_EXCHANGES]


def terms(document: dict[str, Any]) -> dict[str, Any]:
    return {name: document[name] for name in TERMS}


def taken_by_rest(document: dict[str, Any]) -> bool:
    try:
        NewAgreementPayload().load(terms(document))
    except ValidationError:
        return False
    return True


def places(value: dict[str, Any], at: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for name, one in value.items():
        yield (*at, name)
        if isinstance(one, dict):
            yield from places(one, (*at, name))


def changed(at: tuple[str, ...], value: Any) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(json.dumps(EXAMPLE))
    holder = document
    for name in at[:-1]:
        holder = holder[name]
    holder[at[-1]] = value
    return document


def test_what_is_signed_is_valid(sqlite_url: str) -> None:
    with started_hub(sqlite_url) as hub:
        member: Member = hub.enrol("Platform A")
        document = get_agreement(hub.exchange, member.principal, member.id, 1).kept.document
    VALIDATOR.validate(document)
    assert list(document) == list(SCHEMA["properties"]) or document.keys() == SCHEMA["properties"].keys()


def test_the_example_is_valid_and_taken() -> None:
    VALIDATOR.validate(EXAMPLE)
    assert taken_by_rest(EXAMPLE)


def test_the_schema_is_closed_and_asks_for_every_member() -> None:
    def objects(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
        if "properties" in schema:
            yield schema
            for one in schema["properties"].values():
                yield from objects(one)

    for one in objects(SCHEMA):
        assert one["additionalProperties"] is False
        assert one["required"] == list(one["properties"])


def test_the_schema_and_rest_know_the_same_terms_and_words() -> None:
    def compare(schema: dict[str, Any], payload: Schema) -> None:
        assert schema["properties"].keys() - THE_EXCHANGES == payload.load_fields.keys() - THE_EXCHANGES
        for name, field in payload.load_fields.items():
            one = schema["properties"][name]
            inner = field.inner if isinstance(field, fields.List) else field
            if isinstance(field, fields.Nested):
                compare(one, field.schema)
            elif "enum" in inner.metadata:
                assert [*(one.get("items") or one)["enum"]] == inner.metadata["enum"], name

    compare(SCHEMA, NewAgreementPayload())


WRONG: list[Any] = ["curiosity", ["curiosity"], 0, -1, 1.5, 10**10, True, {}, "", [7], None]
FILLED_IN: list[tuple[str, Any]] = [("starts_at", None), ("volume", {}), ("signature_required", {}), ("recall", {})]
"""What may be left out over REST, and stands in what is signed."""


@pytest.mark.parametrize("at", [place for place in places(EXAMPLE) if place[0] in TERMS], ids="/".join)
def test_schema_and_rest_refuse_the_same(at: tuple[str, ...]) -> None:
    for value in WRONG:
        document = changed(at, value)
        if (at[-1], value) not in FILLED_IN:
            assert taken_by_rest(document) is VALIDATOR.is_valid(document), value
