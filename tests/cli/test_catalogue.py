"""The catalogue by the command line, from files alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from app.cli.faults import ExitCode
from tests.cli.desk import run

FIRST = Path(__file__).parents[2] / "schemas" / "catalogue" / "1.json"


def as_json(*arguments: object) -> Any:
    result = run("catalogue", *arguments, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


@pytest.fixture
def second(tmp_path: Path) -> Path:
    """A release in a file whose author has changed something, and badly."""
    document = json.loads(FIRST.read_text(encoding="utf-8"))
    document["release"] = 2
    document["behaviours"][0]["detection"] = "Open a new account and look at rooms.example, where all of them are to be found."
    path = tmp_path / "second.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def test_a_behaviour_is_shown_with_what_stops_it() -> None:
    told = run("catalogue", "show", "op-012").stdout
    assert "Sexual extortion of children for content" in told
    assert "CM-003 Hidden connection lists of children" in told
    assert "https://" in told
    assert as_json("show", "OP-012")["phase"] == "coercion-and-control"


def test_a_countermeasure_is_shown_with_what_it_does_to_rights() -> None:
    told = run("catalogue", "show", "CM-016").stdout
    assert "Rights" in told
    assert "OP-024 Signal-aware alteration of content" in told
    assert "nothing by itself" in run("catalogue", "show", "CM-021").stdout


def test_a_release_is_shown_with_its_phases_and_surfaces() -> None:
    told = run("catalogue", "show", "--release", FIRST).stdout
    assert "presence-and-persona" in told
    assert "25 behaviours, 22 countermeasures" in told
    assert as_json("show") == json.loads(FIRST.read_text(encoding="utf-8"))


def test_what_is_retired_says_so(tmp_path: Path) -> None:
    document = json.loads(FIRST.read_text(encoding="utf-8"))
    document["behaviours"][0] |= {"retired_in": 2, "replaced_by": ["OP-002"]}
    path = tmp_path / "second.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    assert "Retired by release 2. Instead: OP-002." in run("catalogue", "show", "OP-001", "--release", path).stdout


def test_a_code_that_the_release_has_not_is_refused() -> None:
    refused = run("catalogue", "show", "OP-999")
    assert refused.exit_code == ExitCode.REFUSED
    assert "Release 1 has no such code." in refused.stderr


def test_entries_are_listed_by_surface() -> None:
    listed = as_json(
        "list", "--surface", "payments", "--harm", "sexual-extortion-financial", "--phase", "payment-and-monetisation"
    )
    assert [one["code"] for one in listed["behaviours"]] == ["OP-019"]
    assert "CM-018" in {one["code"] for one in listed["countermeasures"]}
    assert "OP-019" in run("catalogue", "list", "--surface", "payments").stdout


def test_the_lint_passes_a_clean_release_and_refuses_another(second: Path) -> None:
    clean = run("catalogue", "lint", FIRST)
    assert (clean.exit_code, clean.stdout) == (0, "Nothing was found.\n")
    refused = run("catalogue", "lint", second)
    assert refused.exit_code == ExitCode.REFUSED
    assert "/behaviours/0/detection  address: " in refused.stdout
    assert "2 findings." in refused.stdout
    found = json.loads(run("catalogue", "lint", second, "--json").stdout)["findings"]
    assert {one["rule"] for one in found} == {"address", "instruction"}


def test_two_releases_are_compared(second: Path) -> None:
    assert "Both say the same." in run("catalogue", "diff", FIRST, FIRST).stdout
    assert "changed  OP-001  Misrepresented age or identity: detection" in run("catalogue", "diff", FIRST, second).stdout
    assert as_json("diff", FIRST, second)["changed"][0]["parts"] == ["detection"]


def test_a_file_that_is_no_release_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.json"
    path.write_text("{}", encoding="utf-8")
    refused = run("catalogue", "list", "--release", path)
    assert refused.exit_code == ExitCode.REFUSED
    assert "catalogue lint" in refused.stderr


def test_a_layer_is_given_with_scores(tmp_path: Path) -> None:
    scores, out = tmp_path / "scores.json", tmp_path / "layer.json"
    scores.write_text('{"OP-012": 3}', encoding="utf-8")
    told = run("catalogue", "layer", "--scores", scores, "--bundle-url", "https://host.example/data.json", "--out", out)
    assert f"Written to {out}." in told.stdout
    layer = json.loads(out.read_text(encoding="utf-8"))
    assert layer["customDataURL"] == "https://host.example/data.json"
    assert [one["score"] for one in layer["techniques"] if "score" in one] == [3]
    assert json.loads(run("catalogue", "layer").stdout)["domain"] == "ocsea-disruption"


@pytest.mark.parametrize(("scores", "exit_code"), [('{"OP-012": "3"}', ExitCode.USAGE), ('{"OP-999": 3}', ExitCode.REFUSED)])
def test_scores_that_are_none_are_refused(scores: str, exit_code: ExitCode) -> None:
    assert run("catalogue", "layer", "--scores", "-", given=scores.encode()).exit_code == exit_code


def test_a_bundle_is_given_for_stix_and_for_the_navigator() -> None:
    types = {one["type"] for one in json.loads(run("catalogue", "stix").stdout)["objects"]}
    assert types == {
        "attack-pattern",
        "course-of-action",
        "relationship",
        "identity",
        "marking-definition",
        "extension-definition",
    }
    assert "x-mitre-matrix" in {one["type"] for one in json.loads(run("catalogue", "stix", "--navigator").stdout)["objects"]}
