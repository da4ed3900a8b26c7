"""``breakwater sandbox``, as an outside tool meets it: the contract of ``sandbox.json``, and a folder that outlives kills."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import requests

from app.cli.faults import ExitCode
from app.cli.sandbox import OPERATORS
from app.cli.sandbox import Sandbox as PracticeFolder
from app.cli.sandbox_contributors import COUNT
from app.policy.prevention import LEAST_BETWEEN_RELEASES
from breakwater_client.trust.keys import PrivateKey, load_public_key
from tests.cli.desk import lock_held_elsewhere, run
from tests.factories.databases import PostgresServer
from tests.factories.sandboxes import Sandbox, serving_sandbox
from tests.factories.stix_objects import indicator
from tests.factories.taxii_accounts import MEDIA_TYPE, Account

PARTNERS = [
    *("platform-a", "platform-b", "hotline-a", "agency-a", "agency-b"),
    *("researcher-a", "regulator-a", "legacy-a", "suspended-a"),
]
PROMISED = {"name", "role", "id", "purpose", "keyid", "private_key", "request_key", "token", "basic"}


@dataclass(frozen=True)
class Lives:
    """A serving sandbox, and what was known of it in its earlier lives, which ended by kill -9."""

    sandbox: Sandbox
    tokens_before: dict[str, str]
    facts_before: dict[str, Any]
    group_before: int


@pytest.fixture(scope="module")
def lives(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lives]:
    """A sandbox on SQLite that was killed during its set-up, finished, killed while it served, and started again at once."""
    folder = tmp_path_factory.mktemp("killed") / "exchange"
    tokens = killed_during_set_up(folder)
    with serving_sandbox(folder, workers=1) as second:
        second.process.kill()
        second.process.wait()
        with serving_sandbox(folder, workers=1) as third:
            yield Lives(third, tokens, second.facts, second.process.pid)


def killed_during_set_up(folder: Path) -> dict[str, str]:
    """Kill a new sandbox when it has issued two tokens; gives those that it kept."""
    command = [sys.executable, "-m", "app", "sandbox", "--dir", str(folder), "--workers", "1"]
    memory = folder / "exchange" / "practice.json"
    with subprocess.Popen(command, stdout=subprocess.PIPE, start_new_session=True) as process:
        wait_for(lambda: memory.exists() and len(json.loads(memory.read_bytes())["tokens"]) >= 2)
        process.kill()
        assert process.stdout
        assert process.stdout.read() == b"", "it was not ready"
    assert not (folder / "sandbox.json").exists()
    tokens: dict[str, str] = json.loads(memory.read_bytes())["tokens"]
    return tokens


def wait_for(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.fixture(scope="module")
def new_sandbox(postgres: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """A new sandbox on PostgreSQL."""
    folder = tmp_path_factory.mktemp("sandbox") / "exchange"
    with postgres.database() as url, serving_sandbox(folder, url, workers=2) as serving:
        yield serving


@pytest.fixture(params=["sqlite", "postgresql"])
def sandbox(request: pytest.FixtureRequest) -> Sandbox:
    """The killed one on SQLite, and the new one on PostgreSQL: there must be no difference."""
    if request.param == "sqlite":
        killed: Lives = request.getfixturevalue("lives")
        return killed.sandbox
    new: Sandbox = request.getfixturevalue("new_sandbox")
    return new


def mode(path: str | Path) -> int:
    return stat.S_IMODE(Path(path).stat().st_mode)


def test_the_document_has_the_shape_that_outside_tools_rely_on(sandbox: Sandbox) -> None:
    facts = sandbox.facts
    assert facts.keys() == {"url", "portal", "taxii", "environment", "exchange", "operators", "staff", "partners", "people"}
    assert [one.keys() for one in facts["people"]] == [{"partner", "role", "name", "id", "link"}] * 10
    assert facts["taxii"].keys() == {"discovery", "api_root", "practice"}
    assert facts["taxii"]["practice"].keys() == {"rw", "ro", "wo", "hidden", "seed_object", "writer", "reader", "noaccess"}
    assert facts["exchange"].keys() == {"id", "keyid", "public_key"}
    assert [one.keys() for one in facts["operators"]] == [{"name", "token"}] * 2
    assert [(one["role"], one.keys()) for one in facts["staff"]] == [
        (role, {"name", "role", "token"}) for role in ("auditor", "data-protection")
    ]
    assert facts["environment"]["BREAKWATER_MODE"] == "development"
    assert [one["name"] for one in facts["partners"]] == PARTNERS
    assert all(one.keys() >= PROMISED for one in facts["partners"])
    assert all(one["basic"].keys() == {"username", "password"} for one in facts["partners"])


def test_people_are_led_to_a_name_under_which_browsers_make_passkeys(sandbox: Sandbox) -> None:
    port = sandbox.facts["url"].rpartition(":")[2]
    here = f"http://localhost:{port}"
    assert sandbox.facts["portal"] == f"{here}/portal"
    link = sandbox.facts["people"][0]["link"]
    assert link.startswith(f"{here}/portal/invitations/")
    wanted = {"login": "practice.administrator", "forgery_word": ""}
    asked = requests.post(f"{link}/passkey/options", wanted, headers={"Sec-Fetch-Site": "same-origin"}, timeout=10)
    assert asked.json()["rp"]["id"] == "localhost"


def test_commands_of_its_own_machine_write_links_that_lead_to_it(sandbox: Sandbox) -> None:
    environment = sandbox.facts["environment"]
    person = next(one["id"] for one in sandbox.facts["people"] if one["partner"] is None)
    invited = run("staff", "invite", person, environment=environment)
    assert invited.exit_code == 0, invited.stderr
    assert f"{sandbox.facts['portal']}/invitations/" in invited.stdout


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


def test_the_discovery_names_the_api_root(sandbox: Sandbox) -> None:
    account = sandbox.account("platform-b")
    answer = requests.get(account.discovery, headers={"Authorization": account.basic(), "Accept": MEDIA_TYPE}, timeout=30)
    assert answer.json()["default"] == account.api_root
    assert account.get("", account.basic()).json()["title"]


def test_the_practice_collections_are_what_they_are_said_to_be(sandbox: Sandbox) -> None:
    practice = sandbox.facts["taxii"]["practice"]
    kinds = {**dict.fromkeys(practice["rw"], "rw"), **{practice[kind]: kind for kind in ("ro", "wo", "hidden")}}
    rights = {name: rights_of(sandbox.account(practice[name]), kinds) for name in ("writer", "reader", "noaccess")}
    assert rights["writer"] == {"rw": {(True, True)}, "ro": {(True, False)}, "wo": {(False, True)}}
    assert rights["reader"] == {"rw": {(True, False)}}
    assert rights["noaccess"] == {}
    for account in (sandbox.account(practice["writer"]), sandbox.account(practice["reader"])):
        assert [held(account, one) for one in practice["rw"]] == [[]] * 3
    assert held(sandbox.account(practice["writer"]), practice["ro"]) == [practice["seed_object"]]
    seeder = sandbox.account("platform-a")
    assert [held(seeder, practice[kind]) for kind in ("ro", "wo", "hidden")] == [[practice["seed_object"]]] * 3


def rights_of(account: Account, kinds: dict[str, str]) -> dict[str, set[tuple[bool, bool]]]:
    found: dict[str, set[tuple[bool, bool]]] = {}
    for one in account.get("collections/", account.basic()).json().get("collections", []):
        if one["id"] in kinds:
            found.setdefault(kinds[one["id"]], set()).add((one["can_read"], one["can_write"]))
    return found


def held(account: Account, collection_id: str) -> list[str]:
    page = account.get(f"collections/{collection_id}/objects/", account.basic()).json()
    return [one["id"] for one in page.get("objects", [])]


def test_both_operators_are_operators(sandbox: Sandbox) -> None:
    for number in range(2):
        assert len(sandbox.operator(number).get("/partners").json()["partners"]) == len(PARTNERS) + COUNT
    assert [one["name"] for one in sandbox.facts["operators"]] == list(OPERATORS)


def test_what_a_platform_submits_unmarked_reaches_everybody_but_those_who_read_releases(sandbox: Sandbox) -> None:
    value = indicator()
    [result] = sandbox.partner("platform-a").submit(value)
    assert result["status"] == "stored", result
    readers = ["platform-b", "hotline-a", "agency-a", "agency-b", "researcher-a", "regulator-a", "legacy-a"]
    seen = {name: sandbox.partner(name).get(f"/objects/{value['id']}").status_code for name in readers}
    assert seen == {**dict.fromkeys(readers, 200), "researcher-a": 404, "regulator-a": 404}


def test_the_regulator_reads_dated_releases_and_what_moved_and_no_objects(sandbox: Sandbox) -> None:
    regulator = sandbox.partner("regulator-a")
    dated = [one["released_at"] for one in regulator.get("/prevention/releases").json()["releases"]]
    newest, middle, oldest = map(datetime.fromisoformat, dated)
    assert min(newest - middle, middle - oldest) >= LEAST_BETWEEN_RELEASES
    asked = {"behaviour": "OP-012", "surface": "live-stream"}
    best, *_ = regulator.get("/prevention/helped", params=asked).json()["countermeasures"]
    assert (best["code"], best["helped"]) == ("CM-012", {"organisations": 12, "trend": "up"})
    value = indicator()
    assert sandbox.partner("platform-a").submit(value)[0]["status"] == "stored"
    assert regulator.pull_all() == []
    assert regulator.get(f"/objects/{value['id']}").status_code == 404
    assert regulator.get("/prevention/adoptions").status_code == 403


def test_the_known_keys_beside_it_verify_what_partners_sign(sandbox: Sandbox, tmp_path: Path) -> None:
    (tmp_path / "object.json").write_text(json.dumps(sandbox.partner("agency-a").sign(indicator())))
    keys = Path(sandbox.facts["exchange"]["public_key"]).with_name("known-keys.json")
    assert run("verify", tmp_path / "object.json", "--keys", keys).exit_code == 0


def test_a_killed_set_up_is_finished_with_the_tokens_that_it_kept(lives: Lives) -> None:
    memory = Path(lives.facts_before["exchange"]["public_key"]).parent / "exchange" / "practice.json"
    found = json.loads(memory.read_bytes())["tokens"]
    assert {name: found[name] for name in lives.tokens_before} == lives.tokens_before
    assert len(lives.sandbox.operator().get("/partners").json()["partners"]) == len(PARTNERS) + COUNT


def test_a_killed_sandbox_comes_back_as_it_was(lives: Lives) -> None:
    elsewhere = {"url": "", "portal": "", "taxii": "", "environment": "", "people": ""}
    before, now = (
        [one["link"].rpartition("/")[2] for one in facts["people"]] for facts in (lives.facts_before, lives.sandbox.facts)
    )
    assert now == before
    assert lives.sandbox.facts | elsewhere == lives.facts_before | elsewhere
    assert lives.sandbox.facts["taxii"]["practice"] == lives.facts_before["taxii"]["practice"]


def test_the_workers_of_a_killed_sandbox_do_not_live_on(lives: Lives) -> None:
    wait_for(lambda: is_gone(lives.group_before))


def is_gone(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return True
    return False


def test_a_sandbox_of_an_earlier_release_is_completed(tmp_path: Path) -> None:
    folder = tmp_path / "earlier"
    with serving_sandbox(folder, workers=1) as served:
        before = served.facts
    memory = folder / "exchange" / "practice.json"
    known = json.loads(memory.read_bytes())
    # As an earlier release left it: no practice, and credentials without the permissions that came since.
    memory.write_text(json.dumps({name: value for name, value in known.items() if name not in {"practice", "permissions"}}))
    with closing(sqlite3.connect(folder / "exchange" / "breakwater.db")) as database, database:
        for permission in ("groups:read", "groups:write"):
            database.execute("UPDATE credential SET scopes = replace(scopes, ?, '')", [f'"{permission}",'])
        assert not database.execute("SELECT 1 FROM credential WHERE scopes LIKE '%groups:%'").fetchall()
    with serving_sandbox(folder, workers=1) as again:
        assert again.facts["taxii"]["practice"]["rw"] == before["taxii"]["practice"]["rw"]
        assert again.operator().get("/sharing-groups").status_code == 200
        for earlier, now in zip(before["partners"], again.facts["partners"], strict=True):
            assert (earlier["id"], earlier["keyid"]) == (now["id"], now["keyid"])
        earlier_token = {"Authorization": f"Bearer {before['partners'][0]['token']}"}
        assert again.partner("platform-a").get("/objects", headers=earlier_token).status_code == 200


def test_an_empty_folder_is_made_private_and_one_in_use_is_left_alone(tmp_path: Path) -> None:
    empty, used = tmp_path / "empty", tmp_path / "used"
    for folder in (empty, used):
        folder.mkdir()
        folder.chmod(0o755)
    (used / "file").touch()
    PracticeFolder.open(empty, None)
    PracticeFolder.open(used, None)
    assert (mode(empty), mode(used)) == (0o700, 0o755)


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


@pytest.mark.parametrize(("bind", "warned"), [("0.0.0.0:0", True), ("[::]:0", True), ("127.0.0.1:0", False), ("[::1]:0", False)])
def test_listening_to_other_machines_is_warned_of(bind: str, warned: bool, tmp_path: Path) -> None:  # noqa: FBT001  # a table
    (tmp_path / "exchange").mkdir()
    with lock_held_elsewhere(tmp_path / ".lock"):
        told = run("sandbox", "--dir", tmp_path, "--bind", bind).stderr
    assert ("warning: " in told and "tokens travel in clear" in told) == warned


def test_an_address_that_is_none_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    refused = run("sandbox", "--dir", tmp_path / "exchange", "--bind", "nowhere")
    assert refused.exit_code == ExitCode.USAGE
    assert not (tmp_path / "exchange" / "exchange" / "breakwater.db").exists()


def test_what_was_stored_before_a_kill_is_there_after_it(lives: Lives) -> None:
    # The last test here: it ends the sandbox that the others share.
    folder = Path(lives.sandbox.facts["exchange"]["public_key"]).parent
    value = indicator()
    assert lives.sandbox.partner("platform-a").submit(value)[0]["status"] == "stored"
    lives.sandbox.process.kill()
    lives.sandbox.process.wait()
    with serving_sandbox(folder, workers=1) as again:
        assert again.partner("platform-b").get(f"/objects/{value['id']}").status_code == 200
        again.process.send_signal(signal.SIGINT)
        # Gunicorn gives a worker thirty seconds to end; mostly it takes two.
        assert again.process.wait(45) == 0, "and it stops when it is asked to"
