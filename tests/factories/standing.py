"""People who have been there for long: those who are there now, as if they had come a week earlier."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select, update

from app.services.exchange import Exchange
from app.storage.tables import credential, invitation, person

_EARLIER = timedelta(days=7)


def came_long_ago(exchange: Exchange) -> None:
    """Let everybody have been added, and let in, a week before they were, and have made their tokens themselves."""
    with exchange.database.write() as connection:
        connection.execute(update(credential).values(issued_by=None))
        for one in connection.execute(select(person.c.person_id, person.c.added_at).where(person.c.added_at.is_not(None))).all():
            earlier = one.added_at - _EARLIER
            connection.execute(update(person).where(person.c.person_id == one.person_id).values(added_at=earlier))
        known = select(invitation.c.invitation_id, invitation.c.made_at, invitation.c.used_at)
        for each in connection.execute(known.where(invitation.c.used_at.is_not(None))).all():
            times = {"made_at": each.made_at - _EARLIER, "used_at": each.used_at - _EARLIER}
            connection.execute(update(invitation).where(invitation.c.invitation_id == each.invitation_id).values(**times))
