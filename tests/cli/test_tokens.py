"""``token make`` with the keys that ``group keys`` fetched."""

from __future__ import annotations

import json
import stat
from pathlib import Path

from app.cli.faults import ExitCode
from tests.cli.desk import Desk, run
from tests.factories.exchanges import FakePartner


def test_two_members_make_the_same_tokens_each_by_itself(
    desk: Desk, platform: FakePartner, hotline: FakePartner, tmp_path: Path
) -> None:
    named = [text for one in (platform, hotline) for text in ("--read", one.partner_id, "--write", one.partner_id)]
    group_id = desk.json(platform, "group", "new", "Token desk", *named, "--no-history")["id"]
    tokens = []
    for who, spelled in ((platform, b"+1 555-0100\n"), (hotline, b"\xef\xbb\xbf+15550100")):
        out = tmp_path / who.partner_id
        told = desk.json(who, "group", "keys", group_id, "--out", out)
        assert "bwtk_" not in json.dumps(told)
        assert stat.S_IMODE(out.stat().st_mode) == 0o600
        made = run("token", "make", "--keys", out, "--kind", "phone", given=spelled)
        assert made.exit_code == 0, made.output
        tokens.append(json.loads(made.stdout))
    assert tokens[0] == tokens[1]
    assert tokens[0].keys() == {"line", "identifier_kind", "scheme", "epoch", "token"}


def test_lines_that_hold_no_such_identifier_are_told_by_number_and_the_rest_is_made(
    desk: Desk, platform: FakePartner, tmp_path: Path
) -> None:
    own = platform.partner_id
    group_id = desk.json(platform, "group", "new", "Late tokens", "--read", own, "--no-history")["id"]
    assert "has begun" in desk.run(platform, "group", "rotate-key", group_id).stdout
    out = tmp_path / "keys"
    assert "request" in desk.run(platform, "group", "keys", group_id, "--out", out).stdout
    given = b"somebody@example.org\nnobody\n\xff\n"
    made = run("token", "make", "--keys", out, "--kind", "email", "--every-epoch", given=given)
    assert made.exit_code == ExitCode.REFUSED
    assert [json.loads(line)["line"] for line in made.stdout.splitlines()] == [1]
    assert "line 2: " in made.stderr
    assert "line 3: " in made.stderr
    assert "nobody" not in made.stderr
    handle = run("token", "make", "--keys", out, "--kind", "handle", "--service", "chat.example.org", given=b"@somebody\n")
    assert json.loads(handle.stdout)["identifier_kind"] == "handle"
    missing = run("token", "make", "--keys", out, "--kind", "handle", "--epoch", "0" * 16, given=b"@somebody\n")
    assert missing.exit_code == ExitCode.REFUSED


def test_a_file_that_is_none_of_keys_is_named(tmp_path: Path) -> None:
    out = tmp_path / "keys"
    out.write_text("{}")
    refused = run("token", "make", "--keys", out, "--kind", "phone", given=b"+15550100\n")
    assert refused.exit_code == ExitCode.REFUSED
    assert str(out) in refused.stderr
