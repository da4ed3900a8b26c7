"""The order of checks: each request below is wrong in several ways, and the first one counts."""

from __future__ import annotations

import io
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from app.domain.permissions import Permission
from app.web.gate import Terms
from breakwater_client.trust.keys import PrivateKey
from tests.factories.exchanges import Caller, FakePartner, Message, RunningExchange, issue
from tests.factories.signed_requests import Signing, add_request_key


def test_a_route_that_states_no_permission_is_for_nobody(empty: RunningExchange) -> None:
    empty.app.add_url_rule("/forgotten", "forgotten", lambda: "open")
    assert empty.anybody.get("/forgotten").status == 401
    for caller in (empty.enrol("Platform A"), empty.operator):
        answer = caller.get("/forgotten")
        assert (answer.status, answer.code) == (403, "permission-missing")


def test_terms_are_closed_unless_they_say_otherwise() -> None:
    assert Terms().permissions == ()


def test_who_asks_comes_before_whether_the_route_exists(running: RunningExchange, platform: FakePartner) -> None:
    assert running.anybody.get("no/such/route").status == 401
    assert running.anybody.send("DELETE", "objects").status == 401
    assert platform.get("no/such/route").status == 404
    assert platform.send("DELETE", "objects").status == 405


def test_right_comes_before_parameters_type_size_and_body(platform: FakePartner) -> None:
    answer = platform.send("POST", "partners", query={"x": "1"}, body=b"{" * 300_000, media_type="text/plain")
    assert (answer.status, answer.code) == (403, "permission-missing")


def test_parameters_come_before_type_size_and_body(running: RunningExchange) -> None:
    answer = running.operator.send("POST", "partners", query={"x": "1"}, body=b"{" * 300_000, media_type="text/plain")
    assert (answer.status, answer.code) == (400, "request-invalid")


def test_type_comes_before_size_and_size_before_the_body(running: RunningExchange) -> None:
    answer = running.operator.send("POST", "partners", body=b"{" * 300_000, media_type="text/plain")
    assert (answer.status, answer.code) == (415, "media-type-unsupported")
    answer = running.operator.send("POST", "partners", body=b"{" * 300_000)
    assert (answer.status, answer.code) == (413, "body-too-large")


def test_one_of_several_permissions_is_enough(running: RunningExchange) -> None:
    absent = f"keys/{'0' * 64}/revocation"
    partner = running.enrol("Platform A")
    assert partner.post(absent).status == 404
    assert running.operator.post(absent).status == 404
    bare = Caller(running.transport, issue(running.operator, partner, [Permission.KEYS_READ]))
    assert bare.post(absent).status == 403


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ({"limt": "10"}, "limt"),
        ({"Limit": "10"}, None),
        ({"limit[]": "10"}, None),
        ({"x" * 41: "1"}, None),
        ({"fo o@example.org": "1"}, None),
        ({"": "1"}, None),
    ],
)
def test_an_unknown_parameter_is_refused_and_named_only_if_it_looks_like_one(
    platform: FakePartner, query: dict[str, str], told: str | None
) -> None:
    answer = platform.pull(**query)
    assert (answer.status, answer.code) == (400, "request-invalid")
    for name in query:
        assert (name in answer.json["detail"]) == (name in {told, ""})
    assert "pointer" not in answer.json


@pytest.mark.parametrize("name", ["limit", "next", "confidence_min", "added_after", "valid_at"])
def test_a_single_valued_parameter_is_given_once(platform: FakePartner, name: str) -> None:
    answer = platform.pull(**{name: ["1", "1"]})
    assert (answer.status, answer.code) == (400, "request-invalid")
    assert name in answer.json["detail"]


def test_a_repeatable_parameter_may_be_repeated(platform: FakePartner) -> None:
    assert platform.pull(type=["indicator", "report"]).status == 200


@pytest.mark.parametrize("path", ["partners", "keys", "credentials", "audiences", "policy/mine", "disclosures"])
def test_every_reading_route_refuses_parameters_that_it_does_not_know(
    running: RunningExchange, platform: FakePartner, path: str
) -> None:
    for caller in (platform, running.operator):
        assert caller.get(path, query={"everything": "true"}).status in {400, 403}


@pytest.mark.parametrize("target", ["/livez?x=1", "/api/v1/exchange?x=1", "/api/v1/docs?x=1", "/api/v1/openapi.json?x=1"])
def test_public_routes_refuse_unknown_parameters_too(running: RunningExchange, target: str) -> None:
    assert running.anybody.get(target).status == 400


