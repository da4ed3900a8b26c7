"""What ends with a key that is retired or revoked, and with who keeps persons no more: said before it is done.

Owns the counts; nothing changes. A key in other hands is ``report_compromise``'s. Kept by
``tests/services/membership/test_foresee_ending.py``.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.errors import NotFoundError
from app.domain.partner import Principal
from app.domain.permissions import Permission
from app.domain.vocabulary import KeyState
from app.services.authenticate import require
from app.services.exchange import Exchange
from app.services.membership.end_issued import invited_by_person, issued_by_key, issued_by_person
from app.services.membership.keep_persons import kept_person
from app.services.membership.key_life import require_to_end
from app.storage import credentials


@dataclass(frozen=True, slots=True)
class KeyEnding:
    """How many ``others`` for the same use go on counting, and how many open credentials came of it, which revoking ends."""

    others: int
    credentials: int


def foresee_ending(exchange: Exchange, principal: Principal, keyid: str) -> KeyEnding:
    """Give what ends with a key, if it were ended now.

    Raises:
        ForbiddenError: the caller may not end keys.
        NotFoundError: there is no such key, or it is another partner's.
    """
    require_to_end(principal)
    now = exchange.clock()
    with exchange.database.read() as connection:
        key = credentials.key_by_id(connection, keyid)
        if key is None or (principal.partner is not None and key.partner_id != principal.partner.partner_id):
            raise NotFoundError
        others = [one for one in credentials.keys(connection, key.partner_id) if one.usage is key.usage and one.keyid != keyid]
        came = [one for one in issued_by_key(connection, key) if one.revoked_at is None and one.expires_at > now]
    return KeyEnding(sum(one.state_at(now) is KeyState.ACTIVE for one in others), len(came))


@dataclass(frozen=True, slots=True)
class MadeForOthers:
    """What a person made for others that counts now: open ``invitations``, ``tokens`` of persons, names of ``programs``' tokens.

    The first two end once that person keeps persons no more, or leaves; programs go on.
    """

    invitations: int
    tokens: int
    programs: tuple[str, ...]


def foresee_keeping_end(exchange: Exchange, principal: Principal, person_id: str) -> MadeForOthers:
    """Give what a person made for others, as far as it counts now. The token with which somebody acts is among ``tokens``.

    Raises:
        ConflictError: the person has left.
        ForbiddenError: the caller does not keep this person.
        NotFoundError: there is no such person that the caller may see.
    """
    require(principal, Permission.PERSONS_WRITE)
    now = exchange.clock()
    with exchange.database.read() as connection:
        person = kept_person(connection, principal, person_id)
        came = [one for one in issued_by_person(connection, person) if one.revoked_at is None and one.expires_at > now]
        invitations = len(invited_by_person(connection, person, now))
    programs = tuple(sorted(one.name for one in came if one.person_id is None))
    return MadeForOthers(invitations, len(came) - len(programs), programs)
