"""Addresses of an exchange: which may be asked at all, and how paths and queries below it are spelled.

Owns that nothing leaves this machine in plain text unasked. Kept by ``tests/client/talking/test_addresses.py``.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import SplitResult, quote, urlsplit

from breakwater_client.errors import MalformedInputError, UnusableAddressError

_NO_ADDRESS = "This is no address of an exchange, such as https://exchange.example.org."


def pairs(parameters: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Give a query's pairs: a list of values repeats its name, and what is None or empty is left out."""
    for name, value in parameters.items():
        for one in value if isinstance(value, (list, tuple)) else (value,):
            if one not in (None, ""):
                yield name, str(one)


def segment(value: str) -> str:
    """Give a value as one segment of a path, whatever characters it has.

    Raises:
        MalformedInputError: a dot or two, which a path's reader takes for a step.
    """
    if value in {".", "..", ""}:
        raise MalformedInputError("This is the name of nothing.")
    return quote(value, safe="")


def checked_base(url: str, *, insecure: bool) -> str:
    """Give the address below which an exchange's interface lies; plain HTTP to another machine only where somebody insists.

    Raises:
        UnusableAddressError: it is none, or would show a token to everybody on the way.
    """
    parts = _split(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment or parts.username:
        raise UnusableAddressError(_NO_ADDRESS)
    if parts.scheme == "http" and not insecure and not is_loopback(parts.hostname):
        sentence = (
            "Plain HTTP would show your token to everybody on the way: use https. "
            "It goes to this machine alone, such as http://127.0.0.1:8000, where a tunnel may begin."
        )
        raise UnusableAddressError(sentence, told="insecure-address")
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/').removesuffix('/api/v1')}/api/v1"


def _split(url: str) -> SplitResult:
    try:
        return urlsplit(url)
    except ValueError:
        raise UnusableAddressError(_NO_ADDRESS) from None


def is_loopback(host: str) -> bool:
    """Whether a host, by name or address, is this machine as seen from itself."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
