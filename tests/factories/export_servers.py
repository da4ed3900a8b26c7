"""An exchange that gives what lies in a folder of exports, over HTTP, as ``/exports`` does; it can break off and take back."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from app.domain.errors import GoneError
from app.domain.vocabulary import KeyUsage
from breakwater_client.trust.key_directory import sign_directory
from breakwater_client.trust.keys import PrivateKey
from tests.factories.export_manifests import DEFINITION, EXCHANGE
from tests.factories.signers import directory, new_keys
from tests.factories.written_exports import ExportWriter

_FILE = re.compile(r"(?P<number>[0-9]{8})-.*")


@dataclass
class FolderSource:
    """What ``services.mirroring`` asks, answered from a folder. ``asked`` is what was fetched, from which byte on."""

    folder: Path
    gone: set[str] = field(default_factory=set)
    asked: list[tuple[str, int]] = field(default_factory=list)
    piece_bytes: int = 100

    def numbers(self) -> list[int]:
        return sorted(int(one.name) for one in self.folder.iterdir() if (one / "manifest.json").exists())

    def newest(self) -> bytes | None:
        numbers = self.numbers()
        return self.manifest(numbers[-1]) if numbers else None

    def manifest(self, number: int) -> bytes | None:
        path = self.folder / f"{number:08d}" / "manifest.json"
        return path.read_bytes() if path.exists() else None

    def snapshots(self) -> Iterator[int]:
        return (one for one in reversed(self.numbers()) if list((self.folder / f"{one:08d}").glob("*-snapshot-*")))

    def path(self, name: str) -> Path:
        """Give where a file lies; raises what an exchange answers if it may not be given."""
        found = _FILE.fullmatch(name)
        path = self.folder / (found["number"] if found else "none") / name
        if name in self.gone or not path.is_file():
            raise GoneError("The file may not be given any more.")
        return path

    def file(self, name: str, start: int) -> tuple[int, Iterator[bytes]]:
        path = self.path(name)
        self.asked.append((name, start))
        content = path.read_bytes()[start:]
        return start, (content[at : at + self.piece_bytes] for at in range(0, len(content), self.piece_bytes))


@dataclass
class ExportServer:
    """A running server. After ``breaks_after`` bytes of a file the connection ends, each time; 0: never."""

    url: str
    source: FolderSource
    directory_key: PrivateKey
    envelope: Mapping[str, Any]
    notices: list[dict[str, Any]] = field(default_factory=list)
    answers: list[dict[str, Any]] = field(default_factory=list)
    breaks_after: int = 0
    ranges: list[str] = field(default_factory=list)


@contextmanager
def export_server(writer: ExportWriter) -> Iterator[ExportServer]:
    """Serve what a writer writes, under the definition's id and the name ``nightly``."""
    keys = new_keys() | {KeyUsage.STATEMENT_SIGNING: writer.key}
    listed = replace(directory(keys), exchange=EXCHANGE)
    envelope = sign_directory(listed, [keys[KeyUsage.DIRECTORY_SIGNING]])
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    url = f"http://127.0.0.1:{server.server_address[1]}"
    running = ExportServer(url, FolderSource(writer.folder), keys[KeyUsage.DIRECTORY_SIGNING], envelope)
    server.running = running  # type: ignore[attr-defined]  # what the handler answers from
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield running
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    @property
    def running(self) -> ExportServer:
        found: ExportServer = self.server.running  # type: ignore[attr-defined]  # set above
        return found

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        path = self.path.partition("?")[0].removeprefix("/api/v1")
        source, at = self.running.source, f"/exports/{DEFINITION}"
        if path == "/key-directory":
            self.document(self.running.envelope)
        elif path == "/exports":
            self.document({"exports": [{"id": DEFINITION, "name": "nightly", "ended_at": None}], "more": False, "next": "end"})
        elif path == at:
            self.document({"id": DEFINITION, "name": "nightly", "ended_at": None})
        elif path == "/notices":
            self.document({"notices": self.running.notices, "more": False, "next": None})
        elif path == f"{at}/runs":
            runs = [{"number": one, "has_snapshot": True, "published_at": "now"} for one in source.snapshots()]
            self.document({"runs": runs, "next": None})
        elif path == f"{at}/manifest":
            self.manifest(source.newest())
        elif path.startswith(f"{at}/manifests/"):
            self.manifest(source.manifest(int(path.rpartition("/")[2])))
        elif path.startswith(f"{at}/files/"):
            self.file(path.rpartition("/")[2])
        else:
            self.problem(404, "not-found")

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.running.answers.append(body)
        self.running.notices.clear()
        self.document({"id": "answered"})

    def manifest(self, envelope: bytes | None) -> None:
        if envelope is None:
            self.problem(404, "not-found")
        else:
            self.document(json.loads(envelope))

    def document(self, document: Any, status: int = 200, media_type: str = "application/json") -> None:
        content = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def problem(self, status: int, code: str) -> None:
        self.document({"title": code, "detail": code, "code": code}, status, "application/problem+json")

    def file(self, name: str) -> None:
        try:
            content = self.running.source.path(name).read_bytes()
        except GoneError:
            self.problem(410, "export-file-gone")
            return
        asked = self.headers.get("Range", "")
        self.running.ranges.append(asked)
        start = int(asked.removeprefix("bytes=").removesuffix("-")) if asked else 0
        self.send_response(206 if asked else 200)
        self.send_header("Content-Length", str(len(content) - start))
        self.end_headers()
        most = self.running.breaks_after
        if most and len(content) - start > most:
            self.wfile.write(content[start : start + most])
            self.wfile.flush()
            self.connection.shutdown(2)
            self.close_connection = True
            return
        for at in range(start, len(content), 4096):
            self.wfile.write(content[at : at + 4096])
