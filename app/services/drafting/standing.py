"""How whoever reads a draft stands to its author: whether they are new, and whether one of the two let the other in.

Owns what is looked up for ``policy.drafts.why_not_second``; whoever issued the token that is used has let them in, too, as has
whoever issued the one with which they were invited. Whoever decides looks it up under the order lock, under which persons are
added and invited. Kept by ``tests/services/drafting/test_standing.py``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from app.domain.draft import Draft
from app.domain.partner import Principal
from app.domain.sign_in import Invitation
from app.policy.drafts import Standing
from app.policy.newcomers import is_newcomer
from app.services.signing_in.in_person import others_who_know
from app.storage import credentials, persons, sign_ins
from app.storage.session import Connection


def standing_of(connection: Connection, principal: Principal, draft: Draft, now: datetime) -> Standing:
    """Give how a caller stands to the author of a draft that they see; who is no person stands in no way."""
    reader = principal.person
    if reader is None:
        return Standing()
    invitations = sign_ins.invitations_of(connection, reader.person_id)
    pairs = {(one, reader.person_id) for one in _who_let_in(connection, invitations)}
    pairs |= {(one, draft.author_id) for one in _who_let_in(connection, sign_ins.invitations_of(connection, draft.author_id))}
    staff = {one.person_id for one in persons.persons(connection, None)}
    pairs |= {(one, reader.person_id) for one in others_who_know(connection, principal.credential)}
    is_by_invitation = not pairs.isdisjoint({(draft.author_id, reader.person_id), (reader.person_id, draft.author_id)})
    return Standing(is_newcomer(reader, invitations, staff, now), is_by_invitation)


def _who_let_in(connection: Connection, invitations: Iterable[Invitation]) -> Iterator[str | None]:
    """Give who made invitations, and whose token theirs came of: whoever knows it may have made them."""
    for one in invitations:
        yield one.by_person_id
        made_with = credentials.credential_by_id(connection, one.by_credential_id) if one.by_credential_id else None
        yield from others_who_know(connection, made_with) if made_with else ()
