"""The decision table of the documents is the one that the tests judge, and each clause has a pair of examples in it."""

from __future__ import annotations

from dataclasses import fields

import pytest

from app.policy.visibility import Clause
from tests.policy.decision_table import DECISIONS, EXAMPLES, ROWS, RULE, SECTIONS, decisions, rule_with_examples
from tests.policy.visibility_table import TABLE

MOST_WORDS = 1_200
"""Two pages."""


def test_the_documents_hold_the_table_as_the_tests_judge_it() -> None:
    text = RULE.read_text(encoding="utf-8")
    assert text == rule_with_examples(text), "make decisions"
    assert DECISIONS.read_text(encoding="utf-8") == decisions(), "make decisions"


def test_every_row_has_its_section() -> None:
    assert [row for rows in SECTIONS.values() for row in rows] == TABLE


@pytest.mark.parametrize("clause", Clause)
def test_each_clause_has_an_example_both_ways_that_differ_in_one_thing(clause: Clause) -> None:
    hidden, seen = (ROWS[says] for says in EXAMPLES[clause])
    assert (hidden.expected, seen.expected) == (clause, None)
    names = [one.name for one in fields(hidden) if one.name not in {"says", "expected"}]
    assert len([name for name in names if getattr(hidden, name) != getattr(seen, name)]) == 1


def test_the_rule_is_told_in_two_pages() -> None:
    told = RULE.read_text(encoding="utf-8").partition("| voice |")[0]
    assert len(told.split()) <= MOST_WORDS
