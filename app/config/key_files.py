"""The files of keys and passwords that settings name.

Owns who may be able to read such a file, and what production refuses. Whether a PEM text is a key is NOT looked at. Kept by
``tests/config/test_key_files.py``.
"""

from __future__ import annotations

import base64
import binascii
import os
import stat
from pathlib import Path

from app.config.reading import PREFIX, Mode, SettingsError

DEVELOPMENT_MARKER = b"breakwater development key: not for production"
"""The line that stands in every key file made for development; such a file is refused in production."""

CURSOR_KEY_BYTES = 64
OVERLAP_KEY_BYTES = 32


def read_pem(name: str, path: Path, mode: Mode) -> bytes:
    """Give the PEM text of a key file, without what stands before it.

    Raises:
        SettingsError: no such file, or one that production refuses.
    """
    content = _key_file(name, path, mode)
    return content[max(content.find(b"-----BEGIN"), 0) :]


def read_cursor_keys(name: str, path: Path, mode: Mode) -> tuple[bytes, ...]:
    """Give the keys that a file lists, 64 bytes each, in its order.

    Raises:
        SettingsError: no such file, one that production refuses, or a line that is no base64 of 64 bytes.
    """
    content = _key_file(name, path, mode)
    lines = [line.strip() for line in content.splitlines() if line.strip() and DEVELOPMENT_MARKER not in line]
    keys = tuple(_cursor_key(name, line) for line in lines)
    if not keys or len(set(keys)) != len(keys):
        raise SettingsError(f"{PREFIX}{name}: the file needs at least one key, and each once.")
    return keys


def read_overlap_key(name: str, path: Path, mode: Mode) -> bytes | None:
    """Give the private key of overlap checks, the base64 of 32 bytes on one line; None where there is no such file.

    Raises:
        SettingsError: a file that production refuses, or one that says something else.
    """
    if not path.exists():
        return None
    lines = [line.strip() for line in _key_file(name, path, mode).splitlines() if line.strip() and DEVELOPMENT_MARKER not in line]
    try:
        keys = [base64.b64decode(line, validate=True) for line in lines]
    except binascii.Error:
        keys = []
    if [len(key) for key in keys] != [OVERLAP_KEY_BYTES]:
        raise SettingsError(f"{PREFIX}{name}: the file holds the base64 of {OVERLAP_KEY_BYTES} bytes on one line.")
    return keys[0]


def read_password(name: str, path: Path, mode: Mode) -> str:
    """Give the password on a file's one line; a line break at its end does not count.

    Raises:
        SettingsError: no such file, an empty one, or one that production refuses.
    """
    password = _key_file(name, path, mode).decode("utf-8", "replace").rstrip("\r\n")
    if not password or not password.isprintable():
        raise SettingsError(f"{PREFIX}{name}: the file holds no password on its one line.")
    return password


def read_s3_credentials(name: str, path: Path, mode: Mode) -> tuple[str, str]:
    """Give the key id and the secret of a file's two lines.

    Raises:
        SettingsError: no such file, one that production refuses, or other than two lines.
    """
    lines = _key_file(name, path, mode).decode("utf-8", "replace").split()
    if len(lines) != len(("key id", "secret")):
        raise SettingsError(f"{PREFIX}{name}: the file holds the key id on one line and the secret on the next.")
    return lines[0], lines[1]


def _key_file(name: str, path: Path, mode: Mode) -> bytes:
    try:
        with path.open("rb") as file:
            permissions = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            content = file.read()
    except OSError as exc:
        hint = "`breakwater init` makes it, after an upgrade `breakwater exchange-key make`"
        raise SettingsError(f"{PREFIX}{name}: the file cannot be read; {hint}.") from exc
    if mode is Mode.PRODUCTION:
        if permissions & (stat.S_IRWXG | stat.S_IRWXO):
            raise SettingsError(f"{PREFIX}{name}: the file is open to others than its owner; run chmod 600 on it.")
        if DEVELOPMENT_MARKER in content:
            raise SettingsError(f"{PREFIX}{name}: the file is a development key, which production refuses.")
    return content


def _cursor_key(name: str, line: bytes) -> bytes:
    try:
        key = base64.b64decode(line, validate=True)
    except binascii.Error:
        key = b""
    if len(key) != CURSOR_KEY_BYTES:
        raise SettingsError(f"{PREFIX}{name}: each line is the base64 of {CURSOR_KEY_BYTES} bytes.")
    return key
