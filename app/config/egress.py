"""What webhooks may reach besides the public internet at port 443.

Owns the forms of the three variables, and that production calls no address which is not public. Looks nothing up. Kept by
``tests/config/test_egress.py``.
"""

from __future__ import annotations

import ipaddress
import re
from pathlib import Path

from app.config.reading import PREFIX, Mode, SettingsError, path

IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
_HIGHEST_PORT = 65_535
_MOST = 20


def read_ports(value: str | None) -> frozenset[int] | None:
    """Give the ports that may be called, None where nothing is set, or refuse them."""
    if value is None:
        return None
    given = value.replace(" ", "").split(",")
    if len(given) > _MOST or not all(re.fullmatch("[1-9][0-9]{0,4}", one) and int(one) <= _HIGHEST_PORT for one in given):
        raise SettingsError(f"{PREFIX}WEBHOOK_PORTS takes port numbers, {_MOST} at most: 443,8443.")
    return frozenset(map(int, given))


def read_called_addresses(value: str | None, mode: Mode) -> frozenset[IpAddress] | None:
    """Give the addresses that are called although they are not public, None where nothing is set, or refuse them."""
    if value is None:
        return None
    if mode is Mode.PRODUCTION:
        raise SettingsError(f"{PREFIX}WEBHOOK_ADDRESSES is for development: production calls public addresses alone.")
    try:
        return frozenset(ipaddress.ip_address(one.strip()) for one in value.split(","))
    except ValueError:
        raise SettingsError(f"{PREFIX}WEBHOOK_ADDRESSES takes addresses, no names and no networks: 127.0.0.1,::1.") from None


def read_ca_file(name: str, value: str | None) -> Path | None:
    """Give the file of the authorities that vouch for who is called, None for those of the system; one must be there."""
    file = path(value)
    if file is not None and not file.is_file():
        raise SettingsError(f"{PREFIX}{name}: the file cannot be read.")
    return file
