"""Whatever a process logs, warns of or fails with, in a process of its own: what arrives on standard error has no values."""

from __future__ import annotations

import json
import logging
import subprocess
import sys

import pytest

from app.crypto.tokens import new_token
from app.redaction.records import install

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


@pytest.mark.parametrize(("code", "expected"), LOGGED)
def test_the_same_holds_for_json_and_each_line_is_one_object(code: str, expected: str) -> None:
    begin = BEGIN.replace("install()\ninstall()", "install('json')\ninstall('json')")
    done = subprocess.run([sys.executable, "-c", begin + code], capture_output=True, text=True, check=False)
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert [expected in line["message"] for line in lines] == [True] * bool(expected)
    assert SECRET not in done.stderr
    assert TOKEN not in done.stderr


@pytest.mark.usefixtures("kept_hooks")
def test_ours_are_written_from_the_level_on_and_those_of_libraries_from_warning_on(capsys: pytest.CaptureFixture[str]) -> None:
    install("json", "debug")
    logging.getLogger("breakwater.test").debug("ours")
    logging.getLogger("urllib3").info("theirs")
    assert [json.loads(line)["message"] for line in capsys.readouterr().err.splitlines()] == ["ours"]
    install("text", "error")
    logging.getLogger("breakwater.test").warning("ours")
    assert capsys.readouterr().err == ""
