"""The catalogue is changed by the command line, from the proposal to the release that anybody pulls and verifies."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from app.cli.faults import ExitCode
from tests.cli.desk import Desk, run
from tests.factories.catalogue_changes import House, house, proposal_document, retirement, reworded


@pytest.fixture
def at_home(desk: Desk) -> House:
    return house(desk.running)


def written(folder: Path, document: dict[str, Any]) -> Path:
    path = folder / "proposal.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def pulled(desk: Desk, path: Path, *options: object) -> Any:
    result = run("catalogue", "pull", "--out", path, *options, environment={"BREAKWATER_URL": desk.url})
    assert result.exit_code == 0, result.output
    return json.loads(path.read_bytes())


def test_a_change_goes_from_the_proposal_to_a_release_that_anybody_verifies(desk: Desk, at_home: House, tmp_path: Path) -> None:
    made = desk.json(at_home.proposer, "catalogue", "propose", written(tmp_path, proposal_document()))
    assert reworded("OP-001")["name"] in desk.run(at_home.proposer, "catalogue", "proposal", made["id"]).stdout
    reviewing = ("catalogue", "review", made["id"], "--approve", "--reason", "So do we see it.")
    waiting = ("catalogue", "proposals", "--waiting")
    assert made["id"] in desk.run(at_home.first, *waiting).stdout
    assert "open" in desk.run(at_home.first, *reviewing).stdout
    assert desk.run(at_home.first, *waiting).stdout == "None.\n"
    assert made["id"] in desk.run(at_home.second, *waiting).stdout
    assert "So do we see it." in desk.run(at_home.proposer, "catalogue", "proposal", made["id"]).stdout
    refused = desk.run(at_home.own_reviewer, *reviewing)
    assert (refused.exit_code, "second-person-needed" in refused.stderr) == (ExitCode.NOT_ALLOWED, True)
    assert "accepted" in desk.run(at_home.second, *reviewing).stdout
    assert made["id"] in desk.run(at_home.first, "catalogue", "proposals", "--state", "accepted").stdout
    assert "Release 2" in desk.run(at_home.operator, "catalogue", "release").stdout
    assert pulled(desk, tmp_path / "2.json")["release"] == 2
    assert pulled(desk, tmp_path / "1.json", "--number", "1")["release"] == 1
    assert "OP-001" in run("catalogue", "diff", tmp_path / "1.json", tmp_path / "2.json").stdout
    assert len(pulled(desk, tmp_path / "stix.json", "--signed")["objects"]) == len(
        pulled(desk, tmp_path / "first.json", "--signed", "--number", "1")["objects"]
    )
    directory = tmp_path / "directory.json"
    directory.write_bytes(at_home.proposer.get("key-directory").body)
    directory_key = desk.running.exchange.keys.directory.public.keyid
    checked = run("verify", tmp_path / "stix.json", "--directory", directory, "--directory-key", directory_key)
    assert checked.exit_code == 0, checked.output


def test_a_retirement_is_proposed_shown_and_taken_back(desk: Desk, at_home: House, tmp_path: Path) -> None:
    made = desk.json(at_home.proposer, "catalogue", "propose", written(tmp_path, retirement("OP-003", "OP-001")))
    assert "stands for it: OP-001" in desk.run(at_home.proposer, "catalogue", "proposal", made["id"]).stdout
    assert made in desk.json(at_home.proposer, "catalogue", "proposals")["proposals"]
    assert "withdrawn" in desk.run(at_home.proposer, "catalogue", "withdraw", made["id"]).stdout


def test_what_the_lint_finds_is_told_with_its_place(desk: Desk, at_home: House, tmp_path: Path) -> None:
    document = proposal_document("OP-002", text=reworded("OP-002") | {"detection": "Short."})
    refused = desk.run(at_home.proposer, "catalogue", "propose", written(tmp_path, document))
    assert refused.exit_code == ExitCode.REFUSED
    assert "catalogue-text-refused" in refused.stderr
    assert "(at /text/detection)" in refused.stderr


def test_what_is_asked_wrongly_is_said(desk: Desk, at_home: House, tmp_path: Path) -> None:
    neither = desk.run(at_home.first, "catalogue", "review", "x", "--reason", "Because.")
    assert neither.exit_code == ExitCode.USAGE
    assert run("catalogue", "pull", "--out", tmp_path / "x.json").exit_code == ExitCode.USAGE
    none = run("catalogue", "pull", "--out", tmp_path / "x.json", "--number", "7", environment={"BREAKWATER_URL": desk.url})
    assert none.exit_code == ExitCode.REFUSED
    assert not (tmp_path / "x.json").exists()
