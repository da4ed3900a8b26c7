"""What partners and operators read is complete: the OpenAPI document, the list of codes, the list of settings."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from app.config.key_files import DEVELOPMENT_MARKER
from app.config.settings import SETTINGS, Settings
from app.domain.errors import Code
from app.http.api import describe
from app.http.openapi import openapi_text
from app.web.refusals import STATUSES

ROOT = Path(__file__).parents[2]
DOCUMENT: dict[str, Any] = json.loads((ROOT / "schemas" / "openapi.json").read_text(encoding="utf-8"))


def rows(path: str) -> list[list[str]]:
    """Give the cells of the table whose rows begin with code, in the order of the file."""
    lines = (ROOT / "docs" / path).read_text(encoding="utf-8").splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| `")]


# --- OpenAPI ----------------------------------------------------------------------------------------------------------------


def test_the_document_of_the_tree_is_the_one_the_routes_make() -> None:
    written = (ROOT / "schemas" / "openapi.json").read_text(encoding="utf-8")
    assert written == openapi_text(), "run: python -m app.http.openapi"


def test_every_route_is_in_the_document_and_nothing_else() -> None:
    app = Flask(__name__, static_folder=None)
    describe(app)
    routes = {
        (re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule), method.lower())
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD"}
    }
    described = {(path, method) for path, one in DOCUMENT["paths"].items() for method in one.keys() - {"parameters"}}
    assert described == routes


def operations() -> list[tuple[str, dict[str, Any]]]:
    return [
        (f"{method} {path}", operation)
        for path, one in DOCUMENT["paths"].items()
        for method, operation in one.items()
        if method != "parameters"
    ]


def test_every_operation_has_a_name_of_its_own_and_a_sentence() -> None:
    names = [operation["operationId"] for _, operation in operations()]
    assert len(set(names)) == len(names)
    assert all(operation["summary"] for _, operation in operations())


def test_every_operation_behind_the_gate_can_refuse_nobody_and_the_unavailable() -> None:
    for name, operation in operations():
        if operation.get("security") != []:
            assert {"400", "401", "403", "503"} <= set(operation["responses"]), name


def test_the_document_calls_no_other_host() -> None:
    assert "http://" not in json.dumps(DOCUMENT)
    assert "https://" not in json.dumps(DOCUMENT)


# --- codes ------------------------------------------------------------------------------------------------------------------


def test_every_code_is_explained_once_in_alphabetical_order() -> None:
    assert [row[0].strip("`") for row in rows("errors.md")] == sorted(Code)


def test_every_code_has_a_status_or_is_told_of_objects() -> None:
    known = {str(int(status)) for status in STATUSES.values()} | {"405", ""}
    for code, status, of_objects, meaning in rows("errors.md"):
        assert status in known, code
        assert status or of_objects == "yes", code
        assert meaning.endswith("."), code


@pytest.mark.parametrize("kind", STATUSES)
def test_a_class_of_errors_has_the_status_that_its_own_code_is_listed_with(kind: type) -> None:
    listed = {row[0].strip("`"): row[1] for row in rows("errors.md")}
    told_of_objects_only = listed[kind.default_code] == ""  # type: ignore[attr-defined]  # every error has one
    assert told_of_objects_only or listed[kind.default_code] == str(int(STATUSES[kind]))  # type: ignore[attr-defined]  # the same


# --- settings ---------------------------------------------------------------------------------------------------------------


def test_every_setting_is_explained_in_order() -> None:
    assert [row[0] for row in rows("settings.md")] == [f"`BREAKWATER_{name}`" for name in SETTINGS]


def test_the_defaults_are_the_ones_that_are_written() -> None:
    given = Settings.from_environment({})
    for name, default, _ in rows("settings.md"):
        value = getattr(given, name.strip("`").removeprefix("BREAKWATER_").lower())
        written = default.strip("`").replace("HOME", str(given.home))
        assert written == ("none" if value is None else str(value)), name


def test_the_marker_of_development_keys_is_the_one_that_is_written() -> None:
    assert DEVELOPMENT_MARKER.decode() in (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
