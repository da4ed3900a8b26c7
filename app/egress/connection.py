"""The connection to a machine of somebody else: to an address that was checked, with a certificate of its name, and no proxy.

Owns encryption, the form of a request, and that time is bounded as a whole. What is read of an answer is ``call``'s and
``fetch``'s. Kept by ``tests/egress/test_connection.py`` and ``tests/egress/test_call.py``, against servers on loopback.
"""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from app.egress.addresses import Egress, IpAddress, Target

_MOST_TRIED = 3


@dataclass(frozen=True, slots=True)
class Request:
    """What is sent: ``GET`` or ``POST``, its own headers, and a body, which a ``GET`` has none of."""

    method: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)


def written(target: Target, request: Request) -> bytes:
    """Give the bytes of a request; raises ``ValueError`` for a header with a line break."""
    host = target.host if target.port == 443 else f"{target.host}:{target.port}"  # noqa: PLR2004  # that of https
    length = {"Content-Length": str(len(request.body))} if request.method == "POST" else {}
    fields = {"Host": host, "User-Agent": "breakwater", **length, "Connection": "close", **request.headers}
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    if any("\r" in value or "\n" in value for value in fields.values()):
        raise ValueError("a header with a line break")
    return f"{request.method} {target.path} HTTP/1.1\r\n{head}\r\n".encode("ascii") + request.body


def connected(egress: Egress, target: Target, addresses: list[IpAddress], ends_at: float) -> ssl.SSLSocket:
    """Connect to the first of the addresses that answers; the certificate must be one of the name.

    ``ends_at`` is on the clock of ``time.monotonic``. Raises ``OSError``: ``TimeoutError``, ``ssl.SSLError`` and others.
    """
    context = _context(egress.ca_file)
    plain = _reached(addresses[:_MOST_TRIED], target.port, ends_at)
    try:
        plain.settimeout(seconds_left(ends_at))
        return context.wrap_socket(plain, server_hostname=target.host)  # its time limit is that of the whole handshake
    except BaseException:
        plain.close()
        raise


def seconds_left(ends_at: float) -> float:
    """Give how long there is until a moment of ``time.monotonic``; raises ``TimeoutError`` once it is past."""
    left = ends_at - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


@lru_cache(maxsize=8)  # reading the system's roots takes longer than a call
def _context(ca_file: Path | None) -> ssl.SSLContext:
    # Verifies certificate and name; unlike the default context it heeds no SSLKEYLOGFILE of the environment.
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    if ca_file is None:
        context.load_default_certs()
    else:
        context.load_verify_locations(ca_file)
    return context


def _reached(addresses: list[IpAddress], port: int, ends_at: float) -> socket.socket:
    for number, address in enumerate(addresses, start=1):
        try:
            # Of what is left each address has its part, so that a dead one does not take the time of the next.
            return socket.create_connection((str(address), port), timeout=seconds_left(ends_at) / (len(addresses) - number + 1))
        except OSError:
            if number == len(addresses):
                raise
    raise OSError("no address")
