"""A partner's whole life of keys, by the commands alone, over a real gunicorn on PostgreSQL."""

from __future__ import annotations

import contextlib
import json
import time
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from breakwater_client.verifying.directory_keys import accepted_before
from tests.cli.desk import run
from tests.factories.exchanges import agreement_document
from tests.factories.sandboxes import Caller, Sandbox
from tests.factories.stix_objects import indicator

_TOLD_SECONDS = 60


@dataclass
class Desk:
    """Somebody's command line: a folder of files, the exchange's address, and a token or a key that signs requests."""

    url: str
    folder: Path
    identity: dict[str, str] = field(default_factory=dict)

    def run(self, *arguments: object, **identity: str) -> Result:
        """Run a command in this folder; in this process, for it is the server that has to be a real one."""
        none = dict.fromkeys(("BREAKWATER_TOKEN", "BREAKWATER_REQUEST_KEY"), "")
        with contextlib.chdir(self.folder):
            return run(*arguments, environment=none | {"BREAKWATER_URL": self.url} | (identity or self.identity))

    def json(self, *arguments: object, **identity: str) -> Any:
        """Run a command that must succeed, and give its JSON."""
        done = self.run(*arguments, "--json", **identity)
        assert done.exit_code == 0, done.output
        return json.loads(done.stdout)

    def new_key(self, name: str) -> str:
        """Make a key ``name``, and give its id."""
        keyid: str = self.json("key", "new", "--out", name)["keyid"]
        return keyid


def desk_of(caller: Caller, folder: Path) -> Desk:
    folder.mkdir()
    return Desk(caller.url, folder, {"BREAKWATER_TOKEN": caller.token})


@dataclass
class World:
    """Two operators, a partner that is new, a reader of it, and whom it shares with."""

    operator: Desk
    second: Desk
    partner: Desk
    reader: Caller
    identity_id: str

    def status(self, stix_id: str) -> int:
        """How the reader's question for an object ends."""
        return self.reader.get(f"/objects/{stix_id}").status_code

    def submitted(self, key: str, **identity: str) -> dict[str, str]:
        """Sign a new object with a key, submit it, and give its result."""
        (self.partner.folder / "draft.json").write_text(json.dumps(indicator()))
        self.partner.json("sign", "draft.json", "--key", key, "--signer", self.identity_id, "--out", "signed.json")
        done = self.partner.run("submit", "signed.json", "--json", **identity)
        (result,) = json.loads(done.stdout)["objects"]
        return result


@pytest.fixture
def world(sandbox: Sandbox, tmp_path: Path) -> World:
    operator, second = (desk_of(sandbox.operator(number), tmp_path / str(number)) for number in (0, 1))
    enrolled = operator.json("partner", "add", f"Walker {uuid.uuid4()}", "--role", "platform", "--jurisdiction", "IE")
    token = operator.json("credential", "issue", "--partner", enrolled["id"], "--account", "walk")["token"]
    partner = Desk(sandbox.url, tmp_path / "partner", {"BREAKWATER_TOKEN": token})
    partner.folder.mkdir()
    keyid = partner.new_key("first.pem")
    assert partner.json("key", "register", "--key", "first.pem")["state"] == "pending"
    assert operator.json("key", "activate", keyid)["state"] == "active"
    everybody = ("--role", "any", "--jurisdiction", "any")
    audience = partner.json("audience", "new", "--key", "first.pem", *everybody)
    agreement = agreement_document(enrolled["id"], audience["audience_id"])
    sandbox.agree(agreement)
    return World(operator, second, partner, sandbox.partner("platform-b"), enrolled["identity_id"])


def wait_for_notice(reader: Caller, stix_id: str) -> None:
    until = time.monotonic() + _TOLD_SECONDS
    while stix_id not in json.dumps(reader.pull_all(type="recall-notice")):
        assert time.monotonic() < until, "the reader was not told"
        time.sleep(0.2)


