"""Notices that are answered from the command line."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tests.cli.desk import Desk, key_file
from tests.factories.exchanges import Caller, FakePartner
from tests.factories.stix_objects import indicator


@pytest.fixture(scope="module")
def reader(desk: Desk) -> FakePartner:
    return desk.running.enrol("Reader of what is recalled")


@pytest.fixture
def values(desk: Desk, reader: FakePartner, platform: FakePartner) -> list[str]:
    """The ids of two objects that the reader was given, each recalled."""
    some = [indicator(), indicator()]
    platform.submit(*some)
    reader.pull_all()
    for value in some:
        desk.json(platform, "withdraw", value["id"])
    desk.running.do_all_work()
    return [value["id"] for value in some]


def test_notices_are_listed_and_answered(desk: Desk, reader: FakePartner, values: list[str], tmp_path: Path) -> None:
    first, second = desk.json(reader, "recall", "list")["notices"]
    key = key_file(reader, tmp_path)
    [held] = desk.json(
        reader, "recall", "acknowledge", first["id"], "--outcome", "held", "--basis", "legal-claim", "--key", key,
        "--until", "2031-01-31", "--object", values[0],
    )["notices"]  # fmt: skip
    assert [(one["outcome"], one["basis"]) for one in held["versions"]] == [("held", "legal-claim")]
    assert second["id"] in desk.run(reader, "recall", "list").stdout
    said = desk.run(reader, "recall", "acknowledge", "--all", "--outcome", "deleted", "--key", key)
    assert said.exit_code == 0, said.output
    assert "There is nothing to answer." in desk.run(reader, "recall", "list").stdout
    assert len(desk.json(reader, "recall", "list", "--all")["notices"]) == 2


@pytest.mark.usefixtures("values")
def test_what_cannot_be_answered_is_said(desk: Desk, reader: FakePartner, tmp_path: Path) -> None:
    key = key_file(reader, tmp_path)
    notice = desk.json(reader, "recall", "list")["notices"][0]["id"]
    for arguments in (
        ["--outcome", "deleted"],
        [notice, "--all", "--outcome", "deleted"],
        ["recall-notice--x", "--outcome", "deleted"],
        [notice, "--outcome", "held"],
        [notice, "--outcome", "kept"],
        [notice, "--outcome", "deleted", "--object", "nothing"],
    ):
        assert desk.run(reader, "recall", "acknowledge", *arguments, "--key", key).exit_code != 0
    assert len(desk.json(reader, "recall", "list")["notices"]) == 2


def test_an_operator_enters_an_answer(desk: Desk, operator: Caller, platform: FakePartner) -> None:
    gone = desk.running.enrol("Partner that goes")
    value = indicator()
    platform.submit(value)
    gone.pull_all()
    desk.json(platform, "withdraw", value["id"])
    desk.running.do_all_work()
    [notice] = desk.json(operator, "recall", "list", "--partner", gone.partner_id)["notices"]
    desk.running.suspend(gone)
    entered = desk.json(operator, "recall", "enter", notice["id"], "--partner", gone.partner_id, "--outcome", "deleted")
    assert [one["outcome"] for one in entered["versions"]] == ["deleted"]
    assert desk.run(operator, "recall", "enter", "nothing", "--partner", gone.partner_id, "--outcome", "deleted").exit_code != 0


def test_who_is_late_is_shown_to_itself_and_to_the_publisher(desk: Desk, platform: FakePartner, tmp_path: Path) -> None:
    strict = {"recall": {"acknowledge_within_hours": 1, "overdue": "lose-access"}}
    late, value = desk.running.enrol("Partner that is late", agreement=strict), indicator()
    platform.submit(value)
    late.pull_all()
    recall_id = desk.json(platform, "withdraw", value["id"])["recall_id"]
    desk.running.do_all_work()
    [notice] = desk.json(late, "recall", "list")["notices"]
    assert notice["is_late"] is False
    assert desk.json(late, "policy", "mine")["lost_access_by"] == []
    assert "Partner that is late nothing yet due 20" in squeezed(desk, platform)
    desk.running.clock.shift += timedelta(hours=2)
    try:
        told = " ".join(desk.run(late, "recall", "list").stdout.split())
        assert "LATE" in told
        assert "you read nothing" in told
        assert f"since {notice['due_at']}: {notice['id']} is not answered" in desk.run(late, "policy", "mine").stdout
        assert "Partner that is late nothing yet LATE since 20" in squeezed(desk, platform)
        assert [one["told"][0]["is_late"] for one in desk.json(platform, "recalls")["recalls"] if one["id"] == recall_id] == [
            True
        ]
        desk.json(late, "recall", "acknowledge", "--all", "--outcome", "deleted", "--key", key_file(late, tmp_path))
        assert "Partner that is late deleted: 1 answered 20" in squeezed(desk, platform)
    finally:
        desk.running.clock.shift -= timedelta(hours=2)


def squeezed(desk: Desk, platform: FakePartner) -> str:
    """What `recalls` prints, without borders and line ends."""
    return " ".join(desk.run(platform, "recalls").stdout.replace("|", " ").split())
