"""Answering notices through the client."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from app.cli.loopback_server import loopback_server
from breakwater_client.errors import ExchangeAwayError, MalformedInputError
from breakwater_client.object_vocabulary import ContestOutcome, HeldBasis, RecallOutcome
from breakwater_client.talking import notices as module
from breakwater_client.talking.connection import Connection, Target
from breakwater_client.talking.notices import Done, answer_notice, notices, outcome_lines
from breakwater_client.trust.keys import PrivateKey
from tests.cli.desk import Desk
from tests.factories.exchanges import FakePartner
from tests.factories.scripted_exchange import JSON, Scripted
from tests.factories.stix_objects import indicator


def recalled(desk: Desk, platform: FakePartner, reader: FakePartner, count: int) -> list[str]:
    some = [indicator() for _ in range(count)]
    platform.submit(*some)
    reader.pull_all()
    for value in some:
        desk.json(platform, "withdraw", value["id"])
    desk.running.do_all_work()
    return [str(value["id"]) for value in some]


def test_all_pages_of_notices_are_given_and_those_that_are_answered_once(
    desk: Desk, platform: FakePartner, hotline: FakePartner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_PAGE", 2)
    connection = Connection(Target(desk.url, hotline.token))
    ids = recalled(desk, platform, hotline, 3)
    given = list(notices(connection))
    assert [one["versions"][0]["stix_id"] for one in given] == ids
    until = datetime.now(UTC) + timedelta(days=30)
    held = answer_notice(connection, given[0], Done(RecallOutcome.HELD, HeldBasis.LEGAL_CLAIM, until), hotline.key)
    assert [one["basis"] for one in held["versions"]] == ["legal-claim"]
    for one in given[1:]:
        answer_notice(connection, one, Done(RecallOutcome.STOPPED_USING, stix_ids=(one["versions"][0]["stix_id"],)), hotline.key)
    assert len(list(notices(connection, only_open=False))) == 3


@pytest.mark.parametrize(
    "done",
    [
        Done(RecallOutcome.DELETED, stix_ids=("indicator--0b8f7f8e-5a35-4b1c-9d68-0a7e8a2f4b11",)),
        Done(ContestOutcome.KEPT),
        Done(RecallOutcome.HELD),
        Done(RecallOutcome.HELD, HeldBasis.LEGAL_CLAIM, datetime(2020, 1, 1, tzinfo=UTC)),
    ],
    ids=["of nothing in it", "in words of a contest", "held without a basis", "held until the past"],
)
def test_what_is_no_answer_is_refused_before_anything_is_sent(done: Done) -> None:
    version = {"stix_id": "indicator--1b8f7f8e-5a35-4b1c-9d68-0a7e8a2f4b11", "version": "2026-01-05T10:00:00.000Z"}
    notice = {"id": "recall-notice--1", "partner_id": "p", "kind": "withdrawal", "versions": [version]}
    with pytest.raises(MalformedInputError):
        answer_notice(Connection(Target("http://127.0.0.1:1", "bw_token")), notice, done, PrivateKey.generate())


@pytest.mark.parametrize(
    "answer",
    [
        {},
        [],
        {"notices": [1], "more": False, "next": "a"},
        {"notices": [], "more": True, "next": None},
        {"notices": [], "more": True, "next": "same"},
    ],
)
def test_what_is_no_list_of_notices_or_one_without_end_is_told_as_no_exchange(answer: object) -> None:
    with loopback_server(Scripted([("200 OK", JSON, json.dumps(answer).encode())])) as url, pytest.raises(ExchangeAwayError):
        list(notices(Connection(Target(url, "bw_token"))))


def test_a_line_says_no_more_than_is_so() -> None:
    version = {"stix_id": "a", "version": "v"}
    assert outcome_lines([version], Done(RecallOutcome.DELETED)) == [version | {"outcome": "deleted"}]


def test_objects_of_one_notice_are_answered_each_in_its_own_word_and_at_once() -> None:
    versions = [{"stix_id": name, "version": "2026-01-05T10:00:00.000Z"} for name in ("a", "b", "c")]
    done = {"a": Done(RecallOutcome.DELETED), "b": Done(RecallOutcome.NOT_HELD)}
    lines = [line for one in versions for line in module._lines_of(one, done)]
    assert [(line["stix_id"], line["outcome"]) for line in lines] == [("a", "deleted"), ("b", "not-held")]