STRANGE = ["%00", "a%00b", "%ff%fe", "%F0%9F%92%A9", "a%20b", "%0d%0a", "x" * 301, "%7f", "..", "%2e%2e", "indicator--%zz"]


def test_what_cannot_be_an_id_is_answered_like_an_absent_one(running_on_both: RunningExchange) -> None:
    platform = running_on_both.enrol("Platform A")
    headers = {"X-Request-Id": "same", "Breakwater-Purpose": "detection"}
    absent = platform.get("objects/indicator--0b8f7f8e-5a35-4b1c-9d68-0a7e8a2f4b11", headers=headers)
    assert absent.status == 404
    for text in STRANGE:
        for rest in ("", "/versions", "/versions/x", "/receipt"):
            answer = platform.get(f"objects/{text}{rest}", headers=headers)
            assert (answer.status, answer.body) == (404, absent.body), text
        for path in (f"objects/x/versions/{text}", f"submissions/{text}", f"keys/{text}", f"audiences/{text}"):
            assert platform.get(path, headers=headers).body == absent.body, text
        assert running_on_both.operator.get(f"partners/{text}", headers=headers).body == absent.body, text


def test_slashes_are_never_redirected(platform: FakePartner) -> None:
    for target in ("/api/v1//objects", "//api/v1/objects", "/api/v1/objects/", "/livez/"):
        assert platform.get(target).status == 404


def test_options_is_no_way_round(running: RunningExchange, platform: FakePartner) -> None:
    assert running.anybody.send("OPTIONS", "objects").status == 401
    assert platform.send("OPTIONS", "objects").status == 405


@dataclass
class SlowBody(io.RawIOBase):
    """A body that lets something happen, and more than a moment pass, before it is there."""

    body: bytes
    meanwhile: Callable[[], Any] = lambda: None
    seconds: float = 0.6
    read_times: list[float] = field(default_factory=list)

    def read(self, _size: int | None = -1) -> bytes:
        if not self.read_times:
            other = threading.Thread(target=self.meanwhile)  # in this thread both requests would share Flask's globals
            other.start()
            other.join()
            time.sleep(self.seconds)
        self.read_times.append(time.monotonic())
        given, self.body = self.body, b""
        return given

    def readinto(self, buffer: Any) -> int:
        given = self.read()
        buffer[: len(given)] = given
        return len(given)


def slowly(running: RunningExchange, path: str, headers: Mapping[str, str], body: SlowBody) -> int:
    """Send a body that takes its time, and give the status."""
    arrival = {"wsgi.input": body, "CONTENT_LENGTH": str(len(body.body))}
    answer = running.app.test_client().post(path, headers=headers, content_type="application/json", environ_overrides=arrival)
    return answer.status_code


def test_who_waits_with_the_body_must_still_be_somebody_with_the_right_in_an_open_exchange(running: RunningExchange) -> None:
    partner = running.enrol("Platform A")
    headers = {"Authorization": f"Bearer {partner.token}"}
    assert slowly(running, "/api/v1/keys/challenges", headers, SlowBody(b"{}")) == 201
    assert slowly(running, "/api/v1/keys/challenges", headers, SlowBody(b"{}", lambda: running.suspend(partner))) == 403


def test_a_body_that_is_not_looked_at_is_waited_for_before_the_route_runs(running: RunningExchange) -> None:
    """What a route does without its body must not be done either, by somebody who is shut out while it comes."""
    partner = running.enrol("Platform A")
    body = SlowBody(b"{", lambda: running.suspend(partner))
    headers = {"Authorization": f"Bearer {partner.token}", "Content-Type": "text/plain"}
    assert slowly(running, "/api/v1/submissions", headers, body) == 403
    assert body.read_times


def test_a_signed_request_is_there_whole_while_its_signature_is_new(running: RunningExchange) -> None:
    """Else its nonce would be forgotten before the slowest copy of it had come."""
    partner, key = running.enrol("Platform A"), PrivateKey.generate()
    add_request_key(running.exchange, partner.partner_id, key)
    signing = Signing(running.transport, key, clock=running.clock)
    plain = Message("POST", "/api/v1/keys/challenges", {"Content-Type": "application/json"}, b"{}")

    def late() -> None:
        running.clock.shift += timedelta(seconds=70)

    assert slowly(running, plain.target, signing.signed(plain).headers, SlowBody(plain.body)) == 201
    assert slowly(running, plain.target, signing.signed(plain).headers, SlowBody(plain.body, late)) == 401
