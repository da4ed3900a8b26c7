"""A mail server on loopback that keeps what it is given, and misbehaves as real ones do where a test says so.

Speaks as much of SMTP (RFC 5321) as a client needs who hands mail over: EHLO, STARTTLS, AUTH PLAIN, MAIL, RCPT, DATA, QUIT. It is
no relay: nothing leaves this process.
"""

from __future__ import annotations

import base64
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from app.mail.relay import Relay

SENDER = "exchange@breakwater.example.org"
_DAY = timedelta(days=1)


@dataclass
class Received:
    """A mail that the server took: its envelope and its message."""

    sender: str
    to: list[str]
    message: EmailMessage

    @property
    def text(self) -> str:
        """What it says."""
        content: str = self.message.get_content()
        return content


@dataclass
class Behaviour:
    """What a server does, by address of the recipient where that matters.

    ``refused`` never get anything (550), ``greylisted`` not before so many tries (450), at ``hanging`` the server falls silent,
    at ``dropping`` it breaks off in the middle of DATA, and ``spam`` is refused after DATA (554).
    """

    refused: set[str] = field(default_factory=set)
    greylisted: dict[str, int] = field(default_factory=dict)
    hanging: set[str] = field(default_factory=set)
    dropping: set[str] = field(default_factory=set)
    spam: set[str] = field(default_factory=set)
    refuses_senders: bool = False
    password: str | None = None


@dataclass
class FakeMailServer:
    """A running server: what it took so far, how it behaves, how to reach it."""

    port: int
    behaviour: Behaviour
    security: str = "smtp"
    received: list[Received] = field(default_factory=list)
    tried: list[str] = field(default_factory=list)
    connections: int = 0
    stopping: threading.Event = field(default_factory=threading.Event)

    def relay(self, **changes: Any) -> Relay:
        """Give the relay that hands mail over to this server."""
        return Relay(**{"host": "127.0.0.1", "port": self.port, "security": self.security, "sender": SENDER} | changes)

    def to(self, address: str) -> list[Received]:
        """List what came for an address, oldest first."""
        return [one for one in self.received if address in one.to]


class _Conversation(socketserver.StreamRequestHandler):
    server: _Server

    def handle(self) -> None:
        self.server.fake.connections += 1
        self._authenticated = self.server.fake.behaviour.password is None
        self._start_anew()
        self._say("220 breakwater.example.org ESMTP")
        while line := self.rfile.readline():
            if not self._answer(line.decode("ascii").strip()):
                return

    def finish(self) -> None:
        super().finish()
        if self.connection is not self.request:
            self.connection.close()

    def _start_anew(self) -> None:
        self._sender, self._to = "", list[str]()

    def _say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")

    def _answer(self, line: str) -> bool:
        """Answer one command; False when the conversation is over."""
        word, _, rest = line.partition(" ")
        command = getattr(self, f"_{word.lower()}", None)
        if command is None:
            self._say("502 not here")
            return True
        return command(rest) is not False

    def _ehlo(self, _rest: str) -> None:
        features = ["STARTTLS"] if self.server.context and self.server.fake.security == "starttls" else []
        features += ["AUTH PLAIN"] if self.server.fake.behaviour.password else []
        for feature in ["breakwater.example.org", *features]:
            self._say(f"250-{feature}")
        self._say("250 HELP")

    _helo = _ehlo

    def _starttls(self, _rest: str) -> None:
        self._say("220 go on")
        assert self.server.context
        self.connection = self.server.context.wrap_socket(self.connection, server_side=True)
        self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", 0)  # type: ignore[assignment]  # as the base has them

    def _auth(self, rest: str) -> None:
        _, user, password = base64.b64decode(rest.partition(" ")[2]).decode().split("\0")
        self._authenticated = (user, password) == ("exchange", self.server.fake.behaviour.password)
        self._say("235 good" if self._authenticated else "535 no")

    def _mail(self, rest: str) -> None:
        if not self._authenticated or self.server.fake.behaviour.refuses_senders:
            self._say("530 who are you")
            return
        self._sender = rest.partition("<")[2].partition(">")[0]
        self._say("250 ok")

    def _rcpt(self, rest: str) -> bool | None:
        behaviour, address = self.server.fake.behaviour, rest.partition("<")[2].partition(">")[0]
        self.server.fake.tried.append(address)
        if address in behaviour.hanging:
            self.server.fake.stopping.wait(30)
            return False
        if address in behaviour.refused:
            self._say("550 nobody of this name")
        elif behaviour.greylisted.get(address, 0) > 0:
            behaviour.greylisted[address] -= 1
            self._say("450 come again")
        else:
            self._to.append(address)
            self._say("250 ok")
        return None

    def _data(self, _rest: str) -> bool | None:
        self._say("354 go on")
        lines: list[bytes] = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b"."))
            if not self.server.fake.behaviour.dropping.isdisjoint(self._to):
                return False
        if not self.server.fake.behaviour.spam.isdisjoint(self._to):
            self._say("554 not wanted")
            return None
        message = message_from_bytes(b"".join(lines), policy=policy.default)
        self.server.fake.received.append(Received(self._sender, self._to, message))  # type: ignore[arg-type]  # the policy's own class
        self._start_anew()
        self._say("250 taken")
        return None

    def _rset(self, _rest: str) -> None:
        self._start_anew()
        self._say("250 ok")

    def _quit(self, _rest: str) -> bool:
        self._say("221 bye")
        return False


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True
    fake: FakeMailServer
    context: ssl.SSLContext | None = None

    def get_request(self) -> tuple[Any, Any]:
        connection, address = super().get_request()
        if self.context and self.fake.security == "smtps":
            connection = self.context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        return connection, address

    def handle_error(self, _request: Any, _address: Any) -> None:
        """Say nothing: clients that break off are what is tested."""


@contextmanager
def mail_server(
    behaviour: Behaviour | None = None, security: str = "smtp", certificate: Path | None = None, port: int = 0
) -> Iterator[FakeMailServer]:
    """Serve on a free port of loopback (or the given one, for a server that comes back) while the block runs."""
    with _Server(("127.0.0.1", port), _Conversation) as server:
        server.fake = FakeMailServer(server.server_address[1], behaviour or Behaviour(), security)
        if certificate is not None:
            server.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            server.context.load_cert_chain(certificate)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield server.fake
        finally:
            server.fake.stopping.set()
            server.shutdown()
            thread.join()


def certificate_for_loopback(path: Path) -> Path:
    """Write a fresh key with a certificate of its own for 127.0.0.1; the same file serves as what to trust."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number()).not_valid_before(now - _DAY).not_valid_after(now + _DAY)
    names = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    signed = builder.add_extension(names, critical=False).sign(key, hashes.SHA256())
    kind = serialization.PrivateFormat.PKCS8
    pem = key.private_bytes(serialization.Encoding.PEM, kind, serialization.NoEncryption())
    path.write_bytes(pem + signed.public_bytes(serialization.Encoding.PEM))
    return path
