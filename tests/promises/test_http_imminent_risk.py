"""Imminent risk from outside: over HTTP and SMTP, from the submission to the acknowledgement, and over a kill of the server."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import pytest

from app.domain.vocabulary import Role, Sensitivity
from app.jobs.poller import call_people
from app.web.context import attach
from tests.factories.exchanges import Caller, FakePartner, RunningExchange, enrol, over_http, running_exchange, second_operator
from tests.factories.leases import end_leases
from tests.factories.mail_servers import FakeMailServer, mail_server
from tests.factories.stix_objects import context, marking
from tests.factories.urgent import ALARM_TO, MINUTES, REPORTED, WITHIN, urgent_indicator

ROOT = Path(__file__).parents[2]
FIRST, SECOND = "first@agency.example.org", "second@agency.example.org"
PLATFORMS = "duty@platform.example.org"


def add_contacts(partner: FakePartner, *addresses: str) -> None:
    for email in addresses:
        assert partner.post("contacts", {"label": "Duty officer", "email": email}).status == 201


@pytest.fixture
def server() -> Iterator[FakeMailServer]:
    with mail_server() as server:
        yield server


ON_BOTH = pytest.mark.parametrize("running", ["sqlite_url", "postgres_url"], indirect=True)


@pytest.fixture
def running(request: pytest.FixtureRequest, server: FakeMailServer) -> Iterator[RunningExchange]:
    """An exchange with a clock of the test's, which sends mail to ``server``; on SQLite unless a test is ``ON_BOTH``."""
    with running_exchange(request.getfixturevalue(getattr(request, "param", "sqlite_url"))) as running:
        duty = replace(running.exchange.duty, alarm_to=(ALARM_TO,), acknowledge_within=WITHIN)
        exchange = replace(running.exchange, relay=server.relay(), duty=duty)
        attach(running.app, exchange)
        yield replace(running, exchange=exchange)


@pytest.fixture
def hotline(running: RunningExchange) -> FakePartner:
    return running.enrol("Hotline A", role=Role.HOTLINE)


@pytest.fixture
def agency(running: RunningExchange) -> FakePartner:
    agency = running.enrol("Agency A", role=Role.LAW_ENFORCEMENT)
    add_contacts(agency, FIRST, SECOND)
    return agency


@pytest.fixture
def platform(running: RunningExchange) -> FakePartner:
    """A platform that may not see what identifies anybody."""
    blind = {"read": {"sensitivities": [Sensitivity.AGGREGATE, Sensitivity.BEHAVIOURAL]}}
    platform = running.enrol("Platform A", agreement=blind)
    add_contacts(platform, PLATFORMS)
    return platform


def work(running: RunningExchange) -> None:
    running.do_all_work()
    while call_people(running.exchange):
        pass


def identifying() -> dict[str, object]:
    stated = context(sensitivity="identifying", urgency="imminent-risk", already_reported_to=REPORTED)
    return urgent_indicator(extensions=stated)


@ON_BOTH
def test_the_agency_is_paged_and_acknowledges_and_the_platform_learns_nothing(
    running: RunningExchange, server: FakeMailServer, hotline: FakePartner, agency: FakePartner, platform: FakePartner
) -> None:
    audience = hotline.register_audience(partners_in=[agency.partner_id])
    value = _stored(hotline, identifying(), audience)
    work(running)
    [letter] = server.received
    assert letter.to == [FIRST]
    [page_id] = re.findall(r"breakwater page acknowledge (\S+)", letter.text)
    for secret in (value["id"], hotline.partner_id, hotline.identity_id, str(value["name"]), FIRST):
        assert secret not in letter.text
    assert platform.get("pages").json == {"pages": []}
    assert platform.post(f"pages/{page_id}/acknowledgement", {}).status == 404
    assert hotline.post(f"pages/{page_id}/acknowledgement", {}).status == 404
    assert agency.post(f"pages/{page_id}/acknowledgement", {}).json["state"] == "acknowledged"
    running.clock.shift += 10 * WITHIN
    work(running)
    assert len(server.received) == 1
    assert [one["id"] for one in agency.pull_all(urgency="imminent-risk")] == [value["id"]]


def _stored(hotline: FakePartner, value: dict[str, object], audience_id: str) -> dict[str, object]:
    label = marking(audience_id)
    marked = value | {"object_marking_refs": [label["id"]]}
    assert {one["status"] for one in hotline.submit(label, marked).json["results"]} == {"stored"}
    return marked


