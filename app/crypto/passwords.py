"""Passwords: their Argon2id hashes (RFC 9106), and whether one is the hashed one.

Owns the cost. Does not know whose password it is, nor how often somebody may try. Kept by ``tests/crypto/test_passwords.py``.
"""

from __future__ import annotations

import argon2
from argon2.exceptions import Argon2Error, InvalidHashError

from app.domain.errors import UnauthenticatedError
from app.domain.sign_in import NOT_SHOWN

_HASHER = argon2.PasswordHasher()  # RFC 9106's second recommended option: 64 MiB, three passes
# Of a random password that nobody kept, at the cost above: looking at it takes as long as at somebody's.
_NOBODYS = "$argon2id$v=19$m=65536,t=3,p=4$bGZ3NavxIeUasjSDF/9BBw$bDp86ysUldJRlUG3QztD4JIhzQdHGA8cyNHztCbslsA"


def hash_password(password: str) -> str:
    """Give the hash under which a password is kept, with salt and cost in it. Takes some fifty milliseconds and 64 MiB."""
    return _HASHER.hash(password)


def require_password(kept: str | None, password: str) -> None:
    """Return if ``password`` (unverified text) is the one of the hash ``kept``.

    None, for who has no password or is not there, takes as long and is always refused.

    Raises:
        UnauthenticatedError: it is another one.
    """
    try:
        _HASHER.verify(kept or _NOBODYS, password)
    except (Argon2Error, InvalidHashError, UnicodeEncodeError):  # a lone surrogate is no password
        raise UnauthenticatedError(NOT_SHOWN) from None
    if kept is None:
        raise UnauthenticatedError(NOT_SHOWN)
