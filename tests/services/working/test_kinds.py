"""Keeps the table of kinds of work."""

from __future__ import annotations

from itertools import combinations

from app.services.recalling.contest_round import CONTEST_ROUND
from app.services.working.kinds import (
    BULK,
    CALLING_KINDS,
    CALLS,
    FORGETTING,
    KINDS,
    KINDS_OF_EXCHANGE,
    LONG_KINDS,
    PERIODIC,
    PROMPT,
    SIGNING_KINDS,
)

TABLES = (KINDS, SIGNING_KINDS, KINDS_OF_EXCHANGE, LONG_KINDS, CALLING_KINDS)


def test_a_kind_stands_in_one_table() -> None:
    for one, other in combinations(TABLES, 2):
        assert not one.keys() & other.keys()


def test_what_never_ends_and_what_forgets_are_kinds_of_work() -> None:
    every = {kind for table in TABLES for kind in table}
    assert set(PERIODIC) <= every
    assert every >= FORGETTING
    assert CONTEST_ROUND in PERIODIC


def test_each_kind_has_one_lane() -> None:
    assert PROMPT.kinds == BULK.kinds | CALLS.kinds
    assert PROMPT.but_those
    assert not BULK.kinds & CALLS.kinds
    assert not BULK.but_those
    assert not CALLS.but_those
