"""Contests: somebody says that a person is wrongly listed, and everybody who was told of it is asked to look again.

Owns who may enter one (hotlines and operators, a bounded number a day), how it spreads, and what whoever entered it is told:
nothing for a fixed time, then counts in bands, so that nobody learns from the answer whether somebody is listed. Entering it
does the same whether or not anybody has anything under the id; what is there is looked for later, by the work ledger. An id is
contested once at a time: whoever contests it again is answered alike, and nobody is asked once more. Kept by
``tests/services/recalling/test_contest.py``; decision 36 has the alternatives.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app.domain.errors import ExhaustedError, ForbiddenError, MalformedInputError, NotFoundError
from app.domain.events import Event, EventRecord
from app.domain.object_vocabulary import ContestOutcome, ContestReason, RecallAct, RecallKind, RecallReason
from app.domain.paging import AlarmCode
from app.domain.partner import Principal
from app.domain.permissions import Permission
from app.domain.recall import Contest
from app.domain.usage import Question, QuestionKind, seconds_left_today, start_of_day
from app.domain.vocabulary import Channel, Role
from app.services.answer_once import earlier_outcome
from app.services.authenticate import require
from app.services.exchange import Exchange
from app.services.hold_order import take_order_for
from app.services.intake.call_back import begin_recall
from app.services.limiting.ask import ask_as_staff
from app.services.raise_alarm import raise_alarm
from app.services.recalling.contest_round import ensure_round
from app.stix.identifiers import named_type
from app.stix.observable_ids import CONTRIBUTING
from app.storage import contests, events, questions, submissions, work
from app.storage.recalls import NewRecall
from app.storage.session import Connection
from app.storage.submissions import KeyUse

SPREAD_CONTEST = "spread-contest"
REPORTED_AFTER = timedelta(days=14)
MOST_A_DAY = 20
MOST_VERSIONS = 1_000
"""So many versions, the newest, one contest calls into question; the operators are alarmed if there are more."""
LEAST_PUBLISHERS = 5
"""Of versions of fewer publishers, whoever entered a contest is told no counts: a few that act together could make them up."""
UNANSWERED = "unanswered"
TOO_FEW = "fewer-than-can-be-told"
_BANDS = ((20, "20-or-more"), (5, "5-to-19"), (0, "0-to-4"))
MOST_LISTED = 200
"""Most contests on one page."""


@dataclass(frozen=True, slots=True)
class ContestRecord:
    """A contest, and what was done: counts of partners by outcome, as words; None before they are told."""

    contest: Contest
    counts: Mapping[str, str] | None


def enter_contest(
    exchange: Exchange, principal: Principal, stix_id: str, reason: ContestReason, use: KeyUse | None = None
) -> ContestRecord:
    """Contest what stands under an id (untrusted), whoever published it; of an observable, what refers to it as well.

    Raises:
        ExhaustedError: the caller's organisation has entered as many today as it may, or one of the staff looked up as many.
        ForbiddenError: neither a hotline nor an operator.
        MalformedInputError: this is no STIX id.
    """
    require(principal, Permission.CONTESTS_ENTER)
    partner_id = _hotline(principal)
    if named_type(stix_id) is None:
        raise MalformedInputError("This is no id of a STIX object.", pointer="/object_id")
    ask_as_staff(exchange, principal, [stix_id])
    with exchange.database.write() as connection:
        take_order_for(exchange, connection, principal)
        now = exchange.clock()
        earlier = earlier_outcome(connection, use)
        found = None if earlier is None else contests.find_contest(connection, earlier)
        if found is not None:
            return _record(connection, principal, found, now)
        _count(connection, principal, stix_id, now)
        contest = _keep(connection, partner_id, principal.credential.credential_id, _Said(stix_id, reason), now)
        if use is not None:
            submissions.add_key_use(connection, use, contest.contest_id, now)
        return _record(connection, principal, contest, now)


def contest_for_person(connection: Connection, stix_id: str, reason: ContestReason, credential_id: str, now: datetime) -> Contest:
    """Contest what stands under an id for whoever it is about, once two persons agreed; in the caller's transaction."""
    return _keep(connection, None, credential_id, _Said(stix_id, reason), now)


@dataclass(frozen=True, slots=True)
class _Said:
    """What is contested, and why."""

    stix_id: str
    reason: ContestReason


def _keep(connection: Connection, partner_id: str | None, credential_id: str, said: _Said, now: datetime) -> Contest:
    """Keep a contest and the work on it, in the caller's transaction, which holds the order lock: none is spread twice."""
    joins = contests.open_contest(connection, said.stix_id, now)
    contest = Contest(str(uuid.uuid4()), partner_id, credential_id, said.stix_id, said.reason, now, now + REPORTED_AFTER, joins)
    contests.add_contest(connection, contest)
    work.add_work(connection, SPREAD_CONTEST, {"contest_id": contest.contest_id}, now)
    ensure_round(connection, now)
    record = EventRecord(Event.CONTEST_ENTER, now, partner_id, credential_id, subject=contest.contest_id, code=said.reason)
    events.add_events(connection, [record])
    return contest


