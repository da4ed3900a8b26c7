"""Submitting through the client: each object told apart, nothing stored twice."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import reduce
from pathlib import Path
from typing import Any

import pytest

from app.cli.loopback_server import loopback_server
from breakwater_client.errors import Code, ExchangeAwayError, MalformedInputError
from breakwater_client.submission import ResultStatus
from breakwater_client.talking import packing
from breakwater_client.talking.connection import Connection, Target
from breakwater_client.talking.submitting import Sending, submit
from tests.cli.desk import Desk, Faltering
from tests.factories.exchanges import FakePartner
from tests.factories.stix_objects import indicator, marking

STORED, AGAIN, REFUSED = ResultStatus.STORED, ResultStatus.ALREADY_STORED, ResultStatus.REFUSED


def connection(desk: Desk, who: FakePartner) -> Connection:
    return Connection(Target(desk.url, who.token))


def signed(partner: FakePartner, count: int) -> list[dict[str, Any]]:
    return [partner.sign(indicator(name=f"Nr {number}")) for number in range(count)]


def test_each_object_has_its_outcome_in_its_place(desk: Desk, platform: FakePartner, tmp_path: Path) -> None:
    good, unsigned = signed(platform, 1)[0], indicator()
    told = list(submit(connection(desk, platform), [unsigned, good], Sending(receipts=tmp_path / "receipts")))
    assert [(one.number, one.stix_id, one.status) for one in told] == [(0, unsigned["id"], REFUSED), (1, good["id"], STORED)]
    assert told[0].refusal is not None
    assert (told[0].refusal.code, told[0].log_index) == (Code.SIGNATURE_MISSING, None)
    assert told[1].version == good["modified"]
    assert isinstance(told[1].log_index, int)
    [receipt] = (tmp_path / "receipts").iterdir()
    assert receipt.stem == told[1].submission_id
    assert json.loads(receipt.read_bytes()).keys() == {"payloadType", "payload", "signatures"}


def test_an_answer_that_was_lost_is_asked_for_again_and_nothing_is_done_twice(desk: Desk, platform: FakePartner) -> None:
    objects = signed(platform, 2)
    with loopback_server(Faltering(desk.running.app, "POST", 0, does_its_work=True)) as url, pytest.raises(ExchangeAwayError):
        list(submit(Connection(Target(url, platform.token)), objects))
    told = list(submit(connection(desk, platform), objects))
    assert [one.status for one in told] == [STORED, STORED], "the first answer is repeated"
    assert [one.status for one in submit(connection(desk, platform), objects, Sending(fresh=True))] == [AGAIN, AGAIN]


def test_markings_go_before_all_that_may_name_them(desk: Desk, platform: FakePartner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packing, "MOST_OBJECTS", 1)
    mark = marking(platform.audience_id or platform.register_audience())
    named = indicator(object_marking_refs=[mark["id"]])
    told = list(submit(connection(desk, platform), [platform.sign(named), platform.sign(mark)]))
    assert [(one.number, one.status) for one in told] == [(1, STORED), (0, STORED)]


def test_atomic_is_all_or_none(desk: Desk, platform: FakePartner) -> None:
    good = signed(platform, 1)[0]
    told = list(submit(connection(desk, platform), [good, indicator()], Sending(atomic=True)))
    assert {one.status for one in told} == {REFUSED}
    with pytest.raises(MalformedInputError, match="Atomic"):
        list(submit(connection(desk, platform), [], Sending(atomic=True)))


def test_the_same_objects_sent_otherwise_are_another_request(desk: Desk, platform: FakePartner) -> None:
    objects, asked = [*signed(platform, 1), indicator()], connection(desk, platform)
    assert [one.status for one in submit(asked, objects)] == [STORED, REFUSED]
    assert [one.status for one in submit(asked, objects, Sending(atomic=True))] == [REFUSED, REFUSED]
    assert [one.status for one in submit(asked, objects)] == [STORED, REFUSED]


def test_what_no_request_could_carry_is_told_and_not_sent(
    desk: Desk, platform: FakePartner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packing, "MOST_BYTES", 3_000)
    large = platform.sign(indicator(description="x" * 4_000))
    told = list(submit(connection(desk, platform), [large, *signed(platform, 1)]))
    assert [one.status for one in told] == [REFUSED, STORED]
    assert told[0].refusal is not None
    assert told[0].refusal.code is Code.OBJECT_TOO_LARGE


ENDLESS: dict[str, Any] = {}
ENDLESS["a"] = ENDLESS
NO_JSON: dict[str, tuple[dict[Any, Any], Code, str | None]] = {
    "no number": ({"confidence": float("nan")}, Code.JSON_NUMBER_OUT_OF_RANGE, "/confidence"),
    "a large number": ({"confidence": 2**60}, Code.JSON_NUMBER_OUT_OF_RANGE, "/confidence"),
    "a large fraction": ({"confidence": 1e17}, Code.JSON_NUMBER_OUT_OF_RANGE, "/confidence"),
    "a time": (
        {"external_references": [{"name": datetime(2026, 1, 1, tzinfo=UTC)}]},
        Code.REQUEST_INVALID,
        "/external_references/0/name",
    ),
    "half a character": ({"name": "\ud800"}, Code.JSON_STRING_FORBIDDEN, "/name"),
    "NUL": ({"name": "\0"}, Code.JSON_STRING_FORBIDDEN, "/name"),
    "a key that is no text": ({1: "one"}, Code.REQUEST_INVALID, None),
    "a long text": ({"name": "x" * 70_000}, Code.JSON_STRING_TOO_LONG, "/name"),
    "too deep": ({"extensions": reduce(lambda inner, _: {"a": inner}, range(30), {})}, Code.JSON_TOO_DEEP, "/extensions"),
    "no end": (ENDLESS, Code.JSON_TOO_DEEP, None),
}


@pytest.mark.parametrize(("odd", "code", "place"), NO_JSON.values(), ids=NO_JSON)
def test_what_is_no_json_is_refused_alone_and_costs_no_other_object(
    desk: Desk, platform: FakePartner, odd: dict[str, Any], code: Code, place: str | None
) -> None:
    first, last = signed(platform, 2)
    told = list(submit(connection(desk, platform), [first, odd, last]))
    assert [(one.number, one.status) for one in told] == [(0, STORED), (1, REFUSED), (2, STORED)]
    assert told[1].refusal is not None
    assert (told[1].refusal.code, told[1].refusal.pointer) == (code, place)
    with pytest.raises(MalformedInputError, match="each fit to be sent"):
        list(submit(connection(desk, platform), [first, odd], Sending(atomic=True)))


def test_nothing_is_no_request() -> None:
    assert list(submit(Connection(Target("http://127.0.0.1:1", "bw_token")), [])) == []
