"""Requests between partners, from outside: clocks, proof of service, answers, and who sees none of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from app.domain.paging import MailKind
from app.domain.permissions import Permission
from app.domain.vocabulary import Role, StaffRole
from app.services.requesting.watch_clocks import watch_clocks
from app.storage import mails, partner_requests
from breakwater_client.instant import instant_text
from tests.factories.exchanges import Answer, FakePartner, RunningExchange, Wanted
from tests.factories.partner_requests import request_of as made
from tests.factories.stix_objects import stix_id

NOW = datetime.now(UTC)
DUTY = {"label": "Duty officer", "email": "duty@example.org", "phone": None, "rank": 1}
KEPT_UNTIL = NOW + timedelta(days=60)


def request_of(kind: str, *recipients: FakePartner, **changes: Any) -> dict[str, Any]:
    """Give a request of now to some partners."""
    until = {"preserve_until": instant_text(KEPT_UNTIL)} if kind == "preservation-request" else {}
    return made(kind, [one.identity_id for one in recipients], NOW, **until | changes)


@pytest.fixture
def agency(running: RunningExchange) -> FakePartner:
    return running.enrol("Agency", Wanted(role=Role.LAW_ENFORCEMENT))


def started(agency: FakePartner, value: dict[str, Any], clock: str | None = None) -> dict[str, Any]:
    assert agency.submit(value).status == 201
    answered = agency.post("requests", {"stix_id": value["id"], "clock": clock})
    assert answered.status == 201, answered.text
    found: dict[str, Any] = answered.json
    return found


def asked_of(partner: FakePartner) -> list[dict[str, Any]]:
    answer = partner.get("requests", headers={"Breakwater-Purpose": "detection"})
    assert answer.status == 200, answer.text
    found: list[dict[str, Any]] = answer.json["asked"]
    return found


def answer(partner: FakePartner, request_id: str, **given: Any) -> Answer:
    return partner.post(f"requests/{request_id}/answer", given, headers={"Breakwater-Purpose": "detection"})


def test_a_preservation_is_asked_served_answered_and_closed(
    running: RunningExchange, agency: FakePartner, platform: FakePartner
) -> None:
    request = started(agency, request_of("preservation-request", platform), "us-2703-f")
    assert request["parties"] == [{"identity_id": platform.identity_id, "served_at": None, "answer": None}]
    [asked] = asked_of(platform)
    assert (asked["id"], asked["asker"], asked["parties"]) == (request["id"], agency.identity_id, [])
    # to know that it is there is no service; to be given it is
    assert agency.get(f"requests/{request['id']}").json["parties"][0]["served_at"] is None
    assert platform.object(request["stix_id"]).status == 200
    [party] = agency.get(f"requests/{request['id']}").json["parties"]
    assert party["served_at"] is not None
    answered = answer(platform, request["id"], outcome="preserved", reference="case-117")
    assert answered.status == 200, answered.text
    [party] = agency.get(f"requests/{request['id']}").json["parties"]
    assert (party["answer"]["outcome"], party["answer"]["reference"]) == ("preserved", "case-117")
    # both can have the answer proved, nobody else
    entry = f"log/entries/{party['answer']['log_index']}/proof"
    running.operator.post("log/checkpoints", {})
    other = running.enrol("Other")
    assert [one.get(entry).status for one in (agency, platform, other)] == [200, 200, 404]
    # the same again changes nothing
    again = answer(platform, request["id"], outcome="preserved", reference="case-117")
    assert again.json == answered.json
    closed = agency.post(f"requests/{request['id']}/closing", {})
    assert closed.json["closed_at"] is not None
    assert asked_of(platform) == []
    assert answer(platform, request["id"], outcome="declined").status == 404
    assert agency.post("requests", {"stix_id": request["stix_id"]}).status == 409


def test_who_may_not_see_a_request_is_not_asked_by_it(
    running: RunningExchange, agency: FakePartner, platform: FakePartner
) -> None:
    hidden = request_of("information-request")  # to all readers, of whom a stranger to the audience is none
    request = started(agency, hidden)
    stranger = running.enrol("Stranger", Wanted(agreement={"read": {"publisher_roles": ["hotline"]}}))
    assert asked_of(stranger) == []
    absent = answer(stranger, "00000000-0000-4000-8000-000000000000", outcome="provided")
    there = answer(stranger, request["id"], outcome="provided")
    assert (there.status, there.code) == (absent.status, absent.code) == (404, "not-found")
    assert stranger.get(f"requests/{request['id']}").status == 404
    assert [one["id"] for one in asked_of(platform)] == [request["id"]]
    assert answer(platform, request["id"], outcome="provided").status == 200
    assert agency.get(f"requests/{request['id']}").json["parties"][0]["identity_id"] == platform.identity_id


def letters(running: RunningExchange, *partners: FakePartner) -> list[int]:
    """Let the clocks be looked at, and give how many letters each partner's first contact has by then."""
    running.do_all_work()
    with running.exchange.database.write() as connection:
        watch_clocks(connection, {}, running.clock())
        sent = [row.contact_id for row in connection.execute(mails.mail.select().where(mails.mail.c.kind == MailKind.REQUEST))]
    return [sent.count(one.get("contacts").json["contacts"][0]["id"]) for one in partners]


