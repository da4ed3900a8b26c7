"""Explaining: may this partner see this object for this purpose, on which ground and since when; or by whose word not.

Now, or at an instant of the past as everything stood then.

Owns who may ask: staff about everything, an owner about its own objects and listed members; nobody is told what it may not know
by asking. Nothing is disclosed, so nothing goes on the ledger. Kept by ``tests/services/explaining/test_explain.py``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from app.domain.errors import MalformedInputError, NotFoundError
from app.domain.partner import Principal
from app.domain.permissions import Permission
from app.domain.vocabulary import Channel, Purpose
from app.policy.telling import Told, Verdict, Way, is_listed_member, tell_all, tell_owner
from app.services.authenticate import require
from app.services.exchange import Exchange
from app.services.explaining.membership import Member, Membership
from app.services.explaining.repeat_decision import viewer_at
from app.services.explaining.statements import Statement, asker_of, statements_at, statements_of
from app.services.limiting.ask import ask_as_staff
from app.storage import explanations, history
from app.storage.history import AsOf
from app.storage.session import Connection
from breakwater_client.instant import instant_text


@dataclass(frozen=True, slots=True)
class PolicyQuestion:
    """May the partner see the newest version of this id, for this purpose and by this channel?

    Or, with ``at``: might it have seen what was the newest version at that instant of the past, as everything stood then?
    """

    stix_id: str
    partner_id: str
    purpose: Purpose
    channel: Channel = Channel.REST
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """The answer about one owner's statement, its newest version.

    ``added_at`` is when it came into the feed. ``since``: from when on it counts for this reader, which may be later; None if it
    does not see it, will first learn of it by its next look, if the asker may not know, and of the past. The ceiling of a
    credential is left out: the question is about a partner.
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
        ExhaustedError: somebody of the staff has looked up as many observables today as one person may.
        ForbiddenError: the caller may not ask about policy at all.
        MalformedInputError: the instant asked about is still to come, or from before the past was kept.
        NotFoundError: no such partner or object, or not one the caller may ask about.
    """
    require(principal, Permission.POLICY_READ)
    ask_as_staff(exchange, principal, [question.stix_id])
    now, asker_id = exchange.clock(), asker_of(principal)
    with exchange.database.read() as connection:
        reader = Membership.load(connection, now).known_to(asker_id).get(question.partner_id)
        if question.at is not None:
            return _explained_then(connection, reader, question, _Asked(asker_id, _past(connection, question.at, now)))
        statements = statements_of(connection, asker_id, question.stix_id, now)
        if reader is None:
            raise NotFoundError
        return [_explanation(connection, one, reader, question, _Asked(asker_id, now)) for one in statements]


def _past(connection: Connection, at: datetime, now: datetime) -> datetime:
    if at > now:
        raise MalformedInputError("This instant is still to come: what will be decided then is not known.", pointer="/at")
    kept_since = history.kept_since(connection)
    if kept_since is not None and at < kept_since:
        sentence = f"The past is kept since {instant_text(kept_since)}; what was decided before cannot be repeated."
        raise MalformedInputError(sentence, pointer="/at")
    return at


@dataclass(frozen=True, slots=True)
class _Asked:
    """Who asks (None: staff), and about when."""

    asker_id: str | None
    now: datetime


def _explained_then(connection: Connection, reader: Member | None, question: PolicyQuestion, asked: _Asked) -> list[Explanation]:
    """Explain as everything stood at an instant. Owners ask about members that are listed now and were listed then."""
    statements = statements_at(connection, asked.asker_id, question.stix_id, asked.now)
    if reader is None:
        raise NotFoundError
    viewer = viewer_at(connection, reader.partner, reader.viewer.tlp_ceiling, AsOf(asked.now))
    if asked.asker_id not in {None, reader.partner_id} and not is_listed_member(viewer, asked.now):
        raise NotFoundError
    then = replace(reader, viewer=viewer)
    return [_explanation(connection, one, then, question, asked) for one in statements]


def _explanation(
    connection: Connection, statement: Statement, reader: Member, question: PolicyQuestion, asked: _Asked
) -> Explanation:
    tell = tell_all if asked.asker_id is None else tell_owner
    told = tell(reader.viewer, statement.handling_class, Way(question.purpose, question.channel, asked.now))
    told = statement.in_time(told, reader.partner_id, asked.now)
    times = statement.times
    knows_when = question.at is None and told.verdict is Verdict.SEEN and asked.asker_id in {None, reader.partner_id}
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
