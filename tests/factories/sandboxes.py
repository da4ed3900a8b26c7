"""A practice exchange in its own process, as an outside tool meets it: ``breakwater sandbox`` over real gunicorn.

Owns starting and stopping the process and speaking to it as one of its partners. Kept by ``tests/walk``.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import requests

from breakwater_client.trust.keys import PrivateKey
from breakwater_client.trust.object_signature import sign_object
from tests.factories.canaries import check_log
from tests.factories.taxii_accounts import Account

ON_BOTH = pytest.mark.parametrize("sandbox", ["sqlite", "postgresql"], indirect=True)
"""For walks with much to do at once, which SQLite does in another way; the rest of what they show of it needs no server."""
_START_SECONDS = 180
_ANSWER_SECONDS = 60


@dataclass(frozen=True)
class Caller:
    """Somebody who speaks to the sandbox with a token; partners also sign."""

    url: str
    token: str
    facts: dict[str, Any]

    def call(self, method: str, path: str, **options: Any) -> requests.Response:
        """Send one request under ``/api/v1``."""
        headers = {"Authorization": f"Bearer {self.token}"} | options.pop("headers", {})
        return requests.request(method, self.url + "/api/v1" + path, headers=headers, timeout=_ANSWER_SECONDS, **options)

    def get(self, path: str, **options: Any) -> requests.Response:
        """Read."""
        return self.call("GET", path, **options)

    def post(self, path: str, body: Any = None, **options: Any) -> requests.Response:
        """Send JSON."""
        return self.call("POST", path, json=body, **options)

    @property
    def key(self) -> PrivateKey:
        """The partner's signing key."""
        return PrivateKey.from_pem(Path(self.facts["private_key"]).read_bytes())

    def sign(self, value: dict[str, Any]) -> dict[str, Any]:
        """Sign one object as this partner."""
        return sign_object(value, self.key, signer=self.facts["identity_id"], signed_at=datetime.now(UTC))

    def submit(self, *values: dict[str, Any], sign: bool = True) -> list[dict[str, Any]]:
        """Sign and submit objects; give their results."""
        body = {"objects": [self.sign(value) if sign else value for value in values]}
        answer = self.post("/submissions", body)
        assert answer.status_code == 201, answer.text
        results: list[dict[str, Any]] = answer.json()["results"]
        return results

    def pull_all(self, **filters: Any) -> list[dict[str, Any]]:
        """Follow pages to the end."""
        objects: list[dict[str, Any]] = []
        cursor: dict[str, str] = {}
        while True:
            answer = self.get("/objects", params=filters | cursor)
            assert answer.status_code == 200, answer.text
            page = answer.json()
            objects += page["objects"]
            if not page["more"]:
                return objects
            cursor = {"next": page["next"]}


@dataclass(frozen=True)
class Sandbox:
    """A serving sandbox: its ``sandbox.json`` and its process."""

    facts: dict[str, Any]
    process: subprocess.Popen[str]

    @property
    def url(self) -> str:
        """Where it serves."""
        url: str = self.facts["url"]
        return url

    def partner(self, name: str) -> Caller:
        """Give one of its partners."""
        facts = next(one for one in self.facts["partners"] if one["name"] == name)
        return Caller(self.url, facts["token"], facts)

    def account(self, name: str) -> Account:
        """Give one of its partners as a TAXII client is told of it."""
        facts, taxii = self.partner(name).facts, self.facts["taxii"]
        return Account(taxii["discovery"], taxii["api_root"], facts["basic"]["username"], facts["token"])

    def get(self, path: str) -> requests.Response:
        """Ask without a token."""
        return requests.get(self.url + path, timeout=_ANSWER_SECONDS)

    def new_collection(self, title: str, **rights: str) -> str:
        """Make a group as operator: ``legacy_a="rw"`` names a partner and what it may do; gives the collection's id."""
        members = [
            {"partner_id": self.partner(name.replace("_", "-")).facts["id"], "can_read": "r" in may, "can_write": "w" in may}
            for name, may in rights.items()
        ]
        document = {"title": title, "description": "For a test.", "shares_history": True, "members": members}
        made = self.operator().post("/sharing-groups", document)
        assert made.status_code == 201, made.text
        group_id: str = made.json()["id"]
        for name, may in rights.items():
            if "r" in may:
                # Whoever reads at once is evaluated at once; else what is posted in the first moments comes by the work ledger.
                account = self.account(name.replace("_", "-"))
                account.get(f"collections/{group_id}/objects/", account.basic())
        return group_id

    def agree(self, document: dict[str, Any]) -> None:
        """Have the next version of an agreement: one operator proposes it, the other approves."""
        proposed = self.operator(0).post("/agreements/proposals", document | {"reason": "As was talked over."})
        assert proposed.status_code == 201, proposed.text
        decision = {"digest": proposed.json()["digest"], "reason": "Agreed."}
        settled = self.operator(1).post(f"/approvals/{proposed.json()['id']}/approval", decision)
        assert settled.status_code == 200, settled.text

    def make_checkpoint(self) -> None:
        """Let the exchange have a checkpoint now, as every one has a moment after its first start."""
        made = self.operator().post("/log/checkpoints", {}, headers={"Idempotency-Key": str(uuid.uuid4())})
        assert made.status_code == 201, made.text

    def operator(self, number: int = 0) -> Caller:
        """Give one of its operators."""
        facts = self.facts["operators"][number]
        return Caller(self.url, facts["token"], facts)