def test_who_may_not_see_a_request_gets_no_letter_about_it(
    running: RunningExchange, agency: FakePartner, platform: FakePartner
) -> None:
    stranger = running.enrol("Stranger", Wanted(agreement={"read": {"publisher_roles": ["hotline"]}}))
    suspended = running.enrol("Suspended")
    for one in (platform, stranger, suspended):
        assert one.post("contacts", DUTY).status == 201
    due = instant_text(NOW + timedelta(days=2))
    started(agency, request_of("information-request", platform, stranger, suspended, respond_by=due))
    hidden = started(agency, request_of("information-request", platform, respond_by=due))
    assert agency.post(f"objects/{hidden['stix_id']}/withdrawal", {}).status == 201
    running.suspend(suspended)
    assert letters(running, platform, stranger) == [1, 0]
    with running.exchange.database.read() as connection:
        assert len(connection.execute(mails.mail.select().where(mails.mail.c.kind == MailKind.REQUEST)).all()) == 1


def test_however_many_requests_run_out_a_contact_gets_one_letter_a_look(
    running: RunningExchange, agency: FakePartner, platform: FakePartner
) -> None:
    assert platform.post("contacts", DUTY).status == 201
    due = instant_text(NOW + timedelta(days=2))
    values = [request_of("information-request", platform, respond_by=due) for _ in range(5)]
    for value in values:
        started(agency, value)
    assert letters(running, platform) == [1]
    running.clock.shift = timedelta(days=1, hours=1)
    assert letters(running, platform) == [2]


def test_after_a_renewal_everybody_is_warned_of_the_new_end_and_who_is_not_named_any_more_is_not_asked(
    running: RunningExchange, agency: FakePartner, platform: FakePartner, hotline: FakePartner
) -> None:
    assert platform.post("contacts", DUTY).status == 201
    soon = {"respond_by": instant_text(NOW + timedelta(days=2))}
    value = request_of("information-request", platform, hotline, **soon)
    started(agency, value)
    assert len(asked_of(hotline)) == letters(running, platform)[0] == 1
    later = {"modified": instant_text(NOW + timedelta(seconds=1))[:23] + "Z", "recipient_refs": [platform.identity_id]}
    started(agency, value | later | {"respond_by": instant_text(NOW + timedelta(days=30))})
    assert asked_of(hotline) == []
    running.clock.shift = timedelta(days=28)
    assert letters(running, platform) == [2]


def crowd(running: RunningExchange, request_id: str, count: int) -> None:
    """Have many more requests of the same asker, as if their clocks had been started since."""
    with running.exchange.database.write() as connection:
        one = partner_requests.request_by_id(connection, request_id)
        assert one is not None
        for number in range(count):
            further = {"request_id": str(uuid4()), "stix_id": stix_id("information-request"), "is_to_all": True}
            later = one.asked_at + timedelta(seconds=number)
            partner_requests.add_request(connection, replace(one, **further, asked_at=later), [])


