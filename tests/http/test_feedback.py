"""Feedback, assertions and disputes over HTTP, and every refusal of them."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from app.domain.vocabulary import Role
from app.services.intake import settle_feedback
from app.stix.observable_ids import name_based_ids
from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.feedback import DETECTION, compose, dispute, feedback_on_mine, give, marks, submit
from tests.factories.furnished import running_on_both
from tests.factories.stix_objects import context, indicator, marking, newer, stix_id, user_account

__all__ = ["running_on_both"]
URL = {"type": "url", "spec_version": "2.1", "value": "https://rooms.example.org/1"}
URL["id"] = next(iter(name_based_ids(URL)))
ABSENT = "indicator--0d9b8f6e-3f0c-4c7e-9a55-51b2a1f6f0aa"


@pytest.fixture
def publisher(running: RunningExchange) -> FakePartner:
    return running.enrol("Publisher")


@pytest.fixture
def giver(running: RunningExchange) -> FakePartner:
    return running.enrol("Giver")


@pytest.mark.parametrize(
    ("kind", "word", "more"),
    [
        ("sighting", None, {}),
        ("sighting", None, {"count": 0}),
        ("outcome", "no-match", {}),
        ("outcome", "reported", {}),
        ("opinion", "agree", {}),
        ("dispute", "outdated", {"evidence": "none-given"}),
        ("mark", "ingested", {}),
        ("mark", "reviewed", {}),
    ],
)
def test_feedback_goes_back_to_the_publisher(
    publisher: FakePartner, giver: FakePartner, kind: str, word: str | None, more: dict[str, object]
) -> None:
    value = indicator()
    publisher.submit(value)
    said = give(giver, value["id"], kind, word, **more)
    [told] = feedback_on_mine(publisher)
    assert (told["type"], told["id"], told["created_by_ref"]) == (said["type"], said["id"], giver.identity_id)
    assert "signatures" in json.dumps(told)
    assert feedback_on_mine(publisher, kind=kind) == [told]
    assert feedback_on_mine(publisher, object=value["id"]) == [told]
    assert feedback_on_mine(publisher, object=ABSENT) == feedback_on_mine(giver) == []


def test_feedback_on_what_identifies_goes_to_its_publisher_though_nobody_names_it(
    running: RunningExchange, publisher: FakePartner, giver: FakePartner
) -> None:
    label = marking(publisher.register_audience(partners_in=[giver.partner_id, running.enrol("Other").partner_id]))
    account = user_account("listed") | {"object_marking_refs": [label["id"]]}
    assert publisher.submit(label, account).json["results"][1]["status"] == "stored"
    give(giver, account["id"], "opinion", "disagree")
    dispute(giver, account["id"])
    assert [one["type"] for one in feedback_on_mine(publisher)] == ["opinion"]
    assert [one["type"] for one in feedback_on_mine(publisher, kind="dispute")] == ["opinion"]


def test_a_dispute_marks_what_everybody_has_and_its_end_unmarks_it(
    running: RunningExchange, publisher: FakePartner, giver: FakePartner
) -> None:
    reader, late = running.enrol("Reader"), running.enrol("Late reader")
    value = indicator()
    publisher.submit(value)
    reader.pull_all()
    said = dispute(giver, value["id"])
    running.do_all_work()
    assert [marks(one, value["id"]) for one in (publisher, reader, late, giver)] == [[True], [True], [], []]
    late.pull_all()
    running.clock.shift = timedelta(minutes=15)
    running.do_all_work()
    assert marks(late, value["id"]) == [True]
    submit(giver, newer(said, "2099-01-01T00:00:00.000Z", revoked=True))
    running.do_all_work()
    assert [marks(one, value["id"]) for one in (publisher, reader, late, giver)] == [[True, False]] * 3 + [[]]
    assert reader.get("notices").json["notices"] == [] or all(one["answered_at"] for one in reader.get("notices").json["notices"])


def test_a_withdrawn_dispute_unmarks_too(running: RunningExchange, publisher: FakePartner, giver: FakePartner) -> None:
    reader, value = running.enrol("Reader"), indicator()
    publisher.submit(value)
    reader.pull_all()
    said = dispute(giver, value["id"])
    running.do_all_work()
    assert giver.post(f"objects/{said['id']}/withdrawal", {}).status == 201
    running.do_all_work()
    assert marks(reader, value["id"]) == [True, False]


def test_who_disputes_is_told_to_nobody_who_may_not_see_it(
    running: RunningExchange, publisher: FakePartner, giver: FakePartner
) -> None:
    reader, value = running.enrol("Reader"), indicator()
    publisher.submit(value)
    reader.pull_all()
    label = marking(giver.register_audience(partners_in=[publisher.partner_id]))
    giver.submit(label)
    said = compose(giver, value["id"], "dispute", "outdated", evidence="human-review").json["object"]
    submit(giver, said | {"object_marking_refs": [label["id"]]})
    running.do_all_work()
    assert marks(reader, value["id"]) == [True]
    seen = json.dumps(reader.pull_all())
    assert giver.identity_id not in seen
    assert giver.partner_id not in seen
    assert said["id"] not in seen


def test_hidden_and_absent_are_refused_alike(publisher: FakePartner, giver: FakePartner) -> None:
    label = marking(publisher.register_audience(partners_in=[publisher.partner_id]))
    secret = indicator() | {"object_marking_refs": [label["id"]]}
    publisher.submit(label, secret)
    refused = [compose(giver, one, "opinion", "agree") for one in (secret["id"], ABSENT, "nonsense")]
    assert [(one.status, one.code) for one in refused] == [(404, "not-found")] * 3
    said = {"type": "opinion", "spec_version": "2.1", "opinion": "agree", "created": "2026-01-05T10:00:00.000Z"}
    said |= {"modified": "2026-01-05T10:00:00.000Z", "object_refs": [secret["id"]], "id": ABSENT.replace("indicator", "opinion")}
    submit(giver, said)
    assert feedback_on_mine(publisher) == []


def test_every_refusal(running: RunningExchange, publisher: FakePartner, giver: FakePartner) -> None:
    value, account = indicator(), user_account("own")
    publisher.submit(value)
    police = running.enrol("Police", role=Role.LAW_ENFORCEMENT)
    publisher.submit(account)
    refused = [
        compose(publisher, value["id"], "dispute", "outdated", evidence="none-given"),
        compose(giver, value["id"], "dispute", "outdated"),
        compose(giver, value["id"], "opinion", "guilty"),
        compose(giver, value["id"], "sighting", "agree"),
        compose(giver, value["id"], "mark", "reviewed", count=1),
        compose(giver, value["id"], "praise"),
        compose(police, account["id"], "outcome", "actioned"),
    ]
    assert [(one.status, one.code) for one in refused] == [
        (409, "self-dispute"),
        (400, "request-invalid"),
        (400, "request-invalid"),
        (400, "request-invalid"),
        (400, "request-invalid"),
        (400, "request-invalid"),
        (400, "request-invalid"),
    ]


def test_nobody_disputes_its_own_nor_keeps_feedback_from_its_publisher(publisher: FakePartner, giver: FakePartner) -> None:
    value = indicator()
    publisher.submit(value)
    said = compose(giver, value["id"], "dispute", "outdated", evidence="none-given").json["object"]
    del said["created_by_ref"]
    label = marking(giver.register_audience(partners_in=[giver.partner_id]))
    giver.submit(label)
    results = [
        publisher.submit(said).json["results"][0],
        giver.submit(said | {"object_marking_refs": [label["id"]]}).json["results"][0],
    ]
    assert [(one["status"], one["code"]) for one in results] == [("refused", "self-dispute"), ("refused", "feedback-not-told")]


def statistics_of(partner: FakePartner) -> list[dict[str, Any]]:
    answer = partner.get("feedback/statistics", headers=DETECTION)
    assert answer.status == 200, answer.body
    rows: list[dict[str, Any]] = answer.json["counts"]
    return rows


def test_parts_of_one_organisation_are_one_publisher_one_giver_and_do_not_dispute_each_other(
    running_on_both: RunningExchange,
) -> None:
    names = ("Company", "Part", "Part of a part", "Reader")
    company, part, of_part, reader = (running_on_both.enrol(name) for name in names)
    account = URL | {"extensions": context()}
    for one in (company, part, of_part):
        submit(one, account)
    value = indicator()
    submit(company, value)
    for one in (of_part, reader):
        give(one, value["id"], "opinion", "agree")

    def told() -> tuple[int, list[int]]:
        weighed = reader.get(f"objects/{account['id']}/assertions", headers=DETECTION).json
        counts = reader.get("feedback/statistics", query={"publisher": company.partner_id}, headers=DETECTION).json["counts"]
        return weighed["publishers"], [one["givers"] for one in counts]

    assert told() == (3, [2])
    for one, above in ((part, company), (of_part, part)):
        relations = {"parent_id": above.partner_id, "client_of": []}
        answer = running_on_both.operator.put(f"partners/{one.partner_id}/relations", relations)
        assert answer.status == 200, answer.text
    assert told() == (1, [1])
    composed = compose(of_part, value["id"], "dispute", "not-violating", evidence="human-review")
    assert (composed.status, composed.code) == (409, "self-dispute")
    said = compose(reader, value["id"], "dispute", "not-violating", evidence="human-review").json["object"]
    own = {"id": stix_id("opinion"), "created_by_ref": of_part.identity_id}
    [result] = of_part.submit(said | own).json["results"]
    assert result["code"] == "self-dispute"


def test_a_dispute_of_many_objects_counts_as_many(running_on_both: RunningExchange, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settle_feedback, "MOST_DISPUTES_A_DAY", 3)
    publisher, giver = running_on_both.enrol("Publisher"), running_on_both.enrol("Giver")
    ids = [value["id"] for value in (indicator(), indicator(), indicator(), indicator()) if publisher.submit(value).status == 201]
    said = compose(giver, ids[0], "dispute", "not-violating", evidence="human-review").json["object"]

    def disputed(*about: str) -> str | None:
        value = said | {"id": stix_id("opinion"), "object_refs": list(about)}
        code: str | None = giver.submit(value).json["results"][0].get("code")
        return code

    assert [disputed(*ids), disputed(*ids[:2]), disputed(*ids[2:]), disputed(ids[2]), disputed(ids[3])] == [
        *("volume-exhausted", None, "volume-exhausted", None, "volume-exhausted"),
    ]


def test_two_who_state_one_account_learn_of_each_other_by_no_statistics(running_on_both: RunningExchange) -> None:
    first, second, giver = (running_on_both.enrol(name) for name in ("First", "Second", "Giver"))
    account = user_account("stated-twice")
    for one in (first, second):
        label = marking(one.register_audience(partners_in=[giver.partner_id]))
        submit(one, label)
        submit(one, account | {"object_marking_refs": [label["id"]]})
    give(giver, account["id"], "mark", "ingested")
    dispute(giver, account["id"], "outdated")
    for one, other in ((first, second), (second, first)):
        told = statistics_of(one)
        assert {row["publisher"] for row in told} == {one.partner_id}
        assert other.partner_id not in json.dumps(told)
        narrowed = one.get("feedback/statistics", query={"publisher": other.partner_id}, headers=DETECTION)
        assert narrowed.json["counts"] == []
    assert {row["publisher"] for row in statistics_of(giver)} == {first.partner_id, second.partner_id}


def test_whether_there_are_more_disputes_tells_nothing_of_hidden_ones(running_on_both: RunningExchange) -> None:
    publisher, giver, reader = (running_on_both.enrol(name) for name in ("Publisher", "Giver", "Reader"))
    label = marking(publisher.register_audience(partners_in=[giver.partner_id]))
    submit(publisher, label)

    def publish_and_dispute(*, hidden: bool) -> str:
        value = indicator() | ({"object_marking_refs": [label["id"]]} if hidden else {})
        submit(publisher, value)
        dispute(giver, value["id"])
        running_on_both.do_all_work()
        stix_id: str = value["id"]
        return stix_id

    seen = [publish_and_dispute(hidden=one) for one in (True, False, True, False, True)]
    page = reader.get("disputes", query={"limit": 2}, headers=DETECTION).json
    assert ([one["id"] for one in page["disputes"]], page["more"]) == ([seen[1], seen[3]], False)
    page = reader.get("disputes", query={"limit": 1}, headers=DETECTION).json
    assert ([one["id"] for one in page["disputes"]], page["more"]) == ([seen[1]], True)
    page = reader.get("disputes", query={"limit": 1, "next": page["next"]}, headers=DETECTION).json
    assert ([one["id"] for one in page["disputes"]], page["more"]) == ([seen[3]], False)
