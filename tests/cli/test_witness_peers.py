"""Comparing with others in a round: before anything is asked, before anything is cosigned, and though no answer comes."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.exceptions import Exit

from app.cli import witness_rounds
from app.cli.faults import CommandFault, ExitCode
from app.cli.witness_rounds import run
from breakwater_client.trust.checkpoint import read_checkpoint
from breakwater_client.trust.keys import PrivateKey
from breakwater_client.vocabulary import KeyUsage
from tests.cli import test_witness_rounds
from tests.cli.desk import run as run_command
from tests.cli.test_witness_rounds import Breaks, Scene
from tests.factories.lying_exchanges import LyingExchange, View

exchange, scene = test_witness_rounds.exchange, test_witness_rounds.scene


class Stalls(Breaks):
    """An exchange that gives no answer to what is asked below a path; in the end it fails, and whatever is asked after that."""

    path = "/nothing"

    def __init__(self, scene: Scene) -> None:
        super().__init__(ValueError(), scene.exchange._api)
        self.stalled, self.ended = threading.Event(), threading.Event()

    def fetch(self, path: str) -> bytes:
        if path.startswith(self.path):
            self.stalled.set()
            self.ended.wait(30)
        self.broken = self.ended.is_set()
        return super().fetch(path)

    def deliver(self, note: str) -> None:
        if self.ended.is_set():
            raise self.error
        super().deliver(note)


class RoundInThread(threading.Thread):
    """The thread of a round; whoever waits for it does so until the exchange stalls, however long it takes to come to that."""

    stalls: Stalls

    def start(self) -> None:
        self.stalls.stalled.clear()
        super().start()

    def join(self, timeout: float | None = None) -> None:  # noqa: ARG002  # as every thread has it
        ends_at = time.monotonic() + 30
        while self.is_alive() and not self.stalls.stalled.is_set() and time.monotonic() < ends_at:
            super().join(0.01)


@pytest.fixture
def stalling(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stalls]:
    stalls = RoundInThread.stalls = Stalls(scene)
    scene.rounds = replace(scene.rounds, exchange=stalls, once=True, minutes=600)
    run(scene.rounds)
    monkeypatch.setattr(witness_rounds, "threading", SimpleNamespace(Thread=RoundInThread))
    monkeypatch.setattr(witness_rounds, "_MOST_SECONDS", 0)
    yield stalls
    stalls.ended.set()


@pytest.mark.parametrize("path", ["/log/checkpoint", "/key-directory", "/log/tile", "/log/consistency"])
def test_two_roots_of_one_size_are_found_though_the_exchange_stalls(
    scene: Scene,
    exchange: LyingExchange,
    stalling: Stalls,
    tmp_path: Path,
    path: str,
) -> None:
    peer, stalling.path = tmp_path / "peer", path
    peer.write_text(exchange.log(40).checkpoint(20))
    with pytest.raises(Exit) as ended:
        run(replace(scene.rounds, peers=[peer]))
    assert (ended.value.exit_code, scene.called.read_text()) == (ExitCode.FORKED, "split-view\n")


def test_what_is_kept_is_compared_before_it_is_cosigned(
    scene: Scene,
    exchange: LyingExchange,
    stalling: Stalls,
    tmp_path: Path,
) -> None:
    peer, log, stalling.path = tmp_path / "peer", exchange.views["a"].log, "/log/tile"
    exchange.views["a"] = View(log, 30, scene.now)
    peer.write_text(exchange.log(40).checkpoint(30))
    with pytest.raises(Exit) as ended:
        run(replace(scene.rounds, peers=[peer]))
    assert (ended.value.exit_code, scene.called.read_text()) == (ExitCode.FORKED, "split-view\n")
    assert read_checkpoint((scene.folder / "checkpoint").read_text()).size == 30
    assert read_checkpoint((scene.folder / "cosigned").read_text()).size == 20
    assert len(exchange.taken) == 1


def test_a_peer_that_went_its_round_first_after_a_change_of_key_is_no_error(
    scene: Scene, exchange: LyingExchange, tmp_path: Path
) -> None:
    scene.rounds = replace(scene.rounds, once=True)
    run(scene.rounds)
    made, key = exchange._made, PrivateKey.generate()
    listed = replace(next(one for one in made.keys if one.usage is KeyUsage.CHECKPOINT_SIGNING), public_key=key.public)
    exchange._made = replace(made, version=made.version + 1, keys=(*made.keys, listed))
    log = replace(exchange.views["a"].log, key=key)
    exchange.views["a"] = View(log, 30, scene.now)
    peer = tmp_path / "peer"
    peer.write_text(log.checkpoint(30))
    run(replace(scene.rounds, peers=[peer]))
    peer.write_text(replace(log, key=PrivateKey.generate()).checkpoint(30))
    with pytest.raises(CommandFault):
        run(replace(scene.rounds, peers=[peer]))


def test_a_split_view_stands_once_in_what_a_round_tells(
    scene: Scene, exchange: LyingExchange, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    run(replace(scene.rounds, once=True))
    peer = tmp_path / "peer"
    peer.write_text(exchange.log(40).checkpoint(20))
    monkeypatch.setattr(witness_rounds, "wants_json", lambda: True)
    capsys.readouterr()
    with pytest.raises(Exit):
        run(replace(scene.rounds, once=True, peers=[peer]))
    [told] = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [one["kind"] for one in told["alarms"]] == ["split-view"]


@pytest.mark.parametrize("path", ["/log/consistency", "/log/consistency?first=20&second=40"])
def test_rounds_that_were_given_up_count_as_asked_in_vain(
    scene: Scene,
    exchange: LyingExchange,
    stalling: Stalls,
    tmp_path: Path,
    path: str,
) -> None:
    """Once the proof of growth never comes, and once that of another's checkpoint alone."""
    peer, stalling.path = tmp_path / "peer", path
    peer.write_text(exchange.log(40).checkpoint(40))
    if path == "/log/consistency":
        exchange.views["a"] = View(exchange.views["a"].log, 30, scene.now)
    for _ in range(2):
        with pytest.raises(CommandFault, match="has not ended after"):
            run(replace(scene.rounds, peers=[peer]))
        scene.now += timedelta(minutes=20)
    with pytest.raises(Exit) as ended:
        run(replace(scene.rounds, peers=[peer]))
    assert ended.value.exit_code == ExitCode.FORKED
    kinds = sorted(one.name.rpartition("-")[0] for one in (scene.folder / "alarms").iterdir())
    assert kinds == (["split-view", "unsigned-growth"] if path == "/log/consistency" else ["split-view"])


def test_a_peer_that_was_never_fetched_keeps_no_witness_from_witnessing(
    exchange: LyingExchange, scene: Scene, tmp_path: Path
) -> None:
    absent, folder = tmp_path / "absent", tmp_path / "folder"
    folder.mkdir()
    environment = {"BREAKWATER_URL": scene.url, "BREAKWATER_TOKEN": "a"}
    asked = ("witness", "run", scene.folder, "--once", "--peer", absent, "--peer", folder)
    told = run_command(*asked, environment=environment)
    assert told.exit_code == ExitCode.REFUSED
    assert f"{absent}: No such file or directory" in told.stderr
    assert f"{folder}: Is a directory" in told.stderr
    assert len(exchange.taken) == 1
    absent.write_text(exchange.log(40).checkpoint(20))
    assert run_command(*asked, environment=environment).exit_code == ExitCode.FORKED
