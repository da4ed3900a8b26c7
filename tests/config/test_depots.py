from __future__ import annotations

from pathlib import Path

import pytest

from app.config.depots import FolderPlace, read_export_targets
from app.config.reading import SettingsError

HOME = Path("/srv/breakwater")


def test_without_a_word_exports_lie_in_the_home() -> None:
    assert read_export_targets(None, HOME) == {"local": FolderPlace(HOME / "exports", is_own=True)}


def test_places_have_names() -> None:
    expected = {"disk": FolderPlace(Path("/srv/exports")), "disk-2": FolderPlace(Path("/mnt/more"))}
    found = read_export_targets("disk=/srv/exports, disk-2=/mnt/more", HOME)
    assert found == expected
    assert str(found) == "disk=/srv/exports,disk-2=/mnt/more"


@pytest.mark.parametrize(
    "value",
    [
        "/srv/exports",
        "disk=",
        "disk=exports",
        "disk=/",
        "disk=/srv/../etc",
        "disk=/srv/\x1bexports",
        "Disk=/srv/exports",
        "=/srv/exports",
        "one=/srv/exports,one=/srv/more",
        "one=/srv/exports,two=/srv/exports",
        "one=/srv/exports,",
        ",".join(f"n{number}=/srv/{number}" for number in range(17)),
    ],
)
def test_other_places_are_refused_without_being_repeated(value: str) -> None:
    with pytest.raises(SettingsError, match=r"^BREAKWATER_EXPORT_TARGETS takes [^/]*$"):
        read_export_targets(value, HOME)
