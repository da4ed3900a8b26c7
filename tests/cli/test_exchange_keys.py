"""The exchange's own keys by the commands: listed, made where an upgrade lacks them, replaced, also after an interruption."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

import pytest

from app.__main__ import workshop
from app.cli.faults import ExitCode
from app.domain.vocabulary import KeyUsage
from app.services.do_work import ensure_periodic_work
from app.services.offline.make_exchange_keys import overlap_epoch
from app.services.proving.rotate_own_keys import rotate_own_key
from app.storage.session import Database
from breakwater_client.signing.make_keys import read_private_key
from tests.cli.desk import run
from tests.factories.tampering import lift_guards

FILES = {"statement-signing": "signing", "directory-signing": "directory", "checkpoint-signing": "checkpoint"}
MARKER = b"breakwater development key: not for production"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An exchange that was just made."""
    assert run("init", environment=environment(tmp_path)).exit_code == 0
    return tmp_path


def environment(home: Path, **more: str) -> dict[str, str]:
    return {"BREAKWATER_HOME": str(home), **more}


def told(home: Path, *arguments: object) -> Any:
    done = run("exchange-key", *arguments, "--json", environment=environment(home))
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def is_ready(home: Path) -> bool:
    return run("db", "check", environment=environment(home)).exit_code == 0


def keyid(file: Path) -> str:
    return read_private_key(file.read_bytes()).public.keyid


def file_of(home: Path, usage: str) -> Path:
    return home / "keys" / f"{FILES[usage]}.pem"


@pytest.mark.parametrize("usage", FILES)
def test_a_key_is_replaced_and_the_old_file_stays_beside_it(home: Path, usage: str) -> None:
    place = file_of(home, usage)
    before = place.read_bytes()
    done = told(home, "rotate", usage)
    old = place.with_name(f"{FILES[usage]}.{done['replaces'][:16]}.pem")
    assert (keyid(place), keyid(old), old.read_bytes()) == (done["keyid"], done["replaces"], before)
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert is_ready(home)
    states = {one["keyid"]: (one["state"], one["held"]) for one in told(home, "list")["keys"] if one["usage"] == usage}
    assert states == {done["replaces"]: ("retired", False), done["keyid"]: ("active", True)}
    assert "retired" in run("exchange-key", "list", environment=environment(home)).stdout
    assert told(home, "rotate", usage)["replaces"] == done["keyid"], "and once more"


def test_what_was_interrupted_behind_the_commit_is_finished_by_the_next_run(home: Path) -> None:
    usage = "checkpoint-signing"
    place, following = file_of(home, usage), home / "keys" / "checkpoint.next.pem"
    assert run("key", "new", "--out", following).exit_code == 0
    exchange = workshop().exchange(environment(home))
    rotate_own_key(exchange, KeyUsage(usage), read_private_key(following.read_bytes()))
    exchange.database.dispose()
    assert not is_ready(home), "the file that is in place is not the key in force"
    new = keyid(following)
    assert told(home, "rotate", usage)["keyid"] == new == keyid(place)
    assert is_ready(home)
    assert len([one for one in told(home, "list")["keys"] if one["usage"] == usage]) == 2


def test_a_key_for_development_is_followed_by_one(tmp_path: Path) -> None:
    development = environment(tmp_path, BREAKWATER_MODE="development")
    assert run("init", "--development", environment=development).exit_code == 0
    done = run("exchange-key", "rotate", "statement-signing", environment=development)
    assert (done.exit_code, "all servers" in done.stdout) == (0, True)
    assert MARKER in file_of(tmp_path, "statement-signing").read_bytes()


def test_where_a_signer_holds_the_keys_the_new_one_is_given(home: Path) -> None:
    refused = run(
        "exchange-key", "rotate", "statement-signing", environment=environment(home, BREAKWATER_SIGNER_SOCKET=str(home / "s"))
    )
    assert (refused.exit_code, "--new-key" in refused.stderr) == (ExitCode.USAGE, True)
    given = home / "given.pem"
    run("key", "new", "--out", given)
    done = told(home, "rotate", "statement-signing", "--new-key", given)
    assert (done["keyid"], done["private_key"], is_ready(home)) == (keyid(given), str(given), False)
    given.replace(file_of(home, "statement-signing"))
    assert is_ready(home)


def test_an_exchange_of_an_earlier_version_gets_the_keys_that_it_lacks(home: Path) -> None:
    database = Database(f"sqlite:///{home / 'breakwater.db'}")
    with database.write() as connection:
        lift_guards(connection)
        for table in ("key_directory", "exchange_key"):
            connection.exec_driver_sql(f"DELETE FROM {table}")  # noqa: S608  # two names of our own
    database.dispose()
    for usage in ("directory-signing", "checkpoint-signing"):
        file_of(home, usage).unlink()
    assert "exchange-key make" in run("db", "check", environment=environment(home)).stderr
    assert told(home, "make")["made"].keys() == {"directory-signing", "checkpoint-signing"}
    assert (told(home, "make")["made"], is_ready(home)) == ({}, True)
    exchange = workshop().exchange(environment(home))
    ensure_periodic_work(exchange)
    exchange.database.dispose()
    assert [one["held"] for one in told(home, "list")["keys"]] == [True] * 3


@pytest.mark.parametrize("usage", FILES)
def test_a_key_that_was_lost_is_not_made_anew(home: Path, usage: str) -> None:
    file_of(home, usage).unlink()
    refused = run("exchange-key", "make", environment=environment(home))
    assert (refused.exit_code, usage in refused.stderr, file_of(home, usage).exists()) == (ExitCode.REFUSED, True, False)


def test_without_an_exchange_there_is_nothing_to_make_or_list(tmp_path: Path) -> None:
    assert run("db", "migrate", environment=environment(tmp_path)).exit_code == 0
    assert run("exchange-key", "make", environment=environment(tmp_path)).exit_code == ExitCode.REFUSED
    assert run("exchange-key", "list", environment=environment(tmp_path)).exit_code != 0
    assert not (tmp_path / "keys").exists()


def test_a_new_epoch_destroys_the_key_before(home: Path) -> None:
    place = home / "keys" / "overlap.key"
    before = place.read_bytes()
    done = told(home, "new-epoch")
    assert (done["ended"], done["epoch"]) == (overlap_epoch(before), overlap_epoch(place.read_bytes()))
    assert done["epoch"] != done["ended"]
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    left = [file for file in place.parent.iterdir() if before.strip() in file.read_bytes()]
    assert left == [], "nothing of the old epoch can be evaluated any more"
    assert is_ready(home)


def test_a_lost_key_of_overlap_checks_is_made_anew_and_marked_as_the_others(tmp_path: Path) -> None:
    assert run("init", "--development", environment=environment(tmp_path)).exit_code == 0
    place = tmp_path / "keys" / "overlap.key"
    for act in ("make", "new-epoch"):
        if act == "make":
            place.unlink()
        done = run("exchange-key", act, environment=environment(tmp_path, BREAKWATER_MODE="development"))
        assert done.exit_code == 0, done.output
        assert place.read_bytes().startswith(MARKER)
    place.unlink()
    refused = run("exchange-key", "new-epoch", environment=environment(tmp_path, BREAKWATER_MODE="development"))
    assert (refused.exit_code, place.exists()) == (ExitCode.REFUSED, False)
