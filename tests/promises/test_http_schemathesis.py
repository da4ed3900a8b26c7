"""Requests made from the OpenAPI document by Schemathesis: no 5xx, no undocumented status, no undocumented answer.

The suite keeps a short run, the same cases each time; the campaign makes over 10,000 of them, others each time.
"""

from __future__ import annotations

import json
import os
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.factories.exchanges import Caller, RunningExchange, running_exchange
from tests.factories.stix_objects import indicator

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
DOCUMENT = json.loads((Path(__file__).parents[2] / "schemas" / "openapi.json").read_text(encoding="utf-8"))
OPERATIONS = [(method.upper(), path) for path, one in DOCUMENT["paths"].items() for method in one if method != "parameters"]
SHORT, LONG = 2, int(os.environ.get("BREAKWATER_TEST_CASES", "27"))
# What these routes end is needed by the cases that follow.
ENDING = {"/api/v1/credentials/{credential_id}/revocation", "/api/v1/keys/{keyid}/revocation"}


@dataclass(frozen=True)
class World:
    running: RunningExchange
    callers: tuple[Caller, ...]
    ids: dict[str, str]
    schema: schemathesis.BaseSchema


@pytest.fixture(scope="module")
def world(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    path = shutil.copy(sqlite_template, tmp_path_factory.mktemp("exchange") / "breakwater.db")
    with running_exchange(f"sqlite:///{path}") as running:
        partner = running.enrol("Platform A")
        value = indicator()
        submission_id = partner.submit(value).json["id"]
        ids = {
            "stix_id": value["id"],
            "version": value["modified"],
            "submission_id": submission_id,
            "partner_id": partner.partner_id,
            "keyid": partner.key.public.keyid,
            "audience_id": str(partner.audience_id),
        }
        # The cases may suspend the partner; one that they cannot name goes on.
        schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", running.app)
        yield World(running, (partner, running.enrol("Platform B"), running.operator), ids, schema)


def run(world: World, method: str, path: str, mode: schemathesis.GenerationMode, *, cases: int, fixed: bool) -> Counter[int]:
    """Send ``cases`` requests of one operation, as several callers, on made-up and on real ids; give the statuses."""
    seen: Counter[int] = Counter()
    schema = world.schema

    @settings(
        max_examples=cases,
        derandomize=fixed,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=schema[path][method].as_strategy(mode), caller=st.sampled_from(world.callers), real=st.booleans())
    def send(case: schemathesis.Case, caller: Caller, real: bool) -> None:  # noqa: FBT001  # Hypothesis draws it
        if real and path not in ENDING:
            case.path_parameters = dict(case.path_parameters) | known_ids(world, path)
        response = case.call(headers={"Authorization": f"Bearer {caller.token}"})
        seen[response.status_code] += 1
        case.validate_response(response, checks=CHECKS)

    send()
    return seen


def modes(method: str, path: str) -> list[schemathesis.GenerationMode]:
    """Give how requests can be made up: as documented, and otherwise, where there is anything to get wrong."""
    operation = DOCUMENT["paths"][path][method.lower()]
    variable = operation.get("parameters") or operation.get("requestBody")
    if operation.get("security") != []:  # of a public route, a name in the path may be anything
        variable = variable or DOCUMENT["paths"][path].get("parameters")
    return [schemathesis.GenerationMode.POSITIVE, *([schemathesis.GenerationMode.NEGATIVE] if variable else [])]


def known_ids(world: World, path: str) -> dict[str, Any]:
    return {name: value for name, value in world.ids.items() if f"{{{name}}}" in path}


def operation_name(operation: object) -> str:
    return " ".join(operation) if isinstance(operation, tuple) else str(operation)


@pytest.mark.parametrize("operation", OPERATIONS, ids=operation_name)
def test_a_few_requests_of_each_operation_are_answered_as_documented(world: World, operation: tuple[str, str]) -> None:
    for mode in modes(*operation):
        assert run(world, *operation, mode, cases=SHORT, fixed=True).total() >= 1


@pytest.mark.campaign
@pytest.mark.parametrize("operation", OPERATIONS, ids=operation_name)
def test_many_requests_of_each_operation_are_answered_as_documented(world: World, operation: tuple[str, str]) -> None:
    for mode in modes(*operation):
        assert run(world, *operation, mode, cases=LONG, fixed=False).total() >= 1


def test_the_campaign_is_ten_thousand_cases() -> None:
    assert LONG * sum(len(modes(*operation)) for operation in OPERATIONS) >= 10_000
