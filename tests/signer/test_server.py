"""The signer at work, in a thread, on a real socket."""

from __future__ import annotations

import base64
import logging
import os
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from app.domain.errors import UnavailableError
from app.domain.vocabulary import KeyUsage
from app.signer.checkpoint_memory import CheckpointMemory
from app.signer.client import RemoteKey, SignerClient
from app.signer.directory_memory import DirectoryMemory
from app.signer.key_holder import FileKeyHolder
from app.signer.places import connect, listen
from app.signer.server import Judge, SignerServer, open_signer
from app.signer.wire import Answer, Operation, Request, read_answer, request_bytes
from breakwater_client.trust.envelope import pae
from breakwater_client.trust.keys import PrivateKey, PublicKey
from breakwater_client.trust.payload_type import PayloadType
from tests.factories.signers import (
    EXCHANGE,
    ORIGIN,
    RunningSigner,
    checkpoint,
    directory,
    directory_message,
    new_keys,
    pems,
    receipt,
    signer_in_a_thread,
)

SIGN = Operation.SIGN


@pytest.fixture
def signer(tmp_path: Path) -> Iterator[RunningSigner]:
    with signer_in_a_thread(tmp_path) as running:
        yield running


def keyid(keys: Mapping[KeyUsage, PrivateKey], usage: KeyUsage = KeyUsage.STATEMENT_SIGNING) -> bytes:
    return bytes.fromhex(keys[usage].public.keyid)


def ask(signer: RunningSigner, usage: KeyUsage, message: bytes, operation: Operation = SIGN) -> Answer:
    with connect(signer.path, 5) as connection, connection.makefile("rb") as file:
        connection.sendall(request_bytes(Request(operation, usage, message, keyid(signer.keys, usage))))
        return read_answer(file)


@pytest.mark.parametrize("usage", [KeyUsage.STATEMENT_SIGNING, KeyUsage.DIRECTORY_SIGNING, KeyUsage.CHECKPOINT_SIGNING])
def test_each_key_signs_what_is_its_own(signer: RunningSigner, usage: KeyUsage) -> None:
    message = {
        KeyUsage.STATEMENT_SIGNING: receipt(),
        KeyUsage.DIRECTORY_SIGNING: directory_message(directory(signer.keys)),
        KeyUsage.CHECKPOINT_SIGNING: checkpoint(1),
    }[usage]
    answer = ask(signer, usage, message)
    assert not answer.is_refused
    signer.keys[usage].public.verify(answer.content, message)
    public = ask(signer, usage, b"", Operation.PUBLIC)
    assert PublicKey(public.content) == signer.keys[usage].public


