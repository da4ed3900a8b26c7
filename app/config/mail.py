"""Settings of mail: the server that takes it, who writes, who is alarmed.

Owns the forms of the addresses and the refusal of half a configuration. Kept by ``tests/config/test_mail.py``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from app.config.network import is_loopback_host
from app.config.reading import PREFIX, SettingsError

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_ADDRESS = re.compile(rf"(?=.{{1,64}}@){_ATOM}(\.{_ATOM})*@(?P<domain>[A-Za-z0-9-]{{1,63}}(\.[A-Za-z0-9-]{{1,63}})+)", re.ASCII)
_RELAY_PORTS = {"smtp": 25, "starttls": 587, "smtps": 465}
_RELAY_HOST = re.compile(r"[A-Za-z0-9.:-]{1,253}", re.ASCII)
_MOST_ADDRESSES = 20


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail is handed over: ``security`` is ``smtp`` (none, on this machine only), ``starttls`` or ``smtps``."""

    host: str
    port: int
    security: str
    user: str | None


def check_mail(given: Mapping[str, str | None]) -> None:
    """Refuse half a configuration: whoever names a mail server must say who writes, and who is told when nobody answers."""
    if given["SMTP_URL"] is None:
        return
    for name in ("MAIL_FROM", "ALARM_TO"):
        if given[name] is None:
            raise SettingsError(f"{PREFIX}{name} must be set, since {PREFIX}SMTP_URL is.")


def read_mail_server(value: str | None) -> MailServer | None:
    """Give the mail server that a URL names, None where none is given, or refuse it."""
    if value is None:
        return None
    sentence = "must be smtps://user@host:port, starttls://user@host:port or, on this machine, smtp://host:port; no password."
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        raise SettingsError(f"{PREFIX}SMTP_URL {sentence}") from None
    extra = parts.password is not None or parts.query or parts.fragment or parts.path not in {"", "/"}
    if parts.scheme not in _RELAY_PORTS or extra or not _RELAY_HOST.fullmatch(parts.hostname or "") or port == 0:
        raise SettingsError(f"{PREFIX}SMTP_URL {sentence}")
    host = str(parts.hostname)
    if parts.scheme == "smtp" and not is_loopback_host(host):
        raise SettingsError(f"{PREFIX}SMTP_URL must be smtps or starttls, since it names another machine.")
    return MailServer(host, port or _RELAY_PORTS[parts.scheme], parts.scheme, unquote(parts.username) if parts.username else None)


def read_address(name: str, value: str) -> str:
    """Give a plain e-mail address as it was given, or refuse it."""
    if not _ADDRESS.fullmatch(value) or "=?" in value:  # an encoded word
        raise SettingsError(f"{PREFIX}{name} takes plain e-mail addresses, such as alarm@exchange.example.org.")
    return value


def read_addresses(value: str | None) -> tuple[str, ...] | None:
    """Give the addresses of ``BREAKWATER_ALARM_TO``, None where none are given, or refuse them."""
    if value is None:
        return None
    found = tuple(read_address("ALARM_TO", one.strip()) for one in value.split(","))
    if len(found) > _MOST_ADDRESSES:
        raise SettingsError(f"{PREFIX}ALARM_TO takes {_MOST_ADDRESSES} addresses at most.")
    return found
