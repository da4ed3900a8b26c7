"""The exchange's REST interface as commands call it.

Owns time limits, retries, and turning problem documents (RFC 9457) into one line. A request is sent again only where that cannot
do anything twice: a GET, or a POST that carries an idempotency key. The token goes to the given host and nowhere else: no
redirect is followed, and plain HTTP leaves this machine only if somebody insists. Kept by ``tests/cli/test_api.py``.
"""

from __future__ import annotations

import ipaddress
import json
import random
import time
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

import requests
from requests.auth import AuthBase

from app.cli.faults import CommandFault, ExitCode, printable, wants_json
from app.cli.output import warn
from app.domain.errors import Code

if TYPE_CHECKING:
    from app.services.offline.sign_requests import RequestSigner

ATTEMPTS = 6
_FIRST_WAIT_SECONDS = 0.25
_LONGEST_WAIT_SECONDS = 15.0
_NOTICED_SECONDS = 1.0
_TIME_LIMITS_SECONDS = (5, 120)
_BUSY = {429, 502, 503, 504}
_EXIT_CODES = {
    401: ExitCode.NOT_ALLOWED,
    403: ExitCode.NOT_ALLOWED,
    **dict.fromkeys(_BUSY, ExitCode.UNAVAILABLE),
}
_TOO_LONG = 414
_PARTIAL = 206
_PIECE_BYTES = 16 * 1024  # as much is lost, at most, where a connection breaks
_TOO_LONG_SENTENCE = (
    "The filters are too long for one request: give fewer values (such as --id), in several runs with a --state each."
)
_CONNECTION_FAULTS = (requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError)


@dataclass(frozen=True, slots=True)
class Target:
    """Which exchange, and as whom: with a token, or with a key that signs. Neither asks public routes only."""

    url: str
    token: str | None = field(repr=False, default=None)
    insecure: bool = False
    signer: RequestSigner | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """One call below ``/api/v1``. ``body`` is JSON bytes; ``idempotency_key`` None: not to be sent again."""

    method: str
    path: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    body: bytes | None = None
    idempotency_key: str | None = None
    purpose: str | None = None
    start: int | None = None
    """From which byte on a file is asked for, which then comes in pieces; None: it is no file."""


class _Token(AuthBase):
    """Sets the header last, so that a netrc file of the machine never replaces the token."""

    def __init__(self, token: str | None) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers.pop("Authorization", None)
        if self._token:
            request.headers["Authorization"] = f"Bearer {self._token}"
        return request


class _Signature(AuthBase):
    """Signs each request as it goes out, with a nonce and a time of its own; one that is sent again is signed again."""

    def __init__(self, signer: RequestSigner) -> None:
        self._signer = signer

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        parts = urlsplit(str(request.url))
        body = request.body.encode() if isinstance(request.body, str) else request.body or b""
        request.headers.pop("Authorization", None)
        request.headers.update(
            self._signer.headers(
                f"{parts.scheme}://{parts.netloc}", str(request.method), request.path_url, request.headers.items(), body
            )
        )
        return request


