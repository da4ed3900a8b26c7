"""``docs/partner-guide.md`` is true: its programs and commands are run as they are printed, against a sandbox over HTTP.

What does not run here as printed is told apart: starting the sandbox (it serves already), and installing (this machine has no
network), whose wheel is built and looked at instead.
"""

from __future__ import annotations

import ast
import base64
import configparser
import fcntl
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from breakwater_client.exchange import new_key
from breakwater_client.trust.checkpoint import read_checkpoint, sign_checkpoint
from breakwater_client.trust.keys import PrivateKey
from tests.factories.guide_snippets import COMMANDS, NOT_THE_CLIENTS, GuideFolder, files
from tests.factories.prepared_sandboxes import PreparedSandboxes
from tests.factories.sandboxes import Sandbox
from tests.factories.stix_objects import indicator

ROOT = Path(__file__).parents[2]
APART = {"start", "commands", "install", "doctor"}
_MOST_RUNS = 6


@pytest.fixture(scope="module")
def sandbox(sandboxes: PreparedSandboxes, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Sandbox, Path]]:
    folder = tmp_path_factory.mktemp("guide") / "afternoon"
    folder.mkdir()
    with sandboxes.serving("sqlite", folder / "practice", workers=1) as serving:
        serving.make_checkpoint()
        yield serving, folder


