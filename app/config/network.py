"""Where the server listens and how partners reach it.

Owns the forms of ``BREAKWATER_BIND`` and ``BREAKWATER_PUBLIC_ORIGIN`` and what counts as this machine. Resolves no name. Kept by
``tests/config/test_network.py``.
"""

from __future__ import annotations

import ipaddress
import re

from app.config.reading import PREFIX, Mode, SettingsError

_BIND = re.compile(r"(\[(?P<v6>[0-9A-Fa-f:.]+)\]|(?P<name>[A-Za-z0-9.-]+)):(?P<port>[0-9]{1,5})")
_ORIGIN = re.compile(r"(?P<scheme>https?)://(\[(?P<v6>[0-9a-f:.]+)\]|(?P<name>[a-z0-9.-]+))(:[0-9]{1,5})?")
_HIGHEST_PORT = 65_535


def read_bind(value: str) -> str:
    """Give ``host:port`` as it was given, or refuse it."""
    parts = _BIND.fullmatch(value)
    if parts is None or int(parts["port"]) > _HIGHEST_PORT:
        raise SettingsError(f"{PREFIX}BIND must be host:port, the host of IPv6 in brackets.")
    return value


def read_public_origin(value: str | None, bind: str, mode: Mode) -> str | None:
    """Give the origin as it was given, None for a loopback server without one, or refuse it."""
    if value is None:
        if mode is Mode.PRODUCTION and not _is_loopback(_BIND, bind):
            raise SettingsError(f"{PREFIX}PUBLIC_ORIGIN must be set, since {PREFIX}BIND is not a loopback address.")
        return None
    parts = _ORIGIN.fullmatch(value)
    if parts is None:
        raise SettingsError(f"{PREFIX}PUBLIC_ORIGIN must be https://host or https://host:port in lower case, without a path.")
    if mode is Mode.PRODUCTION and parts["scheme"] != "https" and not _is_loopback(_ORIGIN, value):
        raise SettingsError(f"{PREFIX}PUBLIC_ORIGIN must be https, since tokens travel by it.")
    return value


def _is_loopback(form: re.Pattern[str], value: str) -> bool:
    parts = form.fullmatch(value)
    return is_loopback_host((parts["v6"] or parts["name"]) if parts else "")


def is_loopback_host(host: str) -> bool:
    """Whether a host is this machine itself: a loopback address, or ``localhost``."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