class Api:
    """A connection to one exchange, kept alive between calls."""

    def __init__(self, target: Target) -> None:
        """Check the address; nothing is sent yet.

        Raises:
            CommandFault: no address of an exchange, or plain HTTP to another machine.
        """
        self._base = _checked_base(target)
        self._session = requests.Session()
        # Plain HTTP goes to this machine alone: a proxy of the environment would be shown the token.
        self._session.trust_env = self._base.startswith("https://")
        self._session.auth = _Signature(target.signer) if target.signer else _Token(_checked_token(target.token))
        self._session.headers.update({"Accept": "application/json, application/problem+json", "User-Agent": "breakwater-cli"})

    def get(self, path: str, **parameters: Any) -> Any:
        """Give the document at ``path``; parameters that are None or empty are left out, lists repeat their name."""
        return self.send(Request("GET", path, parameters))

    def post(self, path: str, document: Any = None, idempotency_key: str | None = None) -> Any:
        """Send a document, and give the answer. Each call has an idempotency key of its own unless one is given."""
        body = b"" if document is None else json.dumps(document, ensure_ascii=False).encode()
        return self.send(Request("POST", path, body=body, idempotency_key=idempotency_key or str(uuid.uuid4())))

    def patch(self, path: str, document: Any) -> Any:
        """Change something; never sent twice."""
        return self.send(Request("PATCH", path, body=json.dumps(document).encode()))

    def put(self, path: str, document: Any) -> Any:
        """Make something be as it is said; never sent twice."""
        return self.send(Request("PUT", path, body=json.dumps(document).encode()))

    def delete(self, path: str) -> Any:
        """End something; never sent twice."""
        return self.send(Request("DELETE", path))

    def fetch(self, path: str) -> bytes:
        """Give what is at ``path`` as it comes, for what is no JSON. Raises as ``send``."""
        return self._answer(Request("GET", path)).content

    def stream(self, path: str, start: int) -> tuple[int, Iterator[bytes]]:
        """Give from which byte on a file comes, ``start`` or the first, and its pieces; after a break it goes on where it was.

        Raises:
            CommandFault: as ``send``, also while pieces come.
        """
        response = self._answer(Request("GET", path, start=start))
        begin = start if response.status_code == _PARTIAL else 0
        return begin, self._pieces(path, response, begin)

    def _pieces(self, path: str, response: requests.Response, at: int) -> Iterator[bytes]:
        attempt = 1
        while True:
            try:
                with response:
                    for piece in response.iter_content(_PIECE_BYTES):
                        at, attempt = at + len(piece), 1
                        yield piece
            except _CONNECTION_FAULTS as exc:
                if attempt == ATTEMPTS:
                    raise _away(self._base, exc) from None
            else:
                return
            time.sleep(_wait_seconds(attempt, None))
            attempt += 1
            response = self._answer(Request("GET", path, start=at))
            if at and response.status_code != _PARTIAL:
                raise CommandFault("The exchange does not go on where it stopped: run it again.", ExitCode.UNAVAILABLE)

    def send(self, request: Request) -> Any:
        """Send a request and give its JSON answer, None for an empty one.

        Raises:
            CommandFault: the exchange refuses, cannot be reached, or does not answer as an exchange does.
        """
        response = self._answer(request)
        return _json(response) if response.content else None

    def _answer(self, request: Request) -> requests.Response:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                response = self._send_once(request)
            except _CONNECTION_FAULTS as exc:
                if attempt == ATTEMPTS or not _may_repeat(request) or isinstance(exc, requests.exceptions.SSLError):
                    raise _away(self._base, exc) from None
                wait = _wait_seconds(attempt, None)
            else:
                if not _passes(response) or attempt == ATTEMPTS or not _may_repeat(request):
                    return _unrefused(response)
                wait = _wait_seconds(attempt, response.headers.get("Retry-After"))
            _tell_wait(wait, attempt)
            time.sleep(wait)
        raise AssertionError("the last attempt returns or raises")  # pragma: no cover  # for the type checker

    def _send_once(self, request: Request) -> requests.Response:
        headers = {"Content-Type": "application/json"} if request.body is not None else {}
        if request.idempotency_key:
            headers["Idempotency-Key"] = request.idempotency_key
        if request.purpose:
            headers["Breakwater-Purpose"] = request.purpose
        if request.start is not None:  # a file as it lies there: nobody packs it once more on the way
            headers |= {"Accept": "*/*", "Accept-Encoding": "identity"} | _range(request.start)
        return self._session.request(
            request.method,
            self._base + request.path,
            params=list(_pairs(request.parameters)),
            data=request.body,
            headers=headers,
            timeout=_TIME_LIMITS_SECONDS,
            allow_redirects=False,
            stream=request.start is not None,
        )


def _range(start: int) -> dict[str, str]:
    return {"Range": f"bytes={start}-"} if start else {}


