from __future__ import annotations

import json
import logging
from datetime import datetime

import pytest

from app.crypto.tokens import new_token
from app.redaction import labels
from app.redaction.lines import MEMBERS, Form, LineHandler, line, write

SECRET = "s3cr3t-value"
TOKEN = new_token()


def test_a_line_of_json_has_time_level_logger_message_and_what_it_may_have() -> None:
    said = json.loads(line(Form.JSON, "info", "breakwater.test", "done", {"status": 200, "code": None, "path": SECRET}))
    assert datetime.fromisoformat(said.pop("time")).utcoffset() is not None
    assert said == {"level": "info", "logger": "breakwater.test", "message": "done", "status": 200, "code": None}


def test_a_line_of_text_says_the_same_without_what_is_not_known() -> None:
    said = line(
        Form.TEXT, "info", "breakwater.test", "done", {"status": 200, "code": None, "places": ["a:1", "b:2"], "path": SECRET}
    )
    assert said.partition(" ")[2] == "info breakwater.test done  status=200  places=a:1,b:2"


@pytest.mark.parametrize("form", Form)
def test_a_line_is_one_line_and_redacted_in_all_its_parts(form: Form) -> None:
    members = {
        "exception": ValueError(SECRET),
        "places": ["plain", TOKEN, ("x", TOKEN)],
        "route": TOKEN,
        "credential": {TOKEN},
        "milliseconds": 1.5,
        TOKEN: 1,
        "made-up": TOKEN,
    }
    said = line(form, "info", "breakwater.test", f"token {TOKEN}\nforged: a line", members)
    assert TOKEN not in said
    assert SECRET not in said
    assert "\n" not in said
    assert "ValueError at an unknown place" in said
    assert "made-up" not in said


@pytest.mark.parametrize("form", Form)
def test_a_line_says_what_its_thread_works_on(form: Form) -> None:
    labels.begin_job(7, "export")
    said = line(form, "info", "breakwater.test", "done", {})
    labels.end()
    assert ('"job": 7, "job_kind": "export"' if form is Form.JSON else "job=7  job_kind=export") in said
    assert set(labels.labels()) <= set(MEMBERS)


def test_a_record_that_cannot_be_written_ends_nobody_and_is_not_printed_as_it_is(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    record = logging.LogRecord("breakwater.test", logging.INFO, "file", 1, "%s", (SECRET,), None)

    class Full:
        def write(self, _text: str) -> None:
            raise OSError(28, "no space")

    with monkeypatch.context() as patched:
        patched.setattr("sys.stderr", Full())
        LineHandler(Form.JSON).emit(record)
        write("a line of a request")  # of an answer that is on its way: it must not break off
    assert capsys.readouterr().err == ""
