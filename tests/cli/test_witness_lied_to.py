"""Witnesses before an exchange that lies: fork, rollback, freeze, split view; each refused, with evidence that verifies."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from app.cli.faults import ExitCode
from breakwater_client.trust.checkpoint import read_checkpoint
from tests.cli.desk import run
from tests.factories.lying_exchanges import OWNERS, LyingExchange, View
from tests.factories.small_logs import SmallLog

HOUR = timedelta(hours=1)


class Scene:
    """A lying exchange that is served, its honest log, and a witness (token ``a``)."""

    def __init__(self, exchange: LyingExchange, url: str, folder: Path) -> None:
        self.exchange, self.url = exchange, url
        self.honest = exchange.log(40)
        self.folder = exchange.witness(folder / "a")
        self.show(self.honest, 20)

    def show(self, log: SmallLog, size: int, who: str = "a", **view: Any) -> None:
        self.exchange.views[who] = View(log, size, **view)

    def ask(self, *arguments: object, who: str = "a") -> Result:
        return run("witness", *arguments, environment={"BREAKWATER_URL": self.url, "BREAKWATER_TOKEN": who})

    def round(self, *options: object, folder: Path | None = None, who: str = "a") -> Result:
        return self.ask("run", folder or self.folder, "--once", *options, who=who)

    def fork(self, common: int = 10) -> SmallLog:
        return self.exchange.log(40, self.honest, common)

    @property
    def alarms(self) -> list[dict[str, Any]]:
        return json.loads(run("witness", "status", self.folder, "--json").stdout)["alarms"]

    def cosigned(self) -> list[int]:
        return [read_checkpoint(note).size for _, note in self.exchange.taken]


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    exchange = LyingExchange()
    with exchange.served() as url:
        yield Scene(exchange, url, tmp_path)


def verified(scene: Scene, alarm: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> int:
    """Verify an alarm's evidence as it says, in its folder. Gives the exit code."""
    monkeypatch.chdir(scene.folder / alarm["evidence"])
    program, *arguments = shlex.split(alarm["how_to_verify"])
    assert program == "breakwater"
    return run(*arguments, "--no-steps").exit_code


def test_growth_is_cosigned_round_by_round(scene: Scene) -> None:
    for size in (20, 30, 40):
        scene.show(scene.honest, size)
        assert scene.round().exit_code == 0
    assert scene.cosigned() == [20, 30, 40]
    assert scene.round().exit_code == 0
    assert scene.cosigned() == [20, 30, 40]  # nothing new is not cosigned twice
    assert scene.alarms == []


