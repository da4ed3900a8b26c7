"""Overlap checks by the command line: what leaves the machine, and what comes of it."""

from __future__ import annotations

import json
import stat
from pathlib import Path

from app.cli.faults import ExitCode
from app.services.do_work import ensure_periodic_work
from tests.cli.desk import Desk, run
from tests.factories.evaluators import PassingEvaluations
from tests.factories.exchanges import FakePartner

FOR = ("--purpose", "detection")


def directory_of(folder: Path) -> tuple[object, ...]:
    return ("--directory", folder / "directory.json", "--trust-first")


def tokens_of(desk: Desk, partner: FakePartner, folder: Path, scope: str, *phones: str) -> Path:
    """Blind, have evaluated and finish telephone numbers, as one does by hand; gives the file of tokens."""
    folder.mkdir(exist_ok=True)
    state, tokens, numbers = folder / "state.json", folder / "tokens.json", folder / "numbers.txt"
    numbers.write_text("\n".join([*phones, ""]))
    blinded = run("overlap", "blind", "--for", scope, "--kind", "phone", "--from", numbers, "--out", state)
    assert blinded.exit_code == 0, blinded.output
    assert stat.S_IMODE(state.stat().st_mode) == 0o600
    ensure_periodic_work(desk.running.exchange)  # as a server does when it starts: its key is listed from then on
    desk.json(partner, "overlap", "ask", state, "--purpose", "investigation", *directory_of(folder))
    finished = run("overlap", "finish", state, "--out", tokens)
    assert finished.exit_code == 0, finished.output
    assert not any(phone.partition("\t")[0].strip("+") in tokens.read_text() for phone in phones)
    return tokens


def test_a_check_by_hand(desk: Desk, platform: FakePartner, hotline: FakePartner, tmp_path: Path) -> None:
    members = [{"partner_id": one.partner_id, "can_read": True, "can_write": True} for one in (platform, hotline)]
    new = {"title": "Two", "description": "For tests", "shares_history": True, "members": members}
    group_id = desk.running.operator.post("sharing-groups", new).json["id"]
    contact = desk.json(platform, "contact", "add", "--label", "Desk", "--email", "desk@example.org")["id"]
    held = tokens_of(desk, platform, tmp_path / "platform", group_id, "+1 555 0100", "+1 555 0101")
    registered = desk.run(platform, "overlap", "register", held, "--until", _later(desk), "--contact", contact, *FOR)
    assert group_id in registered.stdout, registered.output
    asked = tokens_of(desk, hotline, tmp_path / "hotline", group_id, "+15550101", "+15550102")
    answer = desk.json(hotline, "overlap", "match", asked, *FOR)
    assert answer == {"matches": [{"held": True, "contacts": ["desk@example.org"]}, {"held": False, "contacts": []}]}
    assert "yes" in desk.run(hotline, "overlap", "match", asked, *FOR).stdout
    assert desk.json(platform, "overlap", "list")["registered"][0]["count"] == 2
    assert desk.json(platform, "overlap", "remove", group_id, "--tokens", asked)["registered"][0]["count"] == 1
    assert desk.json(platform, "overlap", "remove", group_id) == {"registered": []}


def test_what_went_wrong_is_said_without_the_identifier(desk: Desk, platform: FakePartner, tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    bad = run("overlap", "blind", "0555 0199", "--for", "deconfliction", "--kind", "phone", "--out", state)
    assert bad.exit_code == ExitCode.REFUSED
    assert "0199" not in bad.stderr
    assert not state.exists()
    assert run("overlap", "blind", "+1555 0199", "--for", "deconfliction", "--kind", "phone", "--out", state).exit_code == 0
    early = run("overlap", "finish", state, "--out", tmp_path / "tokens.json")
    assert early.exit_code == ExitCode.REFUSED
    assert "ask first" in early.stderr
    ensure_periodic_work(desk.running.exchange)
    without = desk.run(platform, "overlap", "ask", state, *directory_of(tmp_path))
    assert without.exit_code == ExitCode.REFUSED
    assert json.loads(state.read_text())["answers"] == []
    assert desk.run(platform, "overlap", "match", state, *FOR).exit_code == ExitCode.REFUSED


def test_evaluations_by_another_key_than_the_signed_directory_lists_are_refused(
    desk: Desk, platform: FakePartner, tmp_path: Path
) -> None:
    state = tmp_path / "state.json"
    assert run("overlap", "blind", "+1555 0199", "--for", "deconfliction", "--kind", "phone", "--out", state).exit_code == 0
    keys = desk.running.exchange.keys
    ensure_periodic_work(desk.running.exchange)
    own = keys.overlap
    object.__setattr__(keys, "overlap", PassingEvaluations())  # an exchange that has a key for this partner alone
    try:
        refused = desk.run(platform, "overlap", "ask", state, *directory_of(tmp_path), *FOR)
    finally:
        object.__setattr__(keys, "overlap", own)
    assert refused.exit_code == ExitCode.REFUSED
    assert "another key than its signed directory lists" in refused.stderr
    assert json.loads(state.read_text())["answers"] == []
    taken = desk.run(platform, "overlap", "ask", state, "--directory", tmp_path / "directory.json", *FOR)
    assert taken.exit_code == 0, taken.output
    assert desk.run(platform, "overlap", "ask", state, *FOR).exit_code == ExitCode.USAGE


def _later(desk: Desk) -> str:
    return f"{desk.running.clock().year + 1}-01-01T00:00:00Z"
