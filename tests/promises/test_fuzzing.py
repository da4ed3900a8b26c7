"""Readers of bytes from outside give what they read or refuse it, whatever they are given; fuzzing would notice otherwise.

The suite keeps a short, seeded run of each target; ``make fuzz`` is the campaign, a million inputs each.
"""

from __future__ import annotations

import json
import subprocess
import sys
from itertools import islice
from pathlib import Path

import pytest

from app.domain.errors import Code, MalformedInputError
from tests.factories.runaway import no_runaway
from tests.fuzzing.mutation import inputs
from tests.fuzzing.run import by_chance
from tests.fuzzing.target import Target
from tests.fuzzing.targets import TARGETS

ROOT = Path(__file__).parents[2]
EXECUTIONS = 3_000


@pytest.mark.parametrize("name", TARGETS)
def test_a_few_thousand_inputs_are_read_or_refused(name: str) -> None:
    with no_runaway():
        tally = by_chance(TARGETS[name], EXECUTIONS, seed=1)
    assert tally.failure is None, f"{tally.failure}on {tally.failed_on.hex()}"
    assert tally.executions == EXECUTIONS
    assert 0 < tally.taken < EXECUTIONS


@pytest.mark.parametrize("name", TARGETS)
def test_a_run_starts_from_what_is_taken(name: str) -> None:
    assert TARGETS[name].takes(TARGETS[name].seeds()[0])


def run_of(name: str, runs: int) -> dict[str, object]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.fuzzing.run", name, str(runs), "1"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    report: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return report


def test_a_run_in_a_process_of_its_own_tells_its_figures() -> None:
    report = run_of("timestamp", 500)
    assert (report["executions"], report["failure"], report["failed_on"]) == (500, None, "")


# --- it would notice --------------------------------------------------------------------------------------------------------


def breaks_on_a_bracket(data: bytes) -> None:
    if b"]" in data:
        raise IndexError
    raise MalformedInputError("No bracket.")


def takes_what_it_must_not(data: bytes) -> None:
    assert data == b"seed", "something else is taken"


def blames_nobody(data: bytes) -> None:
    del data
    raise MalformedInputError("A refusal that is ours to answer for.", code=Code.INTERNAL)


@pytest.mark.parametrize("attempt", [breaks_on_a_bracket, takes_what_it_must_not, blames_nobody])
def test_a_defect_is_found_and_named_with_its_input(attempt: object) -> None:
    tally = by_chance(Target(attempt, lambda: [b"seed"]), EXECUTIONS, seed=1)  # type: ignore[arg-type]  # one of the three
    assert tally.failure is not None
    with pytest.raises((IndexError, AssertionError)):
        Target(attempt, list).takes(tally.failed_on)  # type: ignore[arg-type]  # the same


def test_the_same_seed_makes_the_same_inputs_and_another_makes_others() -> None:
    target = TARGETS["json"]
    first, again, other = (list(islice(inputs(target, seed), 200)) for seed in (1, 1, 2))
    assert first == again != other
    assert first[: len(target.seeds())] == list(target.seeds())
    assert max(map(len, first)) <= target.longest
