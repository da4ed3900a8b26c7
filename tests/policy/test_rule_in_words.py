"""The rule decides as ``docs/policy.md`` words it: a second opinion that shares nothing with it agrees in every world drawn."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import Phase, find, given, settings

from app.domain.vocabulary import Tlp
from app.policy.viewer import Viewer
from app.policy.visibility import why_hidden
from tests.factories.policy_values import NOW
from tests.policy.drawn_worlds import World, any_worlds
from tests.policy.facts import Facts, every_combination
from tests.policy.rule_in_words import LABELS, Read, Reader, sees
from tests.policy.visibility_table import TABLE, Row


def as_reader(one: Viewer) -> Reader:
    who = (one.partner_id, one.role, one.jurisdiction, one.state)
    return Reader(*who, one.agreement, one.tlp_ceiling, one.groups, one.recall_overdue)


def is_seen_in_words(world: World) -> bool:
    return sees(as_reader(world.viewer), world.read_class, Read(world.purpose, world.channel, NOW))


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.says)
def test_the_words_say_what_the_decision_table_says(row: Row) -> None:
    said = sees(as_reader(row.reader()), row.read_class(), Read(row.purpose, row.channel, row.now))
    assert said is (row.expected is None)


@pytest.mark.parametrize("facts", [1, 2, pytest.param(3, marks=pytest.mark.campaign)])
def test_the_rule_and_the_words_agree_whichever_facts_change_together(facts: int) -> None:
    verdicts = Counter(map(_verdict, every_combination(facts)))
    assert set(verdicts) == {True, False}


def _verdict(one: Facts) -> bool:
    """Give the verdict of the rule, once the words have said the same."""
    viewer, read_class, channel = one.viewer(), one.handling_class(), one.channel
    seen = why_hidden(viewer, read_class, one.purpose, channel, NOW) is None
    assert seen is sees(as_reader(viewer), read_class, Read(one.purpose, channel, NOW)), one
    return seen


@given(any_worlds())
def test_the_rule_and_the_words_agree(world: World) -> None:
    assert world.is_seen() is is_seen_in_words(world)


@pytest.mark.campaign
@settings(max_examples=100_000)
@given(any_worlds())
def test_the_rule_and_the_words_agree_for_long(world: World) -> None:
    assert world.is_seen() is is_seen_in_words(world)


@pytest.mark.parametrize("seen", [True, False])
def test_the_worlds_know_both_verdicts_about_others(*, seen: bool) -> None:
    def is_such(world: World) -> bool:
        others = world.read_class.owner_id != world.viewer.partner_id and world.read_class.addressed_to is None
        return others and world.is_seen() is seen

    find(any_worlds(), is_such, settings=settings(phases=(Phase.generate,), max_examples=2_000, database=None))


def test_the_labels_stand_as_tlp_has_them() -> None:
    assert set(LABELS) == set(Tlp)
