"""An exchange over HTTP that can lie about its log, with real keys: it shows what it is told to show, to whom it is told.

It answers what a witness asks, and takes cosignatures without a look. ``View`` is what one caller (by token) is shown: another
log than others (split view), an older size (rollback), the same for ever (freeze), or a log that was written anew (fork).
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from app.cli.witness_folder import keep_about, witness_key
from app.domain.vocabulary import KeyState, KeyUsage
from breakwater_client.trust.checkpoint import log_origin, witness_name
from breakwater_client.trust.key_directory import Directory, DirectoryKey, sign_directory
from breakwater_client.trust.keys import PrivateKey
from tests.factories.directories import HOME
from tests.factories.small_logs import EXCHANGE, SmallLog

DAY = timedelta(days=1)
OWNERS = [f"identity--22222222-2222-4222-8222-22222222222{number}" for number in range(3)]


@dataclass
class View:
    """What a caller is shown: a log up to a size, dated so. ``proofs`` false: it is given no proof of growth."""

    log: SmallLog
    size: int
    at: datetime = field(default_factory=lambda: datetime.now(UTC))
    proofs: bool = True
    beyond: bool = False
    """Whether it gives the hashes of leaves that its checkpoint does not cover."""


@dataclass
class LyingExchange:
    """One key for checkpoints, one directory, and a view for each token; ``taken`` are the cosigned notes that came, by token."""

    key: PrivateKey = field(default_factory=PrivateKey.generate)
    signing: PrivateKey = field(default_factory=PrivateKey.generate)
    views: dict[str, View] = field(default_factory=dict)
    taken: list[tuple[str, str]] = field(default_factory=list)
    witnesses: dict[str, PrivateKey] = field(default_factory=dict)
    version: int = 1
    answer_cosignatures: tuple[int, dict[str, Any]] = (201, {})
    publishes: bool = True
    """Whether it shows the cosignatures that it took."""

    hold: threading.Event | None = None
    """If set, a cosignature that comes is answered only once the event is."""

    arrived: threading.Event = field(default_factory=threading.Event)

    def log(self, size: int, of: SmallLog | None = None, common: int = 0) -> SmallLog:
        """Give a log of so many leaves under this key; the first ``common`` are those of another."""
        return replace(SmallLog(key=self.key), leaves=list(of.leaves[:common]) if of else []).fill(size)

    def directory(self) -> Directory:
        """Give the directory as it is now."""
        now = datetime.now(UTC).replace(microsecond=0)
        made = now - DAY

        def listed(key: PrivateKey, usage: KeyUsage, owner: str = HOME) -> DirectoryKey:
            return DirectoryKey(key.public, usage, owner, KeyState.ACTIVE, made, made)

        own = (listed(self.signing, KeyUsage.DIRECTORY_SIGNING), listed(self.key, KeyUsage.CHECKPOINT_SIGNING))
        others = [listed(key, KeyUsage.CHECKPOINT_COSIGNING, owner) for owner, key in self.witnesses.items()]
        return Directory(EXCHANGE, self.version, now, now + 7 * DAY, log_origin(EXCHANGE), (), (*own, *others))

    def envelope(self) -> bytes:
        """Give the directory signed; the first version made is the one that is given on."""
        return json.dumps(sign_directory(self._made, [self.signing])).encode()

    def __post_init__(self) -> None:
        """Make the first version."""
        self._made = self.directory()

    def issue(self) -> None:
        """Make the next version of the directory."""
        self.version += 1
        now, made = self.directory(), self._made
        life = {"issued_at": made.issued_at, "expires_at": made.expires_at}  # a later end alone would be too long a life
        self._made = replace(now, keys=(*made.keys[:2], *now.keys[2:]), **life)

    def witness(self, folder: Path, owner: str = OWNERS[0]) -> Path:
        """Set a witness up in a folder, as ``witness init`` does with an exchange that registers it."""
        folder.mkdir(parents=True)
        key = self.witnesses[owner] = witness_key(folder)
        (folder / "directory.json").write_bytes(self.envelope())
        keep_about(folder, witness_name(owner), EXCHANGE, key.public.keyid)
        return folder

    def answer(self, token: str, path: str, query: dict[str, str]) -> tuple[int, bytes]:
        """Answer a GET."""
        view = self.views[token]
        if path == "/key-directory":
            return 200, self.envelope()
        if path == "/log/checkpoint" and "cosigned_by" in query:
            taken = [note for who, note in self.taken if who == token and self.answer_cosignatures[0] == HTTPStatus.CREATED]
            return (200, taken[-1].encode()) if taken and self.publishes else (404, b"{}")
        if path == "/log/checkpoint":
            return 200, view.log.checkpoint(view.size, view.at).encode()
        if path == "/log/consistency" and view.proofs and int(query["second"]) <= len(view.log.leaves):
            return 200, json.dumps(view.log.consistency(int(query["first"]), int(query["second"]))).encode()
        if view.beyond and path.startswith("/log/tile/0/"):
            return 200, b"".join(view.log.tree(view.size + 1).tiles(0, 0)[: view.size + 1])
        return 404, b'{"code": "not-found", "detail": "There is no such thing."}'

    @contextmanager
    def served(self) -> Iterator[str]:
        """Serve it on a port of this machine. Gives its address."""
        exchange = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                query = {name: value[0] for name, value in parse_qs(parts.query).items()}
                status, body = exchange.answer(self._token(), parts.path.removeprefix("/api/v1"), query)
                self._send(status, body)

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                exchange.taken.append((self._token(), body["note"]))
                exchange.arrived.set()
                if exchange.hold is not None:
                    exchange.hold.wait(30)
                status, answer = exchange.answer_cosignatures
                self._send(status, json.dumps(answer).encode())

            def _token(self) -> str:
                return str(self.headers["Authorization"]).removeprefix("Bearer ")

            def _send(self, status: int, body: bytes) -> None:
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            server.server_close()
            thread.join()
