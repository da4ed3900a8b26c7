"""Signed requests, over HTTP: they open every route that a token opens, once, for what was signed and nothing else.

What each byte and header of a signature counts is in ``tests/client/trust/test_request_signature.py``; here it is what an
attacker
could do with a request that he saw, or with a key of his own.
"""

from __future__ import annotations

import base64
import json
import shutil
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from app.domain.paging import Duty
from app.domain.read_only import ReadOnlyReason
from app.domain.vocabulary import KeyAlgorithm
from app.services.membership.register_audience import sign_audience
from app.web.auth import PUBLIC
from app.web.context import attach
from breakwater_client.trust.keys import PrivateKey
from tests.factories.exchanges import EVERYBODY, Answer, FakePartner, Message, RunningExchange, running_exchange
from tests.factories.signed_requests import ORIGIN, Signing, add_request_key, new_nonce, with_headers
from tests.factories.stix_objects import indicator
from tests.factories.taxii import TAXII

MINE = "/api/v1/policy/mine"
OBJECTS = "/taxii2/root/collections/exchange/objects/"
JSON = {"Content-Type": "application/json"}
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "BREW"]


@dataclass(frozen=True)
class World:
    """A partner with a token and with a key that signs requests, and another one."""

    running: RunningExchange
    partner: FakePartner
    other: FakePartner
    signing: Signing
    theirs: Signing

    def send(self, message: Message) -> Answer:
        """Send a message as it is."""
        return self.running.transport(message)

    def sent(self, method: str, target: str, headers: Mapping[str, str] = {}, body: bytes = b"") -> Message:
        """Give a signed message."""
        return self.signing.signed(Message(method, target, headers, body))


def made(running: RunningExchange, algorithm: KeyAlgorithm = KeyAlgorithm.ED25519) -> World:
    partners = running.enrol("Platform A"), running.enrol("Platform B")
    signings = []
    for partner in partners:
        key = PrivateKey.generate(algorithm)
        add_request_key(running.exchange, partner.partner_id, key)
        signings.append(Signing(running.transport, key, clock=running.clock))
    return World(running, *partners, *signings)


