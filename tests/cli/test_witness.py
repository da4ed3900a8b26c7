"""Witnesses of a real exchange, by command: set up, run, shown, and what clients then ask for."""

from __future__ import annotations

import json
import shutil
import stat
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.cli.faults import ExitCode
from app.cli.loopback_server import loopback_server
from app.domain.permissions import Permission
from app.domain.vocabulary import StaffRole
from breakwater_client.instant import instant_text
from breakwater_client.talking.following import Witnesses
from breakwater_client.trust.checkpoint import read_checkpoint
from breakwater_client.verifying.directory_keys import accepted_before
from tests.cli.desk import Desk, lock_held_elsewhere
from tests.factories.exchanges import Caller, FakePartner
from tests.factories.stix_objects import indicator


@pytest.fixture(scope="module")
def staff(desk: Desk) -> Caller:
    return desk.running.staff(StaffRole.OPERATOR, Permission)


@pytest.fixture(scope="module")
def pinned(desk: Desk) -> str:
    return desk.running.exchange.keys.directory.public.keyid


def set_up(desk: Desk, staff: Caller, partner: FakePartner, folder: Path, pinned: str) -> dict[str, Any]:
    """Set a witness up, and let its key count."""
    made: dict[str, Any] = desk.json(partner, "witness", "init", folder, "--directory-key", pinned)
    assert staff.post(f"keys/{made['keyid']}/activation", {}).status == 200
    return made


def grow(desk: Desk, staff: Caller, author: FakePartner) -> int:
    """Let the log grow, and have a checkpoint made. Gives its size."""
    author.submit(indicator())
    return int(desk.json(staff, "log", "checkpoint", "--make")["checkpoint"].split("\n")[1])


@pytest.fixture(scope="module")
def witness(desk: Desk, staff: Caller, pinned: str, tmp_path_factory: pytest.TempPathFactory) -> tuple[FakePartner, Path]:
    """A partner with a witness."""
    partner, folder = desk.running.enrol("Witnessing partner"), tmp_path_factory.mktemp("witnesses") / "a"
    set_up(desk, staff, partner, folder, pinned)
    return partner, folder


def test_a_witness_is_set_up_once_and_goes_on(desk: Desk, pinned: str, tmp_path: Path) -> None:
    partner, folder = desk.running.enrol("Setting up"), tmp_path / "w"
    assert desk.run(partner, "witness", "init", folder).exit_code == ExitCode.USAGE
    first = desk.json(partner, "witness", "init", folder, "--directory-key", pinned)
    assert (first["state"], first["name"]) == ("pending", f"breakwater-witness/{partner.identity_id}")
    again = desk.json(partner, "witness", "init", folder)
    assert again == first
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "key.pem").stat().st_mode) == 0o600
    listed = [one["key"] for one in desk.json(partner, "key", "list")["keys"]]
    assert first["keyid"] in {one["keyid"] for one in listed if one["usage"] == "checkpoint-cosigning"}


class Odd:
    """An exchange that answers what is asked of it, but for keys."""

    def __init__(self, application: Any, answer: bytes) -> None:
        self.application, self.answer = application, answer

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        if environ["PATH_INFO"].startswith("/api/v1/keys"):
            start_response("200 OK", [("Content-Type", "application/json")])
            return [self.answer]
        return self.application(environ, start_response)


@pytest.mark.parametrize("answer", [b"null", b"[]", b'{"keys": [1]}', b'{"keys": [{"key": {}}]}', b'{"keys": []}'])
def test_a_witness_is_not_set_up_by_what_is_no_answer_about_keys(
    desk: Desk, platform: FakePartner, pinned: str, tmp_path: Path, answer: bytes
) -> None:
    with loopback_server(Odd(desk.running.app, answer)) as url:
        told = replace(desk, url=url).run(platform, "witness", "init", tmp_path / "w", "--directory-key", pinned)
    assert (told.exit_code, "is this the address of an exchange?" in told.stderr) == (ExitCode.UNAVAILABLE, True)
    assert not (tmp_path / "w" / "witness.json").exists()


class Renaming:
    """An exchange that names somebody else as the owner of a key that is asked about by its id."""

    def __init__(self, application: Any, owner: str) -> None:
        self.application, self.owner = application, owner

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        if not environ["PATH_INFO"].startswith("/api/v1/keys/") or environ["REQUEST_METHOD"] != "GET":
            return self.application(environ, start_response)
        said = json.loads(b"".join(self.application(environ, lambda *_: None)))
        said["owner"]["identity_id"] = self.owner
        start_response("200 OK", [("Content-Type", "application/json")])
        return [json.dumps(said).encode()]


