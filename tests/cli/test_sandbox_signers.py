"""The signers beside a sandbox: what waits is signed, who is shut out is left, and they end with their pipe."""

from __future__ import annotations

import json
import os
import threading
import time
from pathlib import Path
from typing import Any

from app.cli import sandbox_signers
from app.cli.sandbox_signers import running_signers, serve, sign_once
from tests.cli.desk import Desk
from tests.factories.exchanges import FakePartner
from tests.factories.signing_tasks import waiting_task


def facts(partner: FakePartner, folder: Path) -> dict[str, Any]:
    path = folder / f"{partner.partner_id}.pem"
    path.write_bytes(partner.key.to_pem())
    return {
        "name": partner.name,
        "token": partner.token,
        "private_key": str(path),
        "identity_id": partner.identity_id,
    }


def test_what_waits_is_signed(desk: Desk, platform: FakePartner, tmp_path: Path) -> None:
    assert sign_once(desk.url, facts(platform, tmp_path)) is None
    task = waiting_task(desk.running, platform.partner_id)
    run = sign_once(desk.url, facts(platform, tmp_path))
    assert run is not None
    assert [(one["id"], one["state"]) for one in run.done] == [(task.task_id, "done")]


def test_they_begin_when_they_are_told_the_url_and_end_with_the_pipe(
    desk: Desk, platform: FakePartner, tmp_path: Path, monkeypatch: Any
) -> None:
    monkeypatch.setattr(sandbox_signers, "_EVERY_SECONDS", 0.05)
    shut_out = facts(platform, tmp_path) | {"token": "bw_nonsense"}
    (tmp_path / "sandbox.json").write_text(json.dumps({"partners": [shut_out, facts(platform, tmp_path)]}))
    task = waiting_task(desk.running, platform.partner_id)
    reading, writing = os.pipe()
    running = threading.Thread(target=serve, args=(tmp_path, reading))
    running.start()
    os.write(writing, f"{desk.url}\n".encode())
    deadline = time.monotonic() + 20
    while platform.get(f"signing-tasks/{task.task_id}").json["state"] != "done":
        assert time.monotonic() < deadline
        time.sleep(0.05)
    os.close(writing)
    running.join(10)
    assert not running.is_alive()
    os.close(reading)


def test_a_pipe_that_closes_at_once_starts_nothing(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(writing)
    serve(tmp_path, reading)
    os.close(reading)


def test_their_process_ends_with_the_sandbox(tmp_path: Path) -> None:
    (tmp_path / "exchange").mkdir()
    with running_signers(tmp_path) as tell:
        tell("http://127.0.0.1:1")
    assert (tmp_path / "exchange" / "signers.log").exists()