def test_a_dead_contact_hands_over_to_the_next_and_nobody_at_all_to_the_operator(
    running: RunningExchange, server: FakeMailServer, hotline: FakePartner, agency: FakePartner
) -> None:
    server.behaviour.refused.add(FIRST)
    hotline.submit(urgent_indicator())
    work(running)
    assert (len(server.to(FIRST)), len(server.to(SECOND))) == (0, 1)
    [page] = agency.get("pages").json["pages"]
    running.clock.shift += WITHIN - MINUTES
    work(running)
    assert not any("Nobody acknowledged" in one.text for one in server.to(ALARM_TO))
    running.clock.shift += MINUTES
    work(running)
    assert any(page["id"] in one.text and agency.partner_id in one.text for one in server.to(ALARM_TO))
    [seen] = running.operator.get("pages").json["pages"]
    assert (seen["id"], seen["state"]) == (page["id"], "escalated")
    assert {one["failure"] for one in seen["mails"] if one["failed_at"]} == {"refused"}


def test_what_no_law_enforcement_may_see_alarms_the_operator_and_no_partner_can_tell(
    running: RunningExchange, server: FakeMailServer, hotline: FakePartner, agency: FakePartner
) -> None:
    platform = running.enrol("Platform A")
    add_contacts(platform, PLATFORMS)
    audience = hotline.register_audience(partners_in=[platform.partner_id])
    _stored(hotline, urgent_indicator(), audience)
    work(running)
    assert (len(server.to(PLATFORMS)), len(server.to(FIRST))) == (1, 0)
    [alarm] = server.to(ALARM_TO)
    assert "page-without-law-enforcement" in alarm.text
    assert agency.get("pages").json == {"pages": []}


@ON_BOTH
def test_a_hidden_page_takes_no_place_among_those_that_are_listed(
    running: RunningExchange, hotline: FakePartner, agency: FakePartner
) -> None:
    everybody, nobody = hotline.register_audience(partners_in=[agency.partner_id]), hotline.register_audience()
    seen = _stored(hotline, urgent_indicator(), everybody)
    work(running)
    narrowed = _stored(hotline, urgent_indicator(), everybody)
    work(running)
    pages = agency.get("pages").json["pages"]
    assert len(pages) == 2
    label = marking(nobody)
    newer = narrowed | {"modified": "2026-02-01T10:00:00.000Z", "object_marking_refs": [label["id"]]}
    assert {one["status"] for one in hotline.submit(label, newer).json["results"]} == {"stored"}
    work(running)
    told = [agency.get("pages", query={"limit": limit}).json["pages"] for limit in (1, 2, 1000)]
    assert [[one["id"] for one in some] for some in told] == [[pages[1]["id"]]] * 3
    assert [one["id"] for one in agency.pull_all(urgency="imminent-risk")] == [seen["id"]]


def test_the_submitter_cannot_tell_who_is_paged(running: RunningExchange, hotline: FakePartner, agency: FakePartner) -> None:
    nobody = hotline.register_audience()
    everybody = hotline.register_audience(partners_in=[agency.partner_id])
    answers = []
    for audience_id in (nobody, everybody):
        value = _stored(hotline, urgent_indicator(), audience_id)
        answers.append(hotline.submit_signed([hotline.sign(value | {"modified": "2026-02-01T10:00:00.000Z"})]))
    work(running)
    assert len(agency.get("pages").json["pages"]) == 2
    told = [answer.json["imminent_risk"] for answer in answers]
    assert told[0] == told[1]
    assert answers[0].json.keys() == answers[1].json.keys()
    assert len({len(answer.body) for answer in answers}) == 1


# --- one mail never decides what becomes of another -------------------------------------------------------------------------

UNMAILABLE = ["duty..officer@example.org", ".duty@example.org", "duty.@example.org", "=?utf-8?q?duty?=@example.org"]


def _as_kept_before_they_were_checked(running: RunningExchange, contact_id: str, email: str) -> None:
    with running.exchange.database.write() as connection:
        connection.exec_driver_sql(f"UPDATE contact SET email = '{email}' WHERE contact_id = '{contact_id}'")  # noqa: S608  # our own words


@pytest.mark.parametrize("email", UNMAILABLE)
def test_an_address_that_no_mail_can_be_written_to_is_refused(platform: FakePartner, email: str) -> None:
    answer = platform.post("contacts", {"label": "duty", "email": email})
    assert (answer.status, answer.code, answer.json["pointer"]) == (400, "request-invalid", "/email")
    assert email.encode() not in answer.body
    assert "xn--" in answer.json["detail"]


