"""``export pull``: a mirror from the first run on, in cron, over a bad line, and what it says."""

from __future__ import annotations

import errno
import json
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import duckdb
import pytest
from click.testing import Result

from app.cli.export_pull import disk_told
from app.cli.faults import CommandFault, ExitCode
from breakwater_client.trust.keys import PrivateKey
from tests.cli.desk import lock_held_elsewhere, run
from tests.factories.export_manifests import DEFINITION, PARTNER
from tests.factories.export_servers import ExportServer, export_server
from tests.factories.written_exports import ExportWriter, Written, digest_of, indicator, notice, tombstone

ROOT = Path(__file__).parents[2]
ONE, TWO, THREE = (indicator(place) for place in range(3))


class Puller:
    def __init__(self, writer: ExportWriter, server: ExportServer, folder: Path) -> None:
        self.writer, self.server, self.folder = writer, server, folder

    def run(self, *options: object, name: str = DEFINITION) -> Result:
        known = () if (self.folder / "directory.json").exists() else ("--directory-key", self.server.directory_key.public.keyid)
        connection = ("--url", self.server.url, "--token", "token")
        return run("export", "pull", name, "--into", self.folder, *known, *options, *connection)

    def json(self, *options: object) -> dict[str, Any]:
        result = self.run(*options, "--json")
        assert result.exit_code == 0, result.stderr
        told: dict[str, Any] = json.loads(result.stdout)
        return told

    def held(self) -> set[str]:
        with sqlite3.connect(self.folder / "mirror.db") as database:
            return {row[0] for row in database.execute("SELECT content_sha256 FROM object")}


@pytest.fixture
def puller(tmp_path: Path) -> Iterator[Puller]:
    writer = ExportWriter(tmp_path / "exchange")
    writer.folder.mkdir()
    with export_server(writer) as server:
        yield Puller(writer, server, tmp_path / "mirror")


def test_a_mirror_begins_and_follows(puller: Puller) -> None:
    assert puller.json()["number"] is None
    puller.writer.write(Written(snapshot=[ONE, TWO]))
    told = puller.json()
    assert (told["before"], told["number"], told["newest"], told["applied"], told["objects"]) == (None, 1, 1, [1], 2)
    puller.writer.write(Written(delta=[THREE], tombstones=[tombstone(ONE)]))
    told = puller.json()
    assert (told["before"], told["number"], told["applied"]) == (1, 2, [2])
    assert puller.held() == {digest_of(TWO), digest_of(THREE)}
    assert puller.folder.stat().st_mode & 0o777 == 0o700
    accepted = json.loads((puller.folder / "accepted.json").read_text())
    assert (accepted["partner"], accepted["number"]) == (PARTNER, 2)


def test_duckdb_reads_what_is_current(puller: Puller) -> None:
    puller.writer.write(Written(snapshot=[ONE, TWO]))
    puller.writer.write(Written(delta=[THREE], tombstones=[tombstone(ONE, "expired")]))
    puller.run()
    with duckdb.connect() as database:
        database.execute((puller.folder / "current.sql").read_text())
        rows = database.execute("SELECT content_sha256 FROM current_object").fetchall()
    assert {row[0] for row in rows} == puller.held() == {digest_of(TWO), digest_of(THREE)}


def test_a_mirror_is_verified_offline(puller: Puller) -> None:
    puller.writer.write(Written(snapshot=[ONE, TWO]))
    puller.writer.write(Written(delta=[THREE], snapshot=[ONE, TWO, THREE]))
    puller.run()
    trusted = ("--accepted-directory", puller.folder / "directory.json", "--state", puller.folder / "accepted.json")
    result = run("export", "verify", puller.folder, *trusted, "--json")
    assert (result.exit_code, json.loads(result.stdout)["verified"]) == (0, True)


