"""What the walks share: a practice exchange in a process of its own, on both databases, new for each module."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.factories.databases import PostgresServer
from tests.factories.sandboxes import Sandbox, serving_sandbox


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def sandbox(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    folder = tmp_path_factory.mktemp("walk") / "exchange"
    if request.param == "sqlite":
        with serving_sandbox(folder) as serving:
            yield serving
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    with server.database() as url, serving_sandbox(folder, url) as serving:
        yield serving
