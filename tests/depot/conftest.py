"""A depot of each kind, for the tests of what all of them do."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.depot.folder import FolderDepot
from app.depot.port import Depot


@pytest.fixture(params=["folder"])
def depot(request: pytest.FixtureRequest) -> Depot:
    """An empty depot: the test runs once for each kind."""
    found: Depot = request.getfixturevalue(f"{request.param}_depot")
    return found


@pytest.fixture
def folder_depot(tmp_path: Path) -> FolderDepot:
    """An empty folder."""
    (tmp_path / "exports").mkdir(mode=0o700)
    return FolderDepot(tmp_path / "exports")
