"""Settings: from the environment to one frozen value, and the reading of the key files that it names.

Owns every ``BREAKWATER_…`` variable of the server, its default and its refusal; nothing else reads the environment. A refusal is
one line that names the variable and never its value. Known to factory and ``__main__`` only. Kept by ``tests/test_config.py``;
``tests/promises/test_http_documents.py`` keeps ``docs/settings.md`` complete.
"""

from __future__ import annotations

import base64
import binascii
import ipaddress
import os
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum, unique
from pathlib import Path

PREFIX = "BREAKWATER_"
DEVELOPMENT_MARKER = b"breakwater development key: not for production"
"""The line that stands in every key file made for development; such a file is refused in production."""

CURSOR_KEY_BYTES = 64
_DATABASE = re.compile(r"(sqlite:///.+|(postgres|postgresql|postgresql\+psycopg)://.+)", re.DOTALL)
_BIND = re.compile(r"(\[(?P<v6>[0-9A-Fa-f:.]+)\]|(?P<name>[A-Za-z0-9.-]+)):(?P<port>[0-9]{1,5})")
_ORIGIN = re.compile(r"(?P<scheme>https?)://(\[(?P<v6>[0-9a-f:.]+)\]|(?P<name>[a-z0-9.-]+))(:[0-9]{1,5})?")
_LOG_LEVELS = ("debug", "info", "warning", "error")
_HIGHEST_PORT = 65_535
_MOST_THREADS = 256


class SettingsError(Exception):
    """A setting, or a file it names, is not fit to start with. Its text is one line without values."""


@unique
class Mode(StrEnum):
    """Whether real partners' data may come in; development takes keys that production refuses."""

    DEVELOPMENT = "development"
    PRODUCTION = "production"


@dataclass(frozen=True, slots=True)
class Settings:
    """What a server is started with. Field names are those of the variables, in lower case and without the prefix.

    ``public_origin`` is how partners reach the exchange (scheme, host and port, no path), None for a loopback server.
    ``bind`` is ``host:port``, the host of IPv6 in brackets; port 0 takes a free one.
    """

    home: Path
    database_url: str = field(repr=False)
    signing_key: Path
    cursor_keys: Path
    mode: Mode
    public_origin: str | None
    bind: str
    workers: int
    threads: int
    log_level: str

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Settings:
        """Give the settings of an environment; what is not set or empty has its default. Other variables are not looked at.

        Key files are NOT read: that is ``read_signing_key`` and ``read_cursor_keys``, for ``breakwater init`` makes them.

        Raises:
            SettingsError: a value that is not what the variable takes, or that production does not allow.
        """
        given = {name: environment.get(f"{PREFIX}{name}") or None for name in SETTINGS}
        home = Path(given["HOME"] or "var/breakwater")
        mode = Mode(_one_of("MODE", given["MODE"], tuple(Mode), Mode.PRODUCTION))
        bind = _bind(given["BIND"] or "127.0.0.1:8000")
        return cls(
            home=home,
            database_url=_database_url(given["DATABASE_URL"] or f"sqlite:///{home / 'breakwater.db'}"),
            signing_key=Path(given["SIGNING_KEY"] or home / "keys" / "signing.pem"),
            cursor_keys=Path(given["CURSOR_KEYS"] or home / "keys" / "cursor.keys"),
            mode=mode,
            public_origin=_public_origin(given["PUBLIC_ORIGIN"], bind, mode),
            bind=bind,
            workers=_count("WORKERS", given["WORKERS"], 2),
            threads=_count("THREADS", given["THREADS"], 4),
            log_level=_one_of("LOG_LEVEL", given["LOG_LEVEL"], _LOG_LEVELS, "info"),
        )

    @property
    def origin(self) -> str:
        """How the exchange is reached: ``public_origin``, or else plain HTTP at ``bind``."""
        return self.public_origin or f"http://{self.bind}"

    def read_signing_key(self) -> bytes:
        """Give the PEM text of the exchange's private signing key; whether it is a key is NOT checked.

        Raises:
            SettingsError: no such file, or one that production refuses.
        """
        content = _key_file("SIGNING_KEY", self.signing_key, self.mode)
        return content[max(content.find(b"-----BEGIN"), 0) :]

    def read_cursor_keys(self) -> tuple[bytes, ...]:
        """Give the keys that seal cursors, 64 bytes each, the one that seals first; all of them open.

        Raises:
            SettingsError: no such file, one that production refuses, or a line that is no base64 of 64 bytes.
        """
        content = _key_file("CURSOR_KEYS", self.cursor_keys, self.mode)
        lines = [line.strip() for line in content.splitlines() if line.strip() and DEVELOPMENT_MARKER not in line]
        keys = tuple(map(_cursor_key, lines))
        if not keys or len(set(keys)) != len(keys):
            raise SettingsError(f"{PREFIX}CURSOR_KEYS: the file needs at least one key, and each once.")
        return keys


SETTINGS = tuple(name.upper() for name in Settings.__dataclass_fields__)
"""The variables, without the prefix."""


def _one_of(name: str, value: str | None, words: tuple[str, ...], default: str) -> str:
    if value is None:
        return default
    if value not in words:
        raise SettingsError(f"{PREFIX}{name} must be one of {', '.join(words)}.")
    return value


def _count(name: str, value: str | None, default: int) -> int:
    if value is None:
        return default
    if not re.fullmatch(r"[0-9]{1,3}", value) or not 1 <= int(value) <= _MOST_THREADS:
        raise SettingsError(f"{PREFIX}{name} must be a whole number from 1 to {_MOST_THREADS}.")
    return int(value)


def _database_url(value: str) -> str:
    if not _DATABASE.fullmatch(value):
        raise SettingsError(f"{PREFIX}DATABASE_URL must begin with sqlite:/// or postgresql://.")
    return value


def _bind(value: str) -> str:
    parts = _BIND.fullmatch(value)
    if parts is None or int(parts["port"]) > _HIGHEST_PORT:
        raise SettingsError(f"{PREFIX}BIND must be host:port, the host of IPv6 in brackets.")
    return value


def _public_origin(value: str | None, bind: str, mode: Mode) -> str | None:
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
    host = (parts["v6"] or parts["name"]) if parts else ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _key_file(name: str, path: Path, mode: Mode) -> bytes:
    try:
        with path.open("rb") as file:
            permissions = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            content = file.read()
    except OSError as exc:
        raise SettingsError(f"{PREFIX}{name}: the file cannot be read; `breakwater init` makes it.") from exc
    if mode is Mode.PRODUCTION:
        if permissions & (stat.S_IRWXG | stat.S_IRWXO):
            raise SettingsError(f"{PREFIX}{name}: the file is open to others than its owner; run chmod 600 on it.")
        if DEVELOPMENT_MARKER in content:
            raise SettingsError(f"{PREFIX}{name}: the file is a development key, which production refuses.")
    return content


def _cursor_key(line: bytes) -> bytes:
    try:
        key = base64.b64decode(line, validate=True)
    except binascii.Error:
        key = b""
    if len(key) != CURSOR_KEY_BYTES:
        raise SettingsError(f"{PREFIX}CURSOR_KEYS: each line is the base64 of {CURSOR_KEY_BYTES} bytes.")
    return key