@ON_BOTH
def test_contacts_that_cannot_be_mailed_delay_nobody_elses_page_and_lose_none(
    running: RunningExchange, server: FakeMailServer, hotline: FakePartner, agency: FakePartner
) -> None:
    attacker = running.enrol("Platform C")
    for number in range(12):
        address = f"n{number}@platform.example.org"
        made = attacker.post("contacts", {"label": "duty", "email": address}).json
        assert attacker.post(f"contacts/{made['id']}/test", {}).status in {200, 409}
        _as_kept_before_they_were_checked(running, made["id"], UNMAILABLE[number % len(UNMAILABLE)])
    for _ in range(6):
        assert hotline.submit(urgent_indicator()).status == 201
    work(running)
    assert len(server.to(FIRST)) == 6
    pages = agency.get("pages").json["pages"]
    assert [[mail["state"] for mail in page["mails"]] for page in pages] == [["sent"]] * 6


def test_after_a_contact_that_cannot_be_mailed_the_next_is_called_at_once_and_the_operator_told(
    running: RunningExchange, server: FakeMailServer, hotline: FakePartner, agency: FakePartner
) -> None:
    [first, _] = agency.get("contacts").json["contacts"]
    _as_kept_before_they_were_checked(running, first["id"], UNMAILABLE[0])
    assert hotline.submit(urgent_indicator()).status == 201
    work(running)
    assert len(server.to(SECOND)) == 1
    [page] = agency.get("pages").json["pages"]
    assert {one["failure"] for one in page["mails"] if one["failed_at"]} == {"refused"}
    assert any("page-undelivered" in one.text for one in server.to(ALARM_TO))


# --- a real server, killed --------------------------------------------------------------------------------------------------


@contextmanager
def served(home: Path, port: int) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """Run ``breakwater serve`` on the exchange in ``home``, with a mail server at ``port``; gives its URL."""
    settings = {
        "HOME": str(home),
        "BIND": "127.0.0.1:0",
        "WORKERS": "2",
        "LOG_LEVEL": "error",
        "SMTP_URL": f"smtp://127.0.0.1:{port}",
        "MAIL_FROM": "exchange@breakwater.example.org",
        "ALARM_TO": ALARM_TO,
    }
    environment = os.environ | {f"BREAKWATER_{name}": value for name, value in settings.items()}
    command = [sys.executable, "-m", "app", "serve"]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment, cwd=ROOT, start_new_session=True
    )
    try:
        assert process.stdout is not None
        yield process.stdout.readline().removeprefix("ready: ").strip(), process
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def wait_for(holds: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_server_that_is_killed_goes_on_calling_when_it_is_back(tmp_path: Path, server: FakeMailServer) -> None:
    home = tmp_path / "exchange"
    command = [sys.executable, "-m", "app", "init", "--json"]
    done = subprocess.run(
        command, capture_output=True, text=True, check=True, cwd=ROOT, env=os.environ | {"BREAKWATER_HOME": str(home)}
    )
    [token] = re.findall(r'"token": "([^"]+)"', done.stdout)
    server.behaviour.refused.add(FIRST)
    with served(home, server.port) as (url, _process):
        operator = Caller(over_http(url), token)
        second = second_operator(operator, f"sqlite:///{home / 'breakwater.db'}")
        hotline, agency = (enrol(operator, name, second=second) for name in ("Hotline A", "Agency A"))
        add_contacts(agency, FIRST, SECOND)
        assert hotline.submit(urgent_indicator()).status == 201
        wait_for(lambda: bool(server.to(SECOND)))
        assert hotline.submit(urgent_indicator()).json["results"][0]["status"] == "stored"
    end_leases(f"sqlite:///{home / 'breakwater.db'}")
    with served(home, server.port) as (url, _process):
        agency = replace(agency, transport=over_http(url))
        wait_for(lambda: len(agency.get("pages").json["pages"]) == 2)
        wait_for(lambda: all(one["contact_id"] for one in agency.get("pages").json["pages"]))
        for page in agency.get("pages").json["pages"]:
            assert agency.post(f"pages/{page['id']}/acknowledgement", {}).json["state"] == "acknowledged"
    ids = [one.message["Message-ID"] for one in server.to(SECOND)]
    assert 1 <= len(set(ids)) <= 2
