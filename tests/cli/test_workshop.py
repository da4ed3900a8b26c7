"""The shape that ``__main__`` hands to the commands is the one that settings and factory have."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from app.__main__ import workshop
from app.cli.faults import SettingsRefusedError
from app.cli.workshop import ServerSettings, Workshop


def test_the_settings_have_everything_that_commands_read(tmp_path: Path) -> None:
    settings = workshop().settings({"BREAKWATER_HOME": str(tmp_path)})
    assert all(hasattr(settings, name) for name in vars(ServerSettings) if not name.startswith("_"))
    assert settings.home == tmp_path


def test_a_workshop_is_made_of_callables_and_the_marker_of_development_keys() -> None:
    made = workshop()
    assert [field.name for field in fields(Workshop) if not callable(getattr(made, field.name))] == ["development_marker"]


def test_an_unfit_setting_is_refused_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(SettingsRefusedError, match="BREAKWATER_WORKERS"):
        workshop().settings({"BREAKWATER_HOME": str(tmp_path), "BREAKWATER_WORKERS": "many"})