def test_cron_is_told_nothing_where_nothing_is_new_or_another_run_is_at_it(puller: Puller) -> None:
    puller.writer.write(Written(snapshot=[ONE]))
    assert "at export 1, 1 objects" in puller.run().output
    assert puller.run().output == ""
    with lock_held_elsewhere(puller.folder / ".lock"):
        result = puller.run()
        assert (result.exit_code, result.output) == (0, "")
        assert puller.json() == {"busy": True, "into": str(puller.folder)}


def test_an_export_is_found_by_its_name(puller: Puller) -> None:
    puller.writer.write(Written(snapshot=[ONE]))
    assert puller.run(name="nightly").exit_code == 0
    result = puller.run(name="weekly")
    assert result.exit_code == ExitCode.REFUSED
    assert "export list" in result.stderr


def test_a_line_that_breaks_again_and_again_is_taken_up_where_it_was(puller: Puller) -> None:
    noise = [Random(place).randbytes(8_000).hex() for place in range(40)]
    puller.writer.write(Written(snapshot=[indicator(place, name=name) for place, name in enumerate(noise)]))
    puller.server.breaks_after = 50_000
    told = puller.json("--no-files")
    assert told["objects"] == 40
    assert sum(one.startswith("bytes=") for one in puller.server.ranges) > 3


def test_the_first_time_somebody_says_which_directory_to_trust(puller: Puller) -> None:
    puller.writer.write(Written(snapshot=[ONE]))
    connection = ("--url", puller.server.url, "--token", "token")
    result = run("export", "pull", DEFINITION, "--into", puller.folder, *connection)
    assert result.exit_code == ExitCode.USAGE
    assert "--directory-key" in result.stderr
    wrong = ("--directory-key", PrivateKey.generate().public.keyid)
    assert run("export", "pull", DEFINITION, "--into", puller.folder, *wrong, *connection).exit_code == ExitCode.REFUSED
    result = run("export", "pull", DEFINITION, "--into", puller.folder, "--trust-first", *connection)
    assert result.exit_code == 0
    assert puller.server.directory_key.public.keyid in result.stderr


def test_going_back_and_forks_have_exit_codes_of_their_own(puller: Puller) -> None:
    puller.writer.write(Written(snapshot=[ONE]))
    puller.writer.write(Written(delta=[TWO]))
    puller.run()
    (puller.writer.folder / "00000002" / "manifest.json").unlink()
    result = puller.run("--json")
    assert (result.exit_code, json.loads(result.stderr)["error"]["code"]) == (ExitCode.ROLLED_BACK, "export-rolled-back")
    assert puller.held() == {digest_of(ONE), digest_of(TWO)}


def test_an_export_that_is_frozen_is_an_error_at_every_run(puller: Puller) -> None:
    now = datetime.now(UTC)
    puller.writer.write(Written(snapshot=[ONE]), as_of=now - timedelta(days=1), expires_at=now - timedelta(hours=1))
    result = puller.run("--json")
    assert (result.exit_code, json.loads(result.stderr)["error"]["code"]) == (ExitCode.REFUSED, "export-expired")
    assert puller.held() == {digest_of(ONE)}


def test_files_that_are_gone_leave_the_mirror_and_say_what_it_waits_for(puller: Puller) -> None:
    puller.writer.write(Written(snapshot=[ONE]))
    puller.run()
    puller.server.source.gone |= {one.name for one in puller.writer.write(Written(delta=[TWO])).files}
    result = puller.run("--json")
    assert (result.exit_code, json.loads(result.stderr)["error"]["code"]) == (ExitCode.UNAVAILABLE, "export-file-gone")
    assert puller.held() == {digest_of(ONE)}


def notice_row(act: str = "delete", kind: str = "withdrawal") -> dict[str, Any]:
    recalled = {"stix_id": ONE["id"], "version": ONE["modified"], "payload_digest": digest_of(ONE), "outcome": None}
    return {"id": notice(1, ONE)["id"], "partner_id": PARTNER, "kind": kind, "act": act, "versions": [recalled]}


