"""Nobody gets in without a token: every route of the url map, every method, but for one written list."""

from __future__ import annotations

import base64
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.web.auth import PUBLIC
from app.web.gate import Terms
from tests.factories.exchanges import Caller, RunningExchange, running_exchange

PUBLIC_ROUTES = {
    "/livez",
    "/readyz",
    "/api/v1/catalogue",
    "/api/v1/catalogue/changes",
    "/api/v1/catalogue/navigator-data",
    "/api/v1/catalogue/navigator-layer",
    "/api/v1/catalogue/releases",
    "/api/v1/catalogue/releases/<number>",
    "/api/v1/catalogue/stix",
    "/api/v1/exchange",
    "/api/v1/openapi.json",
    "/api/v1/docs",
    "/api/v1/docs/<name>",
}
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"]
NOBODY = {
    "no header": {},
    "an unknown token": {"Authorization": "Bearer bw_" + "A" * 43},
    "an empty password": {"Authorization": "Basic Og=="},
    "a scheme nobody knows": {"Authorization": "Negotiate x"},
    "a forwarded name": {"X-Forwarded-User": "operator", "X-Remote-User": "operator", "REMOTE_USER": "operator"},
}


@pytest.fixture(scope="module")
def running(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningExchange]:
    path = shutil.copy(sqlite_template, tmp_path_factory.mktemp("exchange") / "breakwater.db")
    with running_exchange(f"sqlite:///{path}") as running:
        yield running


def rules(running: RunningExchange) -> dict[str, set[str]]:
    """Give every rule of the url map with its endpoints."""
    found: dict[str, set[str]] = {}
    for rule in running.app.url_map.iter_rules():
        found.setdefault(rule.rule, set()).add(rule.endpoint)
    return found


def target(rule: str) -> str:
    return "/".join("x" if step.startswith("<") else step for step in rule.split("/"))


def test_the_public_list_is_the_written_one(running: RunningExchange) -> None:
    assert {rule for rule, endpoints in rules(running).items() if endpoints & PUBLIC} == PUBLIC_ROUTES
    assert set().union(*(rules(running)[rule] for rule in PUBLIC_ROUTES)) == PUBLIC


@pytest.mark.parametrize("kind", NOBODY)
def test_every_other_route_refuses_nobody_whatever_the_method(running: RunningExchange, kind: str) -> None:
    assert len(rules(running)) > len(PUBLIC_ROUTES)
    for rule in rules(running).keys() - PUBLIC_ROUTES:
        for method in METHODS:
            answer = running.anybody.send(method, target(rule), headers=NOBODY[kind])
            assert answer.status == 401, (method, rule)
            assert answer.headers["WWW-Authenticate"]


def test_a_public_route_is_public_for_reading_only(running: RunningExchange) -> None:
    for rule in PUBLIC_ROUTES:
        for method in METHODS[2:]:
            assert running.anybody.send(method, target(rule)).status == 401, (method, rule)


def test_routes_that_do_not_exist_refuse_nobody_too(running: RunningExchange) -> None:
    for path in (
        "/",
        "/api",
        "/api/v1",
        "/api/v2/objects",
        "/admin",
        "/taxii2/nowhere",
        "/taxii",
        "/favicon.ico",
        "/api/v1/objects/",
    ):
        assert running.anybody.get(path).status == 401


def test_every_other_route_names_a_permission(running: RunningExchange) -> None:
    endpoints = set().union(*rules(running).values()) - PUBLIC
    terms = {endpoint: getattr(running.app.view_functions[endpoint], "terms", Terms()) for endpoint in endpoints}
    assert {endpoint for endpoint, stated in terms.items() if not stated.permissions} == set()


def test_there_is_no_default_account(running: RunningExchange) -> None:
    for name in ("admin", "operator", "breakwater", "user", "test"):
        for password in (name, "admin", "password", "changeme", "breakwater", ""):
            headers = {"Authorization": "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()}
            assert running.anybody.get("partners", headers=headers).status == 401
            assert Caller(running.transport, password or "none").get("partners").status == 401
