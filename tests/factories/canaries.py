"""What no log of the whole suite may hold: submitted values, private keys, tokens.

Owns what is looked for, and the looking. ``tests/conftest.py`` shows it what each test left on standard error and in logs,
``tests/factories/sandboxes.py`` the log of each server that was started. Kept by ``tests/promises/test_logs_tell_nothing.py``.
"""

from __future__ import annotations

import base64
import re
from pathlib import Path

from breakwater_client.trust.keys import PrivateKey

SUBMITTED = (
    "Repeated short-lived rooms",
    "announced by the same invite link",
    "rooms.example.org",
    "What one week showed",
    "account_login",
    "listed.by.mistake",
)
"""Texts of the objects that ``stix_objects`` makes, and so of nearly all that the suite submits; and whom requests are about."""

_TOKEN = re.compile(r"\bbw_[A-Za-z0-9_-]{43}")
_PEM = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY")
_PKCS8 = "MC4CAQAwBQYDK2VwBCIEI"
"""How every private key of Ed25519 begins in a PEM file."""

_RUN = re.compile(r"[A-Za-z0-9+/_-]{40,}=*")
_watched: set[str] = set()


def watched_key() -> PrivateKey:
    """Give a new private key whose raw bytes, in the usual spellings, no log may hold."""
    key = PrivateKey.generate()
    raw = base64.b64decode("".join(key.to_pem().decode().splitlines()[1:-1]))[-32:]
    _watched.update({base64.b64encode(raw).decode(), base64.urlsafe_b64encode(raw).decode().rstrip("="), raw.hex()})
    return key


def why_telling(text: str) -> str | None:
    """Give what kind of secret a log holds, or None; the secret itself is not repeated."""
    if _TOKEN.search(text):
        return "a token"
    if _PEM.search(text) or _PKCS8 in text:
        return "a private key in PEM"
    if any(found[0] in _watched for found in _RUN.finditer(text)):
        return "the bytes of a private key"
    return next((f"a submitted value ({number})" for number, value in enumerate(SUBMITTED) if value in text), None)


def check_log(path: Path) -> None:
    """Fail if the log of a server that has ended holds a secret."""
    told = why_telling(path.read_text(errors="replace"))
    assert told is None, f"the log of a server holds {told}: {path}"
