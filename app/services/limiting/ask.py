"""Questions about persons: each is kept and counted before it is looked into, so that the answer changes nothing about it.

Partners' and those of the exchange's own staff, which are bounded for each person and are events as well.

Observables have ids that anybody can compute of a mail address or an account: to look one up is to ask whether that person is
listed. Hidden, absent and visible take the same statements. Kept by ``tests/services/limiting/test_ask.py``.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from app.domain.errors import ExhaustedError
from app.domain.events import Event, EventRecord
from app.domain.paging import AlarmCode
from app.domain.partner import Principal
from app.domain.usage import Question, QuestionKind, seconds_left_today, start_of_day
from app.domain.vocabulary import Channel, Purpose
from app.policy.agreements import agreement_in_force
from app.policy.volume import exceeds, passes_edge, questions_per_day
from app.services.exchange import Exchange
from app.services.raise_alarm import raise_alarm
from app.stix.identifiers import named_type
from app.stix.observable_ids import CONTRIBUTING
from app.storage import agreements, events, questions
from app.storage.session import Connection

_TOO_MANY_OF_STAFF = "You have looked up as many observables today as one person of the exchange may."
_TOO_MANY = "Your organisation has asked as many questions of this kind today as it may."


def ask_about(
    exchange: Exchange, principal: Principal, stix_ids: Collection[str], purpose: Purpose | None, channel: Channel
) -> None:
    """Keep that somebody looks these ids up, as far as they are of observables; of other ids nothing is kept.

    ``purpose`` None: by a reference of what is submitted or simulated, which has none.

    Raises:
        ExhaustedError: these are more than the partner may still ask today; nothing is looked up, and nobody learns anything.
    """
    if principal.is_staff:
        ask_as_staff(exchange, principal, stix_ids)
        return
    observables = sorted(observables_among(stix_ids))
    if observables:
        _ask(exchange, principal, QuestionKind.OBSERVABLE, observables, (purpose, channel))


def ask_as_staff(exchange: Exchange, principal: Principal, stix_ids: Collection[str]) -> None:
    """Keep that a person of the staff looks these ids up, as far as they are of observables; an event, too, without the ids.

    Of a partner nothing is kept: this is for answers that tell a partner of its own statements alone.

    Raises:
        ExhaustedError: these are more than one person may look up today; nothing is looked up.
    """
    observables = sorted(observables_among(stix_ids))
    if not observables or not principal.is_staff:
        return
    now, who = exchange.clock(), principal.credential.credential_id
    question = Question(None, who, QuestionKind.STAFF, None, Channel.REST, now)
    limit = questions_per_day(question.kind, None, exchange.budgets)
    with exchange.database.write(while_read_only=True) as connection:
        questions.take_turn(connection, principal.credential.person_id)
        used = questions.count_of_person(connection, principal.credential.person_id, start_of_day(now))
        if exceeds(used, len(observables), limit):
            raise ExhaustedError(_TOO_MANY_OF_STAFF, retry_after_seconds=seconds_left_today(now))
        questions.add_questions(connection, question, observables)
        events.add_events(connection, [EventRecord(Event.QUESTION_ASK, now, credential_id=who, code=question.kind)])
        if passes_edge(used, len(observables), limit):
            alarm_of_use(connection, principal, AlarmCode.MANY_QUESTIONS, now)


def observables_among(stix_ids: Collection[str]) -> frozenset[str]:
    """Give those of some ids (they may be anything) that are of observables."""
    return frozenset(one for one in stix_ids if named_type(one) in CONTRIBUTING)


def ask_observable(
    exchange: Exchange, principal: Principal, subjects: Collection[str], purpose: Purpose, channel: Channel
) -> None:
    """Keep that somebody asks for an observable itself; ``subjects`` are its ids, or what it is where it has none.

    Raises as ``ask_about``.
    """
    _ask(exchange, principal, QuestionKind.OBSERVABLE, sorted(subjects), (purpose, channel))


def ask_simulation(exchange: Exchange, principal: Principal, subject: str) -> None:
    """Keep that somebody asks who would see something; ``subject`` is what is asked, in any form: it is hashed.

    Partners alone simulate; of staff nothing is kept. Raises as ``ask_about``.
    """
    _ask(exchange, principal, QuestionKind.SIMULATION, [subject], (None, Channel.REST))


def ask_overlap(exchange: Exchange, principal: Principal, kind: QuestionKind, subjects: Sequence[str], purpose: Purpose) -> None:
    """Keep that a partner has these evaluated, or asks who else holds them; of each a salted digest.

    Raises as ``ask_about``.
    """
    _ask(exchange, principal, kind, list(subjects), (purpose, Channel.REST))


def ask_access(exchange: Exchange, principal: Principal, offer_id: str, purpose: Purpose) -> None:
    """Keep that a partner asks for access to what an offer (any text: it is hashed) stands for.

    Raises as ``ask_about``.
    """
    _ask(exchange, principal, QuestionKind.ACCESS, [offer_id], (purpose, Channel.REST))


def evaluations_left(exchange: Exchange, principal: Principal) -> int:
    """Give how many elements a partner may still have evaluated today."""
    if principal.partner is None:
        return 0
    kind, now = QuestionKind.EVALUATION, exchange.clock()
    with exchange.database.read() as connection:
        used = questions.count_questions(connection, principal.partner.partner_id, kind, start_of_day(now))
    return max(0, questions_per_day(kind, None, exchange.budgets) - used)


def look_ups_left(exchange: Exchange, principal: Principal) -> int:
    """Give how many observables a partner may still look up today."""
    if principal.partner is None:
        return 0
    partner_id, now = principal.partner.partner_id, exchange.clock()
    with exchange.database.read() as connection:
        agreement = agreement_in_force(agreements.agreements(connection, partner_id), now)
        used = questions.count_questions(connection, partner_id, QuestionKind.OBSERVABLE, start_of_day(now))
    return max(0, questions_per_day(QuestionKind.OBSERVABLE, agreement, exchange.budgets) - used)


def _ask(
    exchange: Exchange, principal: Principal, kind: QuestionKind, subjects: list[str], way: tuple[Purpose | None, Channel]
) -> None:
    if principal.partner is None:
        return
    partner_id, now = principal.partner.partner_id, exchange.clock()
    purpose, channel = way
    question = Question(partner_id, principal.credential.credential_id, kind, purpose, channel, now)
    with exchange.database.write(while_read_only=True) as connection:
        agreement = agreement_in_force(agreements.agreements(connection, partner_id), now)
        limit = questions_per_day(kind, agreement, exchange.budgets)
        questions.take_turn(connection, partner_id)
        used = questions.count_questions(connection, partner_id, kind, start_of_day(now))
        if exceeds(used, len(subjects), limit):
            raise ExhaustedError(_TOO_MANY, retry_after_seconds=seconds_left_today(now))
        questions.add_questions(connection, question, subjects)
        if passes_edge(used, len(subjects), limit):
            alarm_of_use(connection, principal, AlarmCode.MANY_QUESTIONS, now)


def alarm_of_use(connection: Connection, principal: Principal, code: AlarmCode, now: datetime) -> None:
    """Tell the operators that a partner, or a person of the staff, reached an edge of what it may use in a day."""
    who = principal.partner.partner_id if principal.partner else None
    record = EventRecord(Event.USAGE_EDGE, now, who, principal.credential.credential_id, code=code)
    events.add_events(connection, [record])
    raise_alarm(connection, code, record)
