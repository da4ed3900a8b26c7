"""What a provider says of itself; codes, tokens and misbehaviour are in ``tests/promises/test_openid.py``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.domain.errors import UnavailableError
from app.domain.openid import OpenIdFault, OpenIdRefusedError
from app.services.signing_in.ask_provider import address_to_leave_for, answer_address, endpoints_of, provider_named
from app.services.signing_in.ask_provider import subject_who_returned as subject_of
from app.services.signing_in.openid_attempts import begin_sign_in
from tests.factories.members import Hub
from tests.factories.openid_hubs import OpenIdHub
from tests.factories.openid_providers import TOKEN, simulator


@pytest.fixture
def offering(quick_hub: Hub, tmp_path: Path) -> Iterator[OpenIdHub]:
    with simulator(tmp_path / "provider") as known:
        yield OpenIdHub(quick_hub, known)


def test_a_provider_says_where_it_is(offering: OpenIdHub) -> None:
    exchange, now = offering.hub.exchange, offering.hub.clock.now
    provider = provider_named(exchange, "example")
    assert provider is not None
    found = endpoints_of(exchange, provider, now)
    assert (found.token, found.names_itself, found.takes_basic) == (f"{offering.known.issuer}{TOKEN}", True, True)
    address = address_to_leave_for(exchange, provider, "state", "secret", now)
    assert address.startswith(f"{found.authorization}&response_type=code&scope=openid&client_id=breakwater&")
    assert answer_address(exchange, provider).endswith("/portal/sign-in/elsewhere/example/answer")
    assert provider_named(exchange, "nothing") is None


@pytest.mark.parametrize(
    ("document", "takes_basic"),
    [
        ({"code_challenge_methods_supported": None}, True),
        ({"token_endpoint_auth_methods_supported": ["client_secret_post"]}, False),
        ({"token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"]}, True),
    ],
)
def test_what_it_leaves_out_has_its_usual_meaning(offering: OpenIdHub, document: dict[str, Any], *, takes_basic: bool) -> None:
    offering.known.document = document
    exchange = offering.hub.exchange
    assert endpoints_of(exchange, exchange.providers[0], offering.hub.clock.now).takes_basic is takes_basic


@pytest.mark.parametrize(
    "endpoint", ["http://login.localhost/", "https://", "https://x/\n", "https://x/#f", 5, "https://x/" + "y" * 1_000]
)
def test_an_address_of_another_form_is_none(offering: OpenIdHub, endpoint: object) -> None:
    offering.known.document = {"authorization_endpoint": endpoint}
    exchange = offering.hub.exchange
    with pytest.raises(UnavailableError):
        endpoints_of(exchange, exchange.providers[0], offering.hub.clock.now)


def test_an_issuer_with_a_path_has_its_document_below_it(offering: OpenIdHub) -> None:
    exchange = offering.hub.exchange
    with pytest.raises(UnavailableError):
        endpoints_of(exchange, offering.known.provider(issuer=f"{offering.known.issuer}/realm/"), offering.hub.clock.now)
    assert offering.known.asked == ["/realm/.well-known/openid-configuration"]


def test_who_came_back_is_the_subject_of_the_token(offering: OpenIdHub) -> None:
    exchange, now = offering.hub.exchange, offering.hub.clock.now
    provider = exchange.providers[0]
    assert subject_of(exchange, provider, offering.returned(begin_sign_in(exchange, "example", "")), now) == "subject-1"
    came = offering.returned(begin_sign_in(exchange, "example", ""))
    for wrong, fault in (
        (replace(came, issuer=""), OpenIdFault.ISSUER),
        (replace(came, error="access_denied"), OpenIdFault.REFUSED_THERE),
        (replace(came, code="made-up"), OpenIdFault.NO_TOKEN),
        (replace(came, secret="A" * 43), OpenIdFault.NO_TOKEN),
    ):
        with pytest.raises(OpenIdRefusedError) as caught:
            subject_of(exchange, provider, wrong, now)
        assert caught.value.fault is fault
    assert offering.known.refused == ["code", "pkce"]
