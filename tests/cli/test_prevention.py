"""Countermeasures and releases by the command line."""

from __future__ import annotations

import json

from app.cli.faults import ExitCode
from app.cli.loopback_server import loopback_server
from app.cli.prevention_answers import LEGEND
from app.services.authenticate import authenticate
from tests.cli.desk import Desk, run
from tests.factories.contributors import LIMITS, REPEATED_ROOMS, adopt, contributors
from tests.factories.exchanges import Caller, FakePartner
from tests.factories.scripted_exchange import Scripted

EFFECT = (LIMITS, "live-stream", REPEATED_ROOMS, "--band", "strong", "--evidence", "observational")
DAYS = ("--from", "2025-06-01", "--until", "2025-09-01")


def test_declared_released_and_asked(desk: Desk, platform: FakePartner, operator: Caller) -> None:
    adopted = desk.json(platform, "prevention", "adopt", LIMITS, "live-stream", "--since", "2025-06-01")
    assert adopted["state"] == "adopted"
    ended = ("--state", "ended", "--since", "2025-06-01", "--until", "2025-07-01")
    assert "ended" in desk.run(platform, "prevention", "adopt", "CM-014", "live-stream", *ended).stdout
    assert "strong" in desk.run(platform, "prevention", "effect", *EFFECT, *DAYS).stdout
    told = desk.run(platform, "prevention", "effect", LIMITS, "live-stream", "OP-012", *EFFECT[3:], *DAYS).stdout
    assert "does not say that CM-007 mitigates OP-012" in told
    listed = desk.run(platform, "prevention", "list").stdout
    assert "CM-014" in listed
    assert REPEATED_ROOMS in listed
    none = desk.run(platform, "prevention", "helped", REPEATED_ROOMS, "live-stream").stdout
    assert "No release was made yet" in none
    everybody = contributors(desk.running.exchange, authenticate(desk.running.exchange, str(operator.token)), 20)
    adopt(desk.running.exchange, everybody[:10])
    adopt(desk.running.exchange, everybody[10:], "CM-014")
    assert "Release 1 of " in desk.run(operator, "prevention", "release").stdout
    assert desk.run(operator, "prevention", "release").exit_code == ExitCode.REFUSED
    assert len(desk.json(platform, "prevention", "releases")["releases"]) == 1
    assert "number" in desk.run(platform, "prevention", "releases").stdout
    assert desk.run(platform, "prevention", "releases", "--csv", "1").stdout.startswith("release,released_at,")
    helped = desk.run(platform, "prevention", "helped", REPEATED_ROOMS, "live-stream").stdout
    assert "Release 1 of " in helped
    assert " 1. -        CM-007" in helped
    assert "adopted 11" in helped
    assert LEGEND.split()[0] in helped
    assert REPEATED_ROOMS in desk.run(platform, "prevention", "picture", "live-stream").stdout
    _unexpected, effect = desk.json(platform, "prevention", "list")["effects"]
    assert effect["id"] in desk.run(platform, "prevention", "take-back", effect["id"]).stdout
    assert adopted["id"] in desk.run(platform, "prevention", "take-back", adopted["id"]).stdout
    assert desk.json(platform, "prevention", "list")["effects"] == []


def test_a_table_drives_no_terminal() -> None:
    table = b"a,b\r\n\x1b[2J\x1b]0;owned\x07,\xc2\x9b1m\xff\r\n"
    with loopback_server(Scripted([("200 OK", {"Content-Type": "text/csv"}, table)])) as url:
        asked = ("prevention", "releases", "--csv", "1", "--url", url, "--token", "bw_x")
        assert run(*asked).stdout == "a,b\n[2J]0;owned,1m\ufffd\n"
        assert json.loads(run(*asked, "--json").stdout) == {"table": table.decode(errors="replace")}
