"""The first half of the demo: what its table says is what the policy means."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from app.cli.demo_sharing import LEAST_EMBARGO, LONGEST_EMBARGO, embargo_of, wait_until
from app.cli.faults import CommandFault

OBJECTS = ("rooms", "pattern", "invites", "account", "draft", "later")
# own: its own; reads: it was given the object; otherwise the clause that the operator is told.
EXPECTED = {
    "platform-a": ("own", "reads", "reads", "identifying-not-named", "audience-missing", "own"),
    "platform-b": ("reads", "own", "reads", "reads", "audience-missing", "embargo"),
    "hotline-a": ("reads", "reads", "own", "own", "own", "embargo"),
    "agency-a": ("reads", "reads", "audience-does-not-admit", "reads", "audience-missing", "embargo"),
    "agency-b": ("reads", "reads", "audience-does-not-admit", "reads", "audience-missing", "embargo"),
    "researcher-a": (*("aggregates-only", "reads", "aggregates-only", "identifying-not-named"), *["aggregates-only"] * 2),
    "legacy-a": ("reads", "reads", "reads", "identifying-not-named", "audience-missing", "embargo"),
    "suspended-a": ("partner-not-active",) * 6,
}


@pytest.mark.parametrize("reader", EXPECTED)
def test_each_partner_sees_what_it_should_and_the_operator_knows_why_not(demo_output: str, reader: str) -> None:
    section = demo_output.partition("2. Who sees what")[2].partition("3. What is refused")[0]
    row = re.search(rf"(?m)^\| {reader} +\|((?: +[a-z]+ +\|){{6}})$", section)
    assert row
    legend = dict(re.findall(r"(?m)^  ([a-z])  (.+)$", section))
    cells = [cell.strip() for cell in row[1].split("|")[:-1]]
    told = dict(zip(OBJECTS, (legend.get(cell, cell) for cell in cells), strict=True))
    assert {name: why for name, why in zip(OBJECTS, EXPECTED[reader], strict=True) if why not in told[name]} == {}


def test_the_embargo_ended_while_one_watched(demo_output: str) -> None:
    assert 'agency-a now reads "Under embargo for some seconds"' in demo_output


def test_a_machine_that_is_slow_has_a_longer_embargo_to_draw_the_table_in() -> None:
    assert [embargo_of(seconds) for seconds in (0.1, 3, 30)] == [LEAST_EMBARGO, timedelta(seconds=18), LONGEST_EMBARGO]


def test_waiting_in_vain_fails_the_demo(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.cli.demo_sharing._PATIENCE_SECONDS", 0)
    with pytest.raises(CommandFault, match="in vain for the impossible"):
        wait_until(lambda: False, "the impossible")
    wait_until(lambda: True, "nothing")
