"""Later narrowing over HTTP: from the answer on, by any route, nothing that depends on the object reaches who loses it.

Who keeps it gets everything exactly once; and what somebody else posts under an id that is referred to changes nothing.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from typing import Any

import pytest

from app.services.intake import narrow_later
from tests.factories.exchanges import FakePartner, RunningExchange, running_exchange
from tests.factories.stix_objects import indicator, marking, newer, report


@pytest.fixture
def running(database_url: str) -> Iterator[RunningExchange]:
    with running_exchange(database_url) as running:
        yield running


def _ids(objects: list[dict[str, Any]]) -> list[str]:
    return [one["id"] for one in objects if one["type"] != "marking-definition"]


def _mark_for(owner: FakePartner, *partners: FakePartner) -> str:
    made = marking(owner.register_audience(partners_in=[one.partner_id for one in partners]))
    assert owner.submit(made).status == 201
    stix_id: str = made["id"]
    return stix_id


def _answers(reader: FakePartner, *stix_ids: str) -> list[tuple[int, Any]]:
    """Give status and body (without the number of the request) of every way to one of these objects."""
    paths = [path for one in stix_ids for path in (f"/{one}", f"/{one}/versions", f"/{one}/versions/2026-01-05T10:00:00.000Z")]
    found = [reader.read(path) for path in paths]
    return [(one.status, {name: value for name, value in one.json.items() if name != "request_id"}) for one in found]


def test_from_the_answer_on_who_loses_it_has_neither_and_who_keeps_it_has_both_exactly_once(
    running: RunningExchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(narrow_later, "_BATCH", 1)
    publisher, author, keeper, loser = (running.enrol(name) for name in ("Publisher", "Author", "Keeper", "Loser"))
    target, unrelated = indicator(), indicator()
    assert publisher.submit(target).status == 201
    about, about_it = report([target["id"]]), report([])
    about_it["object_refs"] = [about["id"]]
    assert author.submit(about, unrelated).status == 201
    assert author.submit(about_it).status == 201
    everything = [target["id"], about["id"], unrelated["id"], about_it["id"]]
    first = keeper.pull(limit=2).json
    assert _ids(first["objects"]) == everything[:2]
    assert _ids(loser.pull_all()) == everything
    absent = _answers(loser, *(one["id"] for one in (report([]), report([]), report([]))))

    mark = _mark_for(publisher, author, keeper)
    changed = publisher.sign(newer(target, object_marking_refs=[mark]))
    assert publisher.submit_signed([changed]).json["results"][0]["status"] == "stored"
    rest: list[str] = []
    cursor = first["next"]
    for done in itertools.count():  # one batch after the other
        assert _answers(loser, target["id"], about["id"], about_it["id"]) == absent
        assert _ids(loser.pull_all(limit=1)) == [unrelated["id"]]
        assert loser.pull(id=about["id"]).json["objects"] == []
        assert {status for status, _ in _answers(keeper, target["id"], about["id"], about_it["id"])} == {200}
        page = keeper.pull(next=cursor, limit=1).json
        rest, cursor = rest + _ids(page["objects"]), page["next"]
        if not running.do_one_piece_of_work():
            break
        assert done < 50
    rest += _ids(keeper.pull_all(next=cursor))
    assert rest == [unrelated["id"], about_it["id"], target["id"]]
    assert _ids(keeper.pull_all()) == [*everything, target["id"]]
    assert _ids(author.pull_all())[:2] == [target["id"], about["id"]]


def test_nobody_elses_object_under_the_id_changes_a_byte_of_what_others_get(running: RunningExchange) -> None:
    publisher, author, reader, attacker = (running.enrol(name) for name in ("Publisher", "Author", "Reader", "Attacker"))
    target, unknown = indicator(), indicator()
    publisher.submit(target)
    about = report([target["id"], unknown["id"]])
    author.submit(about)
    page = reader.pull().body
    by_id = [(partner.object(about["id"]).body, partner.object(target["id"]).status) for partner in (publisher, author, reader)]
    nobody = _mark_for(attacker)
    cursor = reader.pull().json["next"]
    for one in (target, unknown):
        posted = attacker.submit(one | {"object_marking_refs": [nobody]}, newer(one, object_marking_refs=[nobody]))
        assert [result["status"] for result in posted.json["results"]] == ["stored"] * 2
    running.do_all_work()
    assert reader.pull(next=cursor).json["objects"] == []
    assert [(one.object(about["id"]).body, one.object(target["id"]).status) for one in (publisher, author, reader)] == by_id
    assert json.loads(reader.pull().body)["objects"] == json.loads(page)["objects"]