def now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def listed(folder: Path) -> dict[str, dict[str, Any]]:
    """Give the keys of the directory that was accepted, by their ids, without asking anybody."""
    directory = accepted_before((folder / "directory.json").read_bytes())
    return {one.keyid: {"state": one.state.value, "since": one.compromised_since} for one in directory.keys}


def test_a_key_is_registered_rotated_stolen_and_recovered(world: World) -> None:
    partner = world.partner
    fetched = partner.json("key", "directory", "fetch", "--out", "directory.json", "--trust-first")
    (first,) = partner.json("key", "list")["keys"]

    # (1) What the first key signed is there, and stays when the next one takes its place.
    before = world.submitted("first.pem")
    assert before["status"] == "stored"
    second = partner.new_key("second.pem")
    assert partner.json("key", "rotate", "--key", "first.pem", "--new-key", "second.pem")["keyid"] == second
    assert world.submitted("first.pem")["status"] == "refused"
    kept = world.submitted("second.pem")
    assert (kept["status"], world.status(before["id"]), world.status(kept["id"])) == ("stored", 200, 200)

    # (2) From a moment on the second key is in other hands: what was logged since is gone, and whoever had it is told.
    since = now()
    forged = world.submitted("second.pem")
    assert world.status(forged["id"]) == 200
    report = partner.json("key", "compromise", second, "--since", since)
    assert (report["withdrawn"], len(report["recalls"])) == (1, 1)
    assert (world.status(forged["id"]), world.status(kept["id"]), world.status(before["id"])) == (404, 200, 200)
    wait_for_notice(world.reader, forged["id"])
    assert world.submitted("second.pem")["status"] == "refused"

    # (3) Everybody reads in the directory since when.
    again = partner.json("key", "directory", "fetch", "--out", "directory.json")
    assert again["version"] > fetched["version"]
    keys = listed(partner.folder)
    assert keys[first["key"]["keyid"]]["state"] == "retired"
    assert keys[second] == {"state": "compromised", "since": datetime.fromisoformat(since)}

    # (4) No key can sign for the next: two operators agree that the third one counts.
    third = partner.new_key("third.pem")
    partner.json("key", "register", "--key", "third.pem")
    assert world.operator.run("key", "activate", third).exit_code == 4, "one operator alone cannot"
    proposed = world.operator.json("key", "recover", third, "--reason", "They called from the number that we have.")
    shown = world.second.json("approval", "show", proposed["id"])
    agreed = ("--digest", shown["digest"], "--reason", "I called them, too.")
    assert world.operator.run("approval", "approve", proposed["id"], *agreed).exit_code == 4, "nor twice the same"
    assert world.second.json("approval", "approve", proposed["id"], *agreed)["state"] == "approved"
    assert world.submitted("third.pem")["status"] == "stored"


def test_a_key_signs_requests_instead_of_a_token_until_it_is_retired(world: World) -> None:
    partner = world.partner
    keyid = partner.new_key("requests.pem")
    partner.json("key", "register", "--key", "requests.pem", "--usage", "request-signing")
    signing = {"BREAKWATER_REQUEST_KEY": str(partner.folder / "requests.pem")}
    assert partner.run("key", "list", **signing).exit_code == 4, "it counts for nothing yet"
    world.operator.json("key", "activate", keyid)
    assert world.submitted("first.pem", **signing)["status"] == "stored"
    following = partner.new_key("following.pem")
    rotation = ("--key", "requests.pem", "--new-key", "following.pem")
    assert partner.json("key", "rotate", *rotation, **signing)["keyid"] == following
    assert partner.run("key", "list", **signing).exit_code == 4
    signing = {"BREAKWATER_REQUEST_KEY": str(partner.folder / "following.pem")}
    assert partner.json("key", "retire", following, **signing)["state"] == "retired"
    assert partner.run("key", "list", **signing).exit_code == 4
