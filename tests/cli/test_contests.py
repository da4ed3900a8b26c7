"""Contests from the command line."""

from __future__ import annotations

from app.domain.vocabulary import Role
from tests.cli.desk import Desk
from tests.factories.exchanges import Caller, FakePartner
from tests.factories.stix_objects import indicator


def test_a_contest_is_entered_and_listed(desk: Desk, operator: Caller, platform: FakePartner) -> None:
    hotline = desk.running.enrol("Hotline that contests", role=Role.HOTLINE)
    value = indicator()
    platform.submit(value)
    said = desk.run(hotline, "contest", "enter", value["id"], "--reason", "outdated")
    assert said.exit_code == 0, said.output
    [row] = desk.json(hotline, "contest", "list")["contests"]
    assert row["id"] in said.stdout
    assert "not told yet" in desk.run(hotline, "contest", "list").stdout
    assert "unanswered" in desk.run(operator, "contest", "list").stdout
    assert desk.run(platform, "contest", "enter", value["id"], "--reason", "outdated").exit_code != 0
