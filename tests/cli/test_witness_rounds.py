"""Rounds one after the other: what each tells, and that neither an exchange that is away nor any error ends them."""

from __future__ import annotations

import errno
import json
import shutil
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.exceptions import Exit

from app.cli import witness_rounds
from app.cli.alarm_calls import Caller
from app.cli.api import Api, Target
from app.cli.faults import CommandFault, ExitCode
from app.cli.witness_folder import ApiExchange, open_witness
from app.cli.witness_rounds import Rounds, run
from breakwater_client.witnessing.alarms import Alarm, AlarmKind
from breakwater_client.witnessing.rounds import Round
from tests.cli.desk import run as run_command
from tests.factories.lying_exchanges import LyingExchange, View
from tests.factories.small_disks import no_room


class EnoughError(Exception):
    """The test has seen enough rounds."""


@pytest.fixture
def exchange() -> LyingExchange:
    return LyingExchange()


def test_a_witness_goes_on_while_the_exchange_is_away(
    exchange: LyingExchange, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, log = exchange.witness(tmp_path / "a"), exchange.log(40)
    waits: list[int] = []

    def wait(seconds: int) -> None:
        """Go on to what comes next: nothing at first, then a checkpoint, then a larger one."""
        waits.append(seconds)
        if len(waits) == 3:
            raise EnoughError
        exchange.views["a"] = View(log, 20 * len(waits))

    with exchange.served() as url:
        monkeypatch.setattr(witness_rounds.time, "sleep", wait)
        rounds = Rounds(
            open_witness(folder),
            ApiExchange(Api(Target(url, "a"))),
            once=False,
            seconds=7,
            minutes=60,
            peers=(),
            alarm_command=None,
        )
        exchange.views["a"] = View(log, 20)
        monkeypatch.setattr(exchange, "answer", _away_once(exchange))
        with pytest.raises(EnoughError):
            run(rounds)
    told = capsys.readouterr()
    assert waits == [7, 7, 7]
    assert "has no checkpoint yet" in told.err
    assert [line.split(" ", 1)[1] for line in told.out.splitlines()] == ["cosigned 20 leaves", "cosigned 40 leaves"]


def _away_once(exchange: LyingExchange) -> object:
    answers, real = [True], exchange.answer

    def answer(token: str, path: str, query: dict[str, str]) -> tuple[int, bytes]:
        return (404, b"{}") if answers and answers.pop() else real(token, path, query)

    return answer


def test_each_round_is_a_line_of_json(exchange: LyingExchange, tmp_path: Path) -> None:
    folder = exchange.witness(tmp_path / "a")
    exchange.views["a"] = View(exchange.log(40), 20)
    with exchange.served() as url:
        environment = {"BREAKWATER_URL": url, "BREAKWATER_TOKEN": "a"}
        told = run_command("witness", "run", folder, "--once", "--json", environment=environment)
    [line] = told.stdout.splitlines()
    assert {"tree_size": 20, "cosigned": True, "delivered": True, "alarms": []}.items() <= json.loads(line).items()


SECRET = "a value of somebody's"


class Breaks(ApiExchange):
    """An exchange whose answers break the program, once it is told to."""

    def __init__(self, error: Exception, api: Api) -> None:
        super().__init__(api)
        self.error, self.broken = error, False

    def fetch(self, path: str) -> bytes:
        if self.broken:
            raise self.error
        return super().fetch(path)


@dataclass
class Scene:
    """A witness in the middle of its rounds, whose clock goes on by an hour with each."""

    rounds: Rounds
    exchange: Breaks
    folder: Path
    called: Path
    now: datetime
    url: str


@pytest.fixture
def scene(exchange: LyingExchange, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    folder, log = exchange.witness(tmp_path / "a"), exchange.log(40)
    exchange.views["a"] = View(log, 20)
    called = tmp_path / "called"
    script = tmp_path / "call"
    script.write_text(f'#!/bin/sh\necho "$1" >> {called}\n')
    script.chmod(0o755)
    with exchange.served() as url:
        asked = Breaks(ValueError(SECRET), Api(Target(url, "a")))
        made = Rounds(open_witness(folder), asked, once=False, seconds=1, minutes=60, peers=(), alarm_command=str(script))
        one = Scene(made, asked, folder, called, datetime.now(UTC), url)
        monkeypatch.setattr(witness_rounds, "_now", lambda: one.now)
        yield one


def go(scene: Scene, monkeypatch: pytest.MonkeyPatch, rounds: int = 3) -> None:
    waits: list[int] = []

    def wait(seconds: int) -> None:
        waits.append(seconds)
        scene.exchange.broken = True
        scene.now += timedelta(hours=1)
        if len(waits) == rounds:
            raise EnoughError

    # the module's own clock alone: whoever waits for the alarm command sleeps, too
    monkeypatch.setattr(witness_rounds, "time", SimpleNamespace(sleep=wait, monotonic=time.monotonic))
    with pytest.raises(EnoughError):
        run(scene.rounds)


@pytest.mark.parametrize("error", [ValueError(SECRET), KeyError(SECRET), OSError(SECRET), RecursionError(SECRET)], ids=type)
def test_no_error_of_any_kind_ends_a_witness_and_silence_is_told(
    scene: Scene, error: Exception, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    scene.exchange.error = error
    go(scene, monkeypatch, 4)
    assert scene.called.read_text() == "silence\n"
    told = capsys.readouterr().err
    assert SECRET not in told
    assert told.count(f"({type(error).__name__}, test_witness_rounds.py") == (0 if isinstance(error, OSError) else 3)


def test_a_damaged_alarm_or_a_gone_reader_ends_no_witness(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    damaged = scene.folder / "alarms" / "fork-1" / "alarm.json"
    damaged.parent.mkdir(parents=True)
    damaged.write_text("damaged")

    def closed(*_: object, **__: object) -> None:
        raise BrokenPipeError

    monkeypatch.setattr(witness_rounds.click, "echo", closed)
    go(scene, monkeypatch)


def test_a_round_that_is_gone_once_tells_the_programs_own_fault_after_it_looked(scene: Scene) -> None:
    run(replace(scene.rounds, once=True))
    scene.exchange.broken = True
    with pytest.raises(CommandFault) as caught:
        run(replace(scene.rounds, once=True))
    assert (caught.value.details["code"], SECRET in caught.value.sentence) == ("internal", False)
    scene.now += timedelta(hours=2)
    with pytest.raises(Exit) as ended:
        run(replace(scene.rounds, once=True))
    assert ended.value.exit_code == ExitCode.SILENT


class Hangs(Breaks):
    """An exchange whose answer comes only once it is let go on."""

    def __init__(self, api: Api) -> None:
        super().__init__(ValueError(), api)
        self.hangs, self.goes_on = False, threading.Event()

    def fetch(self, path: str) -> bytes:
        if self.hangs:
            assert self.goes_on.wait(30)
        return super().fetch(path)


@pytest.fixture
def hanging(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hangs]:
    hangs = Hangs(scene.exchange._api)
    scene.rounds = replace(scene.rounds, exchange=hangs, once=True)
    run(scene.rounds)
    hangs.hangs = True
    scene.now += timedelta(hours=2)
    monkeypatch.setattr(witness_rounds, "_LOOK_SECONDS", 0.01)
    yield hangs
    hangs.goes_on.set()


def test_silence_is_told_while_a_round_hangs(
    scene: Scene, hanging: Hangs, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    real, looked = Caller.call, []

    def call(*given: Any) -> ExitCode:
        looked.append(given)
        if len(looked) == 4:
            hanging.goes_on.set()
        return real(*given)

    monkeypatch.setattr(Caller, "call", call)
    with pytest.raises(Exit) as ended:
        run(scene.rounds)
    assert (ended.value.exit_code, scene.called.read_text()) == (ExitCode.SILENT, "silence\n")
    assert "has not ended after" in capsys.readouterr().err


def test_one_round_that_hangs_is_given_up(scene: Scene, hanging: Hangs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(witness_rounds, "_MOST_SECONDS", 0)
    with pytest.raises(Exit) as ended:
        run(scene.rounds)
    assert ended.value.exit_code == ExitCode.SILENT
    assert not hanging.goes_on.is_set()


def test_a_peers_file_that_is_none_hides_no_other(
    exchange: LyingExchange, scene: Scene, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = {name: tmp_path / name for name in ("page", "bytes", "gone", "fork")}
    files["page"].write_text("<html>")
    files["bytes"].write_bytes(b"\xff")
    files["fork"].write_text(exchange.log(40).checkpoint(20))
    with pytest.raises(Exit) as ended:
        run(replace(scene.rounds, once=True, peers=[*files.values()]))
    assert (ended.value.exit_code, scene.called.read_text()) == (ExitCode.FORKED, "split-view\n")
    told = capsys.readouterr().err
    assert [name for name, file in files.items() if f"warning: {file}" in told] == ["page", "bytes", "gone"]


def test_others_are_compared_with_though_no_cosignature_is_taken(exchange: LyingExchange, scene: Scene, tmp_path: Path) -> None:
    exchange.answer_cosignatures = (422, {"code": "request-invalid", "detail": "No."})
    fork = tmp_path / "fork"
    fork.write_text(exchange.log(40).checkpoint(20))
    with pytest.raises(Exit) as ended:
        run(replace(scene.rounds, once=True, peers=[fork]))
    assert ended.value.exit_code == ExitCode.FORKED


@pytest.mark.parametrize(
    "said", [(500, b"{}"), (403, b"{}"), (400, b""), (503, b"x"), (404, b"{}"), (200, b"<html>"), (204, b"")]
)
def test_a_split_view_is_told_whatever_is_answered_to_who_compares(
    exchange: LyingExchange, scene: Scene, tmp_path: Path, said: tuple[int, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The exchange proves growth of what it showed to each, and answers anything else to what only comparing asks for."""
    log = exchange.views["a"].log
    fork, peer, real = exchange.log(60, log, 10), tmp_path / "peer", exchange.answer

    def answer(token: str, path: str, query: dict[str, str]) -> tuple[int, bytes]:
        return said if "/log/consistency" in path and query["second"] in seen else real(token, path, query)

    monkeypatch.setattr(exchange, "answer", answer)
    rounds, seen = replace(scene.rounds, once=True, minutes=600, peers=[peer]), set()
    codes = []
    for size in range(20, 26):
        exchange.views["a"] = View(log, size, scene.now)
        peer.write_text(fork.checkpoint(size + 5, scene.now))
        seen.add(str(size + 5))
        seen.discard(str(size))
        with pytest.raises((Exit, CommandFault)) as ended:
            run(rounds)
        codes.append(getattr(ended.value, "exit_code", None))
        scene.now += timedelta(minutes=10)
    assert ExitCode.FORKED not in codes[:3]
    assert codes[3:] == [ExitCode.FORKED] * 3
    assert scene.called.read_text() == "split-view\n"
    [alarm] = (scene.folder / "alarms").iterdir()
    assert {"kept", "other", "directory.json"} <= {one.name for one in alarm.iterdir()}
    assert len(exchange.taken) == 3


def test_an_exchange_that_is_away_altogether_is_no_split_view(
    exchange: LyingExchange, scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    peer = tmp_path / "peer"
    peer.write_text(exchange.views["a"].log.checkpoint(30))
    rounds = replace(scene.rounds, once=True, minutes=600, peers=[peer])
    run(rounds)
    monkeypatch.setattr(exchange, "answer", lambda *_: (503, b"{}"))
    for _ in range(4):
        scene.now += timedelta(minutes=20)
        with pytest.raises(CommandFault):
            run(rounds)
    assert not (scene.folder / "alarms").exists()


@pytest.fixture
def calls(scene: Scene, tmp_path: Path) -> Path:
    """A folder in which the alarm command makes one for each call: that needs no room in a file."""
    folder, script = tmp_path / "calls", tmp_path / "make"
    folder.mkdir()
    script.write_text(f'#!/bin/sh\nmkdir "{folder}/$1 $(ls {folder} | wc -l)"\n')
    script.chmod(0o755)
    scene.rounds = replace(scene.rounds, once=True, alarm_command=str(script))
    return folder


@pytest.mark.parametrize("seen", ["fork", "rollback", "silence"])
def test_on_a_full_disk_somebody_is_called_each_round_all_the_same(
    exchange: LyingExchange, scene: Scene, calls: Path, seen: str, capsys: pytest.CaptureFixture[str]
) -> None:
    run(scene.rounds)
    if seen == "silence":
        scene.now += timedelta(hours=2)
    else:
        exchange.views["a"] = View(exchange.log(40), 20 if seen == "fork" else 10)
    with no_room():
        for number in (1, 2):
            with pytest.raises(Exit):
                run(scene.rounds)
            assert sorted(one.name.split()[0] for one in calls.iterdir()) == [seen] * number
    told = capsys.readouterr().err
    assert f"{scene.folder}/alarms/{seen}-" in told
    assert "which could not be kept" in told
    assert len(exchange.taken) == 1


def test_on_a_disk_that_takes_nothing_a_witness_begins_and_looks(
    exchange: LyingExchange, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(replace(scene.rounds, once=True))
    exchange.views["a"] = View(exchange.log(40), 20)

    def read_only(*_: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr("app.cli.witness.held_alone", read_only)
    environment = {"BREAKWATER_URL": scene.url, "BREAKWATER_TOKEN": "a"}
    told = run_command("witness", "run", scene.folder, "--once", environment=environment)
    assert (told.exit_code, "cannot be written: Read-only" in told.stderr) == (ExitCode.FORKED, True)


def test_somebody_is_called_before_anything_is_asked(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that is killed by each answer that comes has called."""
    run(replace(scene.rounds, once=True))
    scene.now += timedelta(hours=2)
    before: list[bool] = []

    def fetch(path: str) -> bytes:
        before.append(scene.called.exists())
        raise ValueError(path)

    monkeypatch.setattr(scene.exchange, "fetch", fetch)
    with pytest.raises(Exit):
        run(replace(scene.rounds, once=True))
    assert (before, scene.called.read_text()) == ([True], "silence\n")


DAMAGED = [("checkpoint", b""), ("checkpoint", b"\xff"), ("cosigned", b"\xff"), ("delivered", b"x"), ("delivered", b"1" * 5000)]
DAMAGED += [("directory.json", b"[]"), ("directory.json", b"\xff")]


@pytest.mark.parametrize(("name", "content"), DAMAGED)
def test_a_file_of_its_own_that_is_damaged_calls_somebody_and_is_named(scene: Scene, name: str, content: bytes) -> None:
    run(replace(scene.rounds, once=True))
    (scene.folder / name).write_bytes(content)
    with pytest.raises(Exit) as ended:
        run(replace(scene.rounds, once=True))
    assert (ended.value.exit_code, scene.called.read_text()) == (ExitCode.SILENT, "silence\n")
    for alarms in (True, False):
        if not alarms:
            shutil.rmtree(scene.folder / "alarms")
        told = run_command("witness", "status", scene.folder)
        assert (told.exit_code, f"The file {name} of this witness is damaged" in told.stdout) == (ExitCode.SILENT, True)
    as_json = run_command("witness", "status", scene.folder, "--json")
    assert [*json.loads(as_json.stdout)["damaged"]] == [name]


def test_without_its_directory_a_witness_calls_somebody(scene: Scene) -> None:
    run(replace(scene.rounds, once=True))
    (scene.folder / "directory.json").unlink()
    with pytest.raises(Exit) as ended:
        run(replace(scene.rounds, once=True))
    assert (ended.value.exit_code, scene.called.read_text()) == (ExitCode.SILENT, "silence\n")
    told = run_command("witness", "status", scene.folder)
    assert (told.exit_code, "no accepted directory" in told.stdout) == (ExitCode.SILENT, True)


def test_files_that_are_damaged_again_after_they_were_whole_call_somebody_again(scene: Scene) -> None:
    once = replace(scene.rounds, once=True)
    run(once)
    kept = (scene.folder / "checkpoint").read_bytes()
    for number in (1, 2):
        (scene.folder / "checkpoint").write_bytes(b"damaged")
        for _ in range(2):
            with pytest.raises(Exit):
                run(once)
        assert scene.called.read_text() == "silence\n" * number
        for one in (scene.folder / "alarms").iterdir():
            assert run_command("witness", "acknowledge", scene.folder, one.name).exit_code == 0
        scene.now += timedelta(minutes=5)
        (scene.folder / "checkpoint").write_bytes(kept)
        run(once)


def test_a_peers_file_without_an_end_is_not_read(scene: Scene, tmp_path: Path) -> None:
    peer = tmp_path / "peer"
    with peer.open("wb") as file:
        file.truncate(2**40)
    with pytest.raises(CommandFault, match="longer than any checkpoint"):
        run(replace(scene.rounds, once=True, peers=[peer]))


@pytest.mark.parametrize("size", [20, 10])
def test_what_was_acknowledged_and_is_still_so_ends_no_round_with_nothing(
    exchange: LyingExchange, scene: Scene, size: int, capsys: pytest.CaptureFixture[str]
) -> None:
    once = replace(scene.rounds, once=True)
    run(once)
    honest = exchange.views["a"]
    exchange.views["a"] = View(exchange.log(40), size)
    with pytest.raises(Exit) as first:
        run(once)
    [alarm] = (scene.folder / "alarms").iterdir()
    assert run_command("witness", "acknowledge", scene.folder, alarm.name).exit_code == 0
    with pytest.raises(Exit) as again:
        run(once)
    assert again.value.exit_code == first.value.exit_code
    assert "(seen) is still so" in capsys.readouterr().err
    status = run_command("witness", "status", scene.folder)
    assert (status.exit_code, "still so in the last round" in status.stdout) == (first.value.exit_code, True)
    exchange.views["a"] = honest
    run(once)
    assert run_command("witness", "status", scene.folder).exit_code == 0
    assert len(scene.called.read_text().splitlines()) == 1


def test_what_a_kill_left_is_taken_away_when_a_witness_begins(scene: Scene) -> None:
    left = scene.folder / ".delivered.0123456789ab"
    left.touch()
    environment = {"BREAKWATER_URL": scene.url, "BREAKWATER_TOKEN": "a"}
    assert run_command("witness", "run", scene.folder, "--once", environment=environment).exit_code == 0
    assert not left.exists()


def test_comparing_asks_for_a_token_only_where_something_has_to_be_asked(
    exchange: LyingExchange, scene: Scene, tmp_path: Path
) -> None:
    run(replace(scene.rounds, once=True))
    larger = tmp_path / "larger"
    larger.write_text(exchange.views["a"].log.checkpoint(30))
    assert run_command("witness", "compare", scene.folder, scene.folder / "cosigned").exit_code == 0
    environment = {"BREAKWATER_URL": "https://exchange.example.org"}
    told = run_command("witness", "compare", scene.folder, larger, environment=environment)
    assert (told.exit_code, "no-token" in told.stderr) == (ExitCode.USAGE, True)


def test_a_line_of_json_drives_no_terminal(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(witness_rounds, "wants_json", lambda: True)
    alarm = Alarm(AlarmKind.NOT_TAKEN, "The exchange says \x9b2J\u202e\ud800.", "a")
    witness_rounds._tell(scene.rounds, Round(alarms=[alarm]))
    told = capsys.readouterr().out
    assert told.isascii()
    assert json.loads(told)["alarms"][0]["sentence"] == alarm.sentence
