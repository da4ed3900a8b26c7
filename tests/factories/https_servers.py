"""Receivers of webhooks on loopback: real HTTPS, which keeps what it is sent, and misbehaves where a test says so.

The authority that signs their certificates is made anew for each; ``egress`` gives what calls them: loopback alone besides the
public internet, certificates of that authority, and names looked up in a list of the test's.
"""

from __future__ import annotations

import socketserver
import ssl
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from app.egress.addresses import Egress

HOST = "hooks.example.org"
LOOPBACK = "127.0.0.1"
_DAY = timedelta(days=1)
_EMPTY = b"Content-Length: 0\r\nConnection: close\r\n\r\n"
_REASONS = {200: "OK", 204: "No Content", 302: "Found", 404: "Not Found", 410: "Gone", 500: "Internal Server Error"}
SILENT, DRIPPING, ENDLESS, GARBAGE, ENDLESS_HEAD = "silent", "dripping", "endless", "garbage", "endless-head"


@dataclass
class Call:
    """A request as it came."""

    target: str
    headers: dict[str, str]
    body: bytes
    at: float = field(default_factory=time.monotonic)


@dataclass
class Receiver:
    """A running receiver. ``answers`` are what it answers one after the other, then for ever the last: a status, or a misdeed."""

    port: int
    ca_file: Path
    answers: list[int | str] = field(default_factory=lambda: [204])
    location: str = "https://169.254.169.254/latest/meta-data/"
    calls: list[Call] = field(default_factory=list)
    connections: int = 0

    @property
    def url(self) -> str:
        """A URL of it, with what nobody else may read."""
        return f"https://{HOST}:{self.port}/in/a-secret-path?token=a-secret-token"

    def egress(self, **changes: Any) -> Egress:
        """Give what calls it."""
        ports = frozenset({443, self.port})
        made = Egress(ports, frozenset({ip_address(LOOPBACK)}), self.ca_file, resolve=resolving(LOOPBACK))
        return replace(made, **changes)

    def next_answer(self) -> int | str:
        """Take the next of the answers."""
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


class Resolving:
    """A name server of the test: gives lists of addresses one after the other, then for ever the last; counts who asks."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    def __call__(self, host: str) -> Sequence[str]:
        self.asked.append(host)
        found = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if not found:
            raise OSError("no such name")
        return found


def resolving(*addresses: str) -> Resolving:
    """Give a resolver that always answers with these addresses."""
    return Resolving(addresses)


@contextmanager
def receiver(folder: Path, *, name: str = HOST, expired: bool = False) -> Iterator[Receiver]:
    """Run a receiver with a certificate for ``name``."""
    ca_file, certificate, key = certificates(folder, name, expired=expired)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with _Server((LOOPBACK, 0), _Handler) as server:
        server.context = context
        server.receiver = Receiver(server.server_address[1], ca_file)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield server.receiver
        finally:
            server.stopping.set()
            server.shutdown()
            thread.join()


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    context: ssl.SSLContext
    receiver: Receiver

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.stopping = threading.Event()


class _Handler(socketserver.BaseRequestHandler):
    server: _Server

    def handle(self) -> None:
        self.server.receiver.connections += 1
        with suppress(OSError):  # whoever calls may go, or not even begin
            connection = self.server.context.wrap_socket(self.request, server_side=True)
            with connection:
                call = _read(connection)
                self.server.receiver.calls.append(call)
                self._answer(connection, self.server.receiver.next_answer())

    def _answer(self, connection: ssl.SSLSocket, answer: int | str) -> None:
        if isinstance(answer, int):
            location = f"Location: {self.server.receiver.location}\r\n" if answer // 100 == 3 else ""
            connection.sendall(f"HTTP/1.1 {answer} {_REASONS.get(answer, 'Other')}\r\n{location}".encode() + _EMPTY)
        elif answer == SILENT:
            self.server.stopping.wait(20)
        elif answer == GARBAGE:
            connection.sendall(b"SSH-2.0-nothing of the kind\r\n\r\n")
        elif answer == ENDLESS:
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n")
            self._send_on(connection, b"x" * 65_536, 0)
        elif answer == ENDLESS_HEAD:
            self._send_on(connection, b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n", 0)
        else:
            self._send_on(connection, b"H", 0.05)

    def _send_on(self, connection: ssl.SSLSocket, piece: bytes, pause_seconds: float) -> None:
        ends_at = time.monotonic() + 20
        while time.monotonic() < ends_at and not self.server.stopping.wait(pause_seconds):
            connection.sendall(piece)


def _read(connection: ssl.SSLSocket) -> Call:
    content = b""
    while b"\r\n\r\n" not in content:
        content += _some(connection)
    head, _, body = content.partition(b"\r\n\r\n")
    first, *lines = head.decode("ascii").split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    while len(body) < int(headers.get("content-length", "0")):
        body += _some(connection)
    return Call(first.split(" ")[1], headers, body)


def _some(connection: ssl.SSLSocket) -> bytes:
    piece = connection.recv(4096)
    if not piece:
        raise ConnectionResetError
    return piece


def certificates(folder: Path, name: str, *, expired: bool = False) -> tuple[Path, Path, Path]:
    """Make an authority and a certificate of it; gives the files of the authority, the certificate and its key."""
    authority, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Authority of a test")])
    now = datetime.now(UTC)
    own = _builder(issuer, issuer, now + _DAY).public_key(authority.public_key())
    own = own.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    ends_at = now - timedelta(hours=1) if expired else now + _DAY
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    leaf = _builder(subject, issuer, ends_at).public_key(key.public_key())
    leaf = leaf.add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
    files = folder / "ca.pem", folder / "certificate.pem", folder / "certificate-key.pem"
    pem = serialization.Encoding.PEM
    files[0].write_bytes(own.sign(authority, hashes.SHA256()).public_bytes(pem))
    files[1].write_bytes(leaf.sign(authority, hashes.SHA256()).public_bytes(pem))
    plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    files[2].write_bytes(key.private_bytes(pem, *plain))
    return files


def _builder(subject: x509.Name, issuer: x509.Name, ends_at: datetime) -> x509.CertificateBuilder:
    made = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).serial_number(x509.random_serial_number())
    return made.not_valid_before(ends_at - 2 * _DAY).not_valid_after(ends_at)
