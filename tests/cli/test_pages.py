"""Pages by the command line."""

from __future__ import annotations

import shlex
from dataclasses import replace
from pathlib import Path

import pytest

from app.cli.faults import ExitCode
from app.domain.vocabulary import Purpose
from app.services.paging.page_contacts import take_turn
from app.services.paging.send_mail import send_due
from tests.cli.desk import Desk, objects_in
from tests.factories.exchanges import Caller, FakePartner, Wanted
from tests.factories.mail_servers import mail_server
from tests.factories.urgent import urgent_indicator


def test_a_page_is_listed_and_acknowledged(desk: Desk, platform: FakePartner, hotline: FakePartner, operator: Caller) -> None:
    contact = desk.json(hotline, "contact", "add", "--label", "Duty officer", "--email", "duty@example.org")
    assert desk.json(hotline, "page", "list") == {"pages": []}
    platform.submit(urgent_indicator())
    desk.running.do_all_work()
    take_turn(desk.running.exchange)
    [page] = desk.json(hotline, "page", "list")["pages"]
    told = desk.run(operator, "page", "list", "--limit", "10").stdout
    assert page["id"] in told
    assert contact["id"] in told
    assert "waiting" in told
    assert "breakwater pull --urgency imminent-risk --purpose" in desk.run(hotline, "page", "list").stdout
    refused = desk.run(platform, "page", "acknowledge", page["id"])
    assert (refused.exit_code, "[not-found]" in refused.stderr) == (ExitCode.REFUSED, True)
    assert "acknowledged" in desk.run(hotline, "page", "acknowledge", page["id"]).stdout
    assert desk.json(hotline, "page", "list")["pages"][0]["state"] == "acknowledged"


def paged_by_mail(desk: Desk, platform: FakePartner, partner: FakePartner) -> tuple[str, str]:
    """Have a partner paged about something of the platform's; gives that object's id, and the text of the mail."""
    email = f"{partner.partner_id}@example.org"
    desk.json(partner, "contact", "add", "--label", "Duty officer", "--email", email)
    value = urgent_indicator()
    platform.submit(value)
    with mail_server() as server:
        exchange = replace(desk.running.exchange, relay=server.relay())
        desk.running.do_all_work()
        while take_turn(exchange) or send_due(exchange):
            pass
        [letter] = server.to(email)
    return value["id"], letter.text


@pytest.mark.parametrize("fixed", [None, Purpose.VICTIM_PROTECTION])
def test_the_command_and_the_request_of_the_mail_work_as_they_are_written(
    desk: Desk, platform: FakePartner, tmp_path: Path, fixed: Purpose | None
) -> None:
    partner = desk.running.enrol(f"Agency on call {fixed}", Wanted(purpose=fixed))
    stix_id, text = paged_by_mail(desk, platform, partner)
    [command] = [line.split(":", 1)[1] for line in text.splitlines() if line.startswith("2. Read it:")]
    done = desk.run(partner, *shlex.split(command.replace("urgent.ndjson", str(tmp_path / "urgent.ndjson")))[1:])
    assert done.exit_code == 0, done.stderr
    assert stix_id in [one["id"] for one in objects_in(tmp_path / "urgent.ndjson")]
    [request] = [line for line in text.splitlines() if line.startswith("   or GET ")]
    address, _, header = request.removeprefix("   or GET ").partition(" with the header ")
    name, value = header.split(": ")
    partner.purpose = None
    answer = partner.get(address.partition("/api/v1/")[2], headers={name: value})
    assert stix_id in [one["id"] for one in answer.json["objects"]]
