"""python-threatexchange itself, its command ``tx``, reads a serving exchange through the plug-in, matches, and reports back."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.factories.prepared_sandboxes import PreparedSandboxes
from tests.factories.sandboxes import Caller, Sandbox
from tests.factories.stix_objects import context, indicator

ROOT = Path(__file__).parents[2]
LISTED = "https://listed.example.org/a'b"
DIGESTS = "[file:hashes.MD5 = 'D41D8CD98F00B204E9800998ECF8427E' OR file:hashes.'SHA-256' = '" + "ab" * 32 + "']"


@dataclass(frozen=True)
class Tx:
    """The command of a partner, with a home of its own."""

    home: Path
    token: str

    def run(self, *arguments: object, fails: bool = False) -> str:
        """Run ``tx`` as its user does; give what it says."""
        line = [sys.executable, "-c", "from threatexchange.cli.main import main; main()", *map(str, arguments)]
        environment = os.environ | {"HOME": str(self.home), "TX_BREAKWATER_TOKEN": self.token, "PYTHONPATH": str(ROOT / "bridge")}
        done = subprocess.run(line, env=environment, capture_output=True, text=True, check=False)
        assert (done.returncode != 0) is fails, done.stderr
        return done.stdout + done.stderr


@pytest.fixture(scope="module")
def sandbox(sandboxes: PreparedSandboxes, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with sandboxes.serving("sqlite", tmp_path_factory.mktemp("bridge") / "exchange", workers=1) as serving:
        yield serving


@pytest.fixture
def reader(sandbox: Sandbox) -> Caller:
    return sandbox.partner("platform-b")


@pytest.fixture
def tx(sandbox: Sandbox, reader: Caller, tmp_path: Path) -> Tx:
    made = Tx(tmp_path, reader.token)
    made.run("config", "extensions", "add", "breakwater_threatexchange")
    signing = ("--key-file", reader.facts["private_key"], "--identity", reader.facts["identity_id"])
    made.run("config", "collab", "edit", "breakwater", "--create", "Exchange", "--url", sandbox.url, *signing)
    return made


def listed(url: str, **changes: Any) -> dict[str, Any]:
    quoted = url.replace("\\", "\\\\").replace("'", "\\'")
    return indicator(pattern=f"[url:value = '{quoted}']", pattern_type="stix", **changes)


def test_what_is_shared_is_fetched_matched_reported_and_gone_when_it_is_withdrawn(
    sandbox: Sandbox, reader: Caller, tx: Tx, tmp_path: Path
) -> None:
    owner = sandbox.partner("platform-a")
    value = listed(LISTED)
    owner.submit(value, indicator(pattern=DIGESTS, pattern_type="stix"))
    tx.run("fetch")
    assert "POSITIVE_CLASS" in tx.run("match", "url", "--", LISTED)
    assert tx.run("match", "url", "--", "https://other.example.org/") == ""
    dataset = tx.run("dataset")
    assert "video_md5: 1" in dataset
    assert "video_sha256: 1" in dataset
    # an opinion goes back to whoever published it
    (tmp_path / "signal").write_text(LISTED)
    tx.run("label", "-H", "url", "Exchange", "url", tmp_path / "signal")
    [sighting] = owner.pull_all(type="sighting")
    assert sighting["sighting_of_ref"] == value["id"]
    # a second publisher's doubt stands beside it
    sandbox.partner("hotline-a").submit(listed(LISTED, stated=context(assertion="negative")))
    tx.run("fetch")
    assert "DISPUTED" in tx.run("match", "url", "--", LISTED)
    # withdrawn, and gone at the next fetch
    owner.post(f"/objects/{value['id']}/withdrawal", {"reason": "error", "act": "delete"})
    _wait_for_notice(reader)
    tx.run("fetch")
    assert "NEGATIVE_CLASS" in tx.run("match", "url", "--", LISTED)  # the doubt alone


def _wait_for_notice(reader: Caller) -> None:
    deadline = time.monotonic() + 30
    while not reader.get("/notices").json()["notices"]:
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_an_opinion_on_what_nobody_shared_is_no_opinion(tx: Tx, tmp_path: Path) -> None:
    (tmp_path / "signal").write_text("https://nobody.example.org/")
    assert "Nothing that you may see" in tx.run("label", "-H", "url", "Exchange", "url", tmp_path / "signal", fails=True)


def test_a_wrong_token_is_told_without_it(tx: Tx) -> None:
    wrong = Tx(tx.home, "brw_nobody")
    told = wrong.run("fetch", fails=True)
    assert "brw_nobody" not in told
