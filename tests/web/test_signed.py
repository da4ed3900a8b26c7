from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from app.domain.errors import UnauthenticatedError
from app.services.authenticate_signed import RequestParts
from app.web.signed import signed_parts
from breakwater_client.trust.keys import PrivateKey
from tests.factories.exchanges import FakePartner, Message, RunningExchange
from tests.factories.signed_requests import Signing, add_request_key, with_headers

SIGNED = {"Signature": "x=::", "Signature-Input": "x=()"}
ORIGIN = "https://exchange.example.org"


def parts(target: str = "/a/b?c=d", environ: Mapping[str, Any] = {}, **headers: str) -> RequestParts | None:
    given = SIGNED | {name.replace("_", "-"): value for name, value in headers.items()}
    sent = {name: value for name, value in given.items() if value}
    with Flask("app").test_request_context(target, headers=sent, environ_overrides=dict(environ)):
        return signed_parts(ORIGIN)


def uri(target: str, **headers: str) -> str:
    found = parts(target, **headers)
    assert found is not None
    return found.target_uri


@pytest.mark.parametrize("names", [("Signature",), ("Signature-Input",), ("Signature", "Signature-Input")])
def test_a_request_with_either_header_is_a_signed_one(names: tuple[str, ...]) -> None:
    found = parts(**{name: "" for name in SIGNED if name not in names})
    assert found is not None
    assert {name.lower() for name in names} == {"signature", "signature-input"} & found.headers.keys()


def test_a_request_with_neither_is_none() -> None:
    assert parts(Signature="", Signature_Input="") is None


@pytest.mark.parametrize("target", ["/a/b", "/a/b?", "/a%2Fb", "/%61?x=%7e&x=~", "/a//b/../c", "//evil.example.org/a", "/a?b?c"])
def test_the_address_is_the_origin_and_the_request_line_as_it_was_spelled(target: str) -> None:
    with Flask("app").test_request_context("/", headers=SIGNED, environ_overrides={"RAW_URI": target}):
        found = signed_parts(ORIGIN)
    assert found is not None
    assert found.target_uri == ORIGIN + target


def test_host_and_forwarding_headers_are_not_believed() -> None:
    lies = {
        "Host": "evil.example.org",
        "X_Forwarded_Host": "evil.example.org",
        "X_Forwarded_Proto": "http",
        "Forwarded": "host=evil",
    }
    assert uri("/a", **lies) == f"{ORIGIN}/a"


@pytest.mark.parametrize("target", ["*", "", "http://exchange.example.org/a", "exchange.example.org:443", "/a#b"])
def test_a_request_line_without_a_plain_path_is_refused(target: str) -> None:
    with pytest.raises(UnauthenticatedError):
        parts(environ={"RAW_URI": target, "REQUEST_URI": target})


def test_a_token_beside_a_signature_is_refused() -> None:
    for names in (SIGNED, {"Signature"}, {"Signature-Input"}):
        with pytest.raises(UnauthenticatedError, match="not both"):
            parts(Authorization="Bearer x", **{name: "" for name in SIGNED if name not in names})


def test_what_the_server_found_repeated_is_refused() -> None:
    with pytest.raises(UnauthenticatedError, match="once"):
        parts(Breakwater_Repeated="1")


def test_through_the_gate_a_signature_stands_for_a_token(running: RunningExchange, platform: FakePartner) -> None:
    signing = Signing(running.transport, PrivateKey.generate())
    add_request_key(running.exchange, platform.partner_id, signing.key)
    assert replace(platform, transport=signing, token=None).get("policy/mine").status == 200
    message = Message("GET", "/api/v1/policy/mine", {}, b"")
    both = with_headers(signing.signed(message), {"Authorization": f"Bearer {platform.token}"})
    answer = running.transport(both)
    assert (answer.status, answer.code) == (401, "request-signature-invalid")
    assert answer.headers["WWW-Authenticate"]
