"""Large public-style bundles, authored with the stix2 library, go in through the command line as they are and come out equal.

A partner with plain tools submits them unsigned; another pulls them. Over a real gunicorn; the campaign is the same with more of
them, on both databases.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from app.stix.object_types import OBJECT_TYPES
from breakwater_client.trust.canonical import canonical_bytes
from tests.factories.public_bundles import attack_like, bundle, one_of_each, plain, sharing_like
from tests.factories.sandboxes import ON_BOTH, Caller, Sandbox

ROOT = Path(__file__).parents[2]
# Techniques of the catalogue, and events.
SHORT, LONG = (130, 13), (700, 70)
FEWEST = 800, 4_000

Files = dict[Path, list[dict[str, Any]]]


@dataclass(frozen=True)
class Run:
    """What a command did: its exit code, and the JSON it printed."""

    exit_code: int
    told: Any


def _command(who: Caller, *arguments: object) -> tuple[list[str], dict[str, str]]:
    command = [sys.executable, "-m", "app", *map(str, arguments), "--json"]
    return command, os.environ | {"BREAKWATER_URL": who.url, "BREAKWATER_TOKEN": who.token}


def breakwater(who: Caller, *arguments: object) -> Run:
    command, environment = _command(who, *arguments)
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)
    assert done.stdout, done.stderr
    return Run(done.returncode, json.loads(done.stdout))


def by_id(values: list[dict[str, Any]]) -> dict[str, bytes]:
    return {value["id"]: canonical_bytes(value) for value in values}


def written(folder: Path, techniques: int, events: int) -> Files:
    """Write the files, and give what they hold: a catalogue, events, and one object of each type."""
    contents = {
        "catalogue.json": list(attack_like(techniques)),
        "events.json": list(sharing_like(events)),
        "each.json": one_of_each(),
    }
    for name, objects in contents.items():
        (folder / name).write_text(bundle(objects), encoding="utf-8")
    return {folder / name: plain(objects) for name, objects in contents.items()}


@pytest.mark.parametrize(("size", "fewest"), [(SHORT, FEWEST[0]), (LONG, FEWEST[1])])
def test_the_bundles_are_large_and_have_every_type(tmp_path: Path, size: tuple[int, int], fewest: int) -> None:
    values = [value for objects in written(tmp_path, *size).values() for value in objects]
    assert len(values) >= fewest
    assert {value["type"] for value in values} >= OBJECT_TYPES.keys() - {"artifact"}
    assert len({value["id"] for value in values}) == len(values)


def test_what_the_library_wrote_goes_in_whole_and_comes_out_equal_in_value(sandbox: Sandbox, tmp_path: Path) -> None:
    there_and_back(sandbox, written(tmp_path, *SHORT), tmp_path)


@pytest.mark.campaign
@ON_BOTH
def test_large_bundles_of_the_library_go_in_whole_and_come_out_equal_in_value(sandbox: Sandbox, tmp_path: Path) -> None:
    there_and_back(sandbox, written(tmp_path, *LONG), tmp_path)


def there_and_back(sandbox: Sandbox, files: Files, tmp_path: Path) -> None:
    """Rehearse, submit, pull and submit again with the commands, and compare."""
    author, reader = sandbox.partner("legacy-a"), sandbox.partner("agency-a")
    rehearsed = breakwater(author, "submit", *files, "--dry-run", "--as-agreed")
    submitted = breakwater(author, "submit", *files, "--report", tmp_path / "report.ndjson", "--receipts", tmp_path / "receipts")
    values = [value for objects in files.values() for value in objects]
    assert [one for one in rehearsed.told["objects"] if one["status"] != "passed"] == []
    assert [one for one in submitted.told["objects"] if one["status"] != "stored"] == []
    report = [json.loads(line) for line in (tmp_path / "report.ndjson").read_text().splitlines()]
    assert sorted((one["id"], one["status"]) for one in report) == sorted((value["id"], "stored") for value in values)
    assert breakwater(reader, "pull", "--out", tmp_path / "inbox.ndjson").exit_code == 0
    pulled = [json.loads(line) for line in (tmp_path / "inbox.ndjson").read_text(encoding="utf-8").split("\n") if line]
    assert by_id(pulled) == by_id(values)
    again = breakwater(author, "submit", *files, "--fresh")
    assert again.told["counts"] == {"already-stored": len(values)}


def test_a_submission_killed_in_the_middle_is_finished_by_the_same_command(sandbox: Sandbox, tmp_path: Path) -> None:
    author, reader, report = sandbox.partner("legacy-a"), sandbox.partner("agency-a"), tmp_path / "report.ndjson"
    identity, statement, *others = plain(sharing_like(90, seed=7))
    objects = [one for one in others if one["type"] in {"indicator", "note", "report"}]
    padded = [one | {"x_note": "synthetic " * 300} for value in objects for one in _versions(value, 5)]
    (tmp_path / "events.json").write_text(json.dumps({"type": "bundle", "objects": [*padded, identity, statement]}))
    command, environment = _command(author, "submit", tmp_path / "events.json", "--report", report)
    victim = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=subprocess.DEVNULL)
    while victim.poll() is None and not (report.exists() and report.stat().st_size):
        time.sleep(0.01)
    victim.kill()
    assert victim.wait() == -signal.SIGKILL, "it was done before it could be killed: give it more to do"
    assert len(report.read_text().splitlines()) < len(padded)
    again = breakwater(author, "submit", tmp_path / "events.json", "--report", report)
    assert [one for one in again.told["objects"] if one["status"] != "stored"] == []
    assert len(report.read_text().splitlines()) == len(padded) + 2
    pulled = [(one["id"], one["modified"]) for one in reader.pull_all(limit=1000) if one.get("x_note")]
    assert sorted(pulled) == sorted((one["id"], one["modified"]) for one in padded)


def _versions(value: dict[str, Any], count: int) -> list[dict[str, Any]]:
    return [value | {"modified": f"2026-01-0{number + 1}T00:00:00.000Z"} for number in range(count)]


def test_an_object_of_no_type_at_all_is_refused_alone(sandbox: Sandbox, tmp_path: Path) -> None:
    author = sandbox.partner("legacy-a")
    objects = [one for one in plain(attack_like(10, seed=3)) if one["type"] != "extension-definition"]
    wrong = next(one for one in objects if one["type"] == "tool") | {"type": "instrument", "id": f"instrument--{uuid.uuid4()}"}
    (tmp_path / "catalogue.json").write_text(json.dumps({"type": "bundle", "spec_version": "2.1", "objects": [*objects, wrong]}))
    submitted = breakwater(author, "submit", tmp_path / "catalogue.json")
    assert submitted.told["counts"] == {"stored": len(objects), "refused": 1}
    refused = submitted.told["objects"][-1]
    assert (refused["id"], refused["code"], refused["pointer"]) == (wrong["id"], "object-type-unsupported", "/type")
    assert "spec_version" in submitted.told["remarks"][0]
