"""``docs/signed-requests.md`` is true: its recipes run as printed against an exchange, with the machine's curl and openssl."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from app.cli.loopback_server import loopback_server
from app.domain.vocabulary import KeyAlgorithm
from app.web.context import attach
from breakwater_client.trust.keys import PrivateKey
from breakwater_client.trust.request_signature import (
    ALGORITHMS,
    ALWAYS_COVERED,
    COVERED_IF_SENT,
    COVERED_WITH_A_BODY,
    WINDOW_SECONDS,
)
from tests.factories.exchanges import FakePartner, RunningExchange, running_exchange
from tests.factories.signed_requests import add_request_key
from tests.factories.stix_objects import indicator

TEXT = (Path(__file__).parents[2] / "docs" / "signed-requests.md").read_text()
BLOCKS = dict(re.findall(r"^```\w+ ([a-z0-9-]+)\n(.*?)\n```$", TEXT, re.MULTILINE | re.DOTALL))
ROWS = re.findall(r"^\| ([^|]+) \| (.*) \|$", TEXT, re.MULTILINE)
ORIGIN = "https://exchange.example.org"


@dataclass(frozen=True)
class Desk:
    """An exchange at a URL, a partner of it, and the folder in which its key lies."""

    url: str
    running: RunningExchange
    partner: FakePartner
    folder: Path

    def shell(self, *names: str, also: str = "") -> str:
        """Run these blocks of the document one after the other, as printed but for the address; gives what they print."""
        script = "\n".join(BLOCKS[name].replace(ORIGIN, self.url) for name in names)
        command = ["/bin/sh", "-euc", f"{script}\n{also}"]
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture(params=KeyAlgorithm)
def desk(request: pytest.FixtureRequest, sqlite_url: str, tmp_path: Path) -> Iterator[Desk]:
    key = PrivateKey.generate(request.param)
    (tmp_path / "requests.pem").write_bytes(key.to_pem())
    with running_exchange(sqlite_url) as running, loopback_server(running.app) as url:
        attach(running.app, replace(running.exchange, duty=replace(running.exchange.duty, origin=url)))
        partner = running.enrol("Platform A")
        add_request_key(running.exchange, partner.partner_id, key)
        yield Desk(url, running, partner, tmp_path)


def signing(desk: Desk) -> tuple[str, ...]:
    """Give the blocks that define how the desk's key signs."""
    algorithm = PrivateKey.from_pem((desk.folder / "requests.pem").read_bytes()).public.algorithm
    return ("common",) if algorithm is KeyAlgorithm.ED25519 else ("common", "p256")


def test_the_shell_of_the_document_sends_and_reads(desk: Desk) -> None:
    value = desk.partner.sign(indicator())
    (desk.folder / "signed.json").write_text(json.dumps({"objects": [value]}))
    receipt = json.loads(desk.shell(*signing(desk), "post"))
    assert receipt["results"][0]["status"] == "stored"
    page = json.loads(desk.shell(*signing(desk), "get"))
    assert [one["id"] for one in page["objects"]] == [value["id"]]


def test_the_shell_of_the_document_signs_each_request_anew(desk: Desk) -> None:
    twice = desk.shell(*signing(desk), "get", also="echo\nget /api/v1/policy/mine detection")
    assert "agreement" in json.loads(twice.splitlines()[-1])


def test_what_is_changed_after_signing_is_refused(desk: Desk) -> None:
    tampered = BLOCKS["get"].replace('"$origin$1"\n', '"$origin$1&limit=6"\n', 1)
    assert tampered != BLOCKS["get"]
    script = desk.shell(*signing(desk), also=tampered.replace(ORIGIN, desk.url))
    assert json.loads(script)["code"] == "request-signature-invalid"


def test_the_document_names_what_must_be_covered_and_no_other() -> None:
    rows = {name: set(re.findall(r"`(@?[a-z0-9-]+)`", cells)) for name, cells in ROWS}
    assert rows["always covered"] == set(ALWAYS_COVERED)
    assert rows["with a body"] == {*COVERED_WITH_A_BODY, "sha-256", "sha-512"}
    assert rows["if it is sent"] == set(COVERED_IF_SENT)
    assert all(f"`{name}`" in TEXT for name in ALGORITHMS.values())
    assert f"at most {WINDOW_SECONDS} from our clock" in TEXT
