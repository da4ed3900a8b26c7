"""``docs/trust.md`` is true: its commands are run as they are printed, one after the other, against a real sandbox over HTTP."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.factories.sandboxes import Caller, serving_sandbox

_ROOT = Path(__file__).parents[2]
TEXT = (_ROOT / "docs" / "trust.md").read_text()
BLOCKS = dict(re.findall(r"^```sh ([a-z-]+)\n(.*?)\n```$", TEXT, re.MULTILINE | re.DOTALL))
_PATIENCE_SECONDS = 1200


@contextmanager
def _often_signed(operator: Caller) -> Iterator[None]:
    """Have checkpoints made every two seconds: what the document says to wait for takes a minute otherwise."""
    done = threading.Event()

    def sign() -> None:
        while not done.wait(2):
            operator.post("/log/checkpoints", {}, headers={"Idempotency-Key": str(uuid.uuid4())})

    thread = threading.Thread(target=sign)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What each block printed, by its name."""
    folder = tmp_path_factory.mktemp("trust")
    program = folder / "bin" / "breakwater"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m app "$@"\n')
    program.chmod(0o755)
    with serving_sandbox(folder / "practice", workers=1) as sandbox, _often_signed(sandbox.operator()):
        script = "".join(f"echo '== {name}'\n{block}\n" for name, block in BLOCKS.items() if name != "start")
        environment = os.environ | {"PATH": f"{program.parent}:{os.environ['PATH']}", "PYTHONPATH": f"{_ROOT}:{_ROOT / 'sdk'}"}
        command = ["bash", "-euo", "pipefail", "-c", script]
        done = subprocess.run(  # the folder's own program comes first on the path
            command, cwd=folder, env=environment, capture_output=True, text=True, timeout=_PATIENCE_SECONDS, check=False
        )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return dict(re.findall(r"^== ([a-z-]+)\n(.*?)(?=^== |\Z)", done.stdout, re.MULTILINE | re.DOTALL))


@pytest.mark.parametrize(
    ("block", "words"),
    [
        ("directory", "directory of exchange"),
        ("directory", "Everything verified."),
        ("object", "| signed "),
        ("object", "Everything verified."),
        ("tampered", "FAILED"),
        ("tampered", "ended with 1"),
        ("checkpoint", "breakwater-exchange/"),
        ("checkpoint", "Everything verified."),
        ("proof", "the log holds all 1 versions"),
        ("proof", "| logged "),
        ("proof", "as receipt says"),
        ("theirs", "| logged "),
        ("theirs", "as checkpoint says"),
        ("stolen", "| logged "),
        ("stolen", "as checkpoint says"),
        ("stolen", "Everything verified."),
        ("stolen", "key-was-compromised"),
        ("stolen", "ended with 1"),
        ("later", "Nothing has gone from the log since your checkpoint of"),
        ("rollback", "log-rolled-back"),
        ("rollback", "ended with 5"),
        ("mirror", "lead to the root that the exchange signed"),
        ("mirror", "Nothing has gone from the log since your checkpoint of"),
        ("releases", "release 1 of the catalogue, exactly as it was signed"),
        ("releases", "logged at log index"),
        ("releases", "Everything verified."),
        ("other-words", "ended with 1"),
        ("counts", "prevention-release 1 of exchange"),
        ("counts", "logged at log index"),
        ("by-hand", "Signature Verified Successfully"),
    ],
)
def test_what_is_promised_is_told(told: dict[str, str], block: str, words: str) -> None:
    assert words in re.sub(r"[ \n|]*\n[ |]*", " ", told[block]) or words in told[block]


def test_every_block_was_run(told: dict[str, str]) -> None:
    assert set(told) == set(BLOCKS) - {"start"}
