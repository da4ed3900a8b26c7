"""Searching, at the command line."""

from __future__ import annotations

from tests.cli.desk import Desk, run
from tests.factories.exchanges import FakePartner
from tests.factories.stix_objects import context, indicator


def test_words_find_objects_and_counts_say_what_they_are(desk: Desk, hotline: FakePartner) -> None:
    publisher = desk.running.enrol("Publisher that is searched")
    values = [indicator(name=f"Vanishing corridor {number}", stated=context(behaviours=["OP-017"])) for number in range(3)]
    assert publisher.submit(*values).status == 201
    asked = ("--purpose", "detection")
    found = desk.json(hotline, "search", "vanishing corridor", *asked)
    assert [one["name"][-1] for one in found["objects"]] == ["2", "1", "0"]
    first = desk.run(hotline, "search", "words", "vanishing", "--limit", 2, *asked).stdout
    assert "Vanishing corridor 2" in first
    assert "--next" in first
    cursor = desk.json(hotline, "search", "vanishing", "--limit", 2, *asked)["next"]
    assert len(desk.json(hotline, "search", "vanishing", "--limit", 2, "--next", cursor, *asked)["objects"]) == 1
    counted = desk.json(hotline, "search", "corridor", "--counts", "--owner", publisher.partner_id, *asked)
    assert counted["by"]["behaviour"] == {"OP-017": 3}
    assert "OP-017 Repeated short-lived rooms" in desk.run(hotline, "search", "corridor", "--counts", *asked).stdout
    assert "Nothing" in desk.run(hotline, "search", *asked, "unheard-of-word").stdout
    assert "observable" in desk.run(hotline, "search", "someone@example.org", *asked).stderr


def test_an_observable_is_looked_up_from_an_argument_or_from_standard_input(desk: Desk, hotline: FakePartner) -> None:
    publisher = desk.running.enrol("Publisher of an address")
    stated = indicator(name="Of an address", pattern="[url:value = 'https://example.org/at-the-command-line']")
    assert publisher.submit(stated).status == 201
    asked = ("search", "observable", "url", "https://EXAMPLE.org/at-the-command-line", "--purpose", "detection")
    assert [one["id"] for one in desk.json(hotline, *asked)["objects"]] == [stated["id"]]
    environment = {"BREAKWATER_URL": desk.url, "BREAKWATER_TOKEN": hotline.token or ""}
    told = run(*asked[:3], *asked[4:], environment=environment, given=b"https://example.org/at-the-command-line\n")
    assert "Of an address" in told.stdout
    assert run(*asked[:3], "x", *asked[4:], environment=environment).exit_code != 0
