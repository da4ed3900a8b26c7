"""Settings of depots: where exports are laid.

Owns the forms of the places. Kept by ``tests/config/test_depots.py``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from app.config.reading import PREFIX, SettingsError

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,31}", re.ASCII)
_MOST_TARGETS = 16


@dataclass(frozen=True, slots=True)
class FolderPlace:
    """A folder. ``is_own``: it is the exchange's own, which is made when it is needed; another has to be there."""

    path: Path
    is_own: bool = False

    def __str__(self) -> str:
        """Give the path."""
        return str(self.path)


class ExportTargets(dict[str, FolderPlace]):
    """Places by name; as text, in the form of the setting."""

    def __str__(self) -> str:
        """Give ``name=place,name=place``."""
        return ",".join(f"{name}={place}" for name, place in self.items())


def read_export_targets(value: str | None, home: Path) -> ExportTargets:
    """Give the places of ``name=place,name=place`` by name; the folder ``exports`` of the home as ``local`` where none are given.

    Raises:
        SettingsError: it is not of this form, or names one place twice.
    """
    if value is None:
        return ExportTargets(local=FolderPlace(home / "exports", is_own=True))
    given = [part.strip().partition("=") for part in value.split(",")]
    found = ExportTargets((name, _place(place)) for name, _, place in given if _NAME.fullmatch(name))
    if len(found) != len(given) or len(given) > _MOST_TARGETS or len(set(found.values())) != len(found):
        raise SettingsError(f"{PREFIX}EXPORT_TARGETS takes up to {_MOST_TARGETS} of name=place, each name and place once.")
    return found


def _place(text: str) -> FolderPlace:
    path = Path(text)
    if not path.is_absolute() or ".." in path.parts or path == Path("/") or not text.isprintable():
        raise SettingsError(f"{PREFIX}EXPORT_TARGETS takes absolute folders as places.")
    return FolderPlace(path)
