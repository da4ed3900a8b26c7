from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as StillWaitingError
from contextlib import suppress
from typing import Any

import pytest

from app.domain.usage import Question, QuestionKind
from app.storage import questions
from breakwater_client.trust.canonical import canonical_bytes
from tests.factories.exchanges import Answer, FakePartner, RunningExchange
from tests.factories.stix_objects import context, indicator


def _ask(partner: FakePartner, path: str, **query: Any) -> Answer:
    return partner.get(path, query=query, headers={"Breakwater-Purpose": str(partner.purpose)})


def test_what_is_found_is_what_was_signed_newest_first(running_on_both: RunningExchange) -> None:
    publisher, reader = running_on_both.enrol("Platform A"), running_on_both.enrol("Hotline A")
    signed = [publisher.sign(indicator(name=f"Chambre éphémère {number}")) for number in range(3)]
    publisher.submit_signed(signed)
    found = _ask(reader, "search", q="ephemere", limit=2)
    assert found.status == 200
    expected = b",".join(canonical_bytes(value) for value in signed[:0:-1])
    head = (
        b'{"complete":true,"may_ask":[],"more":true,"next":"' + found.json["next"].encode() + b'","attestations":[],"objects":['
    )
    assert found.body == head + expected + b"]}"
    assert found.headers["X-Breakwater-Added-First"] < found.headers["X-Breakwater-Added-Last"]
    last = _ask(reader, "search", q="ephemere", limit=2, next=found.json["next"])
    assert (last.json["more"], last.json["next"], len(last.json["objects"])) == (False, None, 1)


def test_filters_narrow_what_is_found_and_what_is_counted(platform: FakePartner, hotline: FakePartner) -> None:
    platform.submit(
        indicator(name="A room of this test", stated=context(surfaces=["live-stream"], behaviours=["OP-017"])),
        indicator(name="A room of this test", stated=context(surfaces=["gaming"])),
    )
    asked = {"q": '"room of this test"', "owner": platform.partner_id}
    assert len(_ask(hotline, "search", **asked).json["objects"]) == 2
    assert len(_ask(hotline, "search", **asked, surface="gaming").json["objects"]) == 1
    counted = _ask(hotline, "search/counts", **asked, surface="live-stream").json
    assert counted["counted"] == 1
    assert counted["by"]["behaviour"] == {"OP-017": 1}
    assert (counted["at_least"], counted["complete"]) == (False, True)


@pytest.mark.parametrize("typed", ["", "-x", "someone@example.org", '"', "a" * 401, "NEAR(a"])
def test_a_query_that_is_none_is_refused_and_no_fault(hotline: FakePartner, typed: str) -> None:
    answer = _ask(hotline, "search", q=typed)
    assert answer.status == (200 if typed.startswith("NEAR") else 400)
    assert len(typed) < 2 or answer.status == 200 or typed not in answer.body.decode()


def test_without_a_purpose_nothing_is_searched(hotline: FakePartner) -> None:
    assert hotline.get("search", query={"q": "room"}, headers={"Breakwater-Purpose": ""}).status == 400


def test_an_observable_is_looked_up_by_a_body_and_its_answer_says_the_same_hidden_or_absent(
    platform: FakePartner, hotline: FakePartner
) -> None:
    stated = indicator(pattern="[url:value = 'https://example.org/of-this-test']")
    assert platform.submit(stated).status == 201
    asked = {"kind": "url", "value": "HTTPS://example.org/of-this-test/"}
    purpose = {"Breakwater-Purpose": str(hotline.purpose)}
    found = hotline.post("search/observable", asked, headers=purpose)
    assert [one["id"] for one in found.json["objects"]] == [stated["id"]]
    absent = hotline.post("search/observable", asked | {"value": "https://example.org/nothing"}, headers=purpose)
    assert absent.json == {"complete": True, "may_ask": [], "more": False, "next": None, "attestations": [], "objects": []}


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"kind": "sha256", "value": "abc"},
        {"kind": "handle", "value": "someone"},
        {"kind": "text-rule", "value": "x"},
        {"kind": "url", "value": ""},
        {"kind": "url", "value": "https://example.org", "next": "AAAA"},
    ],
)
def test_what_is_no_observable_is_refused_and_not_repeated(hotline: FakePartner, asked: dict[str, str]) -> None:
    answer = hotline.post("search/observable", asked, headers={"Breakwater-Purpose": str(hotline.purpose)})
    assert answer.status == 400
    assert "someone" not in answer.body.decode()


def test_two_who_ask_at_once_do_not_both_find_the_last_question_of_the_day(running_on_both: RunningExchange) -> None:
    hotline = running_on_both.enrol("Hotline A", agreement={"read": {"volume": {"lookups_per_day": 1}}})
    asked = {"kind": "email", "value": "someone@example.org"}
    database, now = running_on_both.exchange.database, running_on_both.clock()
    with ThreadPoolExecutor(1) as elsewhere:
        with database.write() as connection:
            questions.take_turn(connection, hotline.partner_id)
            of_it = (QuestionKind.OBSERVABLE, "detection", "rest", now)
            questions.add_questions(connection, Question(hotline.partner_id, "credential-1", *of_it), ["the last one"])
            answer = elsewhere.submit(hotline.post, "search/observable", asked, headers={"Breakwater-Purpose": "detection"})
            with suppress(StillWaitingError):
                answer.result(timeout=0.2)
        assert (answer.result().status, answer.result().code) == (429, "volume-exhausted")
