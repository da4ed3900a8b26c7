"""Where the database is, and the password for it from a file.

Owns the form of ``BREAKWATER_DATABASE_URL`` and where its password stands: beside it in a file, so that neither a unit file nor a
process's environment shows it. Connects to nothing. Kept by ``tests/config/test_database.py``.
"""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import quote, urlsplit

from app.config.key_files import read_password
from app.config.reading import PREFIX, Mode, SettingsError

_DATABASE = re.compile(r"(sqlite:///.+|(postgres|postgresql|postgresql\+psycopg)://.+)", re.DOTALL)


def read_database_url(value: str, password_file: Path | None, mode: Mode) -> str:
    """Give the database's URL, with the password that the file holds if one is named; the file is read now.

    Raises:
        SettingsError: another form, a file that is not fit, or a URL that has a password already or no user to whom it belongs.
    """
    if not _DATABASE.fullmatch(value):
        raise SettingsError(f"{PREFIX}DATABASE_URL must begin with sqlite:/// or postgresql://.")
    if password_file is None:
        return value
    try:
        parts = urlsplit(value)
    except ValueError:
        raise SettingsError(f"{PREFIX}DATABASE_URL must be postgresql://user@host:port/name.") from None
    user, at, place = parts.netloc.rpartition("@")
    if not at or not user or ":" in user:
        raise SettingsError(
            f"{PREFIX}DATABASE_URL must name a user and no password, since {PREFIX}DATABASE_PASSWORD_FILE is set."
        )
    password = quote(read_password("DATABASE_PASSWORD_FILE", password_file, mode), safe="")
    return parts._replace(netloc=f"{user}:{password}@{place}").geturl()
