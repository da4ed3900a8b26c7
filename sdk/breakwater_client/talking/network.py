"""How an exchange is reached: time limits, patience, whose certificates count, a proxy; and what is logged of waiting.

Owns these settings and what each means for a session of ``requests``; asking again is ``connection``'s. Kept by
``tests/client/talking/test_network.py``.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import requests

from breakwater_client.errors import UnusableAddressError

LOGGER = logging.getLogger("breakwater_client")
"""Says at level WARNING that the client waits and asks again: for how long and how often, no address and no value."""

LOGGER.addHandler(logging.NullHandler())


@dataclass(frozen=True, slots=True)
class Network:
    """How an exchange is reached.

    ``connect_seconds`` and ``silence_seconds`` bound each connecting and each wait for further bytes; ``attempts`` is how often
    something is asked that may be asked again. ``ca_file`` (PEM) is whose certificates count, instead of those that the library
    brings. ``proxy`` is an HTTP proxy, such as ``http://proxy.example.org:3128``. With one of these two nothing of the
    environment counts; without, ``HTTPS_PROXY``, ``NO_PROXY`` and ``REQUESTS_CA_BUNDLE`` do. Plain HTTP never goes by a proxy.
    """

    connect_seconds: float = 5
    silence_seconds: float = 120
    attempts: int = 6
    ca_file: Path | None = None
    proxy: str | None = None

    def __post_init__(self) -> None:
        """Refuse what nothing could be reached with.

        Raises:
            UnusableAddressError: no attempt, no time, no such file, or no address of a proxy.
        """
        if min(self.connect_seconds, self.silence_seconds) <= 0 or self.attempts < 1:
            raise UnusableAddressError("Time limits are more than nothing, and there is one attempt at least.", told="network")
        if self.ca_file is not None and not self.ca_file.is_file():
            raise UnusableAddressError("There is no file of certificates where ca_file says.", told="network")
        if self.proxy is not None and urlsplit(self.proxy).scheme not in {"http", "https"}:
            raise UnusableAddressError("A proxy has an address such as http://proxy.example.org:3128.", told="network")

    @property
    def limits(self) -> tuple[float, float]:
        """Give the time limits as ``requests`` takes them."""
        return self.connect_seconds, self.silence_seconds

    def settle(self, session: requests.Session) -> None:
        """Give a session whose certificates count, and the proxy; it goes by the environment no more if either is said."""
        if self.ca_file is not None or self.proxy is not None:
            session.trust_env = False
        if self.ca_file is not None:
            session.verify = str(self.ca_file)
        if self.proxy is not None:
            session.proxies = {"https": self.proxy}


def log_wait(seconds: float, attempt: int) -> None:
    """Log that an attempt failed, and for how long is waited before the next."""
    LOGGER.warning("attempt %d failed: asking again in %.1f s", attempt, seconds)
