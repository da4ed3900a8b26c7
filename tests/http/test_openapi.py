from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.http.openapi import main, openapi_text


def test_the_document_is_made_without_database_and_keys() -> None:
    assert json.loads(openapi_text())["openapi"] == "3.1.0"


def test_the_command_writes_the_document(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "openapi.json"
    main(target)
    assert target.read_text(encoding="utf-8") == openapi_text()
    assert capsys.readouterr().out == f"{target}\n"
