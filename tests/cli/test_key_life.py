"""What becomes of a key, by the commands alone: rotated, retired, reported as stolen, recovered."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.cli.faults import ExitCode
from app.domain.permissions import Permission
from app.domain.vocabulary import StaffRole
from app.web.context import attach
from breakwater_client.instant import instant_text
from tests.cli.desk import Desk, key_file, run
from tests.factories.exchanges import Caller, FakePartner
from tests.factories.stix_objects import indicator

LONG_AGO = "2020-01-01T00:00:00Z"


@pytest.fixture(autouse=True)
def _knows_where_it_is_reached(desk: Desk) -> None:
    """Signed requests are signed for that address."""
    exchange = desk.running.exchange
    attach(desk.running.app, replace(exchange, duty=replace(exchange.duty, origin=desk.url)))


def new_key(folder: Path, name: str) -> tuple[Path, str]:
    """Make a key by the command; give its file and its id."""
    made = json.loads(run("key", "new", "--out", folder / name, "--json").stdout)
    return folder / name, made["keyid"]


def shown(desk: Desk, who: Caller, keyid: str) -> dict[str, Any]:
    found: dict[str, Any] = desk.json(who, "key", "show", keyid)["key"]
    return found


def test_a_key_is_rotated_by_the_one_before_it_and_again_tells_the_same(desk: Desk, tmp_path: Path) -> None:
    partner = desk.running.enrol("Platform that rotates")
    old = key_file(partner, tmp_path)
    new, keyid = new_key(tmp_path, "new.pem")
    arguments = ("key", "rotate", "--key", old, "--new-key", new)
    first = desk.json(partner, *arguments)
    assert (first["keyid"], first["state"], first["replaces"]) == (keyid, "active", partner.key.public.keyid)
    assert desk.json(partner, *arguments) == first
    assert keyid in desk.run(partner, *arguments).stdout
    assert shown(desk, partner, partner.key.public.keyid)["state"] == "retired"


def test_both_keys_count_for_a_while_if_that_is_asked_for(desk: Desk, tmp_path: Path) -> None:
    partner = desk.running.enrol("Platform that overlaps")
    new, _ = new_key(tmp_path, "new.pem")
    soon, later = (instant_text(datetime.now(UTC) + timedelta(hours=hours)) for hours in (1, 2))
    times = ("--not-before", soon, "--retire-at", later)
    told = desk.run(partner, "key", "rotate", "--key", key_file(partner, tmp_path), "--new-key", new, *times).stdout
    assert (soon in told, later in told) == (True, True)
    assert shown(desk, partner, partner.key.public.keyid)["not_after"] == later


def test_a_key_that_signs_requests_is_registered_used_and_rotates_itself(desk: Desk, operator: Caller, tmp_path: Path) -> None:
    partner = desk.running.enrol("Platform that signs requests")
    old, old_keyid = new_key(tmp_path, "old.pem")
    told = desk.run(partner, "key", "register", "--key", old, "--usage", "request-signing").stdout
    assert "breakwater key rotate" in told
    desk.json(operator, "key", "activate", old_keyid)
    new, new_keyid = new_key(tmp_path, "new.pem")

    def signing_with(file: Path, *arguments: object) -> Any:
        environment = {"BREAKWATER_URL": desk.url, "BREAKWATER_REQUEST_KEY": str(file)}
        return run(*arguments, "--json", environment=environment)

    rotated = signing_with(old, "key", "rotate", "--key", old, "--new-key", new)
    assert json.loads(rotated.stdout)["keyid"] == new_keyid, rotated.output
    assert signing_with(old, "key", "list").exit_code == ExitCode.NOT_ALLOWED
    found = {one["key"]["keyid"]: one["key"] for one in json.loads(signing_with(new, "key", "list").stdout)["keys"]}
    assert found[new_keyid]["usage"] == "request-signing"


def test_a_key_that_does_not_count_rotates_nothing(desk: Desk, hotline: FakePartner, tmp_path: Path) -> None:
    stranger, keyid = new_key(tmp_path, "stranger.pem")
    new, _ = new_key(tmp_path, "new.pem")
    assert desk.run(hotline, "key", "rotate", "--key", stranger, "--new-key", new).exit_code == ExitCode.REFUSED
    desk.json(hotline, "key", "register", "--key", stranger)
    assert desk.run(hotline, "key", "rotate", "--key", stranger, "--new-key", new).exit_code == ExitCode.REFUSED
    assert desk.json(hotline, "key", "revoke", keyid)["state"] == "revoked"
    no_key = tmp_path / "empty.pem"
    no_key.touch()
    refused = desk.run(hotline, "key", "rotate", "--key", no_key, "--new-key", new)
    assert (refused.exit_code, str(no_key) in refused.stderr) == (ExitCode.REFUSED, True)


def test_a_key_is_retired_later_or_now(desk: Desk) -> None:
    partner = desk.running.enrol("Platform that retires")
    keyid = partner.key.public.keyid
    later = instant_text(datetime.now(UTC) + timedelta(days=1))
    assert desk.json(partner, "key", "retire", keyid, "--at", later)["not_after"] == later
    assert "is retired" in desk.run(partner, "key", "retire", keyid).stdout


def test_a_stolen_key_is_reported_and_two_operators_recover(desk: Desk, operator: Caller, tmp_path: Path) -> None:
    partner = desk.running.enrol("Platform that was robbed")
    keyid = partner.key.public.keyid
    assert partner.submit(indicator()).json["results"][0]["status"] == "stored"
    assert desk.run(partner, "key", "compromise", keyid).exit_code == ExitCode.USAGE
    told = desk.run(partner, "key", "compromise", keyid, "--since", LONG_AGO).stdout
    assert "1 versions withdrawn, in 1 recalls" in told
    assert "1 audiences were signed with it since, and stay" in told
    assert shown(desk, partner, keyid)["state"] == "compromised"
    new, new_keyid = new_key(tmp_path, "new.pem")
    desk.json(partner, "key", "register", "--key", new)
    assert desk.run(operator, "key", "activate", new_keyid).exit_code == ExitCode.NOT_ALLOWED
    proposed = desk.json(operator, "key", "recover", new_keyid, "--reason", "They called.")
    second = desk.running.staff(StaffRole.OPERATOR, Permission)
    desk.json(second, "approval", "approve", proposed["id"], "--digest", proposed["digest"], "--reason", "I asked them, too.")
    assert shown(desk, partner, new_keyid)["state"] == "active"


def test_what_fell_with_a_stolen_key_is_told(desk: Desk, operator: Caller, tmp_path: Path) -> None:
    partner = desk.running.enrol("Platform whose requests were signed")
    old, old_keyid = new_key(tmp_path, "old.pem")
    desk.json(partner, "key", "register", "--key", old, "--usage", "request-signing")
    desk.json(operator, "key", "activate", old_keyid)
    environment = {"BREAKWATER_URL": desk.url, "BREAKWATER_REQUEST_KEY": str(old)}
    (tmp_path / "signed.json").write_text(json.dumps(partner.sign(indicator())))
    assert run("submit", tmp_path / "signed.json", environment=environment).exit_code == 0
    issue = ("credential", "issue", "--account", "feed", "--scope", "objects:read", "--days", "30")
    assert run(*issue, environment=environment).exit_code == 0
    new, new_keyid = new_key(tmp_path, "new.pem")
    desk.json(partner, "key", "rotate", "--key", old, "--new-key", new)
    later = instant_text(datetime.now(UTC))
    told = desk.run(partner, "key", "compromise", old_keyid, "--since", later).stdout
    assert f"{new_keyid} COUNTS ON" in told
    assert "credentials" not in told
    told = desk.run(partner, "key", "compromise", old_keyid, "--since", LONG_AGO).stdout
    assert "1 credentials were issued with it since, and are revoked" in told
    assert f"With it fell {new_keyid}" in told
    assert "1 submissions came with it" in told
