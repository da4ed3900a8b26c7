"""A watch before an exchange that does not end, or gives nothing: people are called about what was found, and the run ends."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.cli import log_watch
from app.cli.faults import ExitCode
from app.domain.vocabulary import KeyUsage
from breakwater_client.trust.keys import PrivateKey
from tests.cli.desk import run
from tests.factories.small_logs import PARTNER
from tests.factories.stix_objects import indicator
from tests.factories.watched_names import IDENTITY, WatchedName

Answer = tuple[int, bytes]


class Scene:
    """A partner's folder, and an exchange whose answers a test replaces by path."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.name, self.url = folder, WatchedName(), ""
        self.watched, self.called = folder / "watch", folder / "called"
        for one in (self.watched, folder / "receipts"):
            one.mkdir()
        (self.watched / "directory.json").write_bytes(self.name.shelf.files["directory.json"])
        (folder / "own.pem").write_bytes(self.name.key.public.to_pem())
        (folder / "receipts" / "one.json").write_bytes(self.name.receipts["one.json"])
        (folder / "call.sh").write_text(f'echo "$1" >> {self.called}\n')
        self.pages = 0
        self.answers: dict[str, Callable[[], Answer]] = {
            "/keys": lambda: told({"keys": [{"owner": {"id": PARTNER, "identity_id": IDENTITY}}]}),
            "/recalls": lambda: told({"recalls": [], "more": False}),
            "/submissions/1/proof": lambda: told(self.name.proof),
            "/objects": lambda: self.page(more=False),
        }
        real = self.name.lying.answer

        def answer(token: str, path: str, query: Any) -> Answer:
            return self.answers[path]() if path in self.answers else real(token, path, query)

        self.name.lying.answer = answer  # type: ignore[method-assign]  # an exchange of the test's own

    def page(self, *values: Any, more: bool = True) -> Answer:
        self.pages += 1
        return told({"objects": [self.name.value, *values], "more": more, "next": f"c{self.pages}" if more else None})

    def list_a_foreign_key(self) -> None:
        self.name.listed.append((PrivateKey.generate(), KeyUsage.OBJECT_SIGNING, IDENTITY))
        self.name.issue()

    def watch(self, *options: object) -> tuple[int, dict[str, Any], str]:
        files = ("--key", self.folder / "own.pem", "--receipts", self.folder / "receipts")
        given = (*files, "--purpose", "detection", "--alarm-command", f"/bin/sh {self.folder / 'call.sh'}", "--json")
        environment = {"BREAKWATER_URL": self.url, "BREAKWATER_TOKEN": "a"}
        ended = run("log", "watch", self.watched, *given, *options, environment=environment)
        return ended.exit_code, json.loads(ended.stdout) if ended.stdout else {}, ended.stderr

    def calls(self) -> list[str]:
        return self.called.read_text().split() if self.called.exists() else []


def told(document: Any, status: int = 200) -> Answer:
    return status, json.dumps(document).encode()


def refused() -> Answer:
    return told({"code": "internal", "title": "no"}, 500)


@pytest.fixture
def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    made = Scene(tmp_path)
    monkeypatch.setattr(log_watch, "_CALL_SECONDS", 0.1)
    with made.name.lying.served() as url:
        made.url = url
        yield made


def test_nothing_wrong_calls_nobody(scene: Scene) -> None:
    code, document, _ = scene.watch()
    assert (code, document["complete"], document["unseen"], document["proven"]) == (0, True, [], 1)


def test_a_list_without_an_end_keeps_nobody_from_being_called_meanwhile(scene: Scene) -> None:
    scene.list_a_foreign_key()
    begun, ended = time.monotonic(), list[bool]()

    def endless() -> Answer:
        ended[:] = [bool(scene.calls())]
        return scene.page(more=not ended[0] and time.monotonic() < begun + 30)

    scene.answers["/objects"] = endless
    code, document, _ = scene.watch()
    assert (code, document["complete"], scene.calls()) == (ExitCode.MISUSED, True, ["foreign-key"])
    assert ended == [True], "somebody was called while the list went on"


def test_a_list_without_an_end_ends_with_an_alarm_that_says_so(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_watch, "_MINUTE", 5.0)
    scene.answers["/objects"] = lambda: scene.page(indicator())
    code, document, _ = scene.watch("--most-minutes", 1)
    assert (code, document["complete"], document["unseen"]) == (ExitCode.MISUSED, False, ["the list of your objects"])
    assert document["proven"] == 1
    assert {"not-signed", "silence"} <= set(scene.calls())
    scene.answers["/objects"] = lambda: scene.page(more=False)
    assert scene.watch()[1]["complete"], "the lock is free again"


def test_pages_without_rows_have_an_end_too(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_watch, "_MOST_PAGES", 7)

    def empty() -> Answer:
        scene.pages += 1
        return told({"objects": [], "more": True, "next": f"c{scene.pages}"})

    scene.answers["/objects"] = empty
    code, document, _ = scene.watch()
    assert (code, scene.pages, [one["kind"] for one in document["alarms"]]) == (ExitCode.SILENT, 7, ["silence"])


