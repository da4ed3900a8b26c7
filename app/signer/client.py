"""Asking the signer: keys that sign through its socket.

Owns the connections of one process: kept, taken by one thread at a time, and made anew once when the signer was restarted (asking
twice for one signature does no harm). Kept by ``tests/signer/test_client.py``.
"""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

from app.domain.errors import ExhaustedError, SignerRefusedError, UnavailableError
from app.domain.usage import seconds_left_today
from app.domain.vocabulary import KeyUsage
from app.signer.evaluations import SPENT
from app.signer.places import connect
from app.signer.wire import Answer, Operation, Request, WireError, read_answer, request_bytes
from breakwater_client.trust.keys import PublicKey, public_key_from_spki

_ANSWER_SECONDS = 5.0
_MOST_KEPT = 8
_AWAY = "The exchange cannot sign just now; try again shortly."
_ANOTHER_KEY = "The signer holds another key than this server was started with; restart the server."
_PASSING = {b"holder-away", b"memory-away"}


@dataclass(frozen=True, slots=True)
class _Connection:
    socket: socket.socket
    file: BinaryIO

    def ask(self, request: Request) -> Answer:
        self.socket.sendall(request_bytes(request))
        return read_answer(self.file)

    def close(self) -> None:
        self.file.close()
        self.socket.close()


class SignerClient:
    """Connections to the signer at one socket, for all threads of this process; made after a fork, not before it."""

    def __init__(self, path: Path) -> None:
        """Name the socket; nothing is connected to yet."""
        self._path = path
        self._lock = threading.Lock()
        self._kept: list[_Connection] = []

    def ask(self, request: Request) -> bytes:
        """Give what the signer answers.

        Raises:
            UnavailableError: it is away, or cannot sign now.
            SignerRefusedError: it does not sign this.
            ExhaustedError: what it evaluates in a day is spent.
        """
        answer = self._asked_over_a_kept_connection(request) or self._asked_anew(request)
        if answer.is_refused and answer.content == b"another-key":
            raise UnavailableError(_ANOTHER_KEY)
        if answer.is_refused and answer.content == b"budget-spent":
            raise ExhaustedError(SPENT, retry_after_seconds=seconds_left_today(datetime.now(UTC)))
        if answer.is_refused and answer.content in _PASSING:
            raise UnavailableError(_AWAY)
        if answer.is_refused:
            raise SignerRefusedError(f"The signer refuses this: {answer.content.decode('ascii', 'replace')}.")
        return answer.content

    def _asked_over_a_kept_connection(self, request: Request) -> Answer | None:
        with self._lock:
            connection = self._kept.pop() if self._kept else None
        if connection is None:
            return None
        try:
            return self._asked(connection, request)
        except (OSError, WireError):
            self.close()  # the others lead to the signer that is gone, too
            return None

    def _asked_anew(self, request: Request) -> Answer:
        try:
            opened = connect(self._path, _ANSWER_SECONDS)
            return self._asked(_Connection(opened, opened.makefile("rb")), request)
        except (OSError, WireError) as exc:
            raise UnavailableError(_AWAY) from exc

    def _asked(self, connection: _Connection, request: Request) -> Answer:
        try:
            answer = connection.ask(request)
        except BaseException:
            connection.close()  # whatever is still on its way must not be taken for another's answer
            raise
        with self._lock:
            if len(self._kept) < _MOST_KEPT:
                self._kept.append(connection)
                return answer
        connection.close()
        return answer

    def close(self) -> None:
        """Close the kept connections; the next request opens one."""
        with self._lock:
            kept: Sequence[_Connection] = self._kept
            self._kept = []
        for connection in kept:
            connection.close()

    def __del__(self) -> None:
        """Close them with the last who could use them."""
        self.close()


class RemoteKey:
    """One of the exchange's keys, a ``SigningKey`` whose private half the signer holds."""

    def __init__(self, client: SignerClient, usage: KeyUsage) -> None:
        """Take whom to ask, and which key; nothing is asked yet."""
        self._client = client
        self._usage = usage
        self._public: PublicKey | None = None

    @property
    def public(self) -> PublicKey:
        """The half that others verify with: asked for once.

        Raises:
            UnavailableError: the signer is away, and was not asked before.
        """
        if self._public is None:
            self._public = public_key_from_spki(self._client.ask(Request(Operation.PUBLIC, self._usage)))
        return self._public

    def sign(self, message: bytes) -> bytes:
        """Give the 64-byte signature over ``message``: ``envelope.pae`` bytes, or the text of a checkpoint.

        Raises:
            UnavailableError: the signer is away, or holds another key by now.
            SignerRefusedError: the key may not say this.
        """
        return self._client.ask(Request(Operation.SIGN, self._usage, message, bytes.fromhex(self.public.keyid)))

    def signed_last(self) -> Mapping[str, Any] | None:
        """Give what the signer remembers of the last document that it signed with this key, None before the first.

        Raises:
            UnavailableError: the signer is away.
        """
        last: Mapping[str, Any] | None = json.loads(self._client.ask(Request(Operation.LAST, self._usage)))
        return last

    def check(self) -> None:
        """Ask the signer for anything at all, and see that it still holds the key that this process knows.

        Raises:
            UnavailableError: it is away, or was started with another key.
        """
        known = self.public
        if self._client.ask(Request(Operation.PUBLIC, self._usage)) != known.spki:
            raise UnavailableError(_ANOTHER_KEY)
