"""The doctor's hop: what it passes on unchanged, and how answers are lost and cut."""

from __future__ import annotations

import pytest
import requests

from app.cli.doctor_hop import Hindrance, Seen, hop, pass_on, problem
from app.cli.loopback_server import loopback_server
from tests.factories.scripted_exchange import OK, Scripted


def test_a_request_is_passed_on_as_it_came_and_its_answer_too() -> None:
    there = Scripted([OK])
    seen: list[Seen] = []

    def answering(one: Seen) -> None:
        pass_on(url, one, one.target, one.headers)
        seen.append(one)

    with loopback_server(there) as url, hop(answering) as here:
        answer = requests.post(f"{here}/api/v1/a%2Fb?x=1&x=%5B", data=b"{}", headers={"Idempotency-Key": "k"}, timeout=30)
        pieces = requests.post(f"{here}/api/v1/c", data=iter([b"[1,", b"2]"]), timeout=30)
    assert (answer.status_code, answer.json(), pieces.status_code) == (200, {"ok": True}, 200)
    first, second = there.asked
    assert (first["RAW_URI"], first["HTTP_IDEMPOTENCY_KEY"], first["body"]) == ("/api/v1/a%2Fb?x=1&x=%5B", "k", b"{}")
    assert second["body"] == b"[1,2]"
    assert (seen[0].path, seen[0].query, seen[0].is_whole) == ("/a%2Fb", {"x": "["}, True)


@pytest.mark.parametrize("hindrance", [Hindrance.LOST, Hindrance.CUT])
def test_an_answer_that_is_lost_or_cut_breaks_the_connection(hindrance: Hindrance) -> None:
    def answering(one: Seen) -> None:
        one.status, one.answer, one.hindrance = 200, b'{"objects": []}', hindrance

    with hop(answering) as here, pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        requests.get(f"{here}/api/v1/objects", timeout=30)


def test_an_exchange_that_is_away_is_a_bad_gateway() -> None:
    def answering(one: Seen) -> None:
        pass_on("http://127.0.0.1:1", one, one.target, one.headers)

    with hop(answering) as here:
        answer = requests.get(f"{here}/api/v1/objects", timeout=30)
    assert (answer.status_code, answer.json()["code"]) == (502, "exchange-unavailable")


def test_a_problem_says_when_to_come_again() -> None:
    with hop(lambda one: problem(one, 503, "x", "Wait.", **{"retry-after": "2"})) as here:
        answer = requests.get(f"{here}/api/v1/objects", timeout=30)
    assert (answer.status_code, answer.headers["Retry-After"], answer.headers["Content-Type"]) == (
        503,
        "2",
        "application/problem+json",
    )
