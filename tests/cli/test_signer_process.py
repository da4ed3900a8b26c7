"""The signer as a child of the server."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from app.__main__ import workshop
from app.cli.faults import CommandFault
from app.cli.signer_process import SOCKET, SignerProcess, signer_for
from app.cli.workshop import Environment
from app.domain.errors import UnavailableError
from app.domain.vocabulary import KeyUsage
from app.signer.client import RemoteKey, SignerClient
from breakwater_client.trust.keys import PrivateKey
from tests.cli.desk import run
from tests.factories.signers import receipt

PATIENCE_SECONDS = 30


@pytest.fixture
def environment(tmp_path: Path) -> Environment:
    """The settings of an initialised exchange."""
    made = {"BREAKWATER_HOME": str(tmp_path / "home")}
    assert run("init", environment=made).exit_code == 0
    return made


def key_at(environment: Environment) -> RemoteKey:
    return RemoteKey(SignerClient(Path(environment[SOCKET])), KeyUsage.STATEMENT_SIGNING)


def test_while_the_block_runs_a_child_signs_and_afterwards_nothing_is_left(environment: Environment) -> None:
    with signer_for(workshop(), environment) as (named, process):
        assert process is not None
        own = PrivateKey.from_pem((Path(named["BREAKWATER_HOME"]) / "keys" / "signing.pem").read_bytes())
        message = receipt()
        own.public.verify(key_at(named).sign(message), message)
        assert Path(named[SOCKET]).parent.stat().st_mode & 0o777 == 0o700
    assert not Path(named[SOCKET]).parent.exists()
    assert not Path(f"/proc/{process.pid}").exists()


def test_a_signer_that_is_named_is_used_and_none_is_started(environment: Environment) -> None:
    named = {**environment, SOCKET: "/run/breakwater-signer/signer.sock"}
    with signer_for(workshop(), named) as (given, process):
        assert (given, process) == (named, None)


def test_a_signer_that_died_is_started_anew_at_the_same_place(environment: Environment) -> None:
    with signer_for(workshop(), environment) as (named, process):
        assert process is not None
        first, key = process.pid, key_at(named)
        key.sign(receipt())
        os.kill(first, signal.SIGKILL)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            process.tend()
            try:
                key.sign(receipt())
                break
            except UnavailableError:
                assert time.monotonic() < deadline
                time.sleep(0.05)
        assert process.pid != first


def test_one_that_runs_is_left_alone(environment: Environment) -> None:
    with signer_for(workshop(), environment) as (_, process):
        assert process is not None
        first = process.pid
        process.tend()
        assert process.pid == first


def test_a_signer_that_does_not_start_says_why(environment: Environment) -> None:
    (Path(environment["BREAKWATER_HOME"]) / "keys" / "directory.pem").unlink()
    with (
        pytest.raises(CommandFault, match="BREAKWATER_DIRECTORY_KEY"),
        signer_for(workshop(), environment),
    ):
        raise AssertionError


def test_one_that_cannot_listen_says_so(environment: Environment, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    process = SignerProcess({**environment, SOCKET: str(tmp_path / "file" / "socket")})
    try:
        with pytest.raises(CommandFault, match="cannot listen"):
            process.wait_until_ready()
    finally:
        process.stop()


def test_a_signer_that_ends_without_a_word_is_not_waited_for(environment: Environment) -> None:
    process = SignerProcess({**environment, SOCKET: "/nowhere", "PATH": "", "PYTHONHOME": "/nowhere"})
    try:
        with pytest.raises(CommandFault, match="did not start"):
            process.wait_until_ready()
    finally:
        process.stop()


def test_settings_of_the_surroundings_do_not_reach_it(environment: Environment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BREAKWATER_SIGNING_KEY", "/nowhere")
    with signer_for(workshop(), environment) as (named, _):
        key_at(named).check()
