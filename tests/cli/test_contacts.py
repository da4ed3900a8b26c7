"""Contacts by the command line."""

from __future__ import annotations

import pytest

from app.cli.contacts import fate
from app.cli.faults import ExitCode
from tests.cli.desk import Desk
from tests.factories.exchanges import Caller, FakePartner


def test_a_contact_is_added_listed_and_removed(desk: Desk, platform: FakePartner, operator: Caller) -> None:
    options = ("--label", "Duty officer", "--email", "duty@example.org", "--phone", "+1 555 0100", "--rank", "3")
    added = desk.json(platform, "contact", "add", *options)
    assert (added["rank"], added["email"], added["phone"]) == (3, "duty@example.org", "+1 555 0100")
    told = desk.run(platform, "contact", "add", "--label", "Room A", "--email", "room@example.org").stdout
    assert "breakwater contact test" in told
    assert "none yet" in desk.run(platform, "contact", "list").stdout
    assert added in desk.json(operator, "contact", "list")["contacts"]
    assert added["id"] in desk.run(platform, "contact", "remove", added["id"]).stdout
    assert added not in desk.json(platform, "contact", "list")["contacts"]


def test_trying_a_contact_where_no_mail_is_sent_says_so(desk: Desk, platform: FakePartner) -> None:
    added = desk.json(platform, "contact", "add", "--label", "Night", "--email", "night@example.org")
    refused = desk.run(platform, "contact", "test", added["id"])
    assert refused.exit_code == ExitCode.REFUSED
    assert "no mail server" in refused.stderr


def test_a_bad_address_is_refused_without_being_repeated(desk: Desk, platform: FakePartner) -> None:
    refused = desk.run(platform, "contact", "add", "--label", "Night", "--email", "nobody")
    assert refused.exit_code == ExitCode.REFUSED
    assert "(at /email)" in refused.stderr
    assert "nobody" not in refused.stderr


@pytest.mark.parametrize(
    ("mail", "words"),
    [
        ({"state": "sent", "sent_at": "2026-03-01T12:00:00Z", "failure": None}, "sent 2026-03-01T12:00:00Z"),
        ({"state": "waiting", "failure": None}, "waiting"),
        ({"state": "waiting", "failure": "refused"}, "refused, is tried again"),
        ({"state": "dropped", "failure": "refused"}, "dropped"),
    ],
)
def test_the_fate_of_a_mail_is_told_in_words(mail: dict[str, str | None], words: str) -> None:
    assert fate(mail) == words
