"""A withdrawal over a real gunicorn, which is killed before those who had the object could be told."""

from __future__ import annotations

import os
import signal
import time
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from breakwater_client.trust.keys import load_public_key
from breakwater_client.trust.object_signature import read_signature, verify_object
from tests.factories.leases import end_leases
from tests.factories.prepared_sandboxes import PreparedSandboxes
from tests.factories.sandboxes import Caller, Sandbox, serving_sandbox
from tests.factories.stix_objects import indicator

_TOLD_SECONDS = 60


def killed(sandbox: Sandbox, url: str) -> None:
    """Kill a server, and let the next one go on at once with what it had begun."""
    os.killpg(sandbox.process.pid, signal.SIGKILL)
    sandbox.process.wait()
    end_leases(url)


def wait_for_notices(reader: Caller) -> list[dict[str, Any]]:
    until = time.monotonic() + _TOLD_SECONDS
    while time.monotonic() < until:
        found = reader.pull_all(type="recall-notice")
        if found:
            return found
        time.sleep(0.2)
    raise AssertionError("nobody was told")


@pytest.mark.parametrize(("database", "delay_seconds"), [("sqlite", 0.0), ("postgresql", 0.2)])
def test_a_kill_between_withdrawal_and_notice_leaves_it_gone_and_its_readers_told_once(
    sandboxes: PreparedSandboxes, tmp_path: Path, database: str, delay_seconds: float
) -> None:
    with sandboxes.laid(database, tmp_path / "exchange") as url:
        withdraw_and_kill(tmp_path, url, delay_seconds)


def withdraw_and_kill(tmp_path: Path, url: str, delay_seconds: float) -> None:
    """Withdraw, kill the server after a while, and look twice at who was told."""

    def serving() -> AbstractContextManager[Sandbox]:
        return serving_sandbox(tmp_path / "exchange", url, workers=1)

    with serving() as first:
        owner, reader = first.partner("platform-a"), first.partner("platform-b")
        value = owner.sign(indicator())
        (result,) = owner.submit(value, sign=False)
        assert reader.get(f"/objects/{value['id']}").status_code == 200
        answer = owner.post(f"/objects/{value['id']}/withdrawal", {"reason": "error", "act": "delete"})
        assert answer.status_code == 201, answer.text
        time.sleep(delay_seconds)
        killed(first, url)
    with serving() as second:
        owner, reader = second.partner("platform-a"), second.partner("platform-b")
        assert [one.get(f"/objects/{value['id']}").status_code for one in (owner, reader)] == [404, 404]
        [notice] = wait_for_notices(reader)
        assert notice["recalled"] == [
            {"stix_id": value["id"], "version": value["modified"], "payload_digest": result["payload_digest"]}
        ]
        entry = read_signature(notice)
        known = reader.get(f"/keys/{entry.keyid}").json()
        assert known["owner"]["identity_id"] == entry.signer
        assert verify_object(notice, entry, load_public_key(known["key"]["public_key"].encode()))
        killed(second, url)
    with serving() as third:
        owner, reader = third.partner("platform-a"), third.partner("platform-b")
        time.sleep(1)
        assert reader.pull_all(type="recall-notice") == [notice]
        assert third.partner("legacy-a").pull_all(type="recall-notice") == owner.pull_all(type="recall-notice") == []
        recall = owner.get(answer.headers["Location"].removeprefix("/api/v1")).json()
        assert [one["name"] for one in recall["told"]] == ["platform-b"]
