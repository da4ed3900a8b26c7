"""The signer at work: who asks is looked at, what is asked is judged, and then it is signed.

Owns connections and their bounds: each has a thread, a silent or malformed one costs nobody else anything, and there are never
more than ``MOST_CONNECTIONS``. Messages are never logged: a line has the use, a reason and nothing else. Kept by
``tests/signer/test_server.py`` and, killed under load, ``tests/walk/test_signer.py``.
"""

from __future__ import annotations

import hashlib
import json
import logging
import socket
import threading
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from datetime import UTC, datetime
from io import BufferedReader
from pathlib import Path
from typing import Any

from app.domain.errors import BreakwaterError, ExhaustedError, UnavailableError
from app.domain.vocabulary import KeyUsage
from app.signer.checkpoint_memory import CheckpointMemory
from app.signer.directory_memory import Admitted, DirectoryMemory
from app.signer.evaluations import Evaluations, read_evaluation_message
from app.signer.key_holder import FileKeyHolder, KeyHolder
from app.signer.memory_file import UnreadableMemoryError
from app.signer.peers import peer_credentials, why_not_peer
from app.signer.rules import read_checkpoint_text, read_directory_message, why_not
from app.signer.wire import LETTERS, Answer, Operation, Request, WireError, answer_bytes, read_request
from breakwater_client.trust.keys import SigningKey

MOST_CONNECTIONS = 512
IDLE_SECONDS = 60.0
REQUEST_SECONDS = 10.0
"""How long a connection may be without a request, and silent in the middle of one; whoever has waited longer connects anew."""

_BUFFER_BYTES = 64 * 1024
_WHY_NOT_EVALUATED = {ExhaustedError: b"budget-spent", UnavailableError: b"memory-away"}
_log = logging.getLogger("breakwater.signer")


class Judge:
    """Signs what the rules allow, and nothing else."""

    def __init__(
        self,
        holder: KeyHolder,
        checkpoints: CheckpointMemory,
        directories: DirectoryMemory,
        evaluations: Evaluations | None = None,
    ) -> None:
        """Take who holds the keys, what is remembered of checkpoints and directories, and who evaluates, if anybody does."""
        self._holder = holder
        self._checkpoints = checkpoints
        self._directories = directories
        self._evaluations = evaluations

    def answer(self, request: Request) -> Answer:
        """Give the answer to a request (unverified, well-formed): a public key, a signature, or why not."""
        if request.usage is None or request.operation is Operation.EVALUATE:
            return self._of_overlap_checks(request)
        key = self._holder.key(request.usage)
        if request.operation is Operation.PUBLIC:
            return Answer(is_refused=False, content=key.public.spki)
        return self._last(request.usage) if request.operation is Operation.LAST else self._signed(request, request.usage, key)

    def _signed(self, request: Request, usage: KeyUsage, key: SigningKey) -> Answer:
        if request.keyid.hex() != key.public.keyid:
            return Answer(is_refused=True, content=b"another-key")
        reason = why_not(usage, request.message, key.public.keyid, datetime.now(UTC)) or self._why_not_now(request)
        if reason is not None:
            _log.warning("refused to sign: %s, %s", usage.value, reason)
            return Answer(is_refused=True, content=reason.encode("ascii"))
        try:
            return Answer(is_refused=False, content=key.sign(request.message))
        except BreakwaterError:
            return Answer(is_refused=True, content=b"holder-away")

    def _of_overlap_checks(self, request: Request) -> Answer:
        """Answer what is asked of the key that evaluates: its public half, or evaluations in a partner's name."""
        desk = self._evaluations
        if desk is None or request.usage is not None or request.operation not in {Operation.PUBLIC, Operation.EVALUATE}:
            return Answer(is_refused=True, content=b"no-such-key")
        if request.operation is Operation.PUBLIC:
            return Answer(is_refused=False, content=desk.public)
        if request.keyid != hashlib.sha256(desk.public).digest():
            return Answer(is_refused=True, content=b"another-key")
        partner_id, elements = read_evaluation_message(request.message)
        try:
            evaluation = desk.evaluate(partner_id, elements)
        except BreakwaterError as exc:
            reason = _WHY_NOT_EVALUATED.get(type(exc), b"no-element")
            _log.warning("refused to evaluate: %s", reason.decode("ascii"))
            return Answer(is_refused=True, content=reason)
        return Answer(is_refused=False, content=b"".join(evaluation.elements) + evaluation.proof)

    def _last(self, usage: KeyUsage) -> Answer:
        try:
            last: Mapping[str, Any] | None = None
            if usage is KeyUsage.CHECKPOINT_SIGNING and (checkpoint := self._checkpoints.last()):
                last = {"origin": checkpoint.origin, "size": checkpoint.size, "root": checkpoint.root}
            if usage is KeyUsage.DIRECTORY_SIGNING and (directory := self._directories.last()):
                last = {"exchange": directory.exchange, "version": directory.version}
        except UnreadableMemoryError:
            return Answer(is_refused=True, content=b"memory-away")
        return Answer(is_refused=False, content=json.dumps(last).encode())

    def _why_not_now(self, request: Request) -> str | None:
        try:
            if request.usage is KeyUsage.CHECKPOINT_SIGNING:
                checkpoint = read_checkpoint_text(request.message)
                return self._checkpoints.why_not(checkpoint) if checkpoint else "no-document"
            if request.usage is KeyUsage.DIRECTORY_SIGNING:
                directory = read_directory_message(request.message)
                return self._directories.why_not(directory) if directory else "no-document"
        except (OSError, UnreadableMemoryError):
            return "memory-away"
        return None