def _hotline(principal: Principal) -> str | None:
    if principal.partner is None:
        return None
    if principal.partner.role is not Role.HOTLINE:
        raise ForbiddenError("Contests are entered by hotlines and operators: the person turns to one of them.")
    return principal.partner.partner_id


def _count(connection: Connection, principal: Principal, stix_id: str, now: datetime) -> None:
    """Keep a partner's contest as the question about a person that it is, and refuse it beyond the bound."""
    if principal.partner is None:
        return
    partner_id = principal.partner.partner_id
    if contests.count_since(connection, partner_id, start_of_day(now)) >= MOST_A_DAY:
        sentence = "Your organisation has entered as many contests today as it may."
        raise ExhaustedError(sentence, retry_after_seconds=seconds_left_today(now))
    who = principal.credential.credential_id
    questions.add_questions(connection, Question(partner_id, who, QuestionKind.CONTEST, None, Channel.REST, now), [stix_id])


def spread_contest(connection: Connection, payload: Mapping[str, Any], now: datetime) -> datetime | None:
    """Call for a second look at all that a contest is about, with every publisher; ``hold_round`` tells who had it."""
    contest = contests.find_contest(connection, payload["contest_id"])
    if contest is None or contest.stix_id is None or contest.joins_id is not None:
        return None
    for owner_id, versions in sorted(_contested(connection, contest, contest.stix_id, now).items()):
        new = NewRecall(
            str(uuid.uuid4()),
            owner_id,
            RecallReason.CONTESTED,
            RecallAct.REVIEW,
            versions,
            RecallKind.CONTEST,
            contest.contest_id,
        )
        begin_recall(connection, new, now)
    return None


def _contested(connection: Connection, contest: Contest, stix_id: str, now: datetime) -> Mapping[str, list[int]]:
    """Give the versions that a contest is about, by owner. What is no observable stands for itself alone."""
    of_all = named_type(stix_id) in CONTRIBUTING
    found = contests.contested_versions(connection, stix_id, MOST_VERSIONS + 1, with_referring=of_all)
    if sum(map(len, found.values())) > MOST_VERSIONS:
        raise_alarm(
            connection,
            AlarmCode.CONTEST_WIDE,
            EventRecord(Event.CONTEST_ENTER, now, contest.partner_id, contest.credential_id, subject=contest.contest_id),
        )
        found = contests.contested_versions(connection, stix_id, MOST_VERSIONS, with_referring=of_all)
    return found


def list_contests(
    exchange: Exchange, principal: Principal, after: str | None = None, limit: int = MOST_LISTED
) -> list[ContestRecord]:
    """List contests, newest first: a partner's own, or for staff all; those that come after one of them (its id).

    Raises:
        ForbiddenError: the caller neither enters contests nor sees those of others.
        NotFoundError: ``after`` is no contest that the caller sees.
    """
    partner_id = _reader(principal)
    now = exchange.clock()
    with exchange.database.read() as connection:
        last = None if after is None else _seen(connection, partner_id, after)
        return [_record(connection, principal, one, now) for one in contests.contests(connection, partner_id, limit, last)]


def get_contest(exchange: Exchange, principal: Principal, contest_id: str) -> ContestRecord:
    """Give one contest to whoever entered it, or staff; to anybody else it does not exist."""
    partner_id = _reader(principal)
    with exchange.database.read() as connection:
        return _record(connection, principal, _seen(connection, partner_id, contest_id), exchange.clock())


def _seen(connection: Connection, partner_id: str | None, contest_id: str) -> Contest:
    found = contests.find_contest(connection, contest_id)
    if found is None or partner_id not in {None, found.partner_id}:
        raise NotFoundError
    return found


def _reader(principal: Principal) -> str | None:
    """Give whose contests the caller sees; None for staff, who see all."""
    if principal.partner is None:
        require(principal, Permission.CONTESTS_READ)
        return None
    require(principal, Permission.CONTESTS_ENTER)
    return principal.partner.partner_id


def _record(connection: Connection, principal: Principal, contest: Contest, now: datetime) -> ContestRecord:
    if not principal.is_staff and now < contest.reported_at:
        return ContestRecord(contest, None)
    spread_id = contest.joins_id or contest.contest_id
    asker = None if principal.partner is None else principal.partner.partner_id
    counts = Counter(map(_what, contests.what_was_done(connection, spread_id, asker).values()))
    words = sorted([*map(str, ContestOutcome), UNANSWERED])
    if principal.is_staff:
        return ContestRecord(contest, {word: str(counts[word]) for word in words})
    told = _band if contests.count_publishers(connection, spread_id, asker) >= LEAST_PUBLISHERS else _too_few
    return ContestRecord(contest, {word: told(counts[word]) for word in words})


def _what(outcomes: frozenset[ContestOutcome] | None) -> str:
    """Say in one word what a partner did: it corrected something, else kept something, else held nothing; or has not answered."""
    if outcomes is None:
        return UNANSWERED
    for one in (ContestOutcome.CORRECTED, ContestOutcome.KEPT):
        if one in outcomes:
            return one.value
    return ContestOutcome.NOT_HELD.value


def _too_few(_count: int) -> str:
    return TOO_FEW


def _band(count: int) -> str:
    return next(words for least, words in _BANDS if count >= least)
