"""An OpenID provider of a test: real HTTPS on loopback, real keys, an authorization endpoint that a browser can open.

It signs in whoever ``subject`` says, checks client, secret, redirect address and PKCE as a provider has to, and misbehaves
where a test says so: ``claims`` and ``header`` replace what its tokens say, ``answers`` replaces whole answers.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import html
import json
import secrets
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, parse_qsl, unquote_plus, urlencode, urlsplit

from joserfc import jws
from joserfc.jwk import ECKey, OKPKey, RSAKey

from app.domain.openid import EVERYBODY, OpenIdProvider
from app.egress.addresses import Egress
from app.egress.provider_calls import ProviderCalls
from app.web.context import attach
from tests.factories.exchanges import RunningExchange
from tests.factories.https_servers import LOOPBACK, certificates

SECRET = "a secret of the client: %&+"
DISCOVERY, KEYS, TOKEN, AUTHORIZE = "/.well-known/openid-configuration", "/keys", "/token", "/authorize"
SLOW, HUGE, REDIRECT, BROKEN, COMPRESSED, CUT_OFF = "slow", "huge", "redirect", "broken", "compressed", "cut-off"
HOST = "login.localhost"
Key = RSAKey | ECKey | OKPKey


def new_key(kid: str, kind: str = "EC") -> Key:
    """Give a key of a kind: ``EC``, ``RSA`` or ``OKP``."""
    if kind == "RSA":
        return RSAKey.generate_key(2048, {"kid": kid, "use": "sig"})
    if kind == "OKP":
        return OKPKey.generate_key("Ed25519", {"kid": kid, "use": "sig"})
    return ECKey.generate_key("P-256", {"kid": kid, "use": "sig"})


ALGORITHM_OF = {"EC": "ES256", "RSA": "RS256", "OKP": "Ed25519"}


@dataclass
class Simulator:
    """A running provider."""

    port: int
    ca_file: Path
    name: str = "example"
    title: str = "Example sign-in"
    client_id: str = "breakwater"
    subject: str = "subject-1"
    keys: list[Key] = field(default_factory=lambda: [new_key("first")])
    signs_with: Key | None = None
    """None: the first of ``keys``, which are those that it publishes."""
    claims: dict[str, Any] = field(default_factory=dict)
    header: dict[str, Any] = field(default_factory=dict)
    document: dict[str, Any] = field(default_factory=dict)
    answers: dict[str, str] = field(default_factory=dict)
    token: str | None = None
    """A token that it gives instead of its own."""
    names_itself: bool = True
    clock_ahead: float = 0.0
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    """The paths that were asked for."""
    refused: list[str] = field(default_factory=list)
    """Why it gave no token."""
    given: list[str] = field(default_factory=list)
    """The tokens that it gave."""

    @property
    def issuer(self) -> str:
        """Its issuer."""
        return f"https://{HOST}:{self.port}"

    def provider(self, **changes: Any) -> OpenIdProvider:
        """Give it as an exchange is set to know it."""
        known = OpenIdProvider(self.name, self.title, self.issuer, self.client_id, SECRET, EVERYBODY)
        return replace(known, **changes)

    def egress(self, **changes: Any) -> Egress:
        """Give what calls it; the name is looked up as names under ``localhost`` are."""
        return replace(Egress(frozenset({443, self.port}), frozenset({ip_address(LOOPBACK)}), self.ca_file), **changes)

    def discovery(self) -> dict[str, Any]:
        """Give its discovery document."""
        said = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}{AUTHORIZE}?tenant=one",
            "token_endpoint": f"{self.issuer}{TOKEN}",
            "jwks_uri": f"{self.issuer}{KEYS}",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["ES256"],
            "code_challenge_methods_supported": ["S256"],
            "authorization_response_iss_parameter_supported": self.names_itself,
        }
        return {name: value for name, value in (said | self.document).items() if value is not None}

    def comes_back(self, address: str, **changes: str | None) -> str:
        """Sign somebody in at an authorization address, and give where the browser is sent; ``changes`` replace what it says."""
        asked = dict(parse_qsl(urlsplit(address).query))
        assert asked["scope"] == "openid"
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked | {"subject": self.subject}
        said = {"code": code, "state": asked["state"], "session_state": "something of its own"}
        said |= {"iss": self.issuer} if self.names_itself else {}
        kept = {name: value for name, value in (said | changes).items() if value is not None}
        return f"{asked['redirect_uri']}?{urlencode(kept)}"

    def id_token(self, asked: Mapping[str, str]) -> str:
        """Give a token for what was asked at the authorization endpoint."""
        now = int(time.time() + self.clock_ahead)
        claims = {
            "iss": self.issuer,
            "sub": asked["subject"],
            "aud": self.client_id,
            "exp": now + 300,
            "iat": now,
            "nonce": asked["nonce"],
            "email": "somebody.else@example.org",
        } | self.claims
        key = self.signs_with or self.keys[0]
        header = {"alg": ALGORITHM_OF[key.key_type], "kid": key.kid} | self.header
        return signed_token({n: v for n, v in header.items() if v is not None}, claims, key)

    def take_code(self, form: Mapping[str, str], authorization: str) -> str | None:
        """Give the token for a code, None (and why in ``refused``) if anything about it is wrong."""
        asked = self.codes.pop(form.get("code", ""), None)
        if asked is None:
            self.refused.append("code")
            return None
        id_and_secret = base64.b64decode(authorization.removeprefix("Basic ")).decode().split(":") if authorization else []
        posted = [form.get("client_id", ""), form.get("client_secret", "")]
        challenge = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        right = {
            "client": ([unquote_plus(one) for one in id_and_secret] or posted) == [self.client_id, SECRET],
            "redirect": form.get("redirect_uri") == asked["redirect_uri"],
            "grant": form.get("grant_type") == "authorization_code",
            "pkce": base64.urlsafe_b64encode(challenge).decode().rstrip("=") == asked["code_challenge"],
        }
        wrong = [name for name, is_right in right.items() if not is_right]
        self.refused.extend(wrong)
        if wrong:
            return None
        self.given.append(self.token or self.id_token(asked))
        return self.given[-1]


def signed_token(header: Mapping[str, Any], claims: Mapping[str, Any] | bytes, key: Key) -> str:
    """Give a token; of ``none`` the signature is empty, for ``HS256`` the secret is what everybody may know: the public key."""
    payload = claims if isinstance(claims, bytes) else json.dumps(claims).encode()
    if header["alg"] == "none":
        parts = [base64.urlsafe_b64encode(one).decode().rstrip("=") for one in (json.dumps(header).encode(), payload)]
        return f"{parts[0]}.{parts[1]}."
    if header["alg"] == "HS256":
        content = ".".join(base64.urlsafe_b64encode(one).decode().rstrip("=") for one in (json.dumps(header).encode(), payload))
        made = hmac.new(public_keys(key), content.encode(), hashlib.sha256).digest()
        return f"{content}.{base64.urlsafe_b64encode(made).decode().rstrip('=')}"
    return jws.serialize_compact(dict(header), payload, key, algorithms=[header["alg"]])


def public_keys(*keys: Key) -> bytes:
    """Give a document of keys."""
    return json.dumps({"keys": [one.as_dict(private=False) for one in keys]}).encode()


@contextmanager
def simulator(folder: Path, **changes: Any) -> Iterator[Simulator]:
    """Run a provider; two in one folder have one authority."""
    folder.mkdir(exist_ok=True)
    files = (folder / "ca.pem", folder / "certificate.pem", folder / "certificate-key.pem")
    ca_file, certificate, key = files if files[0].exists() else certificates(folder, HOST)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with _Server((LOOPBACK, 0), _Handler) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        server.simulator = Simulator(server.server_port, ca_file, **changes)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield server.simulator
        finally:
            server.stopping.set()
            server.shutdown()
            thread.join()


def offer(running: RunningExchange, *simulators: Simulator, patience_seconds: float = 60, **changes: Any) -> None:
    """Let an exchange offer these providers from now on; ``changes`` are of what each is set to be."""
    ports = frozenset({443, *(one.port for one in simulators)})
    egress = replace(simulators[0].egress(call_seconds=patience_seconds, resolve=_resolved), ports=ports)
    offered = tuple(one.provider(**changes) for one in simulators)
    running.exchange = replace(running.exchange, providers=offered, provider_calls=ProviderCalls(egress))
    attach(running.app, running.exchange)


def _resolved(host: str) -> list[str]:
    """Look a name up: the provider is here, and every other one within somebody's network."""
    return [LOOPBACK] if host == HOST else ["10.0.0.5"]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    simulator: Simulator

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.stopping = threading.Event()

    def handle_error(self, *_arguments: Any) -> None:
        """Say nothing: whoever calls may go."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    timeout = 20

    def log_message(self, *_arguments: Any) -> None:
        """Log nothing."""

    def do_GET(self) -> None:
        """Give a document, or the page of who is signed in there."""
        path, known = urlsplit(self.path).path, self.server.simulator
        known.asked.append(path)
        if known.answers.get(path):
            self._misbehave(known.answers[path])
        elif path == DISCOVERY:
            self._send(200, json.dumps(known.discovery()).encode())
        elif path == KEYS:
            self._send(200, public_keys(*known.keys))
        elif path == AUTHORIZE:
            back = html.escape(known.comes_back(self.path))
            text = f'<!doctype html><html lang="en"><title>Provider</title><h1>Provider</h1><a href="{back}">It is me</a>'
            self._send(200, text.encode(), "text/html")
        else:
            self._send(404, b"")

    def do_POST(self) -> None:
        """Give a token for a code."""
        known = self.server.simulator
        known.asked.append(self.path)
        content = self.rfile.read(int(self.headers["Content-Length"])).decode()
        if known.answers.get(self.path):
            self._misbehave(known.answers[self.path])
            return
        form = {name: values[0] for name, values in parse_qs(content).items()}
        token = known.take_code(form, self.headers.get("Authorization", ""))
        said = (
            {"error": "invalid_grant"}
            if token is None
            else {"id_token": token, "access_token": "of no use", "token_type": "Bearer"}
        )
        self._send(400 if token is None else 200, json.dumps(said).encode())

    def _misbehave(self, how: str) -> None:
        if how == SLOW:
            self.server.stopping.wait(20)
        elif how == HUGE:
            with suppress(OSError):
                self._send(200, b'{"x": "' + b"x" * 1_000_000 + b'"}')
        elif how == REDIRECT:
            self.send_response(302)
            self.send_header("Location", f"{self.server.simulator.issuer}/elsewhere")
            self.end_headers()
        elif how in {COMPRESSED, CUT_OFF}:
            self.send_response(200)
            self.send_header(*(("Content-Encoding", "gzip") if how == COMPRESSED else ("Content-Length", "50")))
            self.end_headers()
            self.wfile.write(b"{}")
        else:
            self._send(200, b"{not json")

    def _send(self, status: int, content: bytes, kind: str = "application/json") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
