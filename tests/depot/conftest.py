"""A depot of each kind, for the tests of what all of them do."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.depot.bucket import BucketDepot
from app.depot.folder import FolderDepot
from app.depot.port import Depot
from tests.factories.bucket_servers import BucketServer, NoBucketServerError, bucket_server


@pytest.fixture(params=["folder", "bucket"])
def depot(request: pytest.FixtureRequest) -> Depot:
    """An empty depot: the test runs once for each kind."""
    found: Depot = request.getfixturevalue(f"{request.param}_depot")
    return found


@pytest.fixture
def folder_depot(tmp_path: Path) -> FolderDepot:
    """An empty folder."""
    (tmp_path / "exports").mkdir(mode=0o700)
    return FolderDepot(tmp_path / "exports")


@pytest.fixture(scope="session")
def buckets() -> Iterator[BucketServer]:
    """The server of buckets of this test process."""
    try:
        with bucket_server() as server:
            yield server
    except NoBucketServerError as exc:
        pytest.fail(str(exc), pytrace=False)


@pytest.fixture
def bucket_depot(buckets: BucketServer) -> BucketDepot:
    """An empty bucket."""
    return buckets.depot()