@pytest.mark.parametrize("owner", ["identity--aaaa bbbb", "x\ny", ""])
def test_a_witness_is_not_set_up_under_a_name_that_is_none(desk: Desk, pinned: str, tmp_path: Path, owner: str) -> None:
    partner, folder = desk.running.enrol(f"Named in {len(owner)} characters"), tmp_path / "w"
    with loopback_server(Renaming(desk.running.app, owner)) as url:
        told = replace(desk, url=url).run(partner, "witness", "init", folder, "--directory-key", pinned)
    assert (told.exit_code, "no-identity" in told.stderr) == (ExitCode.REFUSED, True)
    assert not (folder / "witness.json").exists()


def test_a_witness_is_not_set_up_under_another_name_than_the_directory_has(
    desk: Desk, staff: Caller, platform: FakePartner, pinned: str, tmp_path: Path
) -> None:
    partner, folder = desk.running.enrol("Named as another"), tmp_path / "w"
    set_up(desk, staff, partner, folder, pinned)
    before = (folder / "witness.json").read_bytes()
    with loopback_server(Renaming(desk.running.app, platform.identity_id)) as url:
        told = replace(desk, url=url).run(partner, "witness", "init", folder)
    assert (told.exit_code, platform.identity_id in told.stderr) == (ExitCode.REFUSED, True)
    assert (folder / "witness.json").read_bytes() == before


def test_a_witness_cosigns_and_the_exchange_publishes_it(
    desk: Desk, staff: Caller, platform: FakePartner, witness: tuple[FakePartner, Path]
) -> None:
    partner, folder = witness
    for _ in range(2):
        size = grow(desk, staff, platform)
        done = desk.json(partner, "witness", "run", folder, "--once")
        assert (done["tree_size"], done["cosigned"], done["delivered"], done["alarms"]) == (size, True, True, [])
        note = desk.run(platform, "log", "checkpoint").stdout
        assert note == (folder / "cosigned").read_text()
        again = desk.json(partner, "witness", "run", folder, "--once")
        assert (again["cosigned"], again["delivered"]) == (False, False)
    told = desk.json(partner, "witness", "status", folder)
    assert (told["tree_size"], told["delivered_size"], told["alarms"]) == (size, size, [])
    assert (folder / "unanswered").read_bytes() == b"{}", "its own line was asked for, and was there"


