"""Whether the name of an account to protect stands anywhere in a form that goes to more people than the account.

Owns the comparison by letters and digits alone: however it is spaced, marked or disguised, in other observables, rules, texts and
services. It finds no paraphrase, and no rule that spells a name in pieces. Kept by ``tests/stix/test_kept_names.py``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from urllib.parse import unquote

from app.domain.errors import Code
from app.domain.observation import RULES, Observation
from app.domain.submission import Refusal
from app.stix.disguises import letters_alone
from app.stix.judge_form import protects
from app.stix.observable_objects import Described

_SHORTEST = 4
"""Letters and digits of a name that is looked for within others; of shorter ones only the same is found."""

_SHORTEST_PIECE = 5
_SIGNS_OF_RULES = re.compile(r"[\[\](){}|*+?^$\\:\n]")
_NAMES = ("account_login", "user_id", "value", "room_id")
_ESCAPES = (
    "This holds the name of an account that is protected here, and would go to more people than the account: leave it out, or "
    "give it the account's own subject_status."
)


def names_that_escape(form: Observation, described: Sequence[Described]) -> Iterator[Refusal]:
    """Give a refusal for each place in a form that would tell a protected name to others; never which."""
    kept = {letters_alone(name) for place, one in enumerate(described) for name in _names(form, place, one)} - {""}
    if not kept:
        return
    for pointer, text in _texts(form):
        if any(_holds(text, name) for name in kept):
            code = Code.OBSERVABLE_INVALID if pointer.startswith("/observables") else Code.PROFILE_VIOLATION
            yield Refusal(code, _ESCAPES, pointer)
    for place, one in enumerate(form.observables):
        if one.kind in RULES and any(_has_piece_of(one.value or "", name) for name in kept):
            yield Refusal(Code.OBSERVABLE_INVALID, _ESCAPES, f"/observables/{place}/value")


def _names(form: Observation, place: int, described: Described) -> Iterator[str]:
    observable = form.observables[place]
    if not protects(form.status_of(observable)):
        return
    if observable.value is not None:
        yield observable.value
    yield from (described.value[name] for name in _NAMES if described.value is not None and name in described.value)


def _texts(form: Observation) -> Iterator[tuple[str, str]]:
    """Give what goes out beside what is protected, and where it stands."""
    yield "/what/title", form.title
    yield "/what/description", form.description or ""
    for place, report in enumerate(form.already_reported_to):
        yield f"/already_reported_to/{place}/body", report.body
        yield f"/already_reported_to/{place}/reference", report.reference or ""
    open_ones = [(place, one) for place, one in enumerate(form.observables) if not protects(form.status_of(one))]
    if any(one.service is None for _, one in open_ones):
        yield "/where/service", form.service or ""
    for place, one in open_ones:
        yield f"/observables/{place}/value", one.value or ""
        yield f"/observables/{place}/service", one.service or ""


def _holds(text: str, name: str) -> bool:
    read = {letters_alone(text), letters_alone(unquote(text))}
    return name in read if len(name) < _SHORTEST else any(name in one for one in read)


def _has_piece_of(rule: str, name: str) -> bool:
    """Whether what a rule spells out between its signs is a part of a name."""
    pieces = (letters_alone(one) for one in _SIGNS_OF_RULES.split(rule))
    return any(len(one) >= _SHORTEST_PIECE and one in name for one in pieces)