def test_recalls_are_done_to_the_mirror_and_then_answered(puller: Puller, tmp_path: Path) -> None:
    key = tmp_path / "key.pem"
    key.write_bytes(PrivateKey.generate().to_pem())
    puller.writer.write(Written(snapshot=[ONE, TWO]))
    puller.run()
    puller.server.notices.append(notice_row())
    puller.writer.write(Written(delta=[], recalls=[notice(1, ONE)]))
    told = puller.json()
    assert told["recalls"] == {"done": [notice(1, ONE)["id"]], "answered": [], "waiting": [notice(1, ONE)["id"]]}
    assert puller.held() == {digest_of(TWO)}
    assert not list((puller.folder / "exports").glob("*/*-snapshot-*"))
    with duckdb.connect() as database:
        database.execute((puller.folder / "current.sql").read_text())
        assert database.execute("SELECT content_sha256 FROM current_object").fetchall() == [(digest_of(TWO),)]
    assert "waits for your answer" in puller.run().output
    assert puller.json("--acknowledge-with", key)["recalls"]["answered"] == [notice(1, ONE)["id"]]
    [answer] = puller.server.answers
    assert answer["payloadType"].endswith("recall-acknowledgement+json")
    assert puller.json("--acknowledge-with", key)["recalls"] == {"done": [], "answered": [], "waiting": []}


def test_a_contest_waits_for_people(puller: Puller, tmp_path: Path) -> None:
    key = tmp_path / "key.pem"
    key.write_bytes(PrivateKey.generate().to_pem())
    puller.writer.write(Written(snapshot=[ONE]))
    puller.run()
    puller.server.notices.append(notice_row("review", "contest"))
    puller.writer.write(Written(delta=[], recalls=[notice(1, ONE)]))
    assert puller.json("--acknowledge-with", key)["recalls"]["waiting"] == [notice(1, ONE)["id"]]
    assert puller.held() == {digest_of(ONE)}
    puller.server.notices.clear()  # answered by somebody
    assert puller.json()["recalls"]["waiting"] == []


LIMITED = """
import resource, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), int(sys.argv[1])))
from app.__main__ import main
sys.argv[:] = ["breakwater", *sys.argv[2:]]
main()
"""


def test_a_disk_without_room_is_one_line_and_the_next_run_goes_on(puller: Puller) -> None:
    noise = [Random(place).randbytes(8_000).hex() for place in range(60)]
    puller.writer.write(Written(snapshot=[indicator(place, name=name) for place, name in enumerate(noise)]))
    known = (
        "--directory-key",
        puller.server.directory_key.public.keyid,
        "--url",
        puller.server.url,
        "--token",
        "token",
        "--json",
    )
    arguments = ("export", "pull", DEFINITION, "--into", str(puller.folder), *known)
    command = [sys.executable, "-c", LIMITED, "200000", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == ExitCode.UNAVAILABLE, done.stderr
    assert json.loads(done.stderr)["error"]["code"] == "storage-full"
    assert len(done.stderr.splitlines()) == 1
    assert puller.json()["objects"] == 60
    assert "bytes=" in "".join(puller.server.ranges)


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (errno.ENOSPC, "storage-full"),
        (errno.EDQUOT, "storage-full"),
        (errno.EROFS, "storage-refused"),
        (errno.EACCES, "storage-refused"),
    ],
)
def test_what_the_disk_refuses_has_a_code(number: int, code: str) -> None:
    with pytest.raises(CommandFault) as caught, disk_told(Path("mirror")):
        raise OSError(number, "as the system says")
    assert (caught.value.exit_code, caught.value.details["code"]) == (ExitCode.UNAVAILABLE, code)


def test_what_else_fails_is_told_as_it_is() -> None:
    with pytest.raises(IsADirectoryError), disk_told(Path("mirror")):
        raise IsADirectoryError(errno.EISDIR, "as the system says")
