"""How whoever reads a draft stands to its author: whether they are new, and whether one of the two let the other in.

Owns what is looked up for ``policy.drafts.why_not_second``; whoever issued the token that is used has let them in, too. Whoever
decides looks it up under the order lock, under which persons are added and invited. Kept by
``tests/services/drafting/test_standing.py``.
"""

from __future__ import annotations

from datetime import datetime

from app.domain.draft import Draft
from app.domain.partner import Principal
from app.policy.drafts import Standing
from app.policy.newcomers import is_newcomer
from app.services.signing_in.in_person import others_who_know
from app.storage import persons, sign_ins
from app.storage.session import Connection


def standing_of(connection: Connection, principal: Principal, draft: Draft, now: datetime) -> Standing:
    """Give how a caller stands to the author of a draft that they see; who is no person stands in no way."""
    reader = principal.person
    if reader is None:
        return Standing()
    invitations = sign_ins.invitations_of(connection, reader.person_id)
    pairs = {(one.by_person_id, reader.person_id) for one in invitations}
    pairs |= {(one.by_person_id, draft.author_id) for one in sign_ins.invitations_of(connection, draft.author_id)}
    staff = {one.person_id for one in persons.persons(connection, None)}
    pairs |= {(one, reader.person_id) for one in others_who_know(connection, principal.credential)}
    is_by_invitation = not pairs.isdisjoint({(draft.author_id, reader.person_id), (reader.person_id, draft.author_id)})
    return Standing(is_newcomer(reader, invitations, staff, now), is_by_invitation)
