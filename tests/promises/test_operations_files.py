"""The files for those who run an exchange: each metric in dashboard and alert rules exists in a running one, with its labels."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.factories.exchanges import RunningExchange, running_exchange

OPERATIONS = Path(__file__).parents[2] / "docs" / "operations"
_NAME = re.compile(r"\b(breakwater_\w+)(?:\{([^}]*)\})?")
_BY = re.compile(r"\bby \(([^)]*)\)")
_MATCHER = re.compile(r"(\w+)\s*(?:=~|!~|!=|=)")
_TOLD = re.compile(r"^(breakwater_\w+?)(?:\{(.*)\})? \S+$", re.MULTILINE)
_DOCUMENTED = re.compile(r"^\| `(breakwater_\w+)", re.MULTILINE)


def rules() -> list[dict[str, Any]]:
    document = yaml.safe_load((OPERATIONS / "alert-rules.yml").read_text())
    return [rule for group in document["groups"] for rule in group["rules"]]


def panels() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((OPERATIONS / "dashboard.json").read_text())["panels"]
    return found


def expressions() -> list[str]:
    return [rule["expr"] for rule in rules()] + [one["expr"] for panel in panels() for one in panel.get("targets", [])]


@pytest.fixture(scope="module")
def told(postgres: Any, postgres_template: str) -> dict[str, set[str]]:
    """What a running exchange on PostgreSQL tells after a refused request and one object: names of series with their labels."""
    with postgres.database(template=postgres_template) as url, running_exchange(url, new_application=True) as running:
        return told_by(running)


def told_by(running: RunningExchange) -> dict[str, set[str]]:
    running.anybody.get("objects")
    running.enrol("Platform A").submit({"type": "indicator"})
    text = running.operator.get("/metrics").body.decode()
    return {name: set(re.findall(r'(\w+)="', labels)) for name, labels in _TOLD.findall(text)}


def test_each_metric_that_is_named_exists_with_the_labels_that_are_asked_for(told: dict[str, set[str]]) -> None:
    for expression in expressions():
        names = _NAME.findall(expression)
        assert names or "up{" in expression, expression
        for name, matchers in names:
            assert name in told, f"{name} in {expression}"
            assert set(_MATCHER.findall(matchers)) <= told[name], expression
        for labels in _BY.findall(expression):
            assert any(set(re.findall(r"\w+", labels)) <= told[name] for name, _ in names), expression


def test_each_metric_is_explained_and_no_other(told: dict[str, set[str]]) -> None:
    names = {re.sub(r"_(bucket|count|sum)$", "", name) for name in told}
    documented = set(_DOCUMENTED.findall((OPERATIONS / "metrics.md").read_text()))
    assert documented == {name for name in names if not name.endswith("_created")}


def test_each_alert_has_a_name_of_its_own_a_gravity_and_what_to_do() -> None:
    names = [rule["alert"] for rule in rules()]
    assert len(set(names)) == len(names)
    for rule in rules():
        assert rule["labels"]["severity"] in {"critical", "warning"}
        assert rule["annotations"].keys() == {"summary", "description"}
        assert re.fullmatch(r"\d+[smh]", rule.get("for", "0s"))
        assert set(rule) <= {"alert", "expr", "for", "labels", "annotations"}


def test_what_is_the_same_on_all_servers_is_never_added_up() -> None:
    """Only what each server counts by itself is: requests, their durations, refusals, objects."""
    own = ("breakwater_requests", "breakwater_request_seconds", "breakwater_refusals", "breakwater_submitted_objects")
    for expression in expressions():
        for added in re.findall(r"sum(?: by \([^)]*\))? \((?:rate\()?(breakwater_\w+)", expression):
            assert added.startswith(own), expression


def test_panels_have_numbers_and_places_of_their_own() -> None:
    numbers = [panel["id"] for panel in panels()]
    assert len(set(numbers)) == len(numbers)
    taken: set[tuple[int, int]] = set()
    for panel in panels():
        place = panel["gridPos"]
        cells = {(x, y) for x in range(place["x"], place["x"] + place["w"]) for y in range(place["y"], place["y"] + place["h"])}
        assert not cells & taken
        assert place["x"] + place["w"] <= 24
        taken |= cells
