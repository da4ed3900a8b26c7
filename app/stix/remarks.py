"""What whoever enters a form should know before it is sent, and what refuses nothing.

Owns the sentences. Kept by ``tests/stix/test_remarks.py``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from app.domain.composed import Remark
from app.domain.observable_life import detect_until
from app.domain.observation import ACCOUNT_LINKED, ObservableKind, ObservableRole, Observation
from app.domain.vocabulary import Review, Tlp, Urgency
from app.stix.judge_form import has_protected, protects

_PROTECTED = (
    "Goes to law enforcement and hotlines only, for review by people, and nothing detects it: no indicator was made. A hotline "
    "sees it if the audience or a group names it."
)
_WIDE_WORDS = (
    "Title and description go to everybody whom the handling admits, more than see the accounts: nothing in them may describe a "
    "child or tell whose account it is."
)


def remarks_on(form: Observation, notes: Sequence[Sequence[str]], now: datetime) -> tuple[Remark, ...]:
    """Give the remarks on a form; ``notes`` are those on each observable's value."""
    return (*_on_subjects(form), *_on_handling(form), *_on_the_rest(form), *_on_observables(form, notes, now))


def _on_subjects(form: Observation) -> Iterator[Remark]:
    if has_protected(form):
        yield Remark("/what", _WIDE_WORDS)
    for place, one in enumerate(form.observables):
        if protects(form.status_of(one)):
            yield Remark(f"/observables/{place}", _PROTECTED)


def _on_handling(form: Observation) -> Iterator[Remark]:
    who = form.who_may_know
    if who.tlp in (Tlp.CLEAR, Tlp.GREEN) and any(one.kind in ACCOUNT_LINKED for one in form.observables):
        yield Remark("/who_may_know/tlp", "Something here leads to somebody, and this label lets readers pass it on widely.")
    if who.tlp is Tlp.RED:
        yield Remark("/who_may_know/tlp", "RED is for named persons: no interface of machines gives it out.")
    if who.marking_ref is None and who.audience_id is None:
        yield Remark("/who_may_know", "No audience is named: your agreement's default audience decides who sees it.")
    told = None if form.offer is None else form.offer.who_may_know
    if told is not None and told.marking_ref is None and told.audience_id is None:
        sentence = "No audience is named: your agreement's default audience decides who learns that there is something."
        yield Remark("/offer/who_may_know", sentence)
    if who.group_id is not None:
        yield Remark(
            "/who_may_know/group_id", "Post the objects to this group when you submit them; by themselves they name no group."
        )


def _on_the_rest(form: Observation) -> Iterator[Remark]:
    if form.urgency is Urgency.IMMINENT_RISK:
        sentence = (
            "This exchange is not a reporting channel: if a child may be in danger now, call the police emergency number of the "
            "place where the child is. Contacts of partners that may see it are paged once it is submitted."
        )
        yield Remark("/urgency", sentence)
    if form.review in (None, Review.UNREVIEWED):
        yield Remark("/review", "Nobody has reviewed it yet, and readers are told so.")


def _on_observables(form: Observation, notes: Sequence[Sequence[str]], now: datetime) -> Iterator[Remark]:
    seen_at = form.last_seen or form.first_seen or now
    for place, one in enumerate(form.observables):
        where = f"/observables/{place}"
        yield from (Remark(f"{where}/value", note) for note in notes[place])
        if one.kind is ObservableKind.KEYWORD_TERM:
            yield Remark(where, "Terms have a narrower handling of their own: AMBER+STRICT at least, passed on to nobody.")
        if protects(form.status_of(one)) or one.role is ObservableRole.CONTEXT:
            continue
        until = detect_until(one.kind, seen_at, one.valid_until, form.valid_until)
        if until is not None and until <= now:
            yield Remark(
                where, "It was seen too long ago to be worth detecting: it stays part of the picture, without an indicator."
            )
        elif (wished := one.valid_until or form.valid_until) is not None and until is not None and until < wished:
            yield Remark(where, "It is detected for a shorter time than you asked for: its kind does not live longer.")
