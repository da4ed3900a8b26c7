"""A practice exchange in its own process, as an outside tool meets it: ``breakwater sandbox`` over real gunicorn.

Owns starting and stopping the process and speaking to it as one of its partners. Kept by ``tests/walk``.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import requests

from app.crypto.keys import PrivateKey
from app.crypto.object_signature import sign_object

_START_SECONDS = 60
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

    def operator(self, number: int = 0) -> Caller:
        """Give one of its operators."""
        facts = self.facts["operators"][number]
        return Caller(self.url, facts["token"], facts)


@contextmanager
def serving_sandbox(folder: Path, database_url: str | None = None, *, workers: int = 2) -> Iterator[Sandbox]:
    """Start ``breakwater sandbox`` in ``folder`` and stop it at the end; an already used folder is resumed."""
    command = [sys.executable, "-m", "app", "sandbox", "--dir", str(folder), "--workers", str(workers)]
    if database_url is not None:
        command += ["--database-url", database_url]
    with (folder.parent / f"{folder.name}.log").open("a") as log:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True, start_new_session=True)
    try:
        _wait_for_ready(process)
        yield Sandbox(json.loads((folder / "sandbox.json").read_text()), process)
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


def _wait_for_ready(process: subprocess.Popen[str]) -> None:
    assert process.stdout
    too_late = threading.Timer(_START_SECONDS, process.kill)
    too_late.start()
    line = process.stdout.readline()
    too_late.cancel()
    assert line.startswith("ready: "), f"the sandbox said {line!r} and ended with {process.poll()}"
