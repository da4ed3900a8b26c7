"""Time-based one-time codes (RFC 6238): six digits, SHA-1, thirty seconds, as every authenticator app has them.

Owns making a secret and telling of which thirty seconds a code is; that none counts twice is the caller's. Kept by
``tests/crypto/test_one_time_codes.py``.
"""

from __future__ import annotations

import hmac
import re
from datetime import datetime

import pyotp

from app.domain.errors import UnauthenticatedError
from app.domain.sign_in import NOT_SHOWN

_STEP_SECONDS = 30
_CODE = re.compile("[0-9]{6}", re.ASCII)


def new_secret() -> str:
    """Give a new secret: 160 random bits as base32."""
    return pyotp.random_base32()


def setup_address(secret: str, login: str, issuer: str) -> str:
    """Give the ``otpauth:`` address that authenticator apps read; it holds the secret."""
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=issuer)


def step_of(secret: str, code: str, now: datetime, after: int = 0) -> int:
    """Give the number of the thirty seconds of which ``code`` (unverified) is: the current ones, those before or those after.

    Every one of the three is compared whatever the others gave.

    Raises:
        UnauthenticatedError: it is of none of them, or of one not later than ``after``, and so was used already.
    """
    current = int(now.timestamp()) // _STEP_SECONDS
    given = code if _CODE.fullmatch(code) else "      "
    totp = pyotp.TOTP(secret)
    fitting = [step for step in (current - 1, current, current + 1) if hmac.compare_digest(totp.generate_otp(step), given)]
    if not fitting or fitting[-1] <= after:
        raise UnauthenticatedError(NOT_SHOWN)
    return fitting[-1]