@pytest.mark.parametrize(
    ("usage", "message", "reason"),
    [
        (KeyUsage.STATEMENT_SIGNING, directory_message(directory(new_keys())), b"document-of-another-key"),
        (KeyUsage.STATEMENT_SIGNING, checkpoint(1), b"no-document"),
        (KeyUsage.DIRECTORY_SIGNING, receipt(), b"document-of-another-key"),
        (KeyUsage.DIRECTORY_SIGNING, pae(PayloadType.KEY_DIRECTORY, b"{}"), b"no-document"),
        (KeyUsage.DIRECTORY_SIGNING, lambda: directory_message(directory(new_keys())), b"directory-of-foreign-keys"),
        (KeyUsage.CHECKPOINT_SIGNING, receipt(), b"no-document"),
        (KeyUsage.CHECKPOINT_SIGNING, b"", b"no-document"),
    ],
)
def test_nothing_else_is_signed_and_the_log_has_the_reason_alone(
    signer: RunningSigner, usage: KeyUsage, message: bytes | Callable[[], bytes], reason: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    said = message if isinstance(message, bytes) else message()  # a directory is of now
    assert ask(signer, usage, said) == Answer(is_refused=True, content=reason)
    assert [record.getMessage() for record in caplog.records] == [f"refused to sign: {usage.value}, {reason.decode()}"]


def test_the_log_cannot_be_rolled_back(signer: RunningSigner, tmp_path: Path) -> None:
    usage = KeyUsage.CHECKPOINT_SIGNING
    assert not ask(signer, usage, checkpoint(7)).is_refused
    assert ask(signer, usage, checkpoint(6)) == Answer(is_refused=True, content=b"checkpoint-rolled-back")
    again = open_signer(pems(signer.keys), tmp_path / "checkpoint.signed", {os.getuid()})
    assert (
        again._judge.answer(Request(SIGN, usage, checkpoint(7, b"x" * 32), keyid(signer.keys, usage))).content
        == b"checkpoint-forked"
    )


def test_a_date_is_that_of_a_checkpoint_which_is_signed_and_of_now(signer: RunningSigner) -> None:
    usage, now = KeyUsage.CHECKPOINT_SIGNING, int(time.time())
    assert not ask(signer, usage, checkpoint(7)).is_refused
    for text, at, reason in (
        (checkpoint(7), now, None),
        (checkpoint(7), now - 3_600, b"not-the-time"),
        (checkpoint(6), now, b"checkpoint-rolled-back"),
        (checkpoint(7, b"x" * 32), now, b"checkpoint-forked"),
        (checkpoint(9, origin=ORIGIN.replace("7", "8")), now, b"checkpoint-of-another-log"),
    ):
        answer = ask(signer, usage, b"cosignature/v1\ntime %d\n" % at + text)
        assert answer.content == reason if reason else not answer.is_refused


def test_without_its_memory_no_checkpoint_is_signed(signer: RunningSigner, tmp_path: Path) -> None:
    (tmp_path / "checkpoint.signed").write_text("spoilt")
    assert ask(signer, KeyUsage.CHECKPOINT_SIGNING, checkpoint(7)) == Answer(is_refused=True, content=b"memory-away")
    assert not ask(signer, KeyUsage.STATEMENT_SIGNING, receipt()).is_refused


@pytest.mark.parametrize("usage", [KeyUsage.DIRECTORY_SIGNING, KeyUsage.CHECKPOINT_SIGNING])
def test_what_was_signed_last_is_said(signer: RunningSigner, tmp_path: Path, usage: KeyUsage) -> None:
    key = RemoteKey(SignerClient(signer.path), usage)
    assert key.signed_last() is None
    if usage is KeyUsage.DIRECTORY_SIGNING:
        key.sign(directory_message(directory(signer.keys, 4)))
        assert key.signed_last() == {"exchange": EXCHANGE, "version": 4}
    else:
        key.sign(checkpoint(7))
        assert key.signed_last() == {"origin": ORIGIN, "size": 7, "root": base64.b64encode(bytes(32)).decode()}
    (tmp_path / f"{usage.value.removesuffix('-signing')}.signed").write_text("spoilt")
    with pytest.raises(UnavailableError):
        key.signed_last()


class AwayHolder(FileKeyHolder):
    """A device that knows its keys and cannot be reached."""

    def key(self, usage: KeyUsage) -> AwayKey:  # type: ignore[override]  # a key, too
        return AwayKey(super().key(usage).public)


class AwayKey:
    def __init__(self, public: PublicKey) -> None:
        self.public = public

    def sign(self, message: bytes) -> bytes:
        raise UnavailableError(f"away for {len(message)} bytes")


def test_a_holder_that_is_away_is_said_to_be(tmp_path: Path) -> None:
    keys = new_keys()
    judge = Judge(AwayHolder(pems(keys)), CheckpointMemory(tmp_path / "signed"), DirectoryMemory(tmp_path / "keys", dict))
    answer = judge.answer(Request(SIGN, KeyUsage.STATEMENT_SIGNING, receipt(), keyid(keys)))
    assert answer == Answer(is_refused=True, content=b"holder-away")


@pytest.mark.parametrize(
    "garbage",
    [
        b"GET / HTTP/1.1\r\nHost: exchange.example.org\r\n\r\n",
        b"\0" * 64,
        b"Ss" + bytes(32) + struct.pack(">I", 2**32 - 1),
        b"Ss" + bytes(32) + struct.pack(">I", 17 << 20),
    ],
)
def test_garbage_ends_its_own_connection_alone(signer: RunningSigner, garbage: bytes, caplog: pytest.LogCaptureFixture) -> None:
    with connect(signer.path, 5) as good, good.makefile("rb") as file:
        with connect(signer.path, 5) as bad:
            bad.sendall(garbage)
            with suppress(ConnectionResetError):  # it did not read all of it
                assert bad.recv(1) == b""
        good.sendall(request_bytes(Request(SIGN, KeyUsage.STATEMENT_SIGNING, receipt(), keyid(signer.keys))))
        assert not read_answer(file).is_refused
    assert all(record.getMessage().startswith("ended a connection: ") for record in caplog.records)


def test_half_requests_keep_nobody_waiting(signer: RunningSigner) -> None:
    whole = request_bytes(Request(SIGN, KeyUsage.STATEMENT_SIGNING, receipt(), keyid(signer.keys)))
    with ExitStack() as stack:
        for length in range(1, len(whole), 3):
            stack.enter_context(connect(signer.path, 5)).sendall(whole[:length])
        assert not ask(signer, KeyUsage.STATEMENT_SIGNING, receipt()).is_refused


def serving(tmp_path: Path, server: SignerServer) -> tuple[socket.socket, threading.Thread]:
    listening = listen(tmp_path / "other.sock")
    thread = threading.Thread(target=server.serve, args=(listening,), daemon=True)
    thread.start()
    return listening, thread


def judge(tmp_path: Path) -> Judge:
    return Judge(FileKeyHolder(pems(new_keys())), CheckpointMemory(tmp_path / "signed"), DirectoryMemory(tmp_path / "keys", dict))


def test_who_falls_silent_is_let_go_and_makes_room(tmp_path: Path) -> None:
    server = SignerServer(judge(tmp_path), {os.getuid()}, idle_seconds=1.5, request_seconds=1.5, most_connections=2)
    listening, thread = serving(tmp_path, server)
    with listening, connect(tmp_path / "other.sock", 10) as silent, connect(tmp_path / "other.sock", 10) as half:
        half.sendall(b"S")
        with connect(tmp_path / "other.sock", 10) as third, third.makefile("rb") as file:
            third.sendall(request_bytes(Request(Operation.PUBLIC, KeyUsage.STATEMENT_SIGNING)))
            assert not read_answer(file).is_refused
        assert (silent.recv(1), half.recv(1)) == (b"", b"")
        listening.shutdown(socket.SHUT_RDWR)
    thread.join()


def test_another_user_is_not_answered(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    listening, thread = serving(tmp_path, SignerServer(judge(tmp_path), {os.getuid() + 1}))
    with listening:
        with connect(tmp_path / "other.sock", 10) as connection:
            assert connection.recv(1) == b""
        listening.shutdown(socket.SHUT_RDWR)
    thread.join()
    assert [record.getMessage() for record in caplog.records] == ["refused a connection: peer-of-another-user"]


def test_messages_are_not_logged_at_any_level(signer: RunningSigner, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    ask(signer, KeyUsage.STATEMENT_SIGNING, b"DSSEv1 s3cr3t")
    ask(signer, KeyUsage.DIRECTORY_SIGNING, receipt())
    assert "s3cr3t" not in caplog.text
    assert "submission-receipt" not in caplog.text
