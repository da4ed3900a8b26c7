from __future__ import annotations

import base64
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.web.auth import presented_token
from tests.factories.exchanges import Caller, FakePartner, RunningExchange


def basic(username: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{username}:{password}".encode()).decode()


def ask(running: RunningExchange, authorization: str | None) -> int:
    headers = {} if authorization is None else {"Authorization": authorization}
    return Caller(running.transport).get("policy/mine", headers=headers).status


def test_bearer_token_and_basic_are_the_same_caller(running: RunningExchange, platform: FakePartner) -> None:
    token = str(platform.token)
    for authorization in (
        f"Bearer {token}",
        f"bearer {token}",
        f"Token {token}",
        f"TOKEN {token}",
        basic("anything", token),
        basic("", token),
    ):
        assert ask(running, authorization) == 200, authorization.split()[0]


@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        "Bearer bw_unknown",
        "Bearer " + "x" * 10_000,
        "Bearer é",
        "Token a=b",
        'Bearer realm="x"',
        "Basic",
        "Basic !!!",
        "Basic " + base64.b64encode(b"no-colon").decode(),
        "Basic " + base64.b64encode(b"\xff:\xfe").decode(),
        basic("user", ""),
        "Digest username=x",
        "Bearer bw_a, Bearer bw_b",
    ],
)
def test_anything_else_is_nobody(running: RunningExchange, authorization: str | None) -> None:
    assert ask(running, authorization) == 401


def test_the_token_as_username_is_not_looked_at(running: RunningExchange, platform: FakePartner) -> None:
    assert ask(running, basic(str(platform.token), "")) == 401


def test_nobody_is_told_how_to_ask(running: RunningExchange) -> None:
    answer = running.anybody.get("objects")
    assert answer.status == 401
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="breakwater", Basic realm="breakwater", charset="UTF-8"'
    assert answer.code == "unauthenticated"


def test_unknown_expired_and_revoked_tokens_are_not_told_apart(running: RunningExchange, platform: FakePartner) -> None:
    revoked = running.enrol("Platform B")
    [own] = [one for one in running.operator.get("credentials").json["credentials"] if one["partner_id"] == revoked.partner_id]
    assert running.operator.post(f"credentials/{own['id']}/revocation").status == 200
    running.clock.shift = timedelta(days=801)
    headers = {"X-Request-Id": "same"}
    callers = [Caller(running.transport, f"bw_{'A' * 43}"), platform, revoked]
    answers = [caller.get("policy/mine", headers=headers) for caller in callers]
    assert [answer.status for answer in answers] == [401, 401, 401]
    assert len({answer.body for answer in answers}) == 1


def test_a_token_in_the_query_is_none(running: RunningExchange, platform: FakePartner) -> None:
    assert running.anybody.get("policy/mine", query={"access_token": platform.token}).status == 401


def test_a_request_without_the_header_presents_nothing() -> None:
    assert presented_token(None) is None


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text(st.characters(max_codepoint=255, exclude_characters="\r\n\0"), max_size=60))
def test_no_header_breaks_the_reading(running: RunningExchange, text: str) -> None:
    for scheme in ("Basic ", "Bearer ", "Token ", ""):
        assert ask(running, scheme + text) == 401
