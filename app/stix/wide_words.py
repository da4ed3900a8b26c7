"""Whether the words of a form, which go to more people than its observables, give one of these away.

Owns the comparison: title and description stand in an object that points at nobody, and an account's handle in them would
go where the account does not. It finds what is written as it was entered or in its one spelling, of what leaves as a token alone
any spelling of the same letters and digits, and no paraphrase. Kept by
``tests/stix/test_wide_words.py``.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence

from app.domain.errors import Code
from app.domain.observation import ACCOUNT_LINKED, TOKENS_ONLY, Observation
from app.stix.disguises import letters_alone
from app.stix.judge_form import protects
from app.stix.observable_objects import Described
from breakwater_client.submission import Refusal

_SHORTEST = 4
"""Characters of a value that is looked for: shorter ones stand in words by chance."""

_NAMES = ("account_login", "user_id", "value", "room_id")
_GIVEN_AWAY = (
    "This names one of the observables, and goes to more people than that: say what happened here, and whose account it was in "
    "observables alone."
)


def words_that_tell(form: Observation, described: Sequence[Described]) -> Iterator[Refusal]:
    """Give a refusal for title and description, if a value that leads to somebody stands in them; never which."""
    values = {_plain(value) for place, one in enumerate(described) for value in _values(form, place, one)}
    values = {value for value in values if len(value) >= _SHORTEST}
    blinded = {letters_alone(one.value) for one in form.observables if one.kind in TOKENS_ONLY and one.value is not None}
    blinded = {value for value in blinded if len(value) >= _SHORTEST}
    for name, text in (("title", form.title), ("description", form.description)):
        plain, letters = _plain(text or ""), letters_alone(text or "")
        if any(_stands_in(value, plain) for value in values) or any(value in letters for value in blinded):
            yield Refusal(Code.PROFILE_VIOLATION, _GIVEN_AWAY, f"/what/{name}")


def _values(form: Observation, place: int, described: Described) -> Iterator[str]:
    observable = form.observables[place]
    if observable.kind not in ACCOUNT_LINKED and not protects(form.status_of(observable)):
        return
    if observable.value is not None:
        yield observable.value.strip().removeprefix("@")
    for name in _NAMES:
        if described.value is not None and name in described.value:
            yield described.value[name]


def _stands_in(value: str, text: str) -> bool:
    """Whether a value stands in a text by itself: not as a part of a longer word."""
    start = text.find(value)
    while start >= 0:
        end = start + len(value)
        if not text[start - 1 : start].isalnum() and not text[end : end + 1].isalnum():
            return True
        start = text.find(value, start + 1)
    return False


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()
