"""Explaining: may this partner see this object for this purpose now, on which ground and since when; or by whose word not.

Owns who may ask: staff about everything, an owner about its own objects and listed members; nobody is told what it may not know
by asking. Nothing is disclosed, so nothing goes on the ledger. Kept by ``tests/services/explaining/test_explain.py``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.domain.errors import NotFoundError
from app.domain.partner import Principal
from app.domain.permissions import Permission
from app.domain.vocabulary import Channel, Purpose
from app.policy.telling import Told, Verdict, Way, tell_all, tell_owner
from app.services.authenticate import require
from app.services.exchange import Exchange
from app.services.explaining.membership import Member, Membership
from app.services.explaining.statements import Statement, asker_of, statements_of
from app.storage import explanations
from app.storage.session import Connection


@dataclass(frozen=True, slots=True)
class PolicyQuestion:
    """May the partner see the newest version of this id, for this purpose and by this channel?"""

    stix_id: str
    partner_id: str
    purpose: Purpose
    channel: Channel = Channel.REST


@dataclass(frozen=True, slots=True)
class Explanation:
    """The answer about one owner's statement, its newest version.

    ``added_at`` is when it came into the feed. ``since``: from when on it counts for this reader, which may be later; None if it
    does not see it, will first learn of it by its next look, or if the asker may not know. The ceiling of a credential is left
    out: the question is about a partner.
    """

    owner_id: str
    version: str
    told: Told
    added_at: datetime | None
    since: datetime | None
    release_at: datetime | None
    expires_at: datetime | None


def explain(exchange: Exchange, principal: Principal, question: PolicyQuestion) -> list[Explanation]:
    """Give an explanation for each owner that states the id and that the caller may ask about; at least one.

    Raises:
        ForbiddenError: the caller may not ask about policy at all.
        NotFoundError: no such partner or object, or not one the caller may ask about.
    """
    require(principal, Permission.POLICY_READ)
    now, asker_id = exchange.clock(), asker_of(principal)
    with exchange.database.read() as connection:
        reader = Membership.load(connection, now).known_to(asker_id).get(question.partner_id)
        statements = statements_of(connection, asker_id, question.stix_id)
        if reader is None:
            raise NotFoundError
        return [_explanation(connection, one, reader, question, _Asked(asker_id, now)) for one in statements]


@dataclass(frozen=True, slots=True)
class _Asked:
    """Who asks (None: staff), and when."""

    asker_id: str | None
    now: datetime


def _explanation(
    connection: Connection, statement: Statement, reader: Member, question: PolicyQuestion, asked: _Asked
) -> Explanation:
    tell = tell_all if asked.asker_id is None else tell_owner
    told = tell(reader.viewer, statement.handling_class, Way(question.purpose, question.channel, asked.now))
    told = statement.in_time(told, reader.partner_id, asked.now)
    times = statement.times
    knows_when = told.verdict is Verdict.SEEN and asked.asker_id in {None, reader.partner_id}
    return Explanation(
        owner_id=statement.owner_id,
        version=times.version,
        told=told,
        added_at=times.added_at,
        since=_since(connection, statement, question) if knows_when else None,
        release_at=times.release_at,
        expires_at=statement.expires_at,
    )


def _since(connection: Connection, statement: Statement, question: PolicyQuestion) -> datetime | None:
    """Give the earliest moment at any of the reader's viewpoints; who never looked finds it where it was added."""
    counting = explanations.counting_from(connection, statement.times, question.channel)
    known = [one.since for one in counting if (one.partner_id, one.purpose) == (question.partner_id, question.purpose)]
    return min((one for one in known if one is not None), default=None) if known else statement.times.added_at
