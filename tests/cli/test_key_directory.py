"""Fetching the directory of keys by the command, from one version to the next."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.cli import key_directory
from app.cli.faults import ExitCode
from breakwater_client.trust.keys import PrivateKey
from tests.cli.desk import Desk, lock_held_elsewhere, run, write_signed
from tests.factories.directories import signed, version
from tests.factories.exchanges import FakePartner, Wanted
from tests.factories.stix_objects import indicator


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "directory.json"


@pytest.fixture
def keyid(desk: Desk) -> str:
    """The id of the key that signs the directory, as operators tell it."""
    return desk.running.exchange.keys.directory.public.keyid


def fetch(desk: Desk, who: FakePartner, out: Path, *options: object) -> Any:
    return desk.run(who, "key", "directory", "fetch", "--out", out, *options)


def test_the_first_is_held_against_the_key_that_operators_told_and_the_next_against_it(
    desk: Desk, hotline: FakePartner, out: Path, keyid: str
) -> None:
    first = desk.json(hotline, "key", "directory", "fetch", "--out", out, "--directory-key", keyid)
    assert (first["signed_by"], first["file"]) == (keyid, str(out))
    desk.running.enrol("Platform with a key", Wanted())
    second = desk.json(hotline, "key", "directory", "fetch", "--out", out, "--directory-key", keyid)
    assert second["version"] > first["version"]
    assert f"Version {second['version']}" in fetch(desk, hotline, out).stdout


def test_verify_reads_the_file(desk: Desk, hotline: FakePartner, platform: FakePartner, out: Path, keyid: str) -> None:
    fetch(desk, hotline, out, "--directory-key", keyid)
    write_signed(platform, out.parent / "signed.json", indicator())
    assert run("verify", out, "--directory-key", keyid).exit_code == 0
    assert run("verify", out.parent / "signed.json", "--accepted-directory", out).exit_code == 0
    assert run("verify", out, "--accepted-directory", out).exit_code == 0


def test_with_nothing_to_go_by_one_says_so(desk: Desk, hotline: FakePartner, out: Path) -> None:
    assert fetch(desk, hotline, out).exit_code == ExitCode.USAGE
    assert not out.exists()


def test_a_first_look_may_trust_what_comes_and_is_warned(desk: Desk, hotline: FakePartner, out: Path, keyid: str) -> None:
    looked = fetch(desk, hotline, out, "--trust-first")
    assert (looked.exit_code, keyid in looked.stderr) == (0, True)
    assert fetch(desk, hotline, out, "--trust-first").exit_code == ExitCode.USAGE, "the second is no first look"


def test_another_key_than_the_accepted_one_is_not_passed_over(desk: Desk, hotline: FakePartner, out: Path, keyid: str) -> None:
    other = PrivateKey.generate().public.keyid
    assert fetch(desk, hotline, out, "--directory-key", other).exit_code == ExitCode.REFUSED
    fetch(desk, hotline, out, "--directory-key", keyid)
    assert fetch(desk, hotline, out, "--directory-key", other).exit_code == ExitCode.USAGE


@pytest.mark.parametrize(
    ("kept", "refusal"),
    [
        ((10_000, None), (ExitCode.ROLLED_BACK, "directory-rolled-back")),
        ((1, "elsewhere"), (ExitCode.REFUSED, "directory-of-another-exchange")),
    ],
)
def test_what_does_not_follow_from_the_kept_version_is_refused_and_that_one_stays(
    desk: Desk, hotline: FakePartner, out: Path, kept: tuple[int, str | None], refusal: tuple[ExitCode, str]
) -> None:
    key = desk.running.exchange.keys.directory
    exchange = kept[1] or hotline.get("exchange").json["id"]
    made = version(kept[0], key, exchange=exchange, log_origin=f"breakwater-exchange/{exchange}")
    out.write_bytes(signed(made, key))
    before = out.read_bytes()
    refused = fetch(desk, hotline, out, "--json")
    assert (refused.exit_code, json.loads(refused.stderr)["error"]["code"]) == refusal
    assert out.read_bytes() == before


def test_an_expired_one_is_refused(
    desk: Desk, hotline: FakePartner, out: Path, keyid: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Later(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:
            return datetime.now(tz) + timedelta(days=8)

    monkeypatch.setattr(key_directory, "datetime", Later)
    refused = fetch(desk, hotline, out, "--directory-key", keyid)
    assert (refused.exit_code, "[directory-expired]" in refused.stderr, out.exists()) == (ExitCode.REFUSED, True, False)


def test_a_damaged_file_is_named(desk: Desk, hotline: FakePartner, out: Path) -> None:
    out.write_text("{}")
    refused = fetch(desk, hotline, out)
    assert (refused.exit_code, str(out) in refused.stderr) == (ExitCode.REFUSED, True)


def test_two_at_once_do_not_take_each_others_file_back(desk: Desk, hotline: FakePartner, out: Path, keyid: str) -> None:
    with lock_held_elsewhere(out.with_name(f".{out.name}.lock")):
        assert fetch(desk, hotline, out, "--directory-key", keyid).exit_code == ExitCode.REFUSED
    assert fetch(desk, hotline, out, "--directory-key", keyid).exit_code == 0
