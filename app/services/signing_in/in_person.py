"""Whether whoever asks is the person: through their own session, or with a token that they made themselves.

Owns the rule for what two persons do: a token that a colleague or an operator issued in somebody's name is known to whoever
issued it, who could else be both. Tokens that the exchange's machine gave its staff are theirs. Kept by
``tests/services/signing_in/test_in_person.py``.
"""

from __future__ import annotations

from datetime import datetime

from app.domain.errors import Code, ForbiddenError
from app.domain.events import Event
from app.domain.partner import Credential, Principal
from app.domain.recovery import NEWCOMER_FOR
from app.domain.vocabulary import MemberRole, StaffRole
from app.policy.recovery import Lately
from app.storage import credentials, events
from app.storage.session import Connection

_CHANGES = (
    (Event.PERSON_CHANGE, MemberRole.ADMINISTRATOR.value),
    (Event.PERSON_CHANGE, StaffRole.OPERATOR.value),
    (Event.SIGN_IN_SET, None),
)


def others_who_know(connection: Connection, credential: Credential) -> set[str | None]:
    """Give whose credentials a credential came of, however many lie between, but its own person's; None: of no person."""
    found: set[str | None] = set()
    one: Credential | None = credential
    while one is not None and one.issued_by is not None:
        one = credentials.credential_by_id(connection, one.issued_by)
        found.add(None if one is None else one.person_id)
    return found - {credential.person_id}


def is_in_person(connection: Connection, principal: Principal) -> bool:
    """Whether the caller's credential is their session, or came of nobody's but their own."""
    return not others_who_know(connection, principal.credential)


def require_in_person(connection: Connection, principal: Principal) -> None:
    """Return if the caller asks in person; raises ``ForbiddenError`` otherwise."""
    if not is_in_person(connection, principal):
        sentence = (
            "Somebody else issued this token, and may know it. Do this at the portal, or with a token that you made yourself."
        )
        raise ForbiddenError(sentence, code=Code.SECOND_PERSON_NEEDED)


def lately(connection: Connection, now: datetime) -> Lately:
    """Give who got a role, or set up how they sign in, too short a time ago to be one of two."""
    return Lately(now, events.subjects_since(connection, _CHANGES, now - NEWCOMER_FOR))
