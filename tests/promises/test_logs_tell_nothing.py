"""That the suite would notice a log that tells: of this process, of a child's standard error, and of a server it started."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.crypto.tokens import new_token
from tests.factories.canaries import SUBMITTED, check_log, watched_key, why_telling
from tests.factories.stix_objects import indicator, report

ROOT = Path(__file__).parents[2]


def seed(pem: bytes) -> bytes:
    return base64.b64decode("".join(pem.decode().splitlines()[1:-1]))[-32:]


KEY = watched_key()
TELLING = [
    new_token(),
    KEY.to_pem().decode(),
    KEY.to_pem().decode().splitlines()[1],
    base64.b64encode(seed(KEY.to_pem())).decode(),
    seed(KEY.to_pem()).hex(),
    str(indicator()),
    str(report([])),
    *SUBMITTED,
]


@pytest.mark.parametrize("secret", TELLING, ids=range(len(TELLING)))
def test_a_secret_in_a_log_is_seen_and_not_repeated(secret: str, tmp_path: Path) -> None:
    told = why_telling(f"2026-11-26 ERROR it failed with {secret}, sorry")
    assert told is not None
    assert secret not in told
    (tmp_path / "log").write_text(secret)
    with pytest.raises(AssertionError, match="holds"):
        check_log(tmp_path / "log")


def test_an_ordinary_log_is_left_alone(tmp_path: Path) -> None:
    line = '{"credential": "5f4a7a24-c134-4e3c-a90f-2f12d5c7da95", "event": "request", "route": "/api/v1/objects/<stix_id>"}\n'
    (tmp_path / "log").write_text(line + KEY.public.keyid)
    check_log(tmp_path / "log")


LEAKS = {
    "record": "import logging; logging.getLogger('breakwater.test').error(SECRET)",
    "standard error": "import sys; print(SECRET, file=sys.stderr)",
    "child": "import subprocess; subprocess.run(f'echo {SECRET} >&2', shell=True, check=True)",
    "nothing": "assert SECRET",
}


@pytest.mark.parametrize("way", LEAKS)
def test_a_test_whose_log_tells_fails(way: str, tmp_path: Path) -> None:
    """With the hooks of this suite, as a plugin, over one test elsewhere."""
    test = tmp_path / "test_leak.py"
    test.write_text(f"SECRET = 'bw_' + 'x' * 43\n\n\ndef test_it():\n    {LEAKS[way]}\n")
    command = [sys.executable, "-m", "pytest", "-c", str(ROOT / "pyproject.toml"), "--rootdir", str(ROOT), "-p", "tests.conftest"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    environment |= {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    done = subprocess.run(
        [*command, str(test)], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    assert ("1 passed" in done.stdout) == (way == "nothing"), done.stdout + done.stderr
    if way != "nothing":
        assert "holds a token" in done.stdout
