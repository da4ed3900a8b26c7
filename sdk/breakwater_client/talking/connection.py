"""A connection to an exchange's REST interface.

Owns time limits, retries, and turning problem documents (RFC 9457) into errors. A request is sent again only where that cannot
do anything twice: a GET, or a POST that carries an idempotency key. The token goes to the given host and nowhere else: no
redirect is followed, and plain HTTP leaves this machine only if somebody insists. One connection serves one thread at a time.
Kept by ``tests/client/talking/test_connection.py``.
"""

from __future__ import annotations

import io
import json
import random
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.cookiejar import DefaultCookiePolicy
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.auth import AuthBase
from urllib3.exceptions import HTTPError

from breakwater_client.errors import (
    Answer,
    Code,
    ExchangeAwayError,
    ExchangeRefusedError,
    UnusableAddressError,
)
from breakwater_client.signing.sign_requests import RequestSigner
from breakwater_client.talking.addresses import checked_base, pairs
from breakwater_client.talking.answer_bounds import (
    ACCEPTED_PACKINGS,
    LARGE,
    PIECE_BYTES,
    PROBLEM,
    bound_of,
    read_bounded,
    read_json,
    unpacked,
)
from breakwater_client.talking.network import Network, log_wait
from breakwater_client.talking.slow_answers import TimedAdapter, TooSlowError

ATTEMPTS = Network().attempts
_FIRST_WAIT_SECONDS = 0.25
_LONGEST_WAIT_SECONDS = 15.0
_BUSY = {429, 502, 503, 504}
_TOO_LONG = 414
_NOT_HERE = {301, 302, 303, 307, 308, 404, 405}
_KINDS = "application/json, application/problem+json"
_PARTIAL = 206
_TOO_LONG_SENTENCE = (
    "The filters are too long for one request: give fewer values (such as ids), in several pulls with a state each."
)
_CONNECTION_FAULTS = (requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError)
_UNREADABLE = (requests.RequestException, HTTPError, ValueError)
"""What else reading an answer raises where it is none: packed as it is not, with headers that contradict each other."""


@dataclass(frozen=True, slots=True)
class Target:
    """Which exchange, and as whom: with a token, or with a key that signs. Neither asks public routes only."""

    url: str
    token: str | None = field(repr=False, default=None)
    insecure: bool = False
    signer: RequestSigner | None = None
    network: Network = field(default_factory=Network)


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


Waits = Callable[[float, int], None]


class _Session(requests.Session):
    """Does not even look at where a redirect leads: ``requests`` reads the whole body of one for that, however long it is."""

    def get_redirect_target(self, resp: requests.Response) -> str | None:  # noqa: ARG002  # the base class names it so
        return None


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


