"""One error shape: whatever is refused, and by whomever, is a problem document (RFC 9457), or a TAXII error message."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from app.domain.errors import Code
from app.web.refusals import Refused
from tests.factories.exchanges import Answer, FakePartner, RunningExchange, running_exchange
from tests.factories.stix_objects import indicator
from tests.factories.taxii import TAXII, ask, of, post

MEMBERS = {"type", "title", "status", "detail", "code", "request_id"}
READING = {"Breakwater-Purpose": "detection"}
ABSENT = "indicator--0b8f7f8e-5a35-4b1c-9d68-0a7e8a2f4b11"
PARTNER = {"name": "Platform A", "role": "platform", "jurisdiction": "NL"}


@pytest.fixture
def running(sqlite_url: str) -> Iterator[RunningExchange]:
    """An exchange for a test that breaks it."""
    with running_exchange(sqlite_url) as running:
        yield running


@pytest.fixture(scope="module")
def asked(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[RunningExchange, FakePartner]]:
    """One that refuses all the rest, and a partner of it."""
    path = shutil.copy(sqlite_template, tmp_path_factory.mktemp("shape") / "breakwater.db")
    with running_exchange(f"sqlite:///{path}") as running:
        yield running, running.enrol("Platform A")


def checked(answer: Answer, status: int, code: Code) -> Answer:
    problem = answer.json
    assert (answer.status, problem["status"], problem["code"]) == (status, status, code)
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert MEMBERS <= set(problem) <= MEMBERS | {"pointer"}
    assert problem["type"] == f"urn:breakwater:problem:{code}"
    assert problem["title"] == Refused(status, code, "").title
    assert problem["request_id"] == answer.headers["X-Request-Id"]
    assert re.fullmatch(r"[A-Z].*\.", problem["detail"]) or code is Code.REQUEST_INVALID
    assert re.fullmatch(r"(/[A-Za-z0-9_-]+)*", problem.get("pointer", ""))
    return answer


Asked = Callable[[RunningExchange, FakePartner], Answer]

REFUSALS: list[tuple[str, int, Code, Asked]] = [
    ("an unknown parameter", 400, Code.REQUEST_INVALID, lambda _, one: one.pull(unknown="1")),
    ("a malformed parameter", 400, Code.REQUEST_INVALID, lambda _, one: one.pull(limit="many")),
    ("a malformed cursor", 400, Code.CURSOR_INVALID, lambda _, one: one.pull(next="AAAA")),
    ("no purpose", 400, Code.PURPOSE_MISSING, lambda _, one: one.get("objects")),
    ("no JSON", 400, Code.JSON_SYNTAX, lambda _, one: one.send("POST", "submissions", body=b"{")),
    ("no envelope", 400, Code.REQUEST_INVALID, lambda _, one: one.post("submissions", {})),
    ("a missing field", 400, Code.REQUEST_INVALID, lambda run, _: run.operator.post("partners", {})),
    (
        "a malformed key",
        400,
        Code.IDEMPOTENCY_KEY_INVALID,
        lambda _, one: one.post("keys/challenges", headers={"Idempotency-Key": "a b"}),
    ),
    ("nobody", 401, Code.UNAUTHENTICATED, lambda run, _: run.anybody.get("objects")),
    ("nobody, nowhere", 401, Code.UNAUTHENTICATED, lambda run, _: run.anybody.get("no/such/route")),
    ("no permission", 403, Code.PERMISSION_MISSING, lambda _, one: one.get("partners")),
    ("an unknown route", 404, Code.NOT_FOUND, lambda _, one: one.get("no/such/route")),
    ("an absent object", 404, Code.NOT_FOUND, lambda _, one: one.object(ABSENT)),
    ("a malformed id", 404, Code.NOT_FOUND, lambda _, one: one.get("objects/%00", headers=READING)),
    ("an unknown asset", 404, Code.NOT_FOUND, lambda run, _: run.anybody.get("docs/nothing")),
    ("another method", 405, Code.METHOD_NOT_ALLOWED, lambda _, one: one.send("DELETE", "objects")),
    ("a method nobody knows", 405, Code.METHOD_NOT_ALLOWED, lambda _, one: one.send("BREW", "objects")),
    ("a taken name", 409, Code.STATE_CONFLICT, lambda run, _: run.operator.post("partners", PARTNER)),
    ("a large body", 413, Code.BODY_TOO_LARGE, lambda run, _: run.operator.send("POST", "partners", body=b"x" * 300_000)),
    ("many objects", 413, Code.TOO_MANY_OBJECTS, lambda _, one: one.submit_signed([{}] * 5_001)),
    (
        "another media type",
        415,
        Code.MEDIA_TYPE_UNSUPPORTED,
        lambda _, one: one.send("POST", "submissions", body=b"{}", media_type="text/plain"),
    ),
    (
        "a form",
        415,
        Code.MEDIA_TYPE_UNSUPPORTED,
        lambda run, _: run.operator.post("partners", {}, media_type="multipart/form-data"),
    ),
    (
        "an unproven key",
        422,
        Code.KEY_POSSESSION_UNPROVEN,
        lambda _, one: one.post("keys", {"public_key": one.key.public.to_pem().decode(), "challenge": "x", "proof": "x"}),
    ),
]


TAXII_MEMBERS = {"title", "description", "error_id", "error_code", "http_status"}


def checked_taxii(answer: Answer, status: int, code: Code) -> Answer:
    error = answer.json
    assert (answer.status, error["http_status"], error["error_code"]) == (status, str(status), code)
    assert answer.headers["Content-Type"] == TAXII
    assert TAXII_MEMBERS <= set(error) <= TAXII_MEMBERS | {"details"}
    assert error["title"] == Refused(status, code, "").title
    assert error["error_id"] == answer.headers["X-Request-Id"]
    assert re.fullmatch(r"[A-Z].*\.", error["description"])
    assert re.fullmatch(r"(/[A-Za-z0-9_-]+)*", error.get("details", {"pointer": ""})["pointer"])
    return answer


TAXII_REFUSALS: list[tuple[str, int, Code, Asked]] = [
    ("an unknown parameter", 400, Code.REQUEST_INVALID, lambda _, one: ask(one, of("exchange"), {"unknown": "1"})),
    ("a malformed cursor", 400, Code.CURSOR_INVALID, lambda _, one: ask(one, of("exchange"), {"next": "AAAA"})),
    ("no JSON", 400, Code.JSON_SYNTAX, lambda _, one: one.send("POST", of("exchange"), body=b"{", media_type=TAXII)),
    ("a number too large", 400, Code.JSON_NUMBER_OUT_OF_RANGE, lambda _, one: post(one, "exchange", [{"x": 2**60}])),
    ("nobody", 401, Code.UNAUTHENTICATED, lambda run, _: run.anybody.get(of("exchange"))),
    ("nobody, nowhere", 401, Code.UNAUTHENTICATED, lambda run, _: run.anybody.get("/taxii2/nowhere")),
    ("no purpose", 403, Code.PURPOSE_MISSING, lambda _, one: one.get(of("exchange"))),
    ("no partner", 403, Code.PERMISSION_MISSING, lambda run, _: run.operator.get("/taxii2/")),
    ("a view", 403, Code.PERMISSION_MISSING, lambda _, one: post(one, "harm-csam", [])),
    ("an unknown path", 404, Code.NOT_FOUND, lambda _, one: ask(one, "/taxii2/nowhere")),
    ("an unknown collection", 404, Code.NOT_FOUND, lambda _, one: ask(one, of(ABSENT))),
    ("a malformed id", 404, Code.NOT_FOUND, lambda _, one: ask(one, of("%00"))),
    ("another method", 405, Code.METHOD_NOT_ALLOWED, lambda _, one: ask(one, of("exchange"), method="PUT")),
    ("another answer", 406, Code.NOT_ACCEPTABLE, lambda _, one: ask(one, "/taxii2/", headers={"Accept": "text/html"})),
    ("a large body", 413, Code.BODY_TOO_LARGE, lambda _, one: one.send("POST", of("exchange"), body=b"x" * 17_000_000)),
    ("many objects", 413, Code.TOO_MANY_OBJECTS, lambda _, one: post(one, "exchange", [{}] * 5_001)),
    ("another media type", 415, Code.MEDIA_TYPE_UNSUPPORTED, lambda _, one: one.post(of("exchange"), {})),
]


@pytest.mark.parametrize(
    ("status", "code", "refused"), [row[1:] for row in TAXII_REFUSALS], ids=[row[0] for row in TAXII_REFUSALS]
)
def test_a_refusal_of_taxii_is_an_error_message(
    asked: tuple[RunningExchange, FakePartner], status: int, code: Code, refused: Asked
) -> None:
    checked_taxii(refused(*asked), status, code)


def test_so_is_a_mistake_of_ours_and_a_database_that_is_away(running: RunningExchange) -> None:
    partner = running.enrol("Platform A")
    shift, running.clock.shift = running.clock.shift, "no time"  # type: ignore[assignment]  # as below
    checked_taxii(ask(partner, of("exchange")), 500, Code.INTERNAL)
    running.clock.shift = shift
    with running.exchange.database.write() as connection:
        connection.execute(text("DROP TABLE credential"))
    assert checked_taxii(ask(partner, of("exchange")), 503, Code.EXCHANGE_UNAVAILABLE).headers["Retry-After"] == "5"


@pytest.mark.parametrize(("status", "code", "refused"), [row[1:] for row in REFUSALS], ids=[row[0] for row in REFUSALS])
def test_a_refusal_has_the_one_shape(asked: tuple[RunningExchange, FakePartner], status: int, code: Code, refused: Asked) -> None:
    checked(refused(*asked), status, code)


def test_a_mistake_of_ours_has_it_too(running: RunningExchange) -> None:
    partner = running.enrol("Platform A")
    running.clock.shift = "no time"  # type: ignore[assignment]  # so that reading the time fails as nothing foresees
    answer = checked(partner.pull(), 500, Code.INTERNAL)
    assert "pointer" not in answer.json


def test_a_database_that_is_away_has_it_too(running: RunningExchange) -> None:
    partner = running.enrol("Platform A")
    with running.exchange.database.write() as connection:
        connection.execute(text("DROP TABLE credential"))
    for caller in (partner, running.operator, running.anybody):
        answer = caller.get("objects", headers={"Authorization": f"Bearer bw_{'A' * 43}"})
        assert checked(answer, 503, Code.EXCHANGE_UNAVAILABLE).headers["Retry-After"] == "5"


def test_a_refused_object_of_a_submission_has_the_same_words(running: RunningExchange) -> None:
    partner = running.enrol("Platform A")
    [refused] = partner.submit_signed([indicator()]).json["results"]
    assert refused["code"] in set(Code)
    assert re.fullmatch(r"[A-Z].*\.", refused["detail"])
    assert refused["refusal_pointer"].startswith("/objects/0")
