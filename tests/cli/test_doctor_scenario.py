"""The doctor's scenario: signed requests are verified for its address; the rest of it is held by the checks it leads to."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.cli.doctor_hop import Seen
from app.cli.doctor_scenario import Scenario
from app.cli.loopback_server import loopback_server
from breakwater_client.signing.sign_requests import RequestSigner
from breakwater_client.trust.keys import PrivateKey
from tests.cli.desk import Desk
from tests.factories.exchanges import FakePartner, running_exchange
from tests.factories.signed_requests import add_request_key

_HERE = "http://127.0.0.1:4711"
_TARGET = "/api/v1/objects?limit=5"


@pytest.fixture(scope="module")
def desk(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    database = shutil.copy(sqlite_template, tmp_path_factory.mktemp("desk") / "breakwater.db")
    with running_exchange(f"sqlite:///{database}") as running, loopback_server(running.app) as url:
        yield Desk(url, running)


@pytest.fixture
def partner(desk: Desk, request: pytest.FixtureRequest) -> FakePartner:
    return desk.running.enrol(f"Partner of {request.node.name}")


@pytest.fixture
def key(desk: Desk, partner: FakePartner) -> PrivateKey:
    made = PrivateKey.generate()
    add_request_key(desk.running.exchange, partner.partner_id, made)
    return made


def signed(key: PrivateKey, origin: str = _HERE) -> Seen:
    headers = {"breakwater-purpose": "detection", "host": "127.0.0.1:4711"}
    added = RequestSigner(key).headers(origin, "GET", _TARGET, headers.items(), b"")
    return Seen("GET", _TARGET, headers | {name.lower(): value for name, value in added.items()}, b"", time.monotonic())


def answered(scenario: Scenario, one: Seen) -> tuple[int, str | None]:
    scenario.answer(one)
    return one.status, one.authentic


def test_a_request_signed_for_the_doctors_address_goes_on_with_the_token(
    desk: Desk, partner: FakePartner, key: PrivateKey
) -> None:
    scenario = Scenario(desk.url, desk.api(partner), partner.token, None)
    one = signed(key)
    assert answered(scenario, one) == (200, None)
    assert {"objects", "more", "next", "doctor-unheard-of"} <= one.document.keys()
    again = Seen("GET", _TARGET, one.headers, b"", time.monotonic())
    status, why = answered(scenario, again)
    assert (status, "nonce was used before" in str(why)) == (401, True)


@pytest.mark.parametrize("case", ["another's key", "another address", "no token"])
def test_a_signature_that_does_not_count_is_refused(desk: Desk, partner: FakePartner, key: PrivateKey, case: str) -> None:
    token = None if case == "no token" else partner.token
    scenario = Scenario(desk.url, desk.api(partner) if token else None, token, None)
    one = signed(
        PrivateKey.generate() if case == "another's key" else key,
        "https://exchange.example.org" if case == "another address" else _HERE,
    )
    status, why = answered(scenario, one)
    assert (status, why is not None) == (401, True)