def test_however_much_somebody_reads_before_its_service_is_proved(
    running: RunningExchange, agency: FakePartner, platform: FakePartner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.services.requesting.look_up._AT_ONCE", 2)
    before, value, after = (request_of("information-request", platform) for _ in range(3))
    assert agency.submit(before).status == 201
    request = started(agency, value)
    assert agency.submit(after).status == 201
    for _ in range(3):
        assert len(asked_of(platform)) == 1
        around = platform.pull(id=[before["id"], after["id"]])
        assert len(around.json["objects"]) == 2
    assert agency.get(f"requests/{request['id']}").json["parties"][0]["served_at"] is None
    read_from = instant_text(running.clock())
    assert platform.object(value["id"]).status == 200
    assert agency.get(f"requests/{request['id']}").json["parties"][0]["served_at"] >= read_from


def test_whoever_asks_much_keeps_nobody_else_out_and_has_a_bound(
    running: RunningExchange, agency: FakePartner, platform: FakePartner, hotline: FakePartner
) -> None:
    quiet = started(hotline, request_of("information-request", platform))
    loud = started(agency, request_of("information-request", platform))
    crowd(running, loud["id"], 999)
    listed = asked_of(platform)
    assert (len(listed), quiet["id"] in {one["id"] for one in listed}) == (500, True)
    assert [one["asked_at"] for one in listed] == sorted((one["asked_at"] for one in listed), reverse=True)
    value = request_of("information-request", platform)
    assert agency.submit(value).status == 201
    refused = agency.post("requests", {"stix_id": value["id"]})
    assert (refused.status, refused.code) == (409, "state-conflict")
    assert agency.post(f"requests/{loud['id']}/closing", {}).status == 200
    assert agency.post("requests", {"stix_id": value["id"]}).status == 201


def test_an_identity_that_nobody_has_looks_like_one_that_has_not_read_it(agency: FakePartner, platform: FakePartner) -> None:
    value = request_of("information-request", platform)
    value["recipient_refs"].append(stix_id("identity"))
    request = started(agency, value)
    assert len(request["parties"]) == 2
    assert all((one["served_at"], one["answer"]) == (None, None) for one in request["parties"])


def test_a_law_bounds_how_long_and_a_newer_version_renews(agency: FakePartner, platform: FakePartner) -> None:
    longer = request_of("preservation-request", platform, preserve_until=instant_text(NOW + timedelta(days=91)))
    assert agency.submit(longer).status == 201
    refused = agency.post("requests", {"stix_id": longer["id"], "clock": "us-2703-f"})
    assert (refused.status, refused.json["pointer"]) == (400, "/clock")
    value = request_of("preservation-request", platform)
    request = started(agency, value, "us-2703-f")
    newer = value | {"modified": instant_text(NOW + timedelta(seconds=1))[:23] + "Z"}
    newer["preserve_until"] = instant_text(NOW + timedelta(days=170))
    renewed = started(agency, newer)
    assert renewed["id"] == request["id"]
    assert renewed["lapses_at"] > request["lapses_at"]


def test_an_emergency_is_due_within_its_hours(agency: FakePartner, platform: FakePartner) -> None:
    request = started(agency, request_of("information-request", platform), "eu-2023-1543-production-emergency")
    assert request["due_at"] is not None
    wrong = agency.post("requests", {"stix_id": request["stix_id"], "clock": "us-2703-f"})
    assert wrong.status == 400


def test_what_is_refused(running: RunningExchange, agency: FakePartner, platform: FakePartner) -> None:
    value = request_of("preservation-request", agency)
    assert platform.submit(value).status == 201
    refused = platform.post("requests", {"stix_id": value["id"]})
    assert (refused.status, refused.code) == (403, "request-not-permitted")
    request = started(agency, request_of("information-request", platform))
    assert platform.post("requests", {"stix_id": request["stix_id"]}).status == 404  # another's object
    assert agency.post("requests", {"stix_id": stix_id("information-request")}).status == 404
    answers = (
        {"outcome": "preserved"},
        {"outcome": "provided", "object_ids": [stix_id("note")]},
        {"outcome": "provided", "reference": "a b"},
    )
    assert [answer(platform, request["id"], **one).status for one in answers] == [400, 400, 400]
    assert running.staff(StaffRole.AUDITOR, Permission).get("requests").status == 403


def test_clocks_and_hotlines(running: RunningExchange, platform: FakePartner) -> None:
    clocks = platform.get("clocks").json["clocks"]
    assert all(one["source"] and one["title"] for one in clocks)
    running.enrol("A hotline of its own", Wanted(role=Role.HOTLINE))
    assert platform.get("hotlines?jurisdiction=AQ").json == {"hotlines": [], "jurisdictions": []}
    assert [platform.get(f"hotlines?jurisdiction={one}").status for one in ("nl", "XX")] == [400, 400]