def run(folder: Path, command: str) -> subprocess.CompletedProcess[str]:
    """Run one command as an engineer would in the guide's folder, with the settings, and give how it ended."""
    return subprocess.run(
        ["/bin/bash", "-c", f"set -a; . ./settings.env; {command}"],
        cwd=folder,
        env=GuideFolder(folder).environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def told(sandbox: tuple[Sandbox, Path]) -> dict[str, str]:
    """What each block of commands printed, by its name."""
    return GuideFolder.begin(sandbox[1]).run(*(name for name in COMMANDS if name not in APART))


def test_every_block_of_commands_was_run_to_its_end(told: dict[str, str]) -> None:
    assert set(told) == set(COMMANDS) - APART


def test_a_registered_key_waits_for_an_operator(told: dict[str, str]) -> None:
    keyid, state = told["register"].split()
    assert (len(keyid), state) == (64, "pending")


def test_registered_again_no_private_key_is_written_over(sandbox: tuple[Sandbox, Path], told: dict[str, str]) -> None:
    assert told
    key = (sandbox[1] / "next-signing.pem").read_bytes()
    done = run(sandbox[1], "python register.py")
    assert (done.returncode, "registered" in done.stderr, "Traceback" in done.stderr) == (1, True, False)
    assert (sandbox[1] / "next-signing.pem").read_bytes() == key


def test_the_programs_of_the_guide_pass_mypys_strict_look(tmp_path: Path) -> None:
    for name, body in files().items():
        (tmp_path / name).write_text(body)
    command = [
        sys.executable,
        "-m",
        "mypy",
        "--strict",
        "--follow-imports=silent",
        "--config-file=",
        "--cache-dir",
        tmp_path / "c",
    ]
    for name in ("register.py", "share.py", "sync.py"):
        done = subprocess.run(
            [*command, name],
            cwd=tmp_path,
            env=os.environ | {"MYPYPATH": str(ROOT / "sdk")},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout


def test_a_form_that_was_composed_here_is_stored(told: dict[str, str]) -> None:
    assert told["compose"].split()[-2:] == ["here.json", "rooms.json"]


def test_another_form_under_a_name_that_was_used_is_another_submission_and_the_same_is_none(
    sandbox: tuple[Sandbox, Path], told: dict[str, str]
) -> None:
    assert told
    folder = sandbox[1]
    (first := folder / "sent" / "rooms.json").rename(folder / "outbox" / "rooms.json")
    receipts = set((folder / "receipts").iterdir())
    assert run(folder, "python sync.py").returncode == 0
    assert set((folder / "receipts").iterdir()) == receipts, "answered as the first time"
    form = json.loads(first.read_text())
    form["observables"][0]["value"] = "room-9999"
    (folder / "outbox" / "rooms.json").write_text(json.dumps(form))
    assert run(folder, "python sync.py").returncode == 0
    [new] = set((folder / "receipts").iterdir()) - receipts
    assert "submission-receipt" in base64.b64decode(json.loads(new.read_text())["payload"]).decode()
    assert any("room-9999" in one.read_text() for one in (folder / "signed").iterdir())


def test_a_form_that_cannot_be_sent_goes_aside_and_those_behind_it_go_on(
    sandbox: tuple[Sandbox, Path], told: dict[str, str]
) -> None:
    assert told
    folder = sandbox[1]
    bad = {"a.json": b"{", "b.json": b'"\xff"', "c.json": b"[]", "d.json": json.dumps({"type": "x" * 9_000_000}).encode()}
    for name, content in bad.items():
        (folder / "outbox" / name).write_bytes(content)
    (folder / "outbox" / ".being-written.json").write_bytes(b"{")
    form = json.loads((folder / "sent" / "rooms.json").read_text())
    form["what"]["title"] = "Rooms behind bad forms"
    (folder / "outbox" / "good.json").write_text(json.dumps(form))
    done = run(folder, "python sync.py")
    assert (done.returncode, "Traceback" in done.stderr) == (1, False)
    assert [line.partition(":")[0] for line in done.stderr.splitlines()] == list(bad)
    assert all((folder / "refused" / name).exists() for name in bad)
    assert (folder / "sent" / "good.json").exists()
    (folder / "outbox" / ".being-written.json").unlink()
    assert run(folder, "python sync.py").returncode == 0


def another_form(folder: Path, name: str) -> None:
    form = json.loads((folder / "sent" / "rooms.json").read_text())
    form["what"]["title"] = f"Rooms of {name}"
    (folder / "outbox" / name).write_text(json.dumps(form))


def put_untold(folder: Path, stix_ids: Iterable[str]) -> None:
    store = sqlite3.connect(folder / "store.db")
    with store:
        store.executemany("INSERT INTO objects VALUES (?, 'identity--x', ?, '{}', 0)", [(one, one) for one in stix_ids])
    store.close()


def take_untold(folder: Path) -> int:
    """Take what was not told out of the table, and give how much that was."""
    store = sqlite3.connect(folder / "store.db")
    with store:
        count = store.execute("DELETE FROM objects WHERE NOT told AND stix_id LIKE 'indicator--%'").rowcount
    store.close()
    return count


def test_of_many_indicators_a_run_tells_a_hundred_and_leaves_the_rest(
    sandbox: tuple[Sandbox, Path], told: dict[str, str]
) -> None:
    assert told
    folder = sandbox[1]
    assert run(folder, "python sync.py").returncode == 0
    put_untold(folder, (f"indicator--{uuid4()}" for _ in range(130)))
    done = run(folder, "python sync.py")
    assert (done.returncode, take_untold(folder)) == (0, 30), done.stderr


def test_what_keeps_marks_from_being_told_keeps_no_form_from_being_sent(
    sandbox: tuple[Sandbox, Path], told: dict[str, str]
) -> None:
    assert told
    folder = sandbox[1]
    put_untold(folder, [f"indicator--{uuid4()}"])
    store = sqlite3.connect(folder / "store.db")
    store.execute("CREATE TRIGGER no_marks BEFORE UPDATE OF told ON objects BEGIN SELECT RAISE(ABORT, 'no marks'); END")
    another_form(folder, "before-marks.json")
    done = run(folder, "python sync.py")
    store.execute("DROP TRIGGER no_marks")
    store.close()
    assert take_untold(folder) == 1
    assert (done.returncode, done.stderr.startswith("tell: no marks")) == (1, True), done.stderr
    assert (folder / "sent" / "before-marks.json").exists()


def test_a_run_that_finds_another_at_work_does_nothing_and_ends_for_later(
    sandbox: tuple[Sandbox, Path], told: dict[str, str]
) -> None:
    assert told
    folder = sandbox[1]
    another_form(folder, "of-two-runs.json")
    with (folder / "sync.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = run(folder, "python sync.py")
        assert (done.returncode, done.stdout, done.stderr) == (75, "", "")
        assert (folder / "outbox" / "of-two-runs.json").exists()
    assert run(folder, "python sync.py").returncode == 0
    assert (folder / "sent" / "of-two-runs.json").exists()


@pytest.mark.parametrize("setting", ["SIGNING_KEY=nowhere.pem", "BREAKWATER_URL=nonsense", "-u PURPOSE"])
def test_wrong_settings_are_told_without_a_traceback(sandbox: tuple[Sandbox, Path], told: dict[str, str], setting: str) -> None:
    assert told
    done = run(sandbox[1], f"env {setting} python sync.py")
    assert (done.returncode, done.stderr.startswith("settings: "), len(done.stderr.splitlines())) == (1, True, 1)


def test_what_a_key_that_counts_no_more_signed_is_told_to_nobody_and_goes_in_once_the_key_is_right(
    sandbox: tuple[Sandbox, Path], told: dict[str, str]
) -> None:
    assert told
    folder = sandbox[1]
    wrong = folder / "wrong-key.pem"
    wrong.write_bytes(new_key().private_pem)
    form = json.loads((folder / "sent" / "rooms.json").read_text())
    form["what"]["title"] = "Rooms of another day"
    (folder / "outbox" / "again.json").write_text(json.dumps(form))
    store = sqlite3.connect(folder / "store.db")
    with store:
        store.execute(
            "UPDATE objects SET told = 0 WHERE rowid = (SELECT max(rowid) FROM objects WHERE stix_id LIKE 'indicator%')"
        )
    done = run(folder, f"SIGNING_KEY={wrong} python sync.py")
    assert done.returncode == 1
    assert "not told: indicator--" in done.stderr
    assert "again.json" in done.stderr
    assert (folder / "refused" / "again.json").exists()
    assert store.execute("SELECT count(*) FROM objects WHERE NOT told AND stix_id LIKE 'indicator%'").fetchone() == (1,)
    (folder / "refused" / "again.json").rename(folder / "outbox" / "again.json")
    done = run(folder, "python sync.py")
    assert (done.returncode, done.stderr) == (0, "")
    assert (folder / "sent" / "again.json").exists()
    assert store.execute("SELECT count(*) FROM objects WHERE NOT told AND stix_id LIKE 'indicator%'").fetchone() == (0,)
    store.close()


def test_every_receipt_is_proven_by_the_log(sandbox: tuple[Sandbox, Path], told: dict[str, str]) -> None:
    assert told
    receipts, proven = ({one.name for one in (sandbox[1] / name).iterdir()} for name in ("receipts", "proven"))
    assert proven
    assert proven <= receipts


def test_from_an_exchange_that_was_rolled_back_nothing_is_taken(sandbox: tuple[Sandbox, Path], told: dict[str, str]) -> None:
    assert told
    folder = sandbox[1]
    kept = (folder / "checkpoint").read_text()
    key = PrivateKey.from_pem((folder / "practice" / "exchange" / "keys" / "checkpoint.pem").read_bytes())
    honest = read_checkpoint(kept)
    (folder / "checkpoint").write_text(sign_checkpoint(replace(honest, size=honest.size + 1000), key))
    state = (folder / "feed.json").read_bytes()
    try:
        done = run(folder, "python sync.py")
    finally:
        (folder / "checkpoint").write_text(kept)
    assert done.returncode == 1
    assert done.stderr.startswith("hold: ")
    assert "log-rolled-back" in done.stderr
    assert (folder / "feed.json").read_bytes() == state
    assert list(folder.glob("checkpoint.shown-*"))


@pytest.mark.parametrize(
    ("setting", "says"),
    [
        (f"DIRECTORY_KEY={'00' * 32} ", "directory-chain-broken"),
        ("BREAKWATER_URL=http://127.0.0.1:9", "unreachable"),
    ],
)
def test_what_goes_wrong_is_said_without_a_traceback(
    sandbox: tuple[Sandbox, Path], told: dict[str, str], tmp_path: Path, setting: str, says: str
) -> None:
    assert told
    folder = tmp_path / "new"
    folder.mkdir()
    shutil.copy(sandbox[1] / "sync.py", folder)
    shutil.copy(sandbox[1] / "settings.env", folder)
    (folder / "practice").symlink_to(sandbox[1] / "practice")
    programs = GuideFolder(sandbox[1])
    done = subprocess.run(
        ["/bin/bash", "-c", f"set -a; . ./settings.env; {setting}; python sync.py"],
        cwd=folder,
        env=programs.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert done.returncode == (75 if says == "unreachable" else 1)


def test_what_was_pulled_is_kept_verified_and_what_was_recalled_is_gone(
    sandbox: tuple[Sandbox, Path], told: dict[str, str]
) -> None:
    assert "['stored'" in told["run"]
    store = sqlite3.connect(sandbox[1] / "store.db")
    kept = {row[0].partition("--")[0] for row in store.execute("SELECT stix_id FROM objects")}
    assert {"domain-name", "incident"} <= kept
    shared = (sandbox[1] / "shared.json").read_text()
    assert store.execute("SELECT * FROM objects WHERE stix_id = ?", (shared,)).fetchall() == []
    store.execute("ATTACH ? AS aside", (str(sandbox[1] / "aside.db"),))
    assert store.execute("SELECT * FROM aside.set_aside").fetchall() == []
    store.close()


def test_what_another_publisher_shares_under_an_objects_id_and_takes_back_leaves_that_object_as_it_is(
    sandbox: tuple[Sandbox, Path], told: dict[str, str]
) -> None:
    assert told
    serving, folder = sandbox
    publisher, other = (serving.partner(name) for name in ("platform-a", "hotline-a"))
    mine = indicator(created_by_ref=publisher.facts["identity_id"], name="Of its publisher")
    theirs = mine | {"created_by_ref": other.facts["identity_id"], "name": "Of somebody else"}

    def kept() -> list[str]:
        store = sqlite3.connect(folder / "store.db")
        rows = store.execute("SELECT object FROM objects WHERE stix_id = ?", (mine["id"],)).fetchall()
        store.close()
        return sorted(json.loads(row)["name"] for (row,) in rows)

    assert [one["status"] for one in publisher.submit(mine)] == ["stored"]
    assert run_until(folder, lambda: kept() == ["Of its publisher"]), kept()
    assert [one["status"] for one in other.submit(theirs)] == ["stored"]
    assert run_until(folder, lambda: kept() == ["Of its publisher", "Of somebody else"]), kept()
    withdrawn = other.post(f"/objects/{mine['id']}/withdrawal", {"reason": "withdrawn", "act": "delete"})
    assert withdrawn.status_code == 201, withdrawn.text
    assert run_until(folder, lambda: kept() == ["Of its publisher"]), kept()
    [notice] = [one for one in notices(serving) if one["versions"][0]["stix_id"] == mine["id"]]
    assert [one["outcome"] for one in notice["versions"]] == ["deleted"]


def notices(serving: Sandbox) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = serving.partner("platform-b").get("/notices").json()["notices"]
    return found


def run_until(folder: Path, is_so: Callable[[], bool]) -> bool:
    """Run the program until something is so, a few times: what is shared comes with a later page than the next."""
    for _ in range(_MOST_RUNS):
        assert run(folder, "python sync.py").returncode == 0
        if is_so():
            return True
        time.sleep(1)
    return False


def test_what_was_sent_has_receipts_and_stands_in_the_exchange_once(sandbox: tuple[Sandbox, Path], told: dict[str, str]) -> None:
    assert "rooms.json" in told["run"]
    serving, folder = sandbox
    signed = [one for file in (folder / "signed").iterdir() for one in json.loads(file.read_text())]
    mine = {one["id"] for one in signed}
    seen = [one["id"] for one in serving.partner("platform-b").pull_all() if one["id"] in mine]
    assert set(seen) == mine
    made = {one["id"] for one in signed if "modified" in one}  # observables and markings stand in other forms, too
    assert sorted(one for one in seen if one in made) == sorted(made)
    assert len(list((folder / "receipts").iterdir())) >= 1


def test_every_recall_was_answered_with_a_signature_that_counts(sandbox: tuple[Sandbox, Path], told: dict[str, str]) -> None:
    assert "recall" in told
    reader = sandbox[0].partner("platform-b")
    assert reader.get("/notices", params={"open": "true"}).json()["notices"] == []
    assert {one["outcome"] for notice in notices(sandbox[0]) for one in notice["versions"]} == {"deleted"}


def test_publishers_are_told_what_came_in(sandbox: tuple[Sandbox, Path], told: dict[str, str]) -> None:
    assert "run" in told
    publisher = sandbox[0].partner("platform-a")
    marks = [one for one in publisher.pull_all() if "feedback-mark" in json.dumps(one) or one["type"] == "note"]
    assert marks


@pytest.mark.parametrize("name", [name for name in files() if name.endswith(".py")])
def test_the_programs_of_the_guide_import_the_client_and_the_standard_library_alone(name: str) -> None:
    tree = ast.parse(files()[name])
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    others = {one for one in imported if one.partition(".")[0] not in sys.stdlib_module_names}
    assert others == {"breakwater_client.exchange"}


@pytest.mark.parametrize("name", ["app", "flask"])
def test_the_guides_python_has_nothing_of_the_exchange(sandbox: tuple[Sandbox, Path], told: dict[str, str], name: str) -> None:
    assert told
    assert name in NOT_THE_CLIENTS
    python = sandbox[1].parent / "programs" / "python"
    done = subprocess.run([python, "-c", f"import {name}"], capture_output=True, text=True, check=False)
    assert "is not installed where a partner's program runs" in done.stderr


def test_units_are_ones_that_systemd_reads(tmp_path: Path) -> None:
    service, timer = (configparser.ConfigParser(interpolation=None) for _ in range(2))
    for parser, name in ((service, "breakwater-sync.service"), (timer, "breakwater-sync.timer")):
        parser.optionxform = str  # type: ignore[assignment,method-assign]  # names of units have capitals
        parser.read_string(files()[name])
    assert service["Service"]["ExecStart"].endswith("python sync.py")
    assert timer["Timer"]["OnUnitInactiveSec"] == "5min"
    if analyze := shutil.which("systemd-analyze"):
        # The paths that the guide names are not on this machine: a program that is stands in for them.
        unit = tmp_path / "breakwater-sync.service"
        unit.write_text(files()[unit.name].replace("/srv/sync/client/bin/python", "/bin/true"))
        timer_file = tmp_path / "breakwater-sync.timer"
        timer_file.write_text(files()[timer_file.name])
        done = subprocess.run([analyze, "verify", unit, timer_file], capture_output=True, text=True, check=False)
        assert "Unknown" not in done.stderr, done.stderr


def built(folder: Path, kind: str, into: Path) -> Path:
    command = [sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", into]
    subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    [made] = into.iterdir()
    return made


def test_what_the_guide_installs_can_be_built_and_holds_the_client_alone(tmp_path: Path) -> None:
    assert "pip install /path/to/breakwater/sdk" in COMMANDS["install"]
    shutil.copytree(ROOT / "sdk", tmp_path / "sdk")
    shutil.copytree(ROOT / "schemas", tmp_path / "schemas")
    shutil.copy(ROOT / "LICENSE", tmp_path)
    source = built(tmp_path / "sdk", "sdist", tmp_path / "source")
    shutil.unpack_archive(source, tmp_path / "elsewhere", filter="data")
    [elsewhere] = (tmp_path / "elsewhere").iterdir()
    names = []
    for place, folder in (("checkout", tmp_path / "sdk"), ("archive", elsewhere)):
        with zipfile.ZipFile(built(folder, "wheel", tmp_path / place)) as archive:
            names.append(set(archive.namelist()))
    assert names[0] == names[1]
    assert {name.partition("/")[0] for name in names[0] if not name.startswith("breakwater_client-")} == {"breakwater_client"}
    assert names[0] >= {"breakwater_client/py.typed", "breakwater_client/LICENSE"}
    assert any(name.startswith("breakwater_client/published_schemas/") for name in names[0])


@pytest.mark.parametrize("kind", ["wheel", "sdist"])
def test_a_folder_copied_out_of_the_checkout_is_not_built_without_what_lies_beside_it(tmp_path: Path, kind: str) -> None:
    shutil.copytree(ROOT / "sdk", tmp_path / "sdk")
    (tmp_path / "schemas").mkdir()
    shutil.copy(ROOT / "LICENSE", tmp_path)
    with pytest.raises(subprocess.CalledProcessError) as refused:
        built(tmp_path / "sdk", kind, tmp_path / "made")
    assert "lacks the published schemas" in refused.value.stderr
    assert "Traceback" not in refused.value.stderr
    assert not list(tmp_path.glob("made/*"))
