"""``sdk/README.md`` is true: its example runs as printed and passes mypy's strict look, and what it names is there."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from app.cli.loopback_server import loopback_server
from tests.factories.exchanges import running_exchange

SDK = Path(__file__).parents[2] / "sdk"
TEXT = (SDK / "README.md").read_text()
[EXAMPLE] = re.findall(r"^```python\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)


@pytest.fixture
def example(tmp_path: Path) -> Path:
    (tmp_path / "example.py").write_text(EXAMPLE)
    return tmp_path


def run(folder: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **settings}
    command = [sys.executable, *arguments, "example.py"]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def test_what_the_example_composes_is_stored_pulled_and_verified(example: Path, sqlite_url: str) -> None:
    with running_exchange(sqlite_url) as running, loopback_server(running.app) as url:
        platform = running.enrol("Platform A")
        (example / "key.pem").write_bytes(platform.key.to_pem())
        settings = {
            "BREAKWATER_URL": url,
            "BREAKWATER_TOKEN": platform.token or "",
            "SIGNING_KEY": "key.pem",
            "IDENTITY": platform.identity_id,
            "DIRECTORY_KEY": running.exchange.keys.directory.public.keyid,
            "PYTHONPATH": str(SDK),
        }
        done = run(example, **settings)
    assert (done.returncode, done.stderr) == (0, "")
    stored, signed = (set(re.findall(rf"^{word} ([a-z]+-.*--\S+)", done.stdout, re.MULTILINE)) for word in ("stored", "signed"))
    assert stored
    assert stored == signed
    assert len(re.findall(r"^receipt of \S{36}$", done.stdout, re.MULTILINE)) == 1


def test_the_example_passes_mypys_strict_look(example: Path) -> None:
    strict = ("-m", "mypy", "--strict", "--follow-imports=silent", "--config-file=", "--cache-dir=.mypy")
    done = run(example, *strict, MYPYPATH=str(SDK))
    assert done.returncode == 0, done.stdout


def test_the_readme_links_to_nothing_that_a_distribution_has_not() -> None:
    assert [link for link in re.findall(r"\]\(([^)]*)\)", TEXT) if not link.startswith(("https://", "#"))] == []
    named = set(re.findall(r"`((?:docs/)?[A-Za-z-]+\.md)`", TEXT))
    assert named >= {"docs/partner-guide.md", "docs/errors.md"}
    assert all((SDK.parent / name).exists() for name in named)
