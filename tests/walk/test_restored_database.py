"""An old backup under real servers: every worker of every server on it takes nothing in; the right database is served again.

Clients notice by themselves: the command tells whoever kept a newer checkpoint that the log was rolled back. ``make oldbackup``.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any

from app.__main__ import workshop
from app.cli.faults import ExitCode
from breakwater_client.trust.checkpoint import read_checkpoint
from tests.factories.checkpoints import make_checkpoint
from tests.factories.databases import PostgresServer
from tests.factories.exchanges import FakePartner
from tests.factories.mortal_servers import MortalServer, mortal_server
from tests.factories.sandboxes import Sandbox, serving_again, serving_sandbox
from tests.factories.stix_objects import indicator

ROOT = Path(__file__).parents[2]
_WAIT_SECONDS = 60


def publish_and_keep(sandbox: Sandbox, home: Path, url: str) -> None:
    """Store an object, have a checkpoint made, and wait until the server has it in its file."""
    sandbox.partner("platform-a").submit(indicator())
    settings = {"HOME": str(home), "DATABASE_URL": url, "MODE": "development"}
    exchange = workshop().exchange({f"BREAKWATER_{name}": value for name, value in settings.items()})
    size = read_checkpoint(make_checkpoint(exchange)).size
    exchange.database.dispose()
    wait_until_kept(home, size)


def wait_until_kept(home: Path, size: int) -> None:
    """Wait until the server has a checkpoint of so many leaves in its file."""
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


def growth_asked(server: MortalServer, partner: FakePartner, kept: str) -> tuple[int, str]:
    """Ask, as a partner who kept a checkpoint, that the log of now extends it; gives the command's exit code and what it said."""
    settings = {"BREAKWATER_URL": server.url, "BREAKWATER_TOKEN": partner.token or ""}
    command = [sys.executable, "-m", "app", "log", "consistency", "--first", str(read_checkpoint(kept).size)]
    done = subprocess.run(command, env=os.environ | settings, cwd=ROOT, capture_output=True, text=True, check=False)
    return done.returncode, done.stderr


def test_a_partner_who_kept_a_newer_checkpoint_finds_the_rollback(tmp_path: Path, sqlite_url: str) -> None:
    database, backup = Path(sqlite_url.removeprefix("sqlite:///")), tmp_path / "backup.db"
    with mortal_server(tmp_path / "exchange", sqlite_url, workers=1) as server:
        partner = server.enrol("Platform A")
        assert partner.submit(indicator()).status == 201
        server.operator.post("log/checkpoints", {})
        with closing(sqlite3.connect(database)) as connection:
            connection.execute("VACUUM INTO ?", [str(backup)])
        assert partner.submit(indicator()).status == 201
        newer = server.operator.post("log/checkpoints", {}).json["note"]
        assert growth_asked(server, partner, newer)[0] == 0
        wait_until_kept(tmp_path / "exchange", read_checkpoint(newer).size)
        server.kill()
        for suffix in ("-wal", "-shm"):
            database.with_name(database.name + suffix).unlink(missing_ok=True)
        shutil.copy(backup, database)
        server.start()
        code, said = growth_asked(server, partner, newer)
        assert (code, "log-rolled-back" in said) == (ExitCode.ROLLED_BACK, True)
        assert partner.submit(indicator()).code == "exchange-read-only"
