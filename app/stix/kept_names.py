"""Whether the name of an account to protect stands anywhere in a form that goes to more people than the account.

Owns where is looked, and when a name is found: however it is spaced, marked, disguised or escaped (``name_readings``), with
digits for letters, or its words apart; in other observables, rules, texts and services. It finds no paraphrase, no name that is
turned round or enciphered, and no rule that spells one in short pieces. Kept by ``tests/stix/test_kept_names.py``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.domain.errors import Code
from app.domain.observation import RULES, Observation
from app.stix.disguises import letters_alone
from app.stix.judge_form import protects
from app.stix.name_readings import parts, parts_of_name, readings, with_digits_for_letters
from app.stix.observable_objects import Described
from breakwater_client.submission import Refusal

_SHORTEST = 4
"""Letters and digits of a name that is looked for within others; of shorter ones only the same is found."""

_SHORTEST_PIECE = 5
_SIGNS_OF_RULES = re.compile(r"[\[\](){}|*+?^$\\:\n]")
_CLASSES_OF_RULES = re.compile(r"\\[wWdDsSbBAzZhHvVR]|\{[0-9,]{1,9}\}")
_NAMES = ("account_login", "user_id", "value", "room_id")
_ESCAPES = (
    "This holds the name of an account that is protected here, and would go to more people than the account: leave it out, or "
    "give it the account's own subject_status."
)


def names_that_escape(form: Observation, described: Sequence[Described]) -> Iterator[Refusal]:
    """Give a refusal for each place in a form that would tell a protected name to others; never which."""
    stated = {name for place, one in enumerate(described) for name in _names(form, place, one)}
    kept = {one for name in stated for one in readings(name)} - {""}
    if not kept:
        return
    sought = _Sought(kept, {spelt for one in kept if (spelt := with_digits_for_letters(one))}, [*map(parts_of_name, stated)])
    for pointer, text in _texts(form):
        if sought.stands_in(text):
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


@dataclass(frozen=True, slots=True)
class _Sought:
    """What is looked for: names as letters and digits, the longer ones with letters for digits, and the words of each."""

    names: set[str]
    spelt: set[str]
    parts: Sequence[frozenset[str]]

    def stands_in(self, text: str) -> bool:
        read = readings(text)
        if any(name in read if len(name) < _SHORTEST else any(name in one for one in read) for name in self.names):
            return True
        letters = {spelt for one in read if (spelt := with_digits_for_letters(one))}
        if any(name in one for name in self.spelt for one in letters):
            return True
        words = parts(text)
        return any(one and one <= words for one in self.parts)


def _has_piece_of(rule: str, name: str) -> bool:
    """Whether what a rule spells out between its signs is a part of a name."""
    bare = _CLASSES_OF_RULES.sub("", rule)
    if len(name) >= _SHORTEST and any(name in one for one in readings(bare)):
        return True
    pieces = (letters_alone(one) for one in _SIGNS_OF_RULES.split(bare))
    return any(len(one) >= _SHORTEST_PIECE and one in name for one in pieces)
