"""Signing in with an account that somebody has elsewhere: providers of OpenID Connect, accounts of theirs, attempts on their way.

Owns the values, their life, for whom a provider speaks, and the names of what is refused. An account is known by its issuer and
its subject, and by nothing else: mail addresses change hands. Kept by ``tests/domain/test_openid.py``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum, unique

from app.domain.errors import UnauthenticatedError
from app.domain.partner import Person
from app.domain.sign_in import NOT_SHOWN

ATTEMPT_LASTS = timedelta(minutes=10)
"""So long somebody may take with their provider until they are back."""
MOST_ACCOUNTS = 5
"""So many accounts a person may sign in with."""
EVERYBODY, EXCHANGE = "everybody", "exchange"
"""For whom a provider may speak, beside one partner by its id: for everybody; for the exchange's own people."""
LONGEST_SUBJECT = 255
_SUBJECT = re.compile(rf"[\x21-\x7e]{{1,{LONGEST_SUBJECT}}}")


@unique
class OpenIdFault(StrEnum):
    """Why what came from a provider does not count. For operators, in events and never on pages. Alphabetical, never reused."""

    ALGORITHM = "algorithm"
    AUDIENCE = "audience"
    EXPIRED = "expired"
    ISSUER = "issuer"
    KEY_UNKNOWN = "key-unknown"
    NONCE = "nonce"
    NOT_FOR_THEM = "not-for-them"
    NO_TOKEN = "no-token"  # noqa: S105  # a fault's name
    REFUSED_THERE = "refused-there"
    SIGNATURE = "signature"
    SUBJECT = "subject"
    TIME = "time"
    TOKEN_FORM = "token-form"  # noqa: S105  # a fault's name
    UNBOUND = "unbound"
    UNREADABLE = "unreadable"
    UNREACHABLE = "unreachable"


class OpenIdRefusedError(UnauthenticatedError):
    """What came from a provider lets nobody in. Its sentence is the one for every cause; ``fault`` is for operators."""

    def __init__(self, fault: OpenIdFault) -> None:
        """Keep the fault."""
        super().__init__(NOT_SHOWN)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class OpenIdProvider:
    """A provider that the operator lets people sign in with.

    ``name`` stands in addresses, ``title`` on pages for everybody to read. ``issuer`` is an https URL, compared as it is.
    ``serves`` is ``EVERYBODY``, ``EXCHANGE``, or the id of the partner whose people may use it.
    """

    name: str
    title: str
    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    serves: str

    def speaks_for(self, person: Person) -> bool:
        """Whether this person may sign in with an account of it."""
        return self.serves in {EVERYBODY, person.partner_id or EXCHANGE}


@dataclass(frozen=True, slots=True)
class OpenIdAccount:
    """An account elsewhere with which a person signs in: the subject of an issuer."""

    account_id: str
    person_id: str
    issuer: str
    subject: str
    added_at: datetime
    used_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class OpenIdAttempt:
    """That a browser was sent to a provider. It serves once; what would let somebody go on with it is in that browser alone.

    ``credential_id`` is the session that adds an account, None: somebody signs in. ``back`` is where they wanted to go.
    """

    provider: str
    credential_id: str | None
    back: str
    expires_at: datetime


def is_subject(value: object) -> bool:
    """Whether this is a subject: 1 to 255 visible characters of ASCII (OpenID Connect Core §2, without blanks)."""
    return isinstance(value, str) and _SUBJECT.fullmatch(value) is not None