@pytest.fixture(scope="module")
def directory(desk: Desk, platform: FakePartner, pinned: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where somebody keeps the directory of keys."""
    file = tmp_path_factory.mktemp("directories") / "directory.json"
    fetched = desk.run(platform, "key", "directory", "fetch", "--out", file, "--directory-key", pinned)
    assert fetched.exit_code == 0
    return file


def test_clients_ask_for_what_so_many_cosigned(
    desk: Desk, staff: Caller, platform: FakePartner, directory: Path, tmp_path: Path
) -> None:
    pinned = desk.running.exchange.keys.directory.public.keyid
    partner, folder = desk.running.enrol("First witness"), tmp_path / "first"
    set_up(desk, staff, partner, folder, pinned)
    second, other = desk.running.enrol("Second witness"), tmp_path / "second"
    set_up(desk, staff, second, other, pinned)
    value = platform.sign(indicator())
    assert platform.submit_signed([value]).status == 201
    size = int(desk.json(staff, "log", "checkpoint", "--make")["checkpoint"].split("\n")[1])
    for who, where in ((partner, folder), (second, other)):
        assert desk.run(who, "witness", "run", where, "--once").exit_code == 0
    grow(desk, staff, platform)  # which nobody has cosigned yet
    files = {name: tmp_path / name for name in ("object", "checkpoint", "proof", "witnesses")}
    files["object"].write_text(json.dumps(value))
    assert desk.run(platform, "log", "checkpoint", "--cosigned-by", 2, "--out", files["checkpoint"]).exit_code == 0
    assert read_checkpoint(files["checkpoint"].read_text()).size == size
    asked = ("log", "proof", "--object", value["id"], value["modified"], "--cosigned-by", 2, "--out", files["proof"])
    assert desk.run(platform, *asked).exit_code == 0
    assert desk.run(platform, "key", "directory", "fetch", "--out", directory).exit_code == 0
    assert desk.run(platform, "witness", "list", directory, "--out", files["witnesses"]).exit_code == 0
    trust = ("--accepted-directory", directory, "--no-steps")
    for witnesses in (("--witnesses", files["witnesses"]), ("--listed-witnesses",)):
        for given in ((files["checkpoint"],), (files["proof"],), (files["object"], files["proof"])):
            told = desk.json(platform, "verify", *given, *trust, *witnesses, "--cosigned-by", 2)
            assert told["verified"]
        assert told["objects"][0]["level"] == "cosigned"
        newest = tmp_path / "newest"
        desk.run(platform, "log", "checkpoint", "--out", newest)
        assert desk.run(platform, "verify", newest, *trust, *witnesses, "--cosigned-by", 1).exit_code == ExitCode.REFUSED
    three = desk.run(platform, "verify", files["checkpoint"], *trust, "--witnesses", files["witnesses"], "--cosigned-by", 9)
    assert three.exit_code == ExitCode.USAGE
    assert desk.run(platform, "verify", files["checkpoint"], *trust, "--cosigned-by", 1).exit_code == ExitCode.USAGE
    assert desk.run(platform, "log", "checkpoint", "--cosigned-by", 9).exit_code == ExitCode.REFUSED


def test_until_its_key_counts_a_witness_keeps_and_says_so(
    desk: Desk, staff: Caller, platform: FakePartner, pinned: str, tmp_path: Path
) -> None:
    partner, folder = desk.running.enrol("Waiting"), tmp_path / "w"
    made = desk.json(partner, "witness", "init", folder, "--directory-key", pinned)
    size = grow(desk, staff, platform)
    early = desk.run(partner, "witness", "run", folder, "--once")
    assert (early.exit_code, "key-not-active" in early.stderr) == (ExitCode.REFUSED, True)
    assert desk.json(partner, "witness", "status", folder)["tree_size"] == size
    assert staff.post(f"keys/{made['keyid']}/activation", {}).status == 200
    assert desk.json(partner, "witness", "run", folder, "--once")["delivered"]


def test_a_folder_that_is_none_and_a_key_that_is_another_are_told(
    desk: Desk, witness: tuple[FakePartner, Path], pinned: str, tmp_path: Path
) -> None:
    partner, _ = witness
    absent = desk.run(partner, "witness", "run", tmp_path / "absent", "--once")
    assert (absent.exit_code, "witness init" in absent.stderr) == (ExitCode.USAGE, True)
    other = desk.running.enrol("Mixed up")
    desk.json(other, "witness", "init", tmp_path / "w", "--directory-key", pinned)
    (tmp_path / "w" / "key.pem").write_bytes(other.key.to_pem())
    mixed = desk.run(other, "witness", "run", tmp_path / "w", "--once")
    assert (mixed.exit_code, "bring that one back, or, if you rotated" in mixed.stderr) == (ExitCode.REFUSED, True)
    assert desk.run(partner, "witness", "acknowledge", tmp_path / "w", "../key.pem").exit_code == ExitCode.REFUSED


def test_a_witness_changes_its_key_as_its_document_says_and_clients_are_told(
    desk: Desk, staff: Caller, platform: FakePartner, pinned: str, tmp_path: Path
) -> None:
    partner, folder, new = desk.running.enrol("Changing"), tmp_path / "w", tmp_path / "new.pem"
    old = set_up(desk, staff, partner, folder, pinned)["keyid"]
    files = {name: tmp_path / name for name in ("directory", "pinned", "renewed")}
    fetch = ("key", "directory", "fetch", "--out", files["directory"])
    desk.json(platform, *fetch, "--directory-key", pinned)
    desk.json(platform, "witness", "list", files["directory"], "--out", files["pinned"])
    asked = ("log", "checkpoint", "--cosigned-by", 1, "--witnesses")
    first = grow(desk, staff, platform)
    assert desk.json(partner, "witness", "run", folder, "--once")["delivered"]
    before = desk.run(platform, *asked, files["pinned"])
    assert (before.exit_code, old in before.stderr) == (0, False)

    desk.json(partner, "key", "new", "--out", new)
    later = instant_text(datetime.now(UTC) + timedelta(days=1))
    desk.json(partner, "key", "rotate", "--key", folder / "key.pem", "--new-key", new, "--retire-at", later)
    shutil.move(new, folder / "key.pem")
    assert "witness init" in desk.run(partner, "witness", "run", folder, "--once").stderr
    changed = desk.json(partner, "witness", "init", folder)
    assert (changed["keyid"] != old, changed["state"]) == (True, "active")
    second = grow(desk, staff, platform)
    assert desk.json(partner, "witness", "run", folder, "--once")["delivered"]

    stale = desk.run(platform, *asked, files["pinned"])
    assert (stale.exit_code, f"The key {old} of {changed['name']} ends or ended at {later}" in stale.stderr) == (0, True)
    assert read_checkpoint(stale.stdout).size == first
    desk.json(platform, *fetch)
    desk.json(platform, "witness", "list", files["directory"], "--out", files["renewed"])
    renewed = desk.run(platform, *asked, files["renewed"])
    assert read_checkpoint(renewed.stdout).size == second
    ended = Witnesses.from_file(files["pinned"], 1).ended(accepted_before(files["directory"].read_bytes()))
    assert [one.key.keyid for one in ended] == [old]


def test_two_at_once_are_one_too_many(desk: Desk, witness: tuple[FakePartner, Path]) -> None:
    partner, folder = witness
    with lock_held_elsewhere(folder / ".lock"):
        assert desk.run(partner, "witness", "run", folder, "--once").exit_code == ExitCode.REFUSED