def open_signer(
    pems: Mapping[KeyUsage, bytes],
    memory_file: Path,
    allowed: AbstractSet[int],
    beside: Admitted = dict,
    evaluations: Evaluations | None = None,
) -> SignerServer:
    """Give the signer of keys that were read from files; it answers processes of the ``allowed`` user ids.

    ``memory_file`` is what it remembers of checkpoints, and beside it lies what it remembers of directories; ``beside`` gives the
    keys that a directory may list beside those held. ``evaluations`` None: there is no key of overlap checks.

    Raises:
        UnfitKeyError: as ``FileKeyHolder``.
        UnreadableMemoryError: what was signed before is not known.
    """
    holder = FileKeyHolder(pems)
    checkpoints = CheckpointMemory(memory_file)

    def admitted() -> Mapping[KeyUsage, AbstractSet[str]]:
        known = beside()
        return {usage: {holder.key(usage).public.keyid, *known.get(usage, ())} for usage in LETTERS}

    overlap = None if evaluations is None else evaluations.public
    directories = DirectoryMemory(memory_file.with_name("directory.signed"), admitted, overlap=overlap)
    checkpoints.check()
    directories.check()
    return SignerServer(Judge(holder, checkpoints, directories, evaluations), allowed)


class SignerServer:
    """Answers at one listening socket until it is stopped."""

    def __init__(
        self,
        judge: Judge,
        allowed: AbstractSet[int],
        *,
        idle_seconds: float = IDLE_SECONDS,
        request_seconds: float = REQUEST_SECONDS,
        most_connections: int = MOST_CONNECTIONS,
    ) -> None:
        """Take who judges, the user ids that are answered, and the bounds."""
        self._judge = judge
        self._allowed = allowed
        self._idle_seconds = idle_seconds
        self._request_seconds = request_seconds
        self._free = threading.BoundedSemaphore(most_connections)

    def serve(self, listening: socket.socket, is_stopping: Callable[[], bool] = lambda: False) -> None:
        """Answer until the listening socket is closed, or a connection comes after ``is_stopping`` says so."""
        while not is_stopping():
            self._free.acquire()
            try:
                connection, _ = listening.accept()
            except OSError:
                self._free.release()
                return
            threading.Thread(target=self._serve_one, args=(connection,), daemon=True).start()

    def _serve_one(self, connection: socket.socket) -> None:
        try:
            with connection:
                reason = why_not_peer(peer_credentials(connection), self._allowed)
                if reason is not None:
                    _log.warning("refused a connection: %s", reason)
                    return
                with BufferedReader(connection.makefile("rb", buffering=0), _BUFFER_BYTES) as file:
                    self._answer_all(connection, file)
        except WireError as exc:
            _log.warning("ended a connection: %s", exc)
        except OSError:
            pass  # gone, or silent for too long
        finally:
            self._free.release()

    def _answer_all(self, connection: socket.socket, file: BufferedReader[Any]) -> None:
        while True:
            connection.settimeout(self._idle_seconds)
            file.peek(1)
            connection.settimeout(self._request_seconds)
            request = read_request(file)
            if request is None:
                return
            connection.sendall(answer_bytes(self._judge.answer(request)))