@contextmanager
def serving_sandbox(
    folder: Path, database_url: str | None = None, *, workers: int = 2, options: Sequence[object] = ()
) -> Iterator[Sandbox]:
    """Start ``breakwater sandbox`` in ``folder`` and stop it at the end; an already used folder is resumed."""
    command = ["sandbox", "--dir", str(folder), "--workers", str(workers), *map(str, options)]
    if database_url is not None:
        command += ["--database-url", database_url]
    with _process(command, folder) as (process, _url):
        yield Sandbox(json.loads((folder / "sandbox.json").read_text()), process)


@contextmanager
def serving_demo(folder: Path) -> Iterator[Sandbox]:
    """Start ``breakwater demo`` in a new ``folder``, as the README's first command does; gives what it keeps serving."""
    with _process(["demo", "--dir", str(folder)], folder) as (process, _url):
        yield Sandbox(json.loads((folder / "sandbox.json").read_text()), process)


@contextmanager
def serving_beside(sandbox: Sandbox, home: Path, database_url: str) -> Iterator[Sandbox]:
    """Serve a sandbox's database once more, from a home with copies of keys and checkpoint, as another machine would."""
    keys = Path(sandbox.facts["exchange"]["public_key"]).parent / "exchange" / "keys"
    shutil.copytree(keys, home / "keys")
    shutil.copy(keys.parent / "checkpoint", home / "checkpoint")
    settings = {"HOME": str(home), "DATABASE_URL": database_url, "MODE": "development", "BIND": "127.0.0.1:0"}
    environment = {f"BREAKWATER_{name}": value for name, value in settings.items()}
    with _process(["serve"], home, environment) as (process, url):
        taxii = sandbox.facts["taxii"]
        here = {name: taxii[name].replace(sandbox.url, url) for name in ("discovery", "api_root")}
        yield Sandbox(sandbox.facts | {"url": url, "taxii": taxii | here}, process)


def children_of(master: int) -> tuple[list[int], list[int]]:
    """Give a server's workers, and its signer as a list of one (or none, just after it died)."""
    found = [int(child) for child in Path(f"/proc/{master}/task/{master}/children").read_text().split()]
    signers = [child for child in found if b"--attached" in _arguments_of(child)]
    return [child for child in found if child not in signers], signers


@contextmanager
def workers_killed(sandboxes: Sequence[Sandbox], every_seconds: float, most: int | None = None) -> Iterator[list[int]]:
    """Kill the servers' workers, one after the other, while the block runs; never the last that a server has.

    ``most``: so many in all, after which what was begun comes to its end, however busy the machine is.
    """
    stop, killed = threading.Event(), []

    def kill() -> None:
        while not stop.wait(every_seconds) and len(killed) != most:
            workers, _ = children_of(sandboxes[len(killed) % len(sandboxes)].process.pid)
            if len(workers) > 1:  # on a busy machine it takes its time until those that died are replaced
                killed.append(workers[len(killed) // len(sandboxes) % len(workers)])
                os.kill(killed[-1], signal.SIGKILL)

    thread = threading.Thread(target=kill)
    thread.start()
    try:
        yield killed
    finally:
        stop.set()
        thread.join()


def _arguments_of(process: int) -> list[bytes]:
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes().split(b"\0")
    except (FileNotFoundError, ProcessLookupError):
        return []


@contextmanager
def serving_again(sandbox: Sandbox, home: Path, database_url: str) -> Iterator[Sandbox]:
    """Serve a database as what a sandbox set up, from a home with its keys; nothing is set up anew."""
    settings = {"HOME": str(home), "DATABASE_URL": database_url, "MODE": "development", "BIND": "127.0.0.1:0"}
    environment = {f"BREAKWATER_{name}": value for name, value in settings.items()}
    with _process(["serve"], home, environment) as (process, url):
        yield Sandbox(sandbox.facts | {"url": url}, process)


@contextmanager
def _process(
    command: list[str], folder: Path, environment: dict[str, str] | None = None
) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run a command that serves, with its log beside ``folder``; gives the process and the URL it says it is ready at."""
    log_file = folder.parent / f"{folder.name}.log"
    with log_file.open("a") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "app", *command],
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            start_new_session=True,
            env=os.environ | (environment or {}),
        )
    try:
        yield process, _wait_for_ready(process, log_file, says_more=command[0] == "demo")
    finally:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        if process.stdout:
            process.stdout.close()
        check_log(log_file)


def _wait_for_ready(process: subprocess.Popen[str], log_file: Path, *, says_more: bool) -> str:
    assert process.stdout
    too_late = threading.Timer(_START_SECONDS, process.kill)
    too_late.start()
    line = process.stdout.readline()
    while says_more and line and not line.startswith("ready: "):
        line = process.stdout.readline()
    too_late.cancel()
    assert line.startswith("ready: "), f"the server said {line!r} and {log_file.read_text()[-1000:]!r}"
    return line.removeprefix("ready: ").strip()
