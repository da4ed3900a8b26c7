"""Every POST, once: what the same key brings again, and what it refuses."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from app.services.do_work import ensure_periodic_work
from app.services.membership.register_audience import sign_audience
from breakwater_client.trust.keys import PrivateKey
from breakwater_client.trust.possession import prove_possession
from tests.factories.exchanges import EVERYBODY, Answer, Caller, FakePartner, RunningExchange, agreement_document
from tests.factories.stix_objects import indicator

KEY = {"Idempotency-Key": "8e03978e-40d5-43dd-bc93-6894a57f9324"}
AUDIENCE = "audience--0b8f7f8e-5a35-4b1c-9d68-0a7e8a2f4b11"


def new_partner(name: str) -> dict[str, str]:
    return {"name": name, "role": "platform", "jurisdiction": "NL"}


def new_credential(partner: FakePartner, account: str) -> dict[str, Any]:
    terms = {"scopes": ["objects:read"], "tlp_ceiling": "amber", "expires_at": "2099-01-01T00:00:00Z"}
    return {"partner_id": partner.partner_id, "account": account} | terms


def registration(partner: FakePartner) -> dict[str, str]:
    key = PrivateKey.generate()
    challenge = partner.post("keys/challenges").json["challenge"]
    proof = prove_possession(key, challenge, partner.partner_id)
    return {"public_key": key.public.to_pem().decode(), "challenge": challenge, "proof": proof}


def pending_key(partner: FakePartner) -> str:
    keyid: str = partner.post("keys", registration(partner) | {"usage": "request-signing"}).json["keyid"]
    return keyid


def credential_of(running: RunningExchange, partner: FakePartner) -> str:
    issued = running.operator.post("credentials", new_credential(partner, "spare"))
    credential_id: str = issued.json["credential"]["id"]
    return credential_id


Prepared = tuple[Caller, str, Any, Any]
Prepare = Callable[[RunningExchange, FakePartner], Prepared]

POSTS: dict[str, Prepare] = {
    "partners": lambda running, _: (running.operator, "partners", new_partner("B"), new_partner("C")),
    "credentials": lambda running, one: (running.operator, "credentials", new_credential(one, "a"), new_credential(one, "b")),
    "agreements": lambda running, one: (
        running.operator,
        "agreements",
        agreement_document(one.partner_id, one.audience_id),
        agreement_document(one.partner_id),
    ),
    "challenges": lambda _, one: (one, "keys/challenges", None, {}),
    "keys": lambda _, one: (one, "keys", registration(one), registration(one)),
    "audiences": lambda _, one: (
        one,
        "audiences",
        sign_audience({"audience_id": AUDIENCE} | EVERYBODY, one.key),
        sign_audience({"audience_id": AUDIENCE} | EVERYBODY | {"roles": []}, one.key),
    ),
    "submissions": lambda _, one: (
        one,
        "submissions",
        {"objects": [one.sign(indicator()), indicator()]},
        {"objects": [one.sign(indicator())]},
    ),
    "activation": lambda running, one: (running.operator, f"keys/{pending_key(one)}/activation", None, {}),
    "revocation of a key": lambda running, one: (running.operator, f"keys/{pending_key(one)}/revocation", None, {}),
    "revocation of a credential": lambda running, one: (
        running.operator,
        f"credentials/{credential_of(running, one)}/revocation",
        None,
        {},
    ),
}


def counted(running: RunningExchange) -> dict[str, int]:
    """Count what a second request could have made."""
    operator = running.operator
    lists = ("partners", "credentials", "keys", "agreements", "audiences")
    return {name: len(operator.get(name).json[name]) for name in lists}


@pytest.mark.parametrize("name", POSTS)
def test_the_same_request_again_gets_the_same_answer_and_does_nothing(running_on_both: RunningExchange, name: str) -> None:
    caller, path, document, _ = POSTS[name](running_on_both, running_on_both.enrol("Platform A"))
    first = caller.post(path, document, headers=KEY)
    assert first.status in {200, 201}, first.body
    before = counted(running_on_both)
    again = caller.post(path, document, headers=KEY)
    assert again.status == first.status
    assert without_token(again) == without_token(first)
    assert again.headers.get("Location") == first.headers.get("Location")
    assert counted(running_on_both) == before


def without_token(answer: Answer) -> Any:
    return {member: value for member, value in answer.json.items() if member != "token"}


@pytest.mark.parametrize("name", POSTS)
def test_the_key_with_another_body_is_a_conflict_and_does_nothing(
    running: RunningExchange, platform: FakePartner, name: str
) -> None:
    caller, path, document, other = POSTS[name](running, platform)
    assert caller.post(path, document, headers=KEY).status in {200, 201}
    before = counted(running)
    answer = caller.post(path, other, headers=KEY)
    assert (answer.status, answer.code) == (409, "idempotency-key-reused")
    assert counted(running) == before


@pytest.mark.parametrize("name", POSTS)
def test_a_malformed_key_is_refused(running: RunningExchange, platform: FakePartner, name: str) -> None:
    caller, path, document, _ = POSTS[name](running, platform)
    before = counted(running)
    for key in ("", "a b", "é", "x" * 256):
        answer = caller.post(path, document, headers={"Idempotency-Key": key})
        assert (answer.status, answer.code) == (400, "idempotency-key-invalid")
    assert counted(running) == before


def test_a_token_is_shown_once(running: RunningExchange, platform: FakePartner) -> None:
    document = new_credential(platform, "a")
    first = running.operator.post("credentials", document, headers=KEY)
    again = running.operator.post("credentials", document, headers=KEY)
    assert first.json["token"].startswith("bw_")
    assert again.json["token"] is None


def test_one_key_on_two_things_is_a_conflict_and_never_the_others_answer(running: RunningExchange, platform: FakePartner) -> None:
    first, second = pending_key(platform), pending_key(platform)
    assert running.operator.post(f"keys/{first}/activation", headers=KEY).json["keyid"] == first
    answer = running.operator.post(f"keys/{second}/activation", headers=KEY)
    assert (answer.status, answer.code) == (409, "idempotency-key-reused")
    assert running.operator.get(f"keys/{second}").json["key"]["state"] == "pending"


def test_two_callers_may_use_the_same_key(platform: FakePartner, hotline: FakePartner) -> None:
    answers = [partner.post("keys/challenges", headers=KEY) for partner in (platform, hotline)]
    assert answers[0].json["challenge"] != answers[1].json["challenge"]


def test_one_key_serves_on_several_routes(platform: FakePartner) -> None:
    assert platform.post("keys/challenges", headers=KEY).status == 201
    assert platform.submit(indicator(), headers=KEY).status == 201


def test_a_refused_request_does_not_use_up_its_key(running: RunningExchange) -> None:
    assert running.operator.post("partners", {"name": "B"}, headers=KEY).status == 400
    assert running.operator.post("partners", new_partner("B"), headers=KEY).status == 201


def test_atomic_and_not_are_two_requests_and_want_two_keys(platform: FakePartner) -> None:
    signed = [platform.sign(indicator())]
    first = platform.submit_signed(signed, headers=KEY)
    second = platform.submit_signed(signed, headers=KEY, atomic=True)
    assert first.json["results"][0]["status"] == "stored"
    assert (second.status, second.code) == (409, "idempotency-key-reused")


def test_after_a_week_a_key_is_forgotten(running: RunningExchange) -> None:
    assert running.operator.post("partners", new_partner("B"), headers=KEY).status == 201
    running.clock.shift = timedelta(days=8)
    ensure_periodic_work(running.exchange)
    running.do_all_work()
    assert running.operator.post("partners", new_partner("C"), headers=KEY).status == 201