class Connection:
    """A connection to one exchange, kept alive between calls."""

    def __init__(self, target: Target, agent: str = "breakwater-client", waits: Waits | None = None) -> None:
        """Check the address; nothing is sent yet. ``waits`` is told before each wait: how many seconds, after which attempt.

        Without it the library's logger is (``network``).

        Raises:
            UnusableAddressError: no address of an exchange, plain HTTP to another machine, or what is no token.
        """
        self._waits = waits or log_wait
        self._network = target.network
        self._base = checked_base(target.url, insecure=target.insecure)
        self._session = _Session()
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=()))  # none is kept, and none sent back
        self._adapter = TimedAdapter()
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, self._adapter)
        # Plain HTTP goes to this machine alone: a proxy of the environment would be shown the token.
        self._session.trust_env = self._base.startswith("https://")
        self._network.settle(self._session)
        self._session.auth = _Signature(target.signer) if target.signer else _Token(_checked_token(target.token))
        self._session.headers.update({"Accept": _KINDS, "Accept-Encoding": ACCEPTED_PACKINGS, "User-Agent": agent})

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

        A slow line is no fault here: that file is given up of which some connections, one after the other, bring next to nothing.

        Raises:
            ExchangeError: as ``send``, also while pieces come.
        """
        response = self._answer(Request("GET", path, start=start))
        begin = start if response.status_code == _PARTIAL else 0
        return begin, self._pieces(path, response, begin)

    def _pieces(self, path: str, response: requests.Response, at: int) -> Iterator[bytes]:
        attempt = 1
        while True:
            came = 0
            try:
                with response:
                    for piece in unpacked(response):
                        at, came = at + len(piece), came + len(piece)
                        attempt = 1 if came >= PIECE_BYTES else attempt
                        yield piece
            except (*_CONNECTION_FAULTS, TooSlowError) as exc:
                if attempt == self._network.attempts:
                    raise _away(self._base, exc) from None
            except _UNREADABLE:
                raise _unreadable() from None
            else:
                return
            time.sleep(_wait_seconds(attempt, None))
            attempt += 1
            response = self._answer(Request("GET", path, start=at))
            if at and response.status_code != _PARTIAL:
                raise ExchangeAwayError("The exchange does not go on where it stopped: run it again.")

    def send(self, request: Request) -> Any:
        """Send a request and give its JSON answer, None for an empty one.

        Raises:
            ExchangeRefusedError: the exchange says no.
            ExchangeAwayError: it cannot be reached, is busy for longer than this waits, does not answer as an exchange does,
                answers more than what was asked for can be (``talking.answer_bounds``), or for minutes
                (``talking.slow_answers``).
        """
        response = self._answer(request)
        return read_json(response, bound_of(request.path)) if response.content else None

    def _answer(self, request: Request) -> requests.Response:
        for attempt in range(1, self._network.attempts + 1):
            prepared = self._prepared(request)
            try:
                self._adapter.most_bytes = (LARGE if request.start is not None else bound_of(request.path)).most_on_the_line
                response = self._send_once(prepared)
                if request.start is None or not _is_given(response):
                    read_bounded(response, bound_of(request.path) if _is_given(response) else PROBLEM)
            except _CONNECTION_FAULTS as exc:
                if attempt == self._network.attempts or not _may_repeat(request) or isinstance(exc, requests.exceptions.SSLError):
                    raise _away(self._base, exc) from None
                wait = _wait_seconds(attempt, None)
            except _UNREADABLE:
                raise _unreadable() from None
            else:
                if not _passes(response) or attempt == self._network.attempts or not _may_repeat(request):
                    return _unrefused(response)
                wait = _wait_seconds(attempt, response.headers.get("Retry-After"))
            self._waits(wait, attempt)
            time.sleep(wait)
        raise AssertionError("the last attempt returns or raises")  # pragma: no cover  # for the type checker

    def _prepared(self, request: Request) -> requests.PreparedRequest:
        headers = {"Content-Type": "application/json"} if request.body is not None else {}
        if request.idempotency_key:
            headers["Idempotency-Key"] = request.idempotency_key
        if request.purpose:
            headers["Breakwater-Purpose"] = request.purpose
        if request.start is not None:  # a file as it lies there: nobody packs it once more on the way
            headers |= {"Accept": "*/*", "Accept-Encoding": "identity"} | _range(request.start)
        asked = requests.Request(
            request.method, self._base + request.path, headers, data=request.body, params=list(pairs(request.parameters))
        )
        return self._session.prepare_request(asked)

    def _send_once(self, prepared: requests.PreparedRequest) -> requests.Response:
        settings = self._session.merge_environment_settings(prepared.url, {}, stream=True, verify=None, cert=None)
        if isinstance(prepared.body, bytes):  # sent piece by piece, each within the limit: as one it would have seconds in all
            prepared.body = io.BytesIO(prepared.body)  # type: ignore[assignment]  # requests sends it; its type says what it makes itself
        return self._session.send(prepared, timeout=self._network.limits, allow_redirects=False, **settings)


def _range(start: int) -> dict[str, str]:
    return {"Range": f"bytes={start}-"} if start else {}


def _checked_token(token: str | None) -> str | None:
    if token is not None and not (token.isascii() and token.isprintable() and " " not in token):
        raise UnusableAddressError("The token holds characters that no token has; copy it again.", told="token")
    return token


def _may_repeat(request: Request) -> bool:
    return request.method == "GET" or request.idempotency_key is not None


def _passes(response: requests.Response) -> bool:
    """Whether a refusal passes by itself: a read-only exchange waits for its operators, and not for some seconds."""
    return response.status_code in _BUSY and _problem(response).get("code") != Code.EXCHANGE_READ_ONLY.value


def _wait_seconds(attempt: int, retry_after: str | None) -> float:
    if retry_after is not None and retry_after.isascii() and retry_after.isdigit():
        return min(float(retry_after), _LONGEST_WAIT_SECONDS)
    jitter: float = random.uniform(0.5, 1.0)  # noqa: S311  # spreads clients in time, keeps no secret
    return min(_FIRST_WAIT_SECONDS * (1 << (attempt - 1)), _LONGEST_WAIT_SECONDS) * jitter


def _away(base: str, exc: Exception) -> ExchangeAwayError:
    why = "is it running?"
    if isinstance(exc, requests.exceptions.SSLError):  # what the system's library says of it, three errors down
        untrusted = "CERTIFICATE_VERIFY_FAILED" in str(exc)
        why = "its certificate is not trusted" if untrusted else "it does not speak TLS there as this machine does; is it http?"
    return ExchangeAwayError(f"{base} cannot be reached: {why}", told="unreachable")


def _unreadable() -> ExchangeAwayError:
    return ExchangeAwayError("The answer cannot be read: is this the address of an exchange?", told="no-exchange")


def _is_given(response: requests.Response) -> bool:
    return response.status_code < 300  # noqa: PLR2004  # the border between answers and refusals, RFC 9110 §15


def _unrefused(response: requests.Response) -> requests.Response:
    if _is_given(response):
        return response
    problem = _problem(response)
    plain = _TOO_LONG_SENTENCE if response.status_code == _TOO_LONG else f"The exchange answered {response.status_code}."
    if not problem and response.status_code in _NOT_HERE:
        plain = (
            f"What is there answered {response.status_code}, and not as an exchange does: is this its address, without a path?"
        )
    kind = ExchangeAwayError if response.status_code in _BUSY else ExchangeRefusedError
    raise kind(
        str(problem.get("detail") or problem.get("title") or plain),
        told=_text(problem.get("code")),
        pointer=_text(problem.get("pointer")),
        answer=Answer(response.status_code, _text(problem.get("request_id")) or response.headers.get("X-Request-Id")),
    )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _problem(response: requests.Response) -> dict[str, Any]:
    problem = read_json(response, PROBLEM) if "json" in response.headers.get("Content-Type", "") else {}
    return problem if isinstance(problem, dict) else {}
