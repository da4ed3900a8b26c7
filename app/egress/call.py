"""One call to a machine of somebody else: HTTPS, once, to an address that was checked, and nothing of its answer but the status.

Owns what is read of the answer: no more than its head, up to a bound. It follows no redirect and sends no cookie; time is bounded
as a whole, so that nobody holds it up byte by byte (the connection is ``connection``'s). What is sent, and what follows from the
outcome, is decided by the services. Kept by ``tests/egress/test_call.py``, against servers on loopback.
"""

from __future__ import annotations

import re
import ssl
import time
from collections.abc import Mapping
from contextlib import closing

from app.domain.webhook import Outcome
from app.egress.addresses import Egress, NotCallableError, callable_addresses, target_of
from app.egress.connection import Request, connected, seconds_left, written
from app.egress.look_ups import TooManyLookUpsError

_MOST_HEAD_BYTES = 16 * 1024
_PIECE_BYTES = 4 * 1024
_STATUS = re.compile(rb"HTTP/1\.[01] ([1-5][0-9]{2})( [^\r\n]*)?\r?\n")
_GONE = 410


class _NoAnswerError(Exception):
    """What came is no answer of HTTP, or breaks off."""


def why_not_callable(egress: Egress, url: str, whose: str) -> Outcome | None:
    """Give the reason why an unverified URL is not called now, None if it is; the name is looked up for the partner ``whose``.

    Raises:
        TooManyLookUpsError: the partner has as many look-ups on their way as it may.
    """
    try:
        callable_addresses(egress, target_of(egress, url).host, whose)
    except TooManyLookUpsError:
        raise
    except NotCallableError:
        return Outcome.ADDRESS_REFUSED
    except OSError:
        return Outcome.UNREACHABLE
    return None


def post(egress: Egress, url: str, headers: Mapping[str, str], body: bytes, whose: str) -> Outcome:
    """Send ``body`` to a URL of the partner ``whose`` and give what became of it; no fault of the other side is raised.

    NOT known: whether a call that ended without a status was taken all the same.
    """
    ends_at = time.monotonic() + egress.call_seconds
    try:
        target = target_of(egress, url)
        addresses = callable_addresses(egress, target.host, whose)
        request = written(target, Request("POST", {"Content-Type": "application/json", **headers}, body))
        with closing(connected(egress, target, addresses, ends_at)) as connection:
            return _outcome(_status(connection, request, ends_at))
    except NotCallableError:
        return Outcome.ADDRESS_REFUSED
    except TimeoutError:
        return Outcome.TIMED_OUT
    except ssl.SSLCertVerificationError:
        return Outcome.CERTIFICATE_REFUSED
    except _NoAnswerError:
        return Outcome.NO_ANSWER
    except OSError:  # that of TLS among them
        return Outcome.UNREACHABLE


def _status(connection: ssl.SSLSocket, request: bytes, ends_at: float) -> int:
    connection.settimeout(seconds_left(ends_at))
    connection.sendall(request)
    head, count = b"", 0
    while count < _MOST_HEAD_BYTES:
        connection.settimeout(seconds_left(ends_at))
        piece = connection.recv(_PIECE_BYTES)
        count += len(piece)
        head, status = _final(head + piece)
        if status is not None:
            return status
        if not piece:
            break
    raise _NoAnswerError


def _final(head: bytes) -> tuple[bytes, int | None]:
    """Give what is left of a head once statuses that only announce one (1xx) are taken off, and the status if it is there."""
    while (found := _STATUS.match(head)) is not None:
        status = int(found[1])
        if status >= 200:  # noqa: PLR2004  # RFC 9110, section 15.2
            return head, status
        _, end, rest = head.partition(b"\r\n\r\n")
        if not end:
            break
        head = rest
    return head, None


def _outcome(status: int) -> Outcome:
    if status == _GONE:
        return Outcome.GONE
    by_class = {2: Outcome.DELIVERED, 3: Outcome.REDIRECTED, 4: Outcome.REFUSED, 5: Outcome.SERVER_FAILED}
    return by_class[status // 100]
