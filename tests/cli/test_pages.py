"""Pages by the command line."""

from __future__ import annotations

from app.cli.faults import ExitCode
from app.services.paging.page_contacts import take_turn
from tests.cli.desk import Desk
from tests.factories.exchanges import Caller, FakePartner
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
    assert "breakwater pull --urgency imminent-risk" in desk.run(hotline, "page", "list").stdout
    refused = desk.run(platform, "page", "acknowledge", page["id"])
    assert (refused.exit_code, "[not-found]" in refused.stderr) == (ExitCode.REFUSED, True)
    assert "acknowledged" in desk.run(hotline, "page", "acknowledge", page["id"]).stdout
    assert desk.json(hotline, "page", "list")["pages"][0]["state"] == "acknowledged"
