"""Saved searches, at the command line."""

from __future__ import annotations

from tests.cli.desk import Desk
from tests.factories.exchanges import FakePartner
from tests.factories.stix_objects import indicator


def test_a_search_is_saved_listed_asked_and_removed(desk: Desk, hotline: FakePartner) -> None:
    publisher = desk.running.enrol("Publisher of what is saved")
    purpose = ("--purpose", "detection")
    told = desk.run(hotline, "search", "save", "staircases", "spiral staircase", "--owner", publisher.partner_id, *purpose)
    assert "Kept as" in told.stdout
    [saved] = desk.json(hotline, "search", "saved")["searches"]
    assert saved["q"] == '"spiral staircase"'
    assert "staircases" in desk.run(hotline, "search", "saved").stdout
    assert publisher.submit(indicator(name="A spiral staircase"), indicator(name="A staircase")).status == 201
    assert "staircases: 1 new" in desk.run(hotline, "search", "new", "--keep", *purpose).stdout
    [found] = desk.json(hotline, "search", "new", "staircases", *purpose)["searches"]
    assert [one["name"] for one in found["objects"]] == ["A spiral staircase"]
    assert "staircases: 0 new" in desk.run(hotline, "search", "new", saved["id"], *purpose).stdout
    assert "no such search" in desk.run(hotline, "search", "new", "nothing", *purpose).stderr
    assert "erased" in desk.run(hotline, "search", "remove", saved["id"]).stdout
    assert "keeps no search" in desk.run(hotline, "search", "saved").stdout
