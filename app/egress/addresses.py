"""Where the exchange may call: which URLs, and which of the addresses that a name has.

Owns that every address of a name must be one of the public internet; that looking up is bounded is ``look_ups``'. What is called
is the address that was checked here, never the name once more: whoever answers for a name could answer otherwise the second time.
Kept by ``tests/egress/test_addresses.py``.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from app.domain.webhook import MOST_URL_CHARACTERS
from app.egress.look_ups import LookUps

IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolver = Callable[[str], Sequence[str]]
"""Gives the addresses of a name as text, however long it takes; raises ``OSError`` if it has none."""

MOST_ADDRESSES = 16
_MOST_NAME_CHARACTERS = 253
_HIGHEST_PORT = 65_535
_LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
# A name, and no address: what looks like a number ("2130706433", "0x7f.1") is an address to some resolvers. The last label of a
# name has a letter first.
_URL = re.compile(
    rf"https://(?P<host>({_LABEL}\.)+[a-z]([a-z0-9-]{{0,61}}[a-z0-9])?)(:(?P<port>[1-9][0-9]{{0,4}}))?"
    r"(?P<target>(/[A-Za-z0-9._~!$&'()*+,;=:@%/-]*)?(\?[A-Za-z0-9._~!$&'()*+,;=:@%/?-]*)?)",
    re.ASCII,
)

# IANA's registries of special addresses, and what older versions of ``ipaddress`` call global all the same (CVE-2024-4032).
_NOT_PUBLIC = tuple(
    map(
        ipaddress.ip_network,
        (
            *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24"),
            *("192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24"),
            *("198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"),
            # Of IPv6 all but 2000::/3 is refused below; in it lie Teredo, ORCHID and others, documentation, 6to4 and AS112.
            *("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20"),
        ),
    )
)
_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
_ISATAP = {0x00005EFE, 0x02005EFE}  # interface identifiers with an IPv4 address in them (RFC 5214, section 6.1)


class NotCallableError(Exception):
    """This is nothing that the exchange calls; for this floor and those who use it, and without a value in it."""


@dataclass(frozen=True, slots=True)
class Target:
    """A URL in its parts: ``path`` is path and query as they are sent."""

    host: str
    port: int
    path: str


@dataclass(frozen=True, slots=True)
class Egress:
    """What may be called beside the public internet at port 443, how names are looked up, and how long a call may take.

    ``also_addresses`` are called although they are not public: for trials on one machine. ``ca_file`` None: certificates are
    verified against the roots of the system. ``resolve`` None asks the system's resolver.
    """

    ports: frozenset[int] = frozenset({443})
    also_addresses: frozenset[IpAddress] = frozenset()
    ca_file: Path | None = None
    resolve: Resolver | None = field(default=None, repr=False)
    look_up_seconds: float = 5.0
    call_seconds: float = 10.0
    look_ups: LookUps = field(default_factory=LookUps, repr=False, compare=False)


def target_of(egress: Egress, url: str) -> Target:
    """Give the parts of an unverified URL that may be called as far as its form says; addresses are NOT looked up.

    Raises:
        NotCallableError: it is not https, names an address or somebody's account, has a fragment, or a port that is not allowed.
    """
    parts = _URL.fullmatch(url) if len(url) <= MOST_URL_CHARACTERS else None
    if parts is None or len(parts["host"]) > _MOST_NAME_CHARACTERS:
        raise NotCallableError("not a URL that is called")
    port = int(parts["port"] or 443)
    if port not in egress.ports or port > _HIGHEST_PORT:
        raise NotCallableError("not a port that is called")
    path = parts["target"]
    return Target(parts["host"], port, path if path.startswith("/") else f"/{path}")


def callable_addresses(egress: Egress, host: str, whose: str) -> list[IpAddress]:
    """Give the addresses of a name, each of which may be called; ``whose``: the id of the partner for whom it is looked up.

    Raises:
        NotCallableError: one of them may not be called, or there are too many: then none is.
        OSError: the name has no address, or nobody says so in time.
        TooManyLookUpsError: the partner has as many look-ups on their way as it may.
    """
    look_up = partial(egress.resolve or ask_system, host)
    found = egress.look_ups.run(whose, look_up, egress.look_up_seconds)
    if not 0 < len(found) <= MOST_ADDRESSES:
        raise NotCallableError("no address, or too many")
    addresses = [_address(one) for one in found]
    if not all(address in egress.also_addresses or is_public(address) for address in addresses):
        raise NotCallableError("not every address is public")
    return list(dict.fromkeys(addresses))


def _address(text: str) -> IpAddress:
    if "%" in text:  # the zone of a link: never the public internet
        raise NotCallableError("an address of a link")
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        raise NotCallableError("no address") from None


def is_public(address: IpAddress) -> bool:
    """Whether an address is one of the public internet, and carries no other within it that might not be."""
    if not address.is_global or address.is_multicast:
        return False
    if isinstance(address, ipaddress.IPv6Address):
        hides = (int(address) >> 32) & 0xFFFFFFFF in _ISATAP
        if address not in _GLOBAL_UNICAST or hides:
            return False
    return not any(address in network for network in _NOT_PUBLIC)


def ask_system(host: str) -> list[str]:
    """Give the addresses that the system's resolver knows, which may take long; raises ``OSError`` if there is none.

    Names under ``localhost`` are this machine, and no resolver is asked for them (RFC 6761, section 6.3).
    """
    if host.endswith(".localhost"):
        return ["127.0.0.1"]
    try:
        answers = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    except UnicodeError:
        answers = []
    if not answers:
        raise OSError("the name has no address")
    return list(dict.fromkeys(str(answer[4][0]) for answer in answers))