def test_an_answer_that_hangs_is_given_up(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_watch, "_MINUTE", 5.0)
    monkeypatch.setattr(log_watch, "_GRACE_SECONDS", 0.2)
    go_on = threading.Event()
    scene.answers["/objects"] = lambda: told({}) if go_on.wait(30) else refused()
    try:
        code, document, _ = scene.watch("--most-minutes", 1)
    finally:
        go_on.set()
    assert (code, document["unseen"]) == (ExitCode.SILENT, ["the list of your objects"])
    assert scene.calls() == ["silence"]


def test_what_is_refused_keeps_nothing_else_from_being_looked_at_and_is_an_alarm_once_it_lasts(scene: Scene) -> None:
    scene.answers |= {
        "/submissions/1/proof": lambda: told({"code": "x"}, 400),
        "/objects": lambda: scene.page(indicator(), more=False),
    }
    code, document, _ = scene.watch()
    assert (code, [one["kind"] for one in document["alarms"]]) == (ExitCode.MISUSED, ["not-signed"])
    assert document["unseen"] == ["the proof of submission 1"]
    scene.answers["/objects"] = lambda: told({"code": "x"}, 400)
    code, document, error = scene.watch()
    assert (code, document, '"code"' in error) == (ExitCode.REFUSED, {}, True)
    since = scene.watched / "unseen.json"
    since.write_text(json.dumps(dict.fromkeys(json.loads(since.read_bytes()), "2026-03-01T12:00:00.000000Z")))
    code, document, _ = scene.watch()
    assert (code, [one["kind"] for one in document["alarms"]]) == (ExitCode.SILENT, ["silence"])
    assert scene.calls() == ["not-signed", "silence"]


def test_a_refused_question_whose_name_it_is_does_not_end_the_watch(scene: Scene) -> None:
    assert scene.watch()[0] == 0
    scene.answers["/keys"] = lambda: told({"keys": []})
    scene.answers["/objects"] = lambda: scene.page(indicator(), more=False)
    code, document, error = scene.watch()
    assert (code, document["unseen"], "no keys" in error) == (ExitCode.MISUSED, ["whose name it is"], True)
    scene.answers["/keys"] = lambda: told({"keys": [{}]})
    scene.answers["/objects"] = lambda: scene.page(more=False)
    assert scene.watch()[0] == ExitCode.UNAVAILABLE
    (scene.watched / "name.json").write_bytes(b"damaged")
    code, _, error = scene.watch()
    assert (code, "name.json is damaged" in error) == (ExitCode.REFUSED, True)


def test_what_a_killed_run_found_is_called_about_before_anything_is_asked(scene: Scene) -> None:
    scene.list_a_foreign_key()
    scene.watch("--alarm-command", "/bin/false")
    assert scene.calls() == []
    asked = list[list[str]]()

    def keys() -> Answer:
        asked.append(scene.calls())
        return told({"keys": []})

    scene.answers["/keys"] = keys
    code, _, _ = scene.watch()
    assert (code, asked) == (ExitCode.MISUSED, [["foreign-key"]])


def test_an_alarm_that_cannot_be_kept_is_told_and_gives_its_code(scene: Scene) -> None:
    scene.list_a_foreign_key()
    (scene.watched / "alarms").write_bytes(b"a file where the folder should be")
    code, _, error = scene.watch()
    assert (code, error.count("which could not be kept")) == (ExitCode.MISUSED, 1)
    assert scene.calls() == ["foreign-key"]


def test_a_log_that_stands_still_is_found_and_one_that_is_not_shown_is_another_matter(scene: Scene) -> None:
    def dated(hours: int) -> None:
        at = datetime.now(UTC) - timedelta(hours=hours)
        scene.name.lying.views["a"] = replace(scene.name.lying.views["a"], at=at)
        (scene.watched / "checkpoint").unlink(missing_ok=True)

    dated(25)
    assert scene.watch("--silence", 1)[0] == 0, "nothing comes for a day in a quiet exchange"
    dated(27)
    assert scene.watch("--silence", 28 * 60)[0] == 0
    scene.answers["/log/checkpoint"] = refused
    assert scene.watch()[0] == ExitCode.REFUSED
    del scene.answers["/log/checkpoint"]
    code, document, _ = scene.watch()
    assert (code, [one["kind"] for one in document["alarms"]], document["unseen"]) == (ExitCode.SILENT, ["silence"], [])
    assert "No newer checkpoint than the one of 40 leaves came for 16" in document["alarms"][0]["sentence"]
    assert run("witness", "acknowledge", scene.watched, document["alarms"][0]["id"]).exit_code == 0
    assert (scene.watch()[0], scene.calls()) == (0, ["silence"])