@pytest.fixture(scope="module")
def world(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    path = shutil.copy(sqlite_template, tmp_path_factory.mktemp("exchange") / "breakwater.db")
    with running_exchange(f"sqlite:///{path}") as running:
        yield made(running)


@pytest.fixture
def running(database_url: str) -> Iterator[RunningExchange]:
    """An exchange of the test's own, on SQLite and on PostgreSQL."""
    with running_exchange(database_url) as running:
        yield running


def refused(answer: Answer, code: str = "request-signature-invalid") -> None:
    assert (answer.status, answer.json.get("code") or answer.json.get("error_code")) == (401, code), answer.body
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


# --- every route --------------------------------------------------------------------------------------------------------------


def routes(running: RunningExchange) -> list[str]:
    """Give a target for every rule of the url map that is not public, and some that do not exist."""
    rules = {rule.rule for rule in running.app.url_map.iter_rules() if rule.endpoint not in PUBLIC}
    targets = {"/".join("x" if step.startswith("<") else step for step in rule.split("/")) for rule in rules}
    return sorted(targets | {"/", "/admin", "/api/v1/nothing", "/taxii2/nowhere/"})


@pytest.mark.parametrize("body", [b"", b"{}"], ids=["bare", "with a body"])
def test_every_route_answers_a_signature_as_it_answers_a_token_and_only_once(world: World, body: bytes) -> None:
    headers = {"Breakwater-Purpose": "detection", "X-Request-Id": "same"}
    targets = routes(world.running)
    assert len(targets) > 40
    for target in targets:
        media = TAXII if target.startswith("/taxii2") else "application/json"
        given = headers | ({"Content-Type": media} if body else {})
        for method in METHODS:
            by_token = world.send(Message(method, target, given | {"Authorization": f"Bearer {world.partner.token}"}, body))
            message = world.sent(method, target, given, body)
            by_key = world.send(message)
            assert by_key.status == by_token.status != 401, (method, target)
            if by_key.status >= 400:
                assert by_key.body == by_token.body, (method, target)
            again = world.send(message)
            if by_key.status in {404, 405, 403, 400} and again.status == by_key.status:
                assert again.body == by_key.body  # refused before its nonce counts, and refused again
            else:
                refused(again, "request-nonce-used")


def test_no_route_answers_a_broken_signature(world: World) -> None:
    for target in routes(world.running):
        for method in ("GET", "POST", "BREW"):
            message = world.sent(method, target)
            refused(world.send(with_headers(message, {"Signature": message.headers["Signature"].replace(":", ":AA", 1)})))
            refused(world.send(with_headers(message, {"Signature": None})))
            refused(world.send(with_headers(message, {"Signature-Input": None})))
            refused(world.send(with_headers(message, {"Authorization": f"Bearer {world.partner.token}"})))


def test_public_routes_do_not_ask(world: World) -> None:
    assert world.send(Message("GET", "/api/v1/exchange", {"Signature": "x", "Signature-Input": "y"}, b"")).status == 200


def test_a_body_is_checked_also_where_no_route_reads_it(world: World) -> None:
    for method, target in (("GET", MINE), ("GET", OBJECTS), ("DELETE", "/api/v1/sharing-groups/x"), ("GET", "/api/v1/partners")):
        purpose = {"Breakwater-Purpose": "detection"}
        bare = world.sent(method, target, purpose)
        if world.send(world.sent(method, target, purpose)).status == 403:
            continue  # who may not do this has nothing read
        refused(world.send(replace(bare, body=b"smuggled")))
        full = world.sent(method, target, purpose | {"Content-Type": "text/plain"}, b"signed")
        refused(world.send(replace(full, body=b"signex")))
        refused(world.send(replace(full, body=b"")))
        assert world.send(full).status != 401


# --- what somebody could do with a request that he saw ------------------------------------------------------------------------


@pytest.mark.parametrize("algorithm", KeyAlgorithm)
def test_a_request_that_was_seen_is_good_for_nothing_else(running: RunningExchange, algorithm: KeyAlgorithm) -> None:
    world = made(running, algorithm)
    body = b'{"objects":[]}'
    target = "/api/v1/submissions?atomic=true"
    seen = world.sent("POST", target, JSON | {"Idempotency-Key": "one"}, body)
    said = seen.headers["Signature-Input"]
    theirs = said.replace(world.signing.key.public.keyid, world.theirs.key.public.keyid)
    thefts = {
        "method": replace(seen, method="PUT"),
        "endpoint": replace(seen, target="/api/v1/audiences?atomic=true"),
        "no query": replace(seen, target="/api/v1/submissions"),
        "another query": replace(seen, target="/api/v1/submissions?atomic=false"),
        "more query": replace(seen, target=f"{target}&group=x"),
        "spelled otherwise": replace(seen, target="/api/v1/%73ubmissions?atomic=true"),
        "body": replace(seen, body=b'{"objects": []}'),
        "no body": replace(seen, body=b""),
        "partner": with_headers(seen, {"Signature-Input": theirs}),
        "media type": with_headers(seen, {"Content-Type": "application/json;x=y"}),
        "idempotency key": with_headers(seen, {"Idempotency-Key": "two"}),
        "no idempotency key": with_headers(seen, {"Idempotency-Key": None}),
        "a purpose more": with_headers(seen, {"Breakwater-Purpose": "detection"}),
        "time": with_headers(seen, {"Signature-Input": said.replace("created=1", "created=2")}),
    }
    for name, theft in thefts.items():
        answer = world.send(theft)
        assert (answer.status, name) == (401, name), answer.body
    assert world.send(seen).status == 400  # no objects: it got as far as the route
    refused(world.send(seen), "request-nonce-used")


@pytest.mark.parametrize(
    "origin", ["http://127.0.0.1:8001", "https://127.0.0.1:8000", "http://localhost:8000", "http://evil.example.org"]
)
def test_what_was_signed_for_another_exchange_is_refused_whatever_the_host_says(world: World, origin: str) -> None:
    elsewhere = replace(world.signing, origin=origin).signed(Message("GET", MINE, {}, b""))
    scheme, _, host = origin.partition("://")
    lies = {"Host": host, "X-Forwarded-Host": host, "X-Forwarded-Proto": scheme, "Forwarded": f"host={host};proto={scheme}"}
    refused(world.send(elsewhere))
    refused(world.send(with_headers(elsewhere, lies)))
    assert world.send(with_headers(world.sent("GET", MINE), lies)).status == 200


def test_the_origin_is_the_one_that_is_set(world: World) -> None:
    assert world.running.exchange.duty.origin == ORIGIN == world.signing.origin
    attach(world.running.app, replace(world.running.exchange, duty=Duty(origin="https://exchange.example.org:443")))
    try:
        refused(world.send(world.sent("GET", MINE)))
        there = replace(world.signing, origin="https://exchange.example.org")
        assert world.send(there.signed(Message("GET", MINE, {}, b""))).status == 200
    finally:
        attach(world.running.app, world.running.exchange)


def test_the_other_s_of_p256_is_the_same_request_once_more(running: RunningExchange) -> None:
    world = made(running, KeyAlgorithm.P256)
    seen = world.sent("GET", MINE)
    raw = base64.b64decode(seen.headers["Signature"].split(":")[1])
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    other = base64.b64encode(raw[:32] + (order - int.from_bytes(raw[32:])).to_bytes(32)).decode()
    twin = with_headers(seen, {"Signature": f"breakwater=:{other}:"})
    assert world.send(twin).status == 200
    refused(world.send(seen), "request-nonce-used")


# --- what somebody could do with a key of his own -----------------------------------------------------------------------------


def test_a_nonce_of_one_key_is_no_matter_to_another(world: World) -> None:
    nonce, message = new_nonce(), Message("GET", MINE, {}, b"")
    assert world.send(world.signing.signed(message, nonce)).status == 200
    assert world.send(world.theirs.signed(message, nonce)).status == 200
    refused(world.send(world.signing.signed(message, nonce)), "request-nonce-used")


def test_a_key_that_is_not_registered_and_one_for_objects_open_nothing(world: World) -> None:
    answers = []
    for key in (PrivateKey.generate(), PrivateKey.generate(KeyAlgorithm.P256), world.partner.key):
        message = replace(world.signing, key=key).signed(Message("GET", MINE, {"X-Request-Id": "same"}, b""))
        answers.append(world.send(message))
        refused(answers[-1])
    assert len({answer.body for answer in answers}) == 1


def test_a_key_that_signs_requests_signs_no_objects_and_no_audiences(world: World) -> None:
    other_use = replace(world.partner, key=world.signing.key)
    assert other_use.submit(indicator()).json["results"][0]["code"] == "key-not-active"
    audience = {"audience_id": f"audience--{uuid.uuid4()}", **EVERYBODY}
    assert world.partner.post("audiences", sign_audience(audience, world.signing.key)).status == 422
    assert world.partner.post("audiences", sign_audience(audience, world.partner.key)).status == 201


def test_the_clock_counts_to_the_second(world: World) -> None:
    now = world.running.clock().replace(microsecond=0)
    for seconds, passes in ((-61, False), (-58, True), (58, True), (62, False)):
        stamped = replace(world.signing, clock=lambda: now + timedelta(seconds=seconds))  # noqa: B023  # used at once
        answer = world.send(stamped.signed(Message("GET", MINE, {}, b"")))
        if passes:
            assert answer.status == 200, seconds
        else:
            refused(answer, "request-clock-skew")
            assert "Date header" in answer.json["detail"]


# --- the powers ---------------------------------------------------------------------------------------------------------------


def test_a_suspended_partners_signature_is_answered_like_its_token(running: RunningExchange) -> None:
    world = made(running)
    running.suspend(world.partner)
    callers = [world.partner, replace(world.partner, transport=world.signing, token=None)]
    answers = [caller.get("policy/mine") for caller in callers]
    assert [(answer.status, answer.code) for answer in answers] == [(403, "partner-not-active")] * 2


def test_signed_reading_goes_on_while_nothing_is_taken_in(running: RunningExchange) -> None:
    world = made(running)
    message = world.sent("GET", MINE)
    running.exchange.database.read_only = ReadOnlyReason.LOG_BEHIND
    assert world.send(message).status == 200
    refused(world.send(message), "request-nonce-used")
    assert world.send(world.sent("POST", "/api/v1/keys/challenges", JSON, b"{}")).code == "exchange-read-only"


def test_size_comes_before_the_body_and_the_body_before_its_media_type(world: World) -> None:
    large = world.sent("POST", "/api/v1/audiences", {"Content-Type": "text/plain"}, b"x" * 300_000)
    assert world.send(replace(large, body=b"y" * 300_000)).code == "body-too-large"
    small = world.sent("POST", "/api/v1/audiences", {"Content-Type": "text/plain"}, b"x")
    refused(world.send(replace(small, body=b"y")))
    assert world.send(small).code == "media-type-unsupported"
    assert world.send(replace(world.sent("POST", "/api/v1/partners", JSON, b"x"), body=b"y")).code == "permission-missing"


def test_a_partner_lives_by_its_signature_alone(running: RunningExchange) -> None:
    world = made(running)
    partner = replace(world.partner, transport=world.signing, token=None)
    value = indicator()
    assert partner.submit(value, headers={"Idempotency-Key": "k"}).json["results"][0]["status"] == "stored"
    reader = replace(world.other, transport=world.theirs, token=None)
    assert value["id"] in {one["id"] for one in reader.pull_all()}
    ledger: list[Any] = partner.get("disclosures").json["disclosures"]
    assert ledger


def test_an_idempotency_key_belongs_to_the_key_and_not_to_the_nonce(running: RunningExchange) -> None:
    world = made(running)
    partner = replace(world.partner, transport=world.signing, token=None)
    value, key = partner.sign(indicator()), {"Idempotency-Key": "k"}
    first, second = (partner.submit_signed([value], headers=key) for _ in range(2))
    assert first.json["id"] == second.json["id"]
    other = replace(world.partner).submit_signed([value], headers=key)
    assert other.json["id"] != first.json["id"]


def test_taxii_reads_and_takes_what_is_signed(running: RunningExchange) -> None:
    world = made(running)
    headers = {"Accept": TAXII, "Breakwater-Purpose": "detection"}
    signed = world.partner.sign(indicator())
    body = json.dumps({"objects": [signed]}).encode()
    answer = world.send(world.sent("POST", OBJECTS, headers | {"Content-Type": TAXII}, body))
    assert answer.status == 202, answer.body
    assert answer.json["success_count"] == 1
    message = world.sent("GET", f"{OBJECTS}?match%5Btype%5D=indicator&limit=5", headers)
    read = world.send(message)
    assert read.status == 200, read.body
    assert signed["id"] in {one["id"] for one in read.json["objects"]}
    refused(world.send(message), "request-nonce-used")
    refused(world.send(replace(world.sent("POST", OBJECTS, headers | {"Content-Type": TAXII}, body), body=body + b" ")))
