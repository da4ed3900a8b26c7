"""What was imported, put into forms by the hundred and composed: the same questions and checks as for what is typed in.

Owns how rows become forms. What one row lacks costs no other row: a form that is refused for some of its observables is composed
again without them. Kept by ``tests/services/importing/test_fill_forms.py``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.domain.errors import MalformedInputError
from app.domain.observation import MOST_OBSERVABLES
from app.domain.token_value import TokenKind
from app.services.composing.compose_form import compose_form
from app.services.importing.rows import Found, Left, Row
from app.services.offline.make_tokens import HeldKey, make_tokens
from app.stix.compose import Writing

_TOKEN_KINDS = frozenset({TokenKind.DEVICE, TokenKind.EMAIL, TokenKind.PHONE})
_OF_AN_OBSERVABLE = re.compile(r"/observables/(\d{1,3})(/.*)?")
_MOST_ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Made:
    """What one form came to: unsigned objects in their order, and from how many rows."""

    objects: Sequence[Mapping[str, Any]] = field(repr=False)
    rows: int


@dataclass(frozen=True, slots=True)
class Filling:
    """The form that every row shares, and the keys by which telephone numbers, addresses and devices become tokens."""

    form: dict[str, Any] = field(repr=False)
    writing: Writing
    keys: Sequence[HeldKey] = ()


def fill_forms(rows: Iterable[Row], filling: Filling) -> Iterator[Made | Left]:
    """Give what forms of the rows come to, and what was left out.

    Raises:
        MalformedInputError: the form is refused whatever its observables, with the first reason; or it has some already.
    """
    if "observables" in filling.form:
        raise MalformedInputError("The form to be filled has no observables: they come from the file.", pointer="/observables")
    waiting: dict[str | None, list[Found]] = {}
    for row in rows:
        ready = row if isinstance(row, Left) else _with_token(row, filling.keys)
        if isinstance(ready, Left):
            yield ready
            continue
        some = waiting.setdefault(ready.assertion, [])
        some.append(ready)
        if len(some) == MOST_OBSERVABLES:
            yield from _made(waiting.pop(ready.assertion), filling)
    for some in waiting.values():
        yield from _made(some, filling)


def _with_token(row: Found, keys: Sequence[HeldKey]) -> Row:
    """Put a token in the place of a value of a kind that leaves as one alone."""
    kind = row.observable["kind"]
    if not keys or "value" not in row.observable or kind not in _TOKEN_KINDS:
        return row
    try:
        [made] = make_tokens(keys[:1], TokenKind(kind), row.observable["value"])
    except MalformedInputError as refused:
        return Left(row.place, refused.sentence)
    token = {"scheme": made.scheme, "epoch": made.epoch, "token": made.token}
    observable = {name: value for name, value in row.observable.items() if name != "value"}
    return Found(row.place, observable | {"token": token}, row.assertion)


def _made(rows: list[Found], filling: Filling) -> Iterator[Made | Left]:
    for _ in range(_MOST_ROUNDS):
        if not rows:
            return
        composed = compose_form(_form(rows, filling.form), filling.writing)
        if not composed.refusals:
            yield Made(composed.objects, len(rows))
            return
        wrong: dict[int, str] = {}
        for refusal in composed.refusals:
            found = _OF_AN_OBSERVABLE.fullmatch(refusal.pointer or "")
            if found is None:
                raise MalformedInputError(f"The form is refused: {refusal.sentence}", code=refusal.code, pointer=refusal.pointer)
            wrong.setdefault(int(found.group(1)), refusal.sentence)
        yield from (Left(rows[number].place, sentence) for number, sentence in sorted(wrong.items()))
        rows = [one for number, one in enumerate(rows) if number not in wrong]
    yield from (Left(one.place, "It was refused together with others; import it by itself.") for one in rows)


def _form(rows: Sequence[Found], form: dict[str, Any]) -> dict[str, Any]:
    said = {} if rows[0].assertion is None else {"assertion": rows[0].assertion}
    return form | said | {"observables": [one.observable for one in rows]}
