"""``breakwater sandbox``, as an outside tool meets it: the contract of ``sandbox.json``, and a folder that outlives kills."""

from __future__ import annotations

import json
import os
import signal
import stat
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from app.cli.faults import ExitCode
from app.cli.sandbox import OPERATORS
from app.crypto.keys import PrivateKey, load_public_key
from tests.cli.desk import lock_held_elsewhere, run
from tests.factories.databases import PostgresServer
from tests.factories.sandboxes import Sandbox, serving_sandbox
from tests.factories.stix_objects import indicator

PARTNERS = ["platform-a", "platform-b", "hotline-a", "agency-a", "agency-b", "researcher-a", "legacy-a", "suspended-a"]
PROMISED = {"name", "role", "id", "purpose", "keyid", "private_key", "token", "basic"}


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def sandbox(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    folder = tmp_path_factory.mktemp("sandbox") / "exchange"
    if request.param == "sqlite":
        with serving_sandbox(folder) as serving:
            yield serving
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    with server.database() as url, serving_sandbox(folder, url, workers=1) as serving:
        yield serving


def mode(path: str | Path) -> int:
    return stat.S_IMODE(Path(path).stat().st_mode)


def test_the_document_has_the_shape_that_outside_tools_rely_on(sandbox: Sandbox) -> None:
    facts = sandbox.facts
    assert facts.keys() == {"url", "taxii", "exchange", "operators", "partners"}
    assert facts["taxii"] is None
    assert facts["exchange"].keys() == {"id", "keyid", "public_key"}
    assert [one.keys() for one in facts["operators"]] == [{"name", "token"}] * 2
    assert [one["name"] for one in facts["partners"]] == PARTNERS
    assert all(one.keys() >= PROMISED for one in facts["partners"])
    assert all(one["basic"].keys() == {"username", "password"} for one in facts["partners"])


def test_paths_are_absolute_and_private_keys_are_private(sandbox: Sandbox) -> None:
    public = load_public_key(Path(sandbox.facts["exchange"]["public_key"]).read_bytes())
    assert public.keyid == sandbox.facts["exchange"]["keyid"]
    for partner in sandbox.facts["partners"]:
        path = Path(partner["private_key"])
        assert path.is_absolute()
        assert mode(path) == 0o600
        assert PrivateKey.from_pem(path.read_bytes()).public.keyid == partner["keyid"]
    folder = Path(sandbox.facts["exchange"]["public_key"]).parent
    assert mode(folder) == 0o700
    assert mode(folder / "sandbox.json") == 0o600


def test_every_partner_but_the_suspended_one_reads_for_its_purpose(sandbox: Sandbox) -> None:
    statuses = {name: sandbox.partner(name).get("/objects").status_code for name in PARTNERS}
    assert statuses == {**dict.fromkeys(PARTNERS, 200), "suspended-a": 403}


def test_the_basic_credentials_are_good(sandbox: Sandbox) -> None:
    basic = sandbox.partner("legacy-a").facts["basic"]
    answer = requests.get(f"{sandbox.url}/api/v1/objects", auth=(basic["username"], basic["password"]), timeout=30)
    assert answer.status_code == 200


def test_both_operators_are_operators(sandbox: Sandbox) -> None:
    for number in range(2):
        assert len(sandbox.operator(number).get("/partners").json()["partners"]) == len(PARTNERS)
    assert [one["name"] for one in sandbox.facts["operators"]] == list(OPERATORS)


def test_what_a_platform_submits_unmarked_reaches_everybody_but_the_researcher(sandbox: Sandbox) -> None:
    value = indicator()
    [result] = sandbox.partner("platform-a").submit(value)
    assert result["status"] == "stored", result
    readers = ["platform-b", "hotline-a", "agency-a", "agency-b", "researcher-a", "legacy-a"]
    seen = {name: sandbox.partner(name).get(f"/objects/{value['id']}").status_code for name in readers}
    assert seen == {**dict.fromkeys(readers, 200), "researcher-a": 404}


def test_the_known_keys_beside_it_verify_what_partners_sign(sandbox: Sandbox, tmp_path: Path) -> None:
    (tmp_path / "object.json").write_text(json.dumps(sandbox.partner("agency-a").sign(indicator())))
    keys = Path(sandbox.facts["exchange"]["public_key"]).with_name("known-keys.json")
    assert run("verify", tmp_path / "object.json", "--keys", keys).exit_code == 0


def facts_but_the_url(sandbox: Sandbox) -> dict[str, Any]:
    return {name: value for name, value in sandbox.facts.items() if name != "url"}


def test_a_killed_sandbox_comes_back_as_it_was(tmp_path: Path) -> None:
    folder = tmp_path / "exchange"
    value = indicator()
    with serving_sandbox(folder, workers=1) as first:
        before = facts_but_the_url(first)
        assert first.partner("platform-a").submit(value)[0]["status"] == "stored"
        first.process.kill()
        first.process.wait()
        # At once: the killed master's workers may still be there.
        with serving_sandbox(folder, workers=1) as second:
            assert facts_but_the_url(second) == before
            assert second.partner("platform-b").get(f"/objects/{value['id']}").status_code == 200
            assert_workers_go(first.process.pid)


def assert_workers_go(group: int) -> None:
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return
        time.sleep(0.2)
    pytest.fail("the workers of the killed sandbox live on")


def test_a_set_up_that_was_killed_is_finished_by_the_next_run(tmp_path: Path) -> None:
    folder = tmp_path / "exchange"
    import subprocess  # noqa: PLC0415  # here alone the process is killed before it is ready
    import sys  # noqa: PLC0415  # same

    command = [sys.executable, "-m", "app", "sandbox", "--dir", str(folder), "--workers", "1"]
    memory = folder / "exchange" / "practice.json"
    with subprocess.Popen(command, stdout=subprocess.PIPE, start_new_session=True) as process:
        wait_for(lambda: memory.exists() and len(json.loads(memory.read_bytes())["tokens"]) >= 2)
        process.kill()
        assert process.stdout
        assert process.stdout.read() == b""
    assert not (folder / "sandbox.json").exists()
    tokens = json.loads(memory.read_bytes())["tokens"]
    with serving_sandbox(folder, workers=1) as sandbox:
        assert [one["name"] for one in sandbox.facts["partners"]] == PARTNERS
        assert sandbox.partner("platform-a").token == tokens["platform-a"]
        assert len(sandbox.operator().get("/partners").json()["partners"]) == len(PARTNERS)


def wait_for(holds: Any) -> None:
    deadline = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_sandbox_stops_when_it_is_asked_to(tmp_path: Path) -> None:
    with serving_sandbox(tmp_path / "exchange", workers=1) as sandbox:
        sandbox.process.send_signal(signal.SIGINT)
        assert sandbox.process.wait(15) == 0


def test_two_sandboxes_do_not_share_a_folder(tmp_path: Path) -> None:
    (tmp_path / "exchange").mkdir()
    with lock_held_elsewhere(tmp_path / ".lock"):
        refused = run("sandbox", "--dir", tmp_path)
    assert refused.exit_code == ExitCode.REFUSED
    assert "[locked]" in refused.stderr


def test_a_folder_keeps_its_database(tmp_path: Path) -> None:
    (tmp_path / "exchange").mkdir()
    known = {"database_url": None, "operators": [], "tokens": {}}
    (tmp_path / "exchange" / "practice.json").write_text(json.dumps(known))
    refused = run("sandbox", "--dir", tmp_path, "--database-url", "sqlite:///other.db")
    assert refused.exit_code == ExitCode.USAGE
    assert "--database-url" in refused.stderr


def test_anothers_database_is_not_taken(tmp_path: Path) -> None:
    assert run("init", environment={"BREAKWATER_HOME": str(tmp_path / "home")}).exit_code == 0
    database = f"sqlite:///{tmp_path / 'home' / 'breakwater.db'}"
    refused = run("sandbox", "--dir", tmp_path / "exchange", "--database-url", database)
    assert refused.exit_code == ExitCode.REFUSED
    assert "another exchange" in refused.stderr


def test_an_address_that_is_none_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    refused = run("sandbox", "--dir", tmp_path / "exchange", "--bind", "nowhere")
    assert refused.exit_code == ExitCode.USAGE
    assert not (tmp_path / "exchange" / "exchange" / "breakwater.db").exists()
