"""Definitions of exports by the command line."""

from __future__ import annotations

import json
from base64 import b64encode
from pathlib import Path

import pytest

from app.cli.faults import ExitCode
from breakwater_client.verifying.opening_keys import new_opening_key, read_opening_key
from tests.cli.desk import Desk
from tests.factories.exchanges import Caller, FakePartner
from tests.http.test_exports import lay

SCHEDULES = ("--snapshots", "0 3 * * *", "--deltas", "*/5 * * * *", "--time-zone", "Europe/Amsterdam")


def test_an_export_is_defined_looked_at_changed_run_and_ended(desk: Desk, platform: FakePartner, operator: Caller) -> None:
    made = desk.json(platform, "export", "define", "nightly", *SCHEDULES, "--purpose", "detection", "--ceiling", "amber")
    assert (made["snapshots"], made["deltas"], made["tlp_ceiling"]) == ("0 3 * * *", "*/5 * * * *", "amber")
    export_id = made["id"]
    for listed in (platform, operator):
        assert export_id in desk.run(listed, "export", "list").stdout
    assert "Europe/Amsterdam" in desk.run(platform, "export", "show", export_id).stdout
    changed = desk.json(platform, "export", "change", export_id, "--deltas", "none", "--keep-days", "30", "--format", "csv")
    assert (changed["snapshots"], changed["deltas"], changed["keep_days"], changed["format"]) == ("0 3 * * *", None, 30, "csv")
    assert desk.json(platform, "export", "pause", export_id)["paused"]
    assert "paused" in desk.run(platform, "export", "list").stdout
    assert desk.run(platform, "export", "run", export_id).exit_code == ExitCode.REFUSED
    assert not desk.json(platform, "export", "resume", export_id)["paused"]
    assert desk.json(platform, "export", "run", export_id, "--snapshot")["snapshot_wanted"]
    assert "ended" in desk.run(platform, "export", "end", export_id).stdout
    assert "ended" in desk.run(platform, "export", "list").stdout


def test_filters_and_a_key_go_along(desk: Desk, platform: FakePartner, tmp_path: Path) -> None:
    private, public = new_opening_key()
    key = tmp_path / "key"
    key.write_bytes(public)
    narrowed = ("--filter", "type=indicator", "--filter", "type=malware", "--filter", "confidence_min=50")
    dated = ("--filter", "added_after=2026-01-01T00:00:00Z", "--purpose", "detection")
    made = desk.json(platform, "export", "define", "n", *SCHEDULES, *narrowed, *dated, "--encrypt-to", key)
    assert made["encryption_key"] == b64encode(read_opening_key(private).public).decode()
    assert made["filters"] == {
        "type": ["indicator", "malware"],
        "confidence_min": 50,
        "added_after": "2026-01-01T00:00:00.000000Z",
    }
    assert desk.json(platform, "export", "change", made["id"], "--encrypt-to", key)["encryption_key"] == made["encryption_key"]


@pytest.mark.parametrize("held", ["private", "raw", "base64", "nothing"])
def test_a_file_that_holds_no_public_key_is_not_sent(desk: Desk, platform: FakePartner, tmp_path: Path, held: str) -> None:
    private, _ = new_opening_key()
    raw = read_opening_key(private).raw_private_key
    key = tmp_path / "key"
    key.write_bytes({"private": private, "raw": raw, "base64": b64encode(raw), "nothing": b""}[held])
    refused = desk.run(platform, "export", "define", f"held {held}", *SCHEDULES, "--purpose", "detection", "--encrypt-to", key)
    assert "holds no public key" in refused.stderr
    assert refused.exit_code == ExitCode.REFUSED
    assert f"held {held}" not in {one["name"] for one in desk.json(platform, "export", "list")["exports"]}


def test_a_filter_without_a_value_is_a_mistake(desk: Desk, platform: FakePartner) -> None:
    refused = desk.run(platform, "export", "define", "x", *SCHEDULES, "--filter", "indicator")
    assert refused.exit_code == ExitCode.USAGE


def test_a_schedule_that_is_none_is_refused(desk: Desk, platform: FakePartner) -> None:
    refused = desk.run(platform, "export", "define", "x", "--snapshots", "daily", "--purpose", "detection")
    assert refused.exit_code == ExitCode.REFUSED
    assert "/snapshots" in refused.output


def test_runs_are_listed_in_pages(desk: Desk, platform: FakePartner) -> None:
    export_id = desk.json(platform, "export", "define", "nightly", *SCHEDULES, "--purpose", "detection")["id"]
    for number in range(1, 23):
        lay(desk.running, export_id, number, b"x")
    shown = desk.run(platform, "export", "runs", export_id).stdout
    assert "--before 3" in shown
    page = desk.json(platform, "export", "runs", export_id, "--before", "3")
    assert [one["number"] for one in page["runs"]] == [2, 1]
    assert "published" in desk.run(platform, "export", "show", export_id).stdout


def test_an_export_is_named_by_its_name_as_well_as_by_its_id(desk: Desk, platform: FakePartner, operator: Caller) -> None:
    made = desk.json(platform, "export", "define", "by-name", *SCHEDULES, "--purpose", "detection")
    for command in (("show",), ("change", "--keep-days", "9"), ("pause",), ("resume",), ("run",)):
        assert desk.json(platform, "export", command[0], "by-name", *command[1:])["id"] == made["id"]
    assert desk.json(platform, "export", "runs", "by-name")["runs"] == []
    assert desk.json(operator, "export", "show", "by-name")["id"] == made["id"]
    assert desk.json(platform, "export", "end", "by-name")["ended_at"]
    assert desk.json(platform, "export", "show", "by-name")["id"] == made["id"]
    again = desk.json(platform, "export", "define", "by-name", *SCHEDULES, "--purpose", "detection")
    assert desk.json(platform, "export", "show", "by-name")["id"] == again["id"]


def test_a_name_that_says_nothing_or_too_much_is_one_line(
    desk: Desk, platform: FakePartner, hotline: FakePartner, operator: Caller
) -> None:
    refused = desk.run(platform, "export", "show", "twice")
    assert (refused.exit_code, refused.stderr.count("\n")) == (ExitCode.REFUSED, 1)
    assert "No export has this name" in refused.stderr
    for partner in (platform, hotline):
        desk.json(partner, "export", "define", "twice", *SCHEDULES, "--purpose", "detection")
    refused = desk.run(operator, "export", "show", "twice")
    assert (refused.exit_code, refused.stderr.count("\n")) == (ExitCode.REFUSED, 1)
    assert "More than one export has this name" in refused.stderr
    listed = desk.run(operator, "export", "list").stdout
    assert all(partner.partner_id in listed for partner in (platform, hotline)), "staff see whose each is"
    assert platform.partner_id not in desk.run(platform, "export", "list").stdout
    unknown = desk.run(platform, "export", "run", "0b8f7f8e-5a35-4b1c-9d68-0a7e8a2f4b11", "--json")
    assert json.loads(unknown.stderr)["error"]["status"] == 404


def test_a_private_key_is_never_sent(desk: Desk, platform: FakePartner, tmp_path: Path) -> None:
    assert desk.run(platform, "export", "new-key", "--out", tmp_path / "opening.key").exit_code == 0
    sealed = ("export", "define", "sealed", *SCHEDULES, "--purpose", "detection", "--encrypt-to")
    refused = desk.run(platform, *sealed, tmp_path / "opening.key")
    assert (refused.exit_code, "OUT.pub" in refused.stderr) == (ExitCode.REFUSED, True)
    assert desk.json(platform, *sealed, tmp_path / "opening.key.pub")["encryption_key"]
