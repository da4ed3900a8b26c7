"""Settings: from the environment to one frozen value, and the reading of the key files that it names.

Owns every ``BREAKWATER_…`` variable of the server, its default and its refusal; nothing else reads the environment. A refusal is
one line that names the variable and never its value. Known to factory and ``__main__`` only. Kept by ``tests/test_config.py``;
``tests/promises/test_http_documents.py`` keeps ``docs/settings.md`` complete.
"""

from __future__ import annotations

import base64
import binascii
import ipaddress
import json
import os
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum, unique
from pathlib import Path
from urllib.parse import unquote, urlsplit

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
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_ADDRESS = re.compile(rf"(?=.{{1,64}}@){_ATOM}(\.{_ATOM})*@(?P<domain>[A-Za-z0-9-]{{1,63}}(\.[A-Za-z0-9-]{{1,63}})+)", re.ASCII)
_RELAY_PORTS = {"smtp": 25, "starttls": 587, "smtps": 465}
_RELAY_HOST = re.compile(r"[A-Za-z0-9.:-]{1,253}", re.ASCII)
_MOST_ADDRESSES = 20
_MOST_MINUTES = 240
_EMERGENCY_FILE_BYTES = 256 * 1024
_MOST_EMERGENCY_CONTACTS = 500


class SettingsError(Exception):
    """A setting, or a file it names, is not fit to start with. Its text is one line without values."""


