from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.config.reading import SettingsError
from tests.factories.environments import private, settings


def test_whom_to_call_is_read_by_jurisdiction(tmp_path: Path) -> None:
    named = {"default": [{"name": "Police", "call": "112"}], "GB": [{"name": "Police", "call": "999"}]}
    assert settings(EMERGENCY_CONTACTS=private(tmp_path / "file", json.dumps(named))).read_emergency_contacts() == named
    assert settings().read_emergency_contacts() == {}


@pytest.mark.parametrize(
    "document",
    [
        "no JSON",
        "[]",
        '{"gb": []}',
        '{"GB": {}}',
        '{"GB": [{"name": "Police"}]}',
        '{"GB": [{"name": "Police", "call": "999", "more": "x"}]}',
        '{"GB": [{"name": "Police", "call": 999}]}',
        '{"GB": [{"name": "", "call": "999"}]}',
        '{"GB": [{"name": "a\\nb", "call": "999"}]}',
        json.dumps({"GB": [{"name": "Police", "call": "9" * 201}]}),
        json.dumps({"GB": [{"name": "Police", "call": "999"}] * 501}),
        json.dumps({"GB": [{"name": "Police", "call": "9" * 200}] * 2_000}),
    ],
)
def test_a_file_that_does_not_say_whom_to_call_is_refused(tmp_path: Path, document: str) -> None:
    with pytest.raises(SettingsError, match=r"^BREAKWATER_EMERGENCY_CONTACTS: "):
        settings(EMERGENCY_CONTACTS=private(tmp_path / "file", document)).read_emergency_contacts()


def test_a_file_of_whom_to_call_that_is_absent_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        settings(EMERGENCY_CONTACTS=str(tmp_path / "absent")).read_emergency_contacts()
