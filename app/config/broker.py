"""Where the broker is that announces work, and the password for it from a file.

Owns the form of ``BREAKWATER_BROKER_URL``. Connects to nothing. Kept by ``tests/config/test_broker.py``.
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote, urlsplit

from app.config.key_files import read_password
from app.config.reading import PREFIX, Mode, SettingsError


def read_broker_url(value: str | None, password_file: Path | None, mode: Mode) -> str | None:
    """Give the broker's URL, with the password that the file holds if one is named; None where there is no broker.

    Raises:
        SettingsError: another form, a file that is not fit, or a URL that has a password already or no user to whom it belongs.
    """
    if value is None:
        return None
    try:
        parts = urlsplit(value)
        is_fit = parts.scheme in {"amqp", "amqps"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_fit = False
    if not is_fit:
        raise SettingsError(f"{PREFIX}BROKER_URL must be amqp://user@host:port/vhost, or amqps://.")
    if password_file is None:
        return value
    user, at, place = parts.netloc.rpartition("@")
    if not at or not user or ":" in user:
        raise SettingsError(f"{PREFIX}BROKER_URL must name a user and no password, since {PREFIX}BROKER_PASSWORD_FILE is set.")
    password = quote(read_password("BROKER_PASSWORD_FILE", password_file, mode), safe="")
    return parts._replace(netloc=f"{user}:{password}@{place}").geturl()