@unique
class Mode(StrEnum):
    """Whether real partners' data may come in; development takes keys that production refuses."""

    DEVELOPMENT = "development"
    PRODUCTION = "production"


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail is handed over: ``security`` is ``smtp`` (none, on this machine only), ``starttls`` or ``smtps``."""

    host: str
    port: int
    security: str
    user: str | None


@dataclass(frozen=True, slots=True)
class Settings:
    """What a server is started with. Field names are those of the variables, in lower case and without the prefix.

    ``public_origin`` is how partners reach the exchange (scheme, host and port, no path), None for a loopback server.
    ``bind`` is ``host:port``, the host of IPv6 in brackets; port 0 takes a free one. ``smtp_url`` None: no mail is sent.
    """

    home: Path
    database_url: str = field(repr=False)
    signing_key: Path
    directory_key: Path
    checkpoint_key: Path
    cursor_keys: Path
    mode: Mode
    public_origin: str | None
    bind: str
    workers: int
    threads: int
    log_level: str
    smtp_url: MailServer | None
    smtp_password_file: Path | None
    mail_from: str | None
    alarm_to: tuple[str, ...] | None = field(repr=False)
    acknowledge_minutes: int
    emergency_contacts: Path | None

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
        _check_mail(given)
        return cls(
            home=home,
            database_url=_database_url(given["DATABASE_URL"] or f"sqlite:///{home / 'breakwater.db'}"),
            signing_key=Path(given["SIGNING_KEY"] or home / "keys" / "signing.pem"),
            directory_key=Path(given["DIRECTORY_KEY"] or home / "keys" / "directory.pem"),
            checkpoint_key=Path(given["CHECKPOINT_KEY"] or home / "keys" / "checkpoint.pem"),
            cursor_keys=Path(given["CURSOR_KEYS"] or home / "keys" / "cursor.keys"),
            mode=mode,
            public_origin=_public_origin(given["PUBLIC_ORIGIN"], bind, mode),
            bind=bind,
            workers=_count("WORKERS", given["WORKERS"], 2),
            threads=_count("THREADS", given["THREADS"], 4),
            log_level=_one_of("LOG_LEVEL", given["LOG_LEVEL"], _LOG_LEVELS, "info"),
            smtp_url=_mail_server(given["SMTP_URL"]),
            smtp_password_file=_path(given["SMTP_PASSWORD_FILE"]),
            mail_from=given["MAIL_FROM"] and _address("MAIL_FROM", given["MAIL_FROM"]),
            alarm_to=_addresses(given["ALARM_TO"]),
            acknowledge_minutes=_count("ACKNOWLEDGE_MINUTES", given["ACKNOWLEDGE_MINUTES"], 15, _MOST_MINUTES),
            emergency_contacts=_path(given["EMERGENCY_CONTACTS"]),
        )

    @property
    def origin(self) -> str:
        """How the exchange is reached: ``public_origin``, or else plain HTTP at ``bind``."""
        return self.public_origin or f"http://{self.bind}"

    def read_signing_key(self) -> bytes:
        """Give the PEM text of the private key that signs what the exchange states; whether it is a key is NOT checked.

        Raises:
            SettingsError: no such file, or one that production refuses.
        """
        return _pem("SIGNING_KEY", self.signing_key, self.mode)

    def read_directory_key(self) -> bytes:
        """Give the PEM text of the private key that signs the directory of keys, as ``read_signing_key``."""
        return _pem("DIRECTORY_KEY", self.directory_key, self.mode)

    def read_checkpoint_key(self) -> bytes:
        """Give the PEM text of the private key that signs checkpoints of the log, as ``read_signing_key``."""
        return _pem("CHECKPOINT_KEY", self.checkpoint_key, self.mode)

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

    def read_smtp_password(self) -> str | None:
        """Give the password for the mail server, None if no file is named; a line break at its end does not count.

        Raises:
            SettingsError: no such file, an empty one, or one that production refuses.
        """
        if self.smtp_password_file is None:
            return None
        password = _key_file("SMTP_PASSWORD_FILE", self.smtp_password_file, self.mode).decode("utf-8", "replace").rstrip("\r\n")
        if not password or not password.isprintable():
            raise SettingsError(f"{PREFIX}SMTP_PASSWORD_FILE: the file holds no password on its one line.")
        return password

    def read_emergency_contacts(self) -> dict[str, list[dict[str, str]]]:
        """Give whom to call at imminent risk, by jurisdiction (ISO 3166-1 alpha-2, or ``default``); empty if no file is named.

        Each is a mapping of ``name`` and ``call``.

        Raises:
            SettingsError: no such file, or one that does not say this.
        """
        if self.emergency_contacts is None:
            return {}
        try:
            with self.emergency_contacts.open("rb") as file:
                document = json.loads(file.read(_EMERGENCY_FILE_BYTES))
        except OSError as exc:
            raise SettingsError(f"{PREFIX}EMERGENCY_CONTACTS: the file cannot be read.") from exc
        except ValueError as exc:
            raise SettingsError(f"{PREFIX}EMERGENCY_CONTACTS: the file is no JSON, or too long.") from exc
        if not _is_emergency_document(document):
            sentence = 'the file is {"default" or jurisdiction: [{"name": …, "call": …}]} and no more.'
            raise SettingsError(f"{PREFIX}EMERGENCY_CONTACTS: {sentence}")
        found: dict[str, list[dict[str, str]]] = document
        return found


SETTINGS = tuple(name.upper() for name in Settings.__dataclass_fields__)
"""The variables, without the prefix."""


def _one_of(name: str, value: str | None, words: tuple[str, ...], default: str) -> str:
    if value is None:
        return default
    if value not in words:
        raise SettingsError(f"{PREFIX}{name} must be one of {', '.join(words)}.")
    return value


def _count(name: str, value: str | None, default: int, most: int = _MOST_THREADS) -> int:
    if value is None:
        return default
    if not re.fullmatch(r"[0-9]{1,3}", value) or not 1 <= int(value) <= most:
        raise SettingsError(f"{PREFIX}{name} must be a whole number from 1 to {most}.")
    return int(value)


def _path(value: str | None) -> Path | None:
    return None if value is None else Path(value)


def _check_mail(given: Mapping[str, str | None]) -> None:
    """Refuse half a configuration: whoever names a mail server must say who writes, and who is told when nobody answers."""
    if given["SMTP_URL"] is None:
        return
    for name in ("MAIL_FROM", "ALARM_TO"):
        if given[name] is None:
            raise SettingsError(f"{PREFIX}{name} must be set, since {PREFIX}SMTP_URL is.")


def _mail_server(value: str | None) -> MailServer | None:
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
    if parts.scheme == "smtp" and not _is_loopback_host(host):
        raise SettingsError(f"{PREFIX}SMTP_URL must be smtps or starttls, since it names another machine.")
    return MailServer(host, port or _RELAY_PORTS[parts.scheme], parts.scheme, unquote(parts.username) if parts.username else None)


def _address(name: str, value: str) -> str:
    if not _ADDRESS.fullmatch(value) or "=?" in value:  # an encoded word
        raise SettingsError(f"{PREFIX}{name} takes plain e-mail addresses, such as alarm@exchange.example.org.")
    return value


def _addresses(value: str | None) -> tuple[str, ...] | None:
    if value is None:
        return None
    found = tuple(_address("ALARM_TO", one.strip()) for one in value.split(","))
    if len(found) > _MOST_ADDRESSES:
        raise SettingsError(f"{PREFIX}ALARM_TO takes {_MOST_ADDRESSES} addresses at most.")
    return found


def _is_emergency_document(document: object) -> bool:
    if not isinstance(document, dict):
        return False
    lists = list(document.values())
    if not all(isinstance(one, list) for one in lists) or sum(map(len, lists)) > _MOST_EMERGENCY_CONTACTS:
        return False
    places = all(place == "default" or re.fullmatch("[A-Z]{2}", place) for place in document)
    return places and all(_is_emergency_contact(one) for several in lists for one in several)


def _is_emergency_contact(value: object) -> bool:
    return isinstance(value, dict) and value.keys() == {"name", "call"} and all(map(_is_short_text, value.values()))


def _is_short_text(value: object) -> bool:
    return isinstance(value, str) and value.isprintable() and 0 < len(value) <= 200  # noqa: PLR2004  # a line to be read aloud


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
    return _is_loopback_host((parts["v6"] or parts["name"]) if parts else "")


def _is_loopback_host(host: str) -> bool:
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


def _pem(name: str, path: Path, mode: Mode) -> bytes:
    content = _key_file(name, path, mode)
    return content[max(content.find(b"-----BEGIN"), 0) :]


def _cursor_key(line: bytes) -> bytes:
    try:
        key = base64.b64decode(line, validate=True)
    except binascii.Error:
        key = b""
    if len(key) != CURSOR_KEY_BYTES:
        raise SettingsError(f"{PREFIX}CURSOR_KEYS: each line is the base64 of {CURSOR_KEY_BYTES} bytes.")
    return key
