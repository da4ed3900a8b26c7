"""An old backup under real servers: every worker of every server on it takes nothing in; the right database is served again."""

from __future__ import annotations

import shutil
import time
from pathlib import Path
from typing import Any

from app.__main__ import workshop
from app.crypto.checkpoint import read_checkpoint
from tests.factories.checkpoints import make_checkpoint
from tests.factories.databases import PostgresServer
from tests.factories.sandboxes import Sandbox, serving_again, serving_sandbox
from tests.factories.stix_objects import indicator

_WAIT_SECONDS = 60


def publish_and_keep(sandbox: Sandbox, home: Path, url: str) -> None:
    """Store an object, have a checkpoint made, and wait until the server has it in its file."""
    sandbox.partner("platform-a").submit(indicator())
    settings = {"HOME": str(home), "DATABASE_URL": url, "MODE": "development"}
    exchange = workshop().exchange({f"BREAKWATER_{name}": value for name, value in settings.items()})
    size = read_checkpoint(make_checkpoint(exchange)).size
    exchange.database.dispose()
    deadline = time.monotonic() + _WAIT_SECONDS
    while read_checkpoint((home / "checkpoint").read_text()).size < size:
        assert time.monotonic() < deadline, "the server did not keep the checkpoint"
        time.sleep(0.1)


def answers(sandbox: Sandbox) -> list[tuple[int, Any]]:
    """Submit several times, so that every worker answers some of it."""
    partner = sandbox.partner("platform-a")
    given = [partner.post("/submissions", {"objects": [partner.sign(indicator())]}) for _ in range(8)]
    return [(one.status_code, one.json().get("code")) for one in given]


def test_an_old_backup_is_read_only_on_every_server_and_the_right_database_is_not(
    empty_postgres_url: str, postgres: PostgresServer, tmp_path: Path
) -> None:
    url = empty_postgres_url
    home = tmp_path / "sandbox" / "exchange"
    with serving_sandbox(tmp_path / "sandbox", url) as sandbox:
        publish_and_keep(sandbox, home, url)
    old_home = shutil.copytree(home, tmp_path / "other")
    with postgres.database(template=url) as backup:
        with serving_again(sandbox, home, url) as served:
            publish_and_keep(served, home, url)
        with serving_again(sandbox, home, backup) as served:
            assert served.get("/readyz").json()["log"] == "log-behind"
            assert set(answers(served)) == {(503, "exchange-read-only")}
            assert served.partner("platform-b").pull_all()
            # Another server, whose own file is as old as the backup and finds nothing wrong with it.
            with serving_again(sandbox, old_home, backup) as beside:
                assert beside.get("/readyz").json()["log"] == "log-behind"
                assert set(answers(beside)) == {(503, "exchange-read-only")}
    assert "READ-ONLY (log-behind)" in (home.parent / "exchange.log").read_text()
    with serving_again(sandbox, home, url) as served:
        assert served.get("/readyz").json()["log"] == "agrees"
        assert set(answers(served)) == {(201, None)}