def test_a_rollback_is_refused(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    scene.show(scene.honest, 30)
    scene.round()
    scene.show(scene.honest, 20)
    assert scene.round().exit_code == ExitCode.ROLLED_BACK
    [alarm] = scene.alarms
    assert (alarm["kind"], verified(scene, alarm, monkeypatch)) == ("rollback", ExitCode.ROLLED_BACK)
    assert scene.cosigned() == [30]
    scene.show(scene.honest, 40)  # what lagged goes on again by itself
    assert scene.round().exit_code == 0
    assert scene.cosigned() == [30, 40]


@pytest.mark.parametrize("size", [30, 40])
def test_a_fork_is_refused_until_a_person_has_looked(scene: Scene, size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    scene.show(scene.honest, 30)
    scene.round()
    scene.show(scene.fork(), size)
    assert scene.round().exit_code == ExitCode.FORKED
    [alarm] = scene.alarms
    assert (alarm["kind"], verified(scene, alarm, monkeypatch)) == ("fork", ExitCode.FORKED)
    scene.show(scene.honest, 40)
    assert scene.round().exit_code == ExitCode.FORKED
    assert scene.cosigned() == [30]
    assert scene.ask("acknowledge", scene.folder, alarm["id"]).exit_code == 0
    assert scene.round().exit_code == 0
    assert scene.cosigned() == [30, 40]


def test_growth_without_a_proof_is_refused(scene: Scene) -> None:
    scene.round()
    scene.show(scene.honest, 40, proofs=False)
    assert scene.round().exit_code == ExitCode.FORKED
    assert [one["kind"] for one in scene.alarms] == ["unsigned-growth"]
    assert scene.cosigned() == [20]


def test_growth_that_another_key_signed_is_refused(scene: Scene) -> None:
    scene.round()
    scene.show(replace(scene.honest, key=LyingExchange().key), 40)
    assert scene.round().exit_code == ExitCode.FORKED
    assert [one["kind"] for one in scene.alarms] == ["unsigned-growth"]
    assert scene.cosigned() == [20]


def test_leaves_that_no_checkpoint_covers_are_noticed(scene: Scene) -> None:
    scene.show(scene.honest, 20, beyond=True)
    assert scene.round().exit_code == ExitCode.FORKED
    [alarm] = scene.alarms
    assert (alarm["kind"], "beyond the 20" in alarm["sentence"]) == ("unsigned-growth", True)
    assert len((scene.folder / alarm["evidence"] / "tile").read_bytes()) == 21 * 32


def test_a_freeze_is_noticed(scene: Scene) -> None:
    scene.show(scene.honest, 20, at=datetime.now(UTC) - 2 * HOUR - timedelta(seconds=30))
    assert scene.round("--silence", 180).exit_code == 0
    assert scene.round("--silence", 60).exit_code == ExitCode.SILENT
    [alarm] = scene.alarms
    assert (alarm["kind"], "120 minutes" in alarm["sentence"]) == ("silence", True)


def test_an_exchange_that_cannot_be_reached_is_silent(scene: Scene) -> None:
    scene.show(scene.honest, 20, at=datetime.now(UTC) - 2 * HOUR)
    scene.round()
    scene.url = "http://127.0.0.1:9"
    assert scene.round().exit_code == ExitCode.UNAVAILABLE
    assert scene.round("--silence", 60).exit_code == ExitCode.SILENT


def test_a_checkpoint_of_tomorrow_is_refused(scene: Scene) -> None:
    scene.show(scene.honest, 20, at=datetime.now(UTC) + HOUR)
    assert scene.round().exit_code == ExitCode.FORKED
    assert [one["kind"] for one in scene.alarms] == ["clock"]
    assert scene.cosigned() == []


def test_a_directory_that_goes_back_is_refused(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    first = scene.exchange.envelope()
    scene.exchange.issue()
    scene.round()
    monkeypatch.setattr(scene.exchange, "envelope", lambda: first)
    scene.show(scene.honest, 40)
    assert scene.round().exit_code == ExitCode.ROLLED_BACK
    [alarm] = scene.alarms
    assert (alarm["kind"], verified(scene, alarm, monkeypatch)) == ("directory", ExitCode.ROLLED_BACK)
    assert scene.cosigned() == [20]


def test_a_split_view_is_found_by_comparing(scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of two witnesses is shown a log that only grows; neither alone could know."""
    other = scene.exchange.witness(tmp_path / "b", OWNERS[1])
    scene.exchange.issue()
    fork = scene.fork()
    for size in (20, 30):
        scene.show(scene.honest, size)
        scene.show(fork, size, who="b")
        assert scene.round().exit_code == 0
        assert scene.round(folder=other, who="b").exit_code == 0
    told = scene.ask("compare", scene.folder, other / "cosigned")
    assert told.exit_code == ExitCode.FORKED
    [alarm] = scene.alarms
    assert (alarm["kind"], verified(scene, alarm, monkeypatch)) == ("split-view", ExitCode.FORKED)
    scene.show(scene.honest, 40)
    assert scene.round().exit_code == ExitCode.FORKED  # nothing is cosigned any more
    assert scene.cosigned() == [20, 20, 30, 30]


def test_a_split_view_at_other_sizes_is_found_each_round(scene: Scene, tmp_path: Path) -> None:
    other = scene.exchange.witness(tmp_path / "b", OWNERS[1])
    scene.show(scene.honest, 20)
    scene.show(scene.fork(), 30, who="b")
    scene.round(folder=other, who="b")
    assert scene.round("--peer", other / "cosigned").exit_code == ExitCode.FORKED
    assert [one["kind"] for one in scene.alarms] == ["split-view"]


def test_witnesses_of_one_log_agree_at_any_sizes(scene: Scene, tmp_path: Path) -> None:
    other = scene.exchange.witness(tmp_path / "b", OWNERS[1])
    for size in (30, 20):
        scene.show(scene.honest, size, who="b" if size == 30 else "a")
    scene.round(folder=other, who="b")
    assert scene.round("--peer", other / "cosigned").exit_code == 0
    compared = scene.ask("compare", scene.folder, other / "cosigned", "--json")
    assert list(json.loads(compared.stdout)["compared"].values()) == [30]


def test_an_exchange_that_denies_what_it_signed_shows_two_logs(scene: Scene) -> None:
    scene.exchange.answer_cosignatures = (409, {"code": "state-conflict", "detail": "No such checkpoint."})
    assert scene.round().exit_code == ExitCode.FORKED
    assert [one["kind"] for one in scene.alarms] == ["split-view"]


def test_clients_that_ask_for_two_of_two_believe_neither_half_of_a_split_view(scene: Scene, tmp_path: Path) -> None:
    other = scene.exchange.witness(tmp_path / "b", OWNERS[1])
    scene.exchange.issue()
    directory, both = tmp_path / "directory.json", tmp_path / "witnesses.json"
    directory.write_bytes(scene.exchange.envelope())
    assert run("witness", "list", directory, "--out", both).exit_code == 0
    scene.show(scene.honest, 30)
    scene.show(scene.fork(), 30, who="b")
    scene.round()
    scene.round(folder=other, who="b")
    trust = ("--accepted-directory", directory, "--witnesses", both, "--no-steps")
    for folder in (scene.folder, other):
        assert run("verify", folder / "cosigned", *trust, "--cosigned-by", 1).exit_code == 0
        assert run("verify", folder / "cosigned", *trust, "--cosigned-by", 2).exit_code == ExitCode.REFUSED
    scene.show(scene.honest, 30, who="b")
    for kept in ("cosigned", "checkpoint", "delivered"):
        (other / kept).unlink()
    scene.round(folder=other, who="b")
    line = (other / "cosigned").read_text().splitlines()[-1]
    together = tmp_path / "together"
    together.write_text((scene.folder / "cosigned").read_text() + line + "\n")
    assert run("verify", together, *trust, "--cosigned-by", 2).exit_code == 0


def test_whoever_is_to_be_called_is_called_once(scene: Scene, tmp_path: Path) -> None:
    called = tmp_path / "called"
    script = tmp_path / "call"
    script.write_text(f'#!/bin/sh\necho "$1 $2" >> {called}\ntest -f {tmp_path}/ready\n')
    script.chmod(0o755)
    scene.show(scene.honest, 30)
    scene.round()
    scene.show(scene.fork(), 30)
    assert "ended with 1" in scene.round("--alarm-command", script).stderr  # and is run again
    (tmp_path / "ready").touch()
    for _ in range(3):
        scene.round("--alarm-command", script)
    lines = called.read_text().splitlines()
    assert len(lines) == 2
    assert lines[0].startswith(f"fork {scene.folder}/alarms/fork-")


def test_evidence_that_was_kept_is_not_written_over(scene: Scene) -> None:
    scene.show(scene.honest, 30)
    scene.round()
    scene.show(scene.fork(), 30)
    scene.round()
    [alarm] = scene.alarms
    before = {one: one.read_bytes() for one in (scene.folder / alarm["evidence"]).iterdir()}
    scene.round()
    assert {one: one.read_bytes() for one in (scene.folder / alarm["evidence"]).iterdir()} == before
    assert [one["raised_at"] for one in scene.alarms] == [alarm["raised_at"]]


def test_a_file_among_the_alarms_keeps_nobody_from_being_called_and_is_told(scene: Scene, tmp_path: Path) -> None:
    scene.show(scene.honest, 20, at=datetime.now(UTC) - 72 * HOUR)
    (scene.folder / "alarms").mkdir(exist_ok=True)
    (scene.folder / "alarms" / "evidence.tgz").write_bytes(b"what somebody packed")
    called, script = tmp_path / "called", tmp_path / "call.sh"
    script.write_text(f'echo "$1" >> {called}\n')
    assert scene.round("--alarm-command", f"/bin/sh {script}").exit_code == ExitCode.SILENT
    assert called.read_text().split() == ["silence"]
    told = run("witness", "status", scene.folder)
    assert (told.exit_code, "passed over: " in told.stdout) == (ExitCode.SILENT, True)
