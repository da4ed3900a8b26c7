"""Comparing checkpoints: growth, rollback, forks, and chains of proofs."""

from __future__ import annotations

from typing import Any

import pytest

from app.domain.errors import BreakwaterError, Code
from breakwater_client.verifying.compare_checkpoints import CONSISTENCY_STEPS, KEPT_STEPS, Comparison, read_growth
from breakwater_client.verifying.known_keys import ExchangeKey
from breakwater_client.verifying.steps import FailedStepError
from breakwater_client.verifying.verify_checkpoints import LogKeys, VerifiedCheckpoint, verify_checkpoint
from tests.factories.small_logs import EXCHANGE, SmallLog, raw

LOG = SmallLog().fill(40)
FORK = SmallLog(key=LOG.key, leaves=LOG.leaves[:20]).fill(40)
KEYS = LogKeys([ExchangeKey(LOG.key.public)], EXCHANGE)


def at(size: int, log: SmallLog = LOG) -> VerifiedCheckpoint:
    return verify_checkpoint(log.checkpoint(size), KEYS)


def comparison(kept: VerifiedCheckpoint | None, *others: VerifiedCheckpoint) -> Comparison:
    made = Comparison(kept)
    for one in others:
        made.add(one)
    return made


def code_of(call: Any, *arguments: Any) -> tuple[int | None, Code]:
    with pytest.raises(BreakwaterError) as caught:
        call(*arguments)
    return getattr(caught.value, "number", None), caught.value.code


def grow(made: Comparison, first: int, second: int, log: SmallLog = LOG) -> VerifiedCheckpoint:
    growth = read_growth(raw(log.consistency(first, second)), KEYS)
    made.add(growth.later)
    return made.grow(growth)


@pytest.mark.parametrize(("first", "second"), [(0, 40), (1, 40), (8, 40), (8, 9), (31, 32), (40, 40)])
def test_a_log_that_grew_is_linked_to_the_kept_one(first: int, second: int) -> None:
    made = comparison(at(first))
    assert grow(made, first, second) == at(second)
    assert made.check_linked(at(second)) == at(second)
    assert made.check_newest(at(second)) == at(second)


def test_proofs_chain_both_ways() -> None:
    made = comparison(at(20), at(5))
    grow(made, 20, 30)
    grow(made, 30, 40)
    grow(made, 5, 20)
    assert made.check_linked(at(40))
    assert made.check_linked(at(5))
    assert code_of(made.check_linked, at(39)) == (None, Code.PROOF_INVALID)


def test_a_smaller_log_is_rolled_back_and_another_one_of_the_same_size_forked() -> None:
    made = comparison(at(30))
    assert code_of(made.check_newest, at(29)) == (None, Code.LOG_ROLLED_BACK)
    assert code_of(made.add, at(30, FORK)) == (None, Code.LOG_FORKED)
    made.add(at(30))


def test_two_logs_are_found_without_a_kept_checkpoint() -> None:
    made = comparison(None, at(30))
    assert code_of(made.add, at(30, FORK)) == (None, Code.LOG_FORKED)
    assert made.check_newest(at(1)) == made.check_linked(at(1))


def test_a_fork_cannot_be_linked() -> None:
    assert code_of(grow, comparison(at(30)), 30, 40, FORK) == (4, Code.LOG_FORKED)
    assert code_of(grow, comparison(None, at(30)), 30, 40, FORK) == (4, Code.PROOF_INVALID)
    assert grow(comparison(at(20)), 20, 40, FORK)  # the same until then


def test_a_proof_begins_at_a_checkpoint_that_was_given() -> None:
    assert code_of(grow, comparison(at(30)), 20, 40) == (3, Code.PROOF_INVALID)


@pytest.mark.parametrize(
    ("changes", "step"),
    [
        ({"type": "another"}, 1),
        ({"extra": 1}, 1),
        ({"first": -1}, 1),
        ({"first": 41}, 1),
        ({"second": "40"}, 1),
        ({"path": None}, 1),
        ({"checkpoint": None}, 1),
        ({"checkpoint": "text"}, 2),
        ({"second": 39}, 2),
    ],
)
def test_each_step_of_reading_a_growth_fails_by_its_number(changes: dict[str, Any], step: int) -> None:
    with pytest.raises(FailedStepError) as caught:
        read_growth(raw(LOG.consistency(20) | changes), KEYS)
    assert caught.value.number == step


def test_steps_are_numbered_and_each_says_what_it_does_not_check() -> None:
    for steps in (CONSISTENCY_STEPS, KEPT_STEPS):
        assert [step.number for step in steps] == list(range(1, len(steps) + 1))
        assert all(step.checked and step.not_checked for step in steps)
