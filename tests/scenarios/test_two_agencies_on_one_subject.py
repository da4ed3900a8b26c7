"""Two agencies on one subject: a story with its ground truth, over HTTP, with a served exchange and its signer as processes.

Agency A looks into two telephone numbers, agency B into two; one is in both. Neither may learn what else the other looks into,
nobody else may learn that anybody looks into anything, and the exchange must not learn a number.

| who | should learn |
|---|---|
| agency A | that somebody has an interest in its second number, agency B's desk, since when |
| agency B | that somebody has an interest in its first number, agency A's desk, since the same moment |
| the platform, the operator | nothing, and that they may not ask |
| auditors | that evaluations were asked (``tests/services/overlapping/test_evaluate.py``) |
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.cli.desk import run
from tests.factories.prepared_sandboxes import PreparedSandboxes
from tests.factories.sandboxes import Caller, Sandbox

ONLY_A, BOTH, ONLY_B = "+1 555 010 0171", "+1 555 010 0172", "+1 555 010 0173"
SPELLED_BY_B = "+1 (555) 010-0172"
UNTIL = ("--until", "2027-06-01T00:00:00Z")
FOR = ("--purpose", "investigation")


def command(who: Caller, *arguments: object) -> dict[str, Any]:
    """Run a command as somebody, against the served exchange, and give its JSON."""
    result = run(*arguments, "--json", environment={"BREAKWATER_URL": who.url, "BREAKWATER_TOKEN": who.token})
    assert result.exit_code == 0, result.output
    document: dict[str, Any] = json.loads(result.stdout)
    return document


def looks_into(agency: Caller, folder: Path, contact: str, *numbers: str) -> list[str]:
    """Register an agency's interest as an analyst does; gives the interests' ids in the order of the numbers."""
    folder.mkdir()
    (folder / "numbers.txt").write_text("\n".join(numbers))
    state, tokens = folder / "blinded.json", folder / "tokens.json"
    blinding = ("--for", "deconfliction", "--kind", "phone", "--from", folder / "numbers.txt", "--out", state)
    command(agency, "overlap", "blind", *blinding)
    command(agency, "overlap", "ask", state, *FOR, "--directory", folder / "directory.json", "--trust-first")
    command(agency, "overlap", "finish", state, "--out", tokens)
    terms = ("--kind", "investigation", "--contact", contact, *UNTIL, *FOR)
    return [one["id"] for one in command(agency, "deconfliction", "register", tokens, *terms)["interests"]]


def desk(agency: Caller, email: str) -> str:
    """Give an agency a desk that others may write to."""
    contact_id: str = command(agency, "contact", "add", "--label", "Deconfliction desk", "--email", email)["id"]
    return contact_id


def matches(agency: Caller) -> list[dict[str, Any]]:
    """Give what an agency is told."""
    told: list[dict[str, Any]] = command(agency, "deconfliction", "matches", *FOR)["matches"]
    return told


def test_two_agencies_avoid_colliding_without_telling_anybody_else(sandboxes: PreparedSandboxes, tmp_path: Path) -> None:
    with sandboxes.serving("sqlite", tmp_path / "exchange") as sandbox:
        a, b = sandbox.partner("agency-a"), sandbox.partner("agency-b")
        of_a = looks_into(a, tmp_path / "a", desk(a, "desk-a@example.org"), ONLY_A, BOTH)
        assert matches(a) == [], "nobody else looks into it yet"
        of_b = looks_into(b, tmp_path / "b", desk(b, "desk-b@example.org"), SPELLED_BY_B, ONLY_B)
        [told_a], [told_b] = matches(a), matches(b)
        assert (told_a["interest_id"], told_a["contact"]) == (of_a[1], "desk-b@example.org")
        assert (told_b["interest_id"], told_b["contact"]) == (of_b[0], "desk-a@example.org")
        assert told_a["matched_at"] == told_b["matched_at"]
        assert set(told_a) == {"id", "interest_id", "matched_at", "contact"}, "no name, no kind, no token"
        _nobody_else_is_told(sandbox, of_a[1])
        command(b, "deconfliction", "withdraw", of_b[0])
        assert matches(a) == [told_a], "who withdraws takes nothing back"
    _the_exchange_never_had_a_number(tmp_path / "exchange")


def _nobody_else_is_told(sandbox: Sandbox, interest_id: str) -> None:
    for other in (sandbox.partner("platform-a"), sandbox.operator()):
        for path in ("/deconfliction/interests", "/deconfliction/matches"):
            assert other.get(path, headers={"Breakwater-Purpose": "investigation"}).status_code == 403
        assert other.post(f"/deconfliction/interests/{interest_id}/withdrawal", {}).status_code == 403


def _the_exchange_never_had_a_number(folder: Path) -> None:
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert any(path.suffix == ".db" for path in files)
    for path in files:
        content = path.read_bytes()
        assert not any(f"555010017{last}".encode() in content for last in "123"), path