def _pairs(parameters: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Give a query's pairs: a list of values repeats its name, and what is None or empty is left out."""
    for name, value in parameters.items():
        for one in value if isinstance(value, (list, tuple)) else (value,):
            if one not in (None, ""):
                yield name, str(one)


def segment(value: str) -> str:
    """Give a value as one segment of a path, whatever characters it has."""
    return quote(value, safe="")


def _checked_base(target: Target) -> str:
    parts = urlsplit(target.url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment or parts.username:
        raise CommandFault("--url takes the address of an exchange, such as https://exchange.example.org.", ExitCode.USAGE)
    if parts.scheme == "http" and not target.insecure and not is_loopback(parts.hostname):
        sentence = "Plain HTTP would show your token to everybody on the way: use https, or insist with --insecure."
        raise CommandFault(sentence, ExitCode.USAGE, code="insecure-address")
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/').removesuffix('/api/v1')}/api/v1"


def is_loopback(host: str) -> bool:
    """Whether a host, by name or address, is this machine as seen from itself."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _checked_token(token: str | None) -> str | None:
    if token is not None and not (token.isascii() and token.isprintable() and " " not in token):
        raise CommandFault("The token holds characters that no token has; copy it again.", ExitCode.USAGE, code="token")
    return token


def _may_repeat(request: Request) -> bool:
    return request.method == "GET" or request.idempotency_key is not None


def _passes(response: requests.Response) -> bool:
    """Whether a refusal passes by itself: a read-only exchange waits for its operators, and not for some seconds."""
    return response.status_code in _BUSY and _problem(response).get("code") != Code.EXCHANGE_READ_ONLY.value


def _tell_wait(seconds: float, attempt: int) -> None:
    """Say on standard error what people would notice: a command that is silent seems to hang. Programs get one document."""
    if seconds >= _NOTICED_SECONDS and not wants_json():
        warn(f"The exchange cannot answer now; asking again in {seconds:.0f} s ({attempt} of {ATTEMPTS - 1}).", "waiting")


def _wait_seconds(attempt: int, retry_after: str | None) -> float:
    if retry_after is not None and retry_after.isdigit():
        return min(float(retry_after), _LONGEST_WAIT_SECONDS)
    jitter: float = random.uniform(0.5, 1.0)  # noqa: S311  # spreads clients in time, keeps no secret
    return min(_FIRST_WAIT_SECONDS * (1 << (attempt - 1)), _LONGEST_WAIT_SECONDS) * jitter


def _away(base: str, exc: Exception) -> CommandFault:
    kind = "its certificate is not trusted" if isinstance(exc, requests.exceptions.SSLError) else "is it running?"
    return CommandFault(f"{base} cannot be reached: {kind}", ExitCode.UNAVAILABLE, code="unreachable")


def _unrefused(response: requests.Response) -> requests.Response:
    if response.status_code < 300:  # noqa: PLR2004  # the border between answers and refusals, RFC 9110 §15
        return response
    problem = _problem(response)
    plain = _TOO_LONG_SENTENCE if response.status_code == _TOO_LONG else f"The exchange answered {response.status_code}."
    detail = problem.get("detail") or problem.get("title") or plain
    raise CommandFault(
        printable(detail),
        _EXIT_CODES.get(response.status_code, ExitCode.REFUSED),
        code=problem.get("code"),
        pointer=problem.get("pointer"),
        status=response.status_code,
        request_id=problem.get("request_id") or response.headers.get("X-Request-Id"),
    )


def _problem(response: requests.Response) -> dict[str, Any]:
    problem = _json(response) if "json" in response.headers.get("Content-Type", "") else {}
    return problem if isinstance(problem, dict) else {}


def _json(response: requests.Response) -> Any:
    try:
        return json.loads(response.content)
    except ValueError:
        sentence = "The answer is no JSON: is this the address of an exchange?"
        raise CommandFault(sentence, ExitCode.UNAVAILABLE, code="no-exchange", status=response.status_code) from None
