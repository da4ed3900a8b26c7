"""How people sign in to the portal: what each of them signs in with, invitations, and sessions.

Owns the values, how long they last, and what a password has to be. A session is a credential of its person (``Credential``), so
that roles, suspension, revocation and the ledger count for it as for any other; ``Session`` is what stands beside it. Kept by
``tests/domain/test_sign_in.py``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum, unique

from app.domain.vocabulary import Purpose

NOT_SHOWN = "That did not sign you in. Look at the name, and at what you sign in with; after several failures wait a while."
"""The one sentence for every cause, so that nobody learns whether a name is known, or which part was wrong."""
SESSION_LASTS = timedelta(hours=10)
SESSION_IDLES = timedelta(minutes=30)
STEP_UP_HOLDS = timedelta(minutes=5)
INVITATION_LASTS = timedelta(hours=72)
FREE_FAILURES = 5
"""So often in a row a code may be wrong after the right password, before the name has to wait."""
MOST_FAILURES_AGAIN = 5
"""So often showing again may fail in one session until it ends."""
FAILURES_COUNT = timedelta(days=1)
MOST_PASSKEYS = 10
SHORTEST_PASSWORD = 14
LONGEST_PASSWORD = 200
_LONGEST_WAIT = timedelta(minutes=15)
_LOGIN = re.compile(r"[a-z0-9](?:[a-z0-9._@+-]{1,98})[a-z0-9]", re.ASCII)


@unique
class Method(StrEnum):
    """What somebody signed in with."""

    INVITATION = "invitation"
    OPENID = "openid"
    PASSKEY = "passkey"
    PASSWORD = "password"  # noqa: S105  # a method's name

    @property
    def shows_person(self) -> bool:
        """Whether the exchange itself saw that it is they, so that what reaches others may be done a moment after.

        What a provider says opens a session, and no more.
        """
        return self is not Method.OPENID


@unique
class Ceremony(StrEnum):
    """For what a browser was given random bytes to sign; they serve for nothing else."""

    AGAIN = "again"
    CREATE = "create"
    SIGN_IN = "sign-in"


@unique
class InvitationKind(StrEnum):
    """What an invitation is for: to sign in for the first time, or again after what one signed in with was lost."""

    JOIN = "join"
    RECOVER = "recover"


@dataclass(frozen=True, slots=True)
class SignIn:
    """What a person signs in with, apart from passkeys. ``password`` is an Argon2 hash, ``code_secret`` sealed; None: not set.

    ``last_step`` is the newest thirty seconds of which a code counted, so that none counts twice. ``failures`` are wrong codes
    after the right password since it last worked, or since a day without any: a stranger, who has no password, makes none.
    """

    person_id: str
    login: str
    password: str | None = None
    code_secret: str | None = None
    last_step: int = 0
    failures: int = 0
    failed_at: datetime | None = None

    def waits_until(self) -> datetime | None:
        """Give until when no code of this person is looked at, None if it is now: twice as long with each further failure."""
        over = self.failures - FREE_FAILURES
        if over < 0 or self.failed_at is None:
            return None
        return self.failed_at + min(timedelta(minutes=2 ** min(over, 10)), _LONGEST_WAIT)

    def after_wrong_code(self, now: datetime) -> SignIn:
        """Give it with one failure more; those of yesterday are forgotten, and what comes while it waits makes it no longer."""
        waits_until = self.waits_until()
        if waits_until is not None and now < waits_until:
            return self
        is_old = self.failed_at is not None and now >= self.failed_at + FAILURES_COUNT
        return replace(self, failures=1 if is_old else self.failures + 1, failed_at=now)


@dataclass(frozen=True, slots=True)
class Passkey:
    """A WebAuthn credential. ``passkey_id`` is its id in base64url, ``public_key`` COSE bytes, ``uses`` its signature counter."""

    passkey_id: str
    person_id: str
    name: str
    public_key: bytes
    uses: int
    added_at: datetime
    used_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Invitation:
    """Lets one person set up how they sign in, once. Its secret is in the link and nowhere else.

    ``by_person_id`` None: made on the exchange's machine. ``by_credential_id`` is with what it was made, which may be a token
    that others know, too; None: there, or before that was kept.
    """

    invitation_id: str
    person_id: str
    kind: InvitationKind
    by_person_id: str | None
    made_at: datetime
    expires_at: datetime
    used_at: datetime | None = None
    by_credential_id: str | None = None

    def is_open(self, now: datetime) -> bool:
        """Whether it can still be used."""
        return self.used_at is None and now < self.expires_at


@dataclass(frozen=True, slots=True)
class Session:
    """What stands beside a session's credential: for what is read, when it was seen, when its person last showed who they are."""

    credential_id: str
    method: Method
    seen_at: datetime
    shown_at: datetime
    purpose: Purpose | None = None

    def has_idled(self, now: datetime) -> bool:
        """Whether nobody came for so long that it counts no more."""
        return now >= self.seen_at + SESSION_IDLES

    def is_fresh(self, now: datetime) -> bool:
        """Whether its person showed who they are a moment ago, as submitting and recalling ask."""
        return now < self.shown_at + STEP_UP_HOLDS


def why_no_login(login: str) -> str | None:
    """Give the reason why a text is no name to sign in with, None if it is one. Names are compared in lower case."""
    if _LOGIN.fullmatch(login):
        return None
    return "A sign-in name has 3 to 100 characters: a to z, digits, and . _ @ + - between them."


def why_no_password(password: str, login: str) -> str | None:
    """Give the reason why a password is not taken, None if it is. Long rather than colourful (NIST SP 800-63B §3.1.1.2)."""
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        return f"A password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters; several words in a row are good."
    if login in password.lower() or len(set(password.lower())) < 6:  # noqa: PLR2004  # fewer letters are a pattern, not a password
        return "This password is too easy to guess: it repeats few characters, or holds your sign-in name."
    return None
