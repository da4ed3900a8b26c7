"""Feedback by command: given, listed, counted; and what is disputed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.desk import Desk, key_file
from tests.factories.exchanges import FakePartner
from tests.factories.stix_objects import indicator

PURPOSE = ("--purpose", "detection")


@pytest.fixture
def publisher(desk: Desk, request: pytest.FixtureRequest) -> FakePartner:
    return desk.running.enrol(f"Publisher {request.node.name}"[:90])


@pytest.fixture
def giver(desk: Desk, request: pytest.FixtureRequest) -> FakePartner:
    return desk.running.enrol(f"Giver {request.node.name}"[:90])


def test_all_kinds_are_given_listed_and_counted(desk: Desk, publisher: FakePartner, giver: FakePartner, tmp_path: Path) -> None:
    value = indicator()
    publisher.submit(value)
    said = (
        ("sighting", "--count", "0"),
        ("outcome", "reported"),
        ("opinion", "neutral"),
        ("dispute", "outdated", "--evidence", "human-review"),
        ("mark", "reviewed"),
    )
    assert "Nobody has said anything." in desk.run(publisher, "feedback", "list", *PURPOSE).stdout
    for kind, *words in said:
        given = desk.run(giver, "feedback", kind, value["id"], *words, "--key", key_file(giver, tmp_path), *PURPOSE)
        assert given.exit_code == 0, given.output
        assert "stored" in given.stdout
        assert publisher.partner_id in given.stdout
    told = desk.run(publisher, "feedback", "list", *PURPOSE).stdout
    assert f"identity--{giver.identity_id[10:18]}…" in told
    assert giver.identity_id not in told
    for words in ("seen 0 times", "reported", "neutral", "outdated", "human-review", "reviewed"):
        assert words in told
    assert len(desk.json(publisher, "feedback", "list", *PURPOSE, "--kind", "dispute", "--object", value["id"])["objects"]) == 1
    counts = desk.json(publisher, "feedback", "statistics", *PURPOSE, "--publisher", publisher.partner_id)["counts"]
    assert {one["word"] for one in counts} == {"not-seen", "reported", "neutral", "outdated", "reviewed"}
    counted = desk.run(publisher, "feedback", "statistics", *PURPOSE).stdout
    assert "outdated" in counted
    assert publisher.name in counted
    stated = desk.json(giver, "assertions", value["id"], *PURPOSE)
    assert (stated["publishers"], stated["disputed"]) == (1, True)
    assert "Disputed" in desk.run(giver, "assertions", value["id"], *PURPOSE).stdout
    assert value["id"] in desk.run(giver, "disputes", *PURPOSE).stdout
    assert desk.json(giver, "disputes", *PURPOSE, "--added-after", "2099-01-01T00:00:00Z")["disputes"] == []


def test_without_a_key_it_is_printed_and_nothing_is_sent(desk: Desk, publisher: FakePartner, giver: FakePartner) -> None:
    value, label = indicator(), "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421"
    publisher.submit(value)
    printed = desk.run(giver, "feedback", "mark", value["id"], "ingested", "--marking", label, *PURPOSE)
    found = json.loads(printed.stdout)
    assert (found["type"], found["object_refs"], found["object_marking_refs"]) == ("note", [value["id"]], [label])
    assert desk.json(publisher, "feedback", "list", *PURPOSE)["objects"] == []


def test_refusals(desk: Desk, publisher: FakePartner, giver: FakePartner, tmp_path: Path) -> None:
    value = indicator()
    publisher.submit(value)
    key = key_file(giver, tmp_path)
    unknown = "marking-definition--0d9b8f6e-3f0c-4c7e-9a55-51b2a1f6f0aa"
    refused = desk.run(giver, "feedback", "mark", value["id"], "ingested", "--marking", unknown, "--key", key, *PURPOSE)
    assert (refused.exit_code, "handling-unresolved" in refused.stdout) == (1, True)
    own = desk.run(publisher, "feedback", "dispute", value["id"], "outdated", "--evidence", "none-given", *PURPOSE)
    assert own.exit_code != 0
    assert "correct or withdraw" in own.output
    assert desk.run(giver, "feedback", "opinion", indicator()["id"], "agree", *PURPOSE).exit_code != 0
    assert (
        "Nothing is."
        in desk.run(desk.running.enrol("Nobody told"), "disputes", "--added-after", "2099-01-01T00:00:00Z", *PURPOSE).stdout
    )
