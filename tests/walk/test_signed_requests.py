"""Signed requests at a real server: one request to two workers at once, and what only shows on the wire.

What gunicorn makes of repeated headers, foldings and request lines is its own; these tests keep what of it gets through.
"""

from __future__ import annotations

import base64
import hashlib
import http.client
import json
import os
import secrets
import signal
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from app.domain.vocabulary import KeyAlgorithm
from app.storage.session import Database
from breakwater_client.trust.keys import PrivateKey
from tests.factories.exchanges import Message, over_http
from tests.factories.prepared_sandboxes import PreparedSandboxes
from tests.factories.sandboxes import Sandbox, serving_sandbox
from tests.factories.signed_requests import Signing, write_request_key

MINE = "/api/v1/policy/mine"
CONNECTIONS = 12
_PATIENCE_SECONDS = 600  # ten thousand rounds beside other work; it is no promise
JSON = {"Content-Type": "application/json"}
NONE: Mapping[str, str] = {}
CLOSED = (0, "closed")


@dataclass(frozen=True)
class Served:
    """A sandbox of two workers, and a partner of it who signs."""

    sandbox: Sandbox
    signing: Signing

    @property
    def address(self) -> tuple[str, int]:
        """Host and port."""
        parts = urlsplit(self.sandbox.url)
        return str(parts.hostname), int(parts.port or 0)

    def signed(self, method: str = "GET", target: str = MINE, headers: Mapping[str, str] = NONE, body: bytes = b"") -> Message:
        """Give a signed message that was not sent yet."""
        return self.signing.signed(Message(method, target, headers, body))


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def served(
    request: pytest.FixtureRequest, sandboxes: PreparedSandboxes, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("signed")
    with sandboxes.laid(request.param, folder / "exchange") as url, serving_sandbox(folder / "exchange", url) as sandbox:
        yield Served(sandbox, enter(sandbox, url))


def enter(sandbox: Sandbox, url: str, algorithm: KeyAlgorithm = KeyAlgorithm.ED25519) -> Signing:
    """Give a partner of the sandbox a key that signs requests."""
    database, key = Database(url), PrivateKey.generate(algorithm)
    try:
        write_request_key(database, sandbox.partner("platform-a").facts["id"], key, datetime.now(UTC))
    finally:
        database.dispose()
    return Signing(over_http(sandbox.url), key, sandbox.url)


# --- one request at two workers ----------------------------------------------------------------------------------------------


def test_of_one_request_sent_many_times_at_once_one_passes(served: Served) -> None:
    race(served, rounds=30)


@pytest.mark.campaign
def test_of_one_request_sent_many_times_at_once_one_passes_ten_thousand_times(served: Served) -> None:
    race(served, rounds=10_000)


def race(served: Served, rounds: int) -> None:
    """Send each of many requests over all connections at the same moment; exactly one of each must be answered 200.

    The server closes what was idle for two seconds, as connections may be on a busy machine: then it is done again on new ones.
    """
    lines = connections(served)
    start, end = threading.Barrier(CONNECTIONS + 1), threading.Barrier(CONNECTIONS + 1)
    messages: list[Message] = []
    ends: list[tuple[int, str]] = []

    def run(number: int) -> None:
        while True:
            start.wait(_PATIENCE_SECONDS)
            if not messages:
                return
            ends.append(answered(lines[number], messages[-1]))
            end.wait(_PATIENCE_SECONDS)

    threads = [threading.Thread(target=run, args=(number,), daemon=True) for number in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    done = renewed = 0
    while done < rounds:
        ends.clear()
        messages[:] = [served.signed()]
        start.wait(_PATIENCE_SECONDS)
        end.wait(_PATIENCE_SECONDS)
        if CLOSED in ends:
            renewed += 1
            assert renewed <= rounds
            assert ends.count((200, "")) <= 1
            for line in lines:
                line.close()
            lines[:] = connections(served)
            continue
        assert Counter(ends) == {(200, ""): 1, (401, "request-nonce-used"): CONNECTIONS - 1}, done
        done += 1
    messages.clear()
    start.wait(_PATIENCE_SECONDS)
    for thread in threads:
        thread.join(_PATIENCE_SECONDS)
    for line in lines:
        line.close()


def answered(line: http.client.HTTPConnection, message: Message) -> tuple[int, str]:
    """Send a message and give status and code of its answer, or that the server had closed the connection before."""
    try:
        line.request(message.method, message.target, headers=dict(message.headers))
        answer = line.getresponse()
    except ConnectionError:
        return CLOSED
    return answer.status, json.loads(answer.read()).get("code", "")


def connections(served: Served) -> list[http.client.HTTPConnection]:
    """Open connections, of which each of the two workers has half: while one takes them, the other is held still."""
    lines: list[http.client.HTTPConnection] = []
    both = workers(served)
    assert len(both) == 2, both
    for taker, other in (both, both[::-1]):
        share = [http.client.HTTPConnection(*served.address, timeout=_PATIENCE_SECONDS) for _ in range(CONNECTIONS // 2)]
        with held_still(other):
            for line in share:
                line.request("GET", "/livez")
                line.getresponse().read()
        ports = {line.sock.getsockname()[1] for line in share}
        taken = {inode for inode, (_, there) in connected(served).items() if there in ports}
        assert len(taken & sockets(taker)) == len(share), "the connections are another process's"
        lines += share
    return lines


@contextmanager
def held_still(process: int) -> Iterator[None]:
    """Stop a process for a while that is too short for its server to miss it."""
    os.kill(process, signal.SIGSTOP)
    try:
        while not all("State:\tT" in task.read_text() for task in Path(f"/proc/{process}/task").glob("*/status")):
            time.sleep(0.001)
        yield
    finally:
        os.kill(process, signal.SIGCONT)


def workers(served: Served) -> list[int]:
    """Give the processes that take connections: those children of the server that hold its listening socket."""
    master = served.sandbox.process.pid
    listening = {inode for inode, (state, _) in connected(served).items() if state == "0A"}
    children = Path(f"/proc/{master}/task/{master}/children").read_text().split()
    return [int(child) for child in children if listening & sockets(int(child))]


def connected(served: Served) -> dict[str, tuple[str, int]]:
    """Give the server's sockets as Linux shows them: by inode, their state and the port at their other end."""
    found = {}
    for row in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        _, here, there, state, *_ = fields = row.split()
        if int(here.rpartition(":")[2], 16) == served.address[1]:
            found[f"socket:[{fields[9]}]"] = (state, int(there.rpartition(":")[2], 16))
    return found


def sockets(process: int) -> set[str]:
    found = set()
    for file in Path(f"/proc/{process}/fd").iterdir():
        try:
            found.add(str(file.readlink()))
        except OSError:
            continue  # closed meanwhile
    return found


# --- what only shows on the wire ---------------------------------------------------------------------------------------------


def told(served: Served, *lines: str | bytes, body: bytes = b"") -> int:
    """Send these lines as they are, and give the status of the answer."""
    raw = b"\r\n".join(line if isinstance(line, bytes) else line.encode() for line in lines)
    with socket.create_connection(served.address, timeout=_PATIENCE_SECONDS) as line:
        line.sendall(raw + b"\r\n\r\n" + body)
        status_line = line.makefile("rb").readline().split()
    return int(status_line[1])


def wire(message: Message, *more: str) -> list[str]:
    """Give a message's lines, as a plain client writes them."""
    headers = [f"{name}: {value}" for name, value in message.headers.items()]
    length = [f"Content-Length: {len(message.body)}"] if message.body else []
    return [
        f"{message.method} {message.target} HTTP/1.1",
        "Host: elsewhere.example.org",
        "Connection: close",
        *headers,
        *length,
        *more,
    ]


def post(served: Served) -> Message:
    """Give a signed request with a body and a key of its own, that is answered 201."""
    return served.signed("POST", "/api/v1/keys/challenges", {**JSON, "Idempotency-Key": secrets.token_hex()}, b"{ }")


def test_a_plain_client_passes_whatever_host_it_names(served: Served) -> None:
    assert told(served, *wire(served.signed())) == 200
    assert told(served, *wire(post(served)), body=b"{ }") == 201


@pytest.mark.parametrize("form", ["{upper}:  {value} \t", "{lower}:{value}"])
def test_names_of_headers_have_any_case_and_values_may_have_blanks_around(served: Served, form: str) -> None:
    first, *rest = wire(served.signed())
    pairs = [line.split(": ", 1) for line in rest]
    lines = [form.format(upper=name.upper(), lower=name.lower(), value=value) for name, value in pairs]
    assert told(served, first, *lines) == 200


@pytest.mark.parametrize("name", ["Signature", "Signature-Input", "Content-Type", "Content-Digest", "Idempotency-Key"])
def test_a_header_that_comes_twice_is_refused_also_where_both_are_the_same(served: Served, name: str) -> None:
    message = post(served)
    for again in (message.headers[name], "other"):
        for lines in (wire(message, f"{name}: {again}"), [wire(message)[0], f"{name}: {again}", *wire(message)[1:]]):
            # One of these fields gunicorn refuses by itself (RFC 9110 §5.3).
            assert told(served, *lines, body=message.body) == (400 if name == "Content-Type" else 401)
    assert told(served, *wire(message), body=message.body) == 201


def test_two_signatures_and_a_token_beside_one_are_refused(served: Served) -> None:
    first, second = served.signed(), served.signed()
    more = [f"{name}: {value.replace('breakwater=', 'other=')}" for name, value in second.headers.items()]
    assert told(served, *wire(first, *more)) == 401
    assert told(served, *wire(first, "Authorization: Bearer x")) == 401
    assert told(served, *wire(first, "Breakwater-Repeated: 1")) == 401
    assert told(served, *wire(first)) == 200


def test_a_folded_header_is_refused(served: Served) -> None:
    message = served.signed()
    lines = [line.replace(" ", "\r\n ", 2) if line.startswith("Signature-Input") else line for line in wire(message)]
    assert told(served, *lines) == 400
    lines = [line.replace(";", "\r\n\t;", 1) if line.startswith("Signature-Input") else line for line in wire(message)]
    assert told(served, *lines) == 400


def test_underscores_do_not_stand_for_hyphens(served: Served) -> None:
    assert told(served, *(line.replace("Signature-Input", "Signature_Input") for line in wire(served.signed()))) in {400, 401}


@pytest.mark.parametrize(
    "value",
    [
        "breakwater=" + "(" * 2000,
        "a=1," * 500,
        "breakwater=(" + '"x" ' * 400 + ")",
        "breakwater=()" + ";a" * 900,
        'breakwater=("' + "\\" * 1000,
        "breakwater=:" + "A" * 1800,
        'breakwater=("@method";name="' + "x" * 1500 + '")',
    ],
)
def test_monstrous_fields_are_refused(served: Served, value: str) -> None:
    message = served.signed()
    lines = [f"Signature-Input: {value}" if line.startswith("Signature-Input") else line for line in wire(message)]
    assert told(served, *lines) == 401


def test_bytes_beyond_ascii_and_lines_beyond_measure_are_refused(served: Served) -> None:
    lines = wire(served.signed())
    place = next(number for number, line in enumerate(lines) if line.startswith("Signature-Input"))
    for value in (b"\xc3\xbc", b"\xff\xfe", b"\xe2\x80\xa8", b"\x7f"):
        raw: list[str | bytes] = [*lines[:place], lines[place].encode() + value, *lines[place + 1 :]]
        assert told(served, *raw) in {400, 401}
    assert told(served, *lines[:place], lines[place] + ";x" * 5000, *lines[place + 1 :]) in {400, 401, 431}


@pytest.mark.parametrize("host", ["elsewhere.example.org", None])
def test_a_request_line_with_a_whole_address_is_refused(served: Served, host: str | None) -> None:
    message = served.signed()
    origin = f"http://{host}" if host else served.sandbox.url
    first, *rest = wire(message)
    assert told(served, first.replace(" /", f" {origin}/", 1), *rest) == 401
    assert told(served, first, *rest) == 200


def test_another_spelling_of_the_path_is_another_request(served: Served) -> None:
    for spelled in (MINE.replace("m", "%6d", 1), f"{MINE}?", f"{MINE}#x", f"/.{MINE}", f"/{MINE}"):
        first, *rest = wire(served.signed())
        assert told(served, first.replace(MINE, spelled), *rest) in {400, 401}
    first, *rest = wire(served.signed(target="/api/v1/policy/%6dine"))
    assert told(served, first, *rest) == 200


def test_a_body_in_chunks_is_the_same_body(served: Served) -> None:
    message = post(served)
    head = [line for line in wire(message) if not line.startswith("Content-Length")]
    chunks = b"1\r\n{\r\n2\r\n }\r\n0\r\n\r\n"
    assert told(served, *head, "Transfer-Encoding: chunked", body=chunks.replace(b" }", b"}}")) == 401
    assert told(served, *head, "Transfer-Encoding: chunked", body=chunks) == 201


def test_a_body_smuggled_behind_a_reading_request_is_refused(served: Served) -> None:
    for more in (["Content-Length: 2"], ["Content-Length: 2", "Content-Type: application/json"]):
        assert told(served, *wire(served.signed(), *more), body=b"{}") == 401
    digest = base64.b64encode(hashlib.sha256(b"{}").digest()).decode()
    assert told(served, *wire(served.signed(), "Content-Length: 2", f"Content-Digest: sha-256=:{digest}:"), body=b"{}") == 401


def test_p256_signs_as_well(served: Served) -> None:
    exchange = Path(served.sandbox.facts["exchange"]["public_key"]).parent / "exchange"
    url = json.loads((exchange / "practice.json").read_text())["database_url"]
    signing = enter(served.sandbox, url, KeyAlgorithm.P256)
    assert signing(Message("GET", MINE, {}, b"")).status == 200
