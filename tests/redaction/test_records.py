"""Whatever a process logs, warns of or fails with, in a process of its own: what arrives on standard error has no values."""

from __future__ import annotations

import subprocess
import sys

import pytest

from app.crypto.tokens import new_token
from app.redaction.records import redact_event

SECRET = "s3cr3t-value"
TOKEN = new_token()
BEGIN = "import logging, sys, threading, warnings\nfrom app.redaction.records import install\ninstall()\ninstall()\n"
OURS = "log = logging.getLogger('breakwater.test')\n"
FAIL = f"def fail(): raise ValueError('{SECRET}')\n"
LOGGED = [
    (OURS + f"log.error('token %s', '{TOKEN}')", "token [hidden]"),
    (OURS + f"log.error('token {TOKEN}')", "token [hidden]"),
    (OURS + FAIL + "try: fail()\nexcept ValueError: log.exception('it failed')", "it failed: ValueError at"),
    (
        OURS + FAIL + "try: fail()\nexcept ValueError: log.error('it failed', exc_info=True, stack_info=True)",
        "it failed: ValueError",
    ),
    (OURS + f"log.error('does not fit %s %s', '{SECRET}')", "breakwater.test says something"),
    (f"logging.getLogger('urllib3').error('sent {SECRET}')", "urllib3 says something"),
    (f"logging.getLogger('urllib3').error('sent %s', '{SECRET}')", "urllib3 says something"),
    (f"logging.error('sent {SECRET}')", "root says something"),
    (f"logging.getLogger('asyncio').error('never retrieved', exc_info=ValueError('{SECRET}'))", "ValueError at an unknown place"),
    (f"logging.getLogger('gunicorn.error').error('Listening at: %s', 'x {TOKEN}')", "Listening at: x [hidden]"),
    (f"warnings.warn('{SECRET}')", "warning: UserWarning at"),
    (FAIL + "fail()", "uncaught: ValueError at"),
    (FAIL + "t = threading.Thread(target=fail); t.start(); t.join()", "uncaught in a thread: ValueError at"),
    (f"class Bad:\n    def __del__(self): raise ValueError('{SECRET}')\nBad()", "uncaught while tidying up: ValueError"),
    ("raise KeyboardInterrupt", ""),
]


@pytest.mark.parametrize(("code", "expected"), LOGGED)
def test_no_value_gets_past(code: str, expected: str) -> None:
    done = subprocess.run([sys.executable, "-c", BEGIN + code], capture_output=True, text=True, check=False)
    assert expected in done.stderr
    assert SECRET not in done.stderr
    assert TOKEN not in done.stderr
    assert "Traceback" not in done.stderr


def test_a_structured_line_is_redacted_in_all_its_parts() -> None:
    event = {
        "event": f"token {TOKEN}",
        "list": ["plain", TOKEN, ("x", TOKEN)],
        "dict": {"inner": TOKEN, TOKEN: 1},
        "failure": ValueError(SECRET),
        "other": {TOKEN},
        "status": 200,
        "milliseconds": 1.5,
        "credential": None,
        "flag": True,
    }
    left = redact_event(None, "info", event)
    assert TOKEN not in repr(left)
    assert SECRET not in repr(left)
    assert left["failure"] == "ValueError at an unknown place"
    assert (left["status"], left["milliseconds"], left["credential"], left["flag"]) == (200, 1.5, None, True)
    assert left["list"][0] == "plain"
