"""Failures to sign in by password from one place on the network, and how long it has to wait after many.

Owns the numbers, and what counts as one place. Passkeys are not limited: nobody guesses one, and whoever shares an address with
an attacker, or has a name that one knows, still gets in by theirs. Kept by ``tests/domain/test_sign_in_attempts.py``.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta

MOST_FAILURES = 50
"""So often signing in may fail from one place until it waits; a whole office may sit behind one address."""
WAITS_FOR = timedelta(minutes=15)
FORGOTTEN_AFTER = timedelta(hours=1)
_BITS_OF_A_HOME = 64


@dataclass(frozen=True, slots=True)
class Attempts:
    """How often signing in failed from a network since it was quiet for an hour, and when it did last.

    Or showing again in a session: then ``network`` is ``place_of_session``.
    """

    network: str
    failures: int
    failed_at: datetime

    def waits(self, now: datetime) -> bool:
        """Whether no password from there is looked at now; what is tried meanwhile makes it no longer."""
        return self.failures >= MOST_FAILURES and now < self.failed_at + WAITS_FOR

    def with_one_more(self, now: datetime) -> Attempts:
        """Give them after another failure; after an hour of quiet they begin anew."""
        before = 0 if now >= self.failed_at + FORGOTTEN_AFTER else self.failures
        return Attempts(self.network, before + 1, now)


def place_of_session(credential_id: str) -> str:
    """Give what stands in the place of a network for failures of somebody who is signed in already."""
    return f"session {credential_id}"


def network_of(address: str | None) -> str | None:
    """Give the place of an address: itself for IPv4, its 64-bit network for IPv6; None for what names no place.

    An address of this very machine is a proxy's and everybody's, and so no place.
    """
    try:
        parsed = ipaddress.ip_address(address or "")
    except ValueError:
        return None
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:
            return network_of(str(parsed.ipv4_mapped))
        if not parsed.is_loopback:
            return str(ipaddress.ip_network((int(parsed) >> _BITS_OF_A_HOME << _BITS_OF_A_HOME, _BITS_OF_A_HOME)))
    return None if parsed.is_loopback else str(parsed)
