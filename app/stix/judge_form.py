"""What is refused of a form as a whole: what was not said first, what contradicts itself, what the catalogue does not have.

Owns the sentences; all of them are told at once, each with its place in the form. Kept by ``tests/stix/test_judge_form.py``.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from app.domain.catalogue import Catalogue
from app.domain.errors import Code
from app.domain.handling import ObjectContext
from app.domain.observation import ACCOUNT_LINKED, ObservableKind, Observation
from app.domain.vocabulary import Purpose, SubjectStatus
from app.policy.catalogue import why_unnameable
from app.policy.clauses import PROTECTED_SUBJECTS
from app.policy.imminent_risk import why_report_first
from breakwater_client.submission import Refusal

CLOCK_SKEW = timedelta(days=1)
PROTECTED_PURPOSES = frozenset({Purpose.INVESTIGATION, Purpose.VICTIM_PROTECTION})
"""What an account that may be a child's, or was taken over, may be read for."""

RESTRICTED_PURPOSES = frozenset({Purpose.DETECTION, Purpose.INVESTIGATION})
"""What terms may be read for."""

_STATUS_FIRST = (
    "Say first whose the accounts, addresses and handles may be: adult-believed, may-be-child, compromised-account, or unknown. "
    "In reports of sexual extortion of children the account is often the child's own."
)

_MARKING_SAYS_ALL = "A marking says it all: give audience, purposes and uses there, or here without a marking."


def judge_form(form: Observation, catalogue: Catalogue, now: datetime) -> list[Refusal]:
    """Give everything that is refused of a form before its observables are looked at; ``now`` is aware."""
    return [
        *_subject(form),
        *_behaviours(form, catalogue),
        *_urgency(form, now),
        *_times(form, now),
        *_certainty(form),
        *_who(form),
        *_offer(form),
        *_anything(form),
    ]


def protects(status: SubjectStatus | None) -> bool:
    """Whether what belongs to somebody of this status goes to law enforcement and hotlines only."""
    return status in PROTECTED_SUBJECTS


def has_protected(form: Observation) -> bool:
    """Whether one of a form's observables is a protected account's."""
    return any(protects(form.status_of(one)) for one in form.observables)


def _subject(form: Observation) -> Iterator[Refusal]:
    missing = (one.kind in ACCOUNT_LINKED and form.status_of(one) is None for one in form.observables)
    if any(missing):
        yield Refusal(Code.SUBJECT_STATUS_MISSING, _STATUS_FIRST, "/subject_status")


def _behaviours(form: Observation, catalogue: Catalogue) -> Iterator[Refusal]:
    for place, code in enumerate(form.behaviours):
        unnameable = why_unnameable([code], catalogue)
        if unnameable is not None:
            yield Refusal(unnameable.code, unnameable.sentence, f"/what/behaviours/{place}")


def _urgency(form: Observation, now: datetime) -> Iterator[Refusal]:
    reports = [datetime.fromisoformat(one.reported_at) for one in form.already_reported_to]
    sentence = why_report_first(ObjectContext(urgency=form.urgency, last_reported_at=max(reports, default=None)), now)
    if sentence is not None:
        yield Refusal(Code.REPORT_FIRST, sentence, "/already_reported_to")


def _times(form: Observation, now: datetime) -> Iterator[Refusal]:
    if form.first_seen and form.last_seen and form.first_seen > form.last_seen:
        yield Refusal(Code.SCHEMA_VIOLATION, "It was seen for the last time before it was seen first.", "/seen/last")
    for name, seen_at in (("first", form.first_seen), ("last", form.last_seen)):
        if seen_at is not None and seen_at > now + CLOCK_SKEW:
            yield Refusal(Code.SCHEMA_VIOLATION, "This time has not come yet.", f"/seen/{name}")
    if form.valid_until is not None and form.valid_until <= now:
        yield Refusal(Code.SCHEMA_VIOLATION, "This time is past: nobody would detect it any more.", "/valid_until")
    for place, one in enumerate(form.observables):
        if one.valid_until is not None and one.valid_until <= now:
            sentence = "This time is past: if it is only part of the picture, give it the role context."
            yield Refusal(Code.SCHEMA_VIOLATION, sentence, f"/observables/{place}/valid_until")


def _certainty(form: Observation) -> Iterator[Refusal]:
    if form.how_sure.confidence is not None and form.how_sure.band is not None:
        yield Refusal(Code.SCHEMA_VIOLATION, "Give confidence as a number or as a band, not both.", "/how_sure/band")


def _who(form: Observation) -> Iterator[Refusal]:
    who = form.who_may_know
    if who.marking_ref is not None and (who.audience_id or who.purposes or who.permitted_uses):
        yield Refusal(Code.SCHEMA_VIOLATION, _MARKING_SAYS_ALL, "/who_may_know/marking_ref")
    if who.purposes is None:
        return
    has_term = any(one.kind is ObservableKind.KEYWORD_TERM for one in form.observables)
    for needed, is_needed, what in (
        (PROTECTED_PURPOSES, has_protected(form), "An account that may be a child's, or was taken over,"),
        (RESTRICTED_PURPOSES, has_term, "A term"),
    ):
        if is_needed and not needed & who.purposes:
            sentence = f"{what} is read for {' or '.join(sorted(needed))} alone: admit one of them."
            yield Refusal(Code.SCHEMA_VIOLATION, sentence, "/who_may_know/purposes")


def _offer(form: Observation) -> Iterator[Refusal]:
    if form.offer is None:
        return
    who = form.offer.who_may_know
    if who.marking_ref is not None and (who.audience_id or who.purposes or who.permitted_uses):
        yield Refusal(Code.SCHEMA_VIOLATION, _MARKING_SAYS_ALL, "/offer/who_may_know/marking_ref")
    if form.who_may_know.group_id is not None:
        sentence = "The objects of this form go to a group, where an offer has no place: make the offer with another form."
        yield Refusal(Code.SCHEMA_VIOLATION, sentence, "/offer")


def _anything(form: Observation) -> Iterator[Refusal]:
    if not form.behaviours and not form.observables:
        yield Refusal(Code.SCHEMA_VIOLATION, "Name a behaviour of the catalogue, or an observable.", "/what/behaviours")
