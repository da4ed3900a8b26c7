"""What releases tell of cells: counts of organisations, in which nobody can be found.

Owns the rule, and nothing of where contributions come from. Kept by ``tests/policy/test_aggregates.py``, and by the attacker of
``tests/promises/test_releases_tell_of_nobody.py``, who goes through every small world there is. The reasons are in decision 54.

1. A cell stands as it was last decided (``Standing``): a set of organisations. It is decided anew when the organisations in it
   differ by at least ``SMALLEST_GROUP`` from those of its standing, and else repeated. What was never decided stands at nobody.
2. At each decision ``need`` is drawn, ``SMALLEST_GROUP`` or a little more, and stays secret: so that a cell that is not shown
   does not tell a few who declare together that nobody else has.
3. A cell is shown if it stands at ``need`` organisations or more; if as many of those that it is counted *within* are not in it;
   if none of its organisations made up more than half of what was counted (dominance); and if what it is within is shown.
4. Of two cells that exclude each other both are shown only if the rest is none too small (complementary suppression).

What is shown depends on standings alone, and standings on sets alone: exchange two organisations with all that they ever
declared, and every release stays as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from app.domain.prevention import Cell, Measure, Trend

SMALLEST_GROUP = 5
"""So many organisations a number counts at least, and so many differ where it moved."""
MOST_NEED = SMALLEST_GROUP + 2
LARGEST_SHARE = 0.5
"""So much of what is counted one organisation may make up at most."""

_WITHIN: Mapping[Measure, Measure] = {
    Measure.REPORTED: Measure.ON_SURFACE,
    Measure.ADOPTED: Measure.ON_SURFACE,
    Measure.HELPED: Measure.ADOPTED,
    Measure.NOT_HELPED: Measure.ADOPTED,
    Measure.HELPED_MUCH: Measure.HELPED,
    Measure.ADVERSE: Measure.NOT_HELPED,
}
_EXCLUDES: Mapping[Measure, tuple[Measure, ...]] = {Measure.NOT_HELPED: (Measure.HELPED,)}


@dataclass(frozen=True, slots=True)
class Standing:
    """How a cell was last decided: which organisations (by any id), by what need, and how many that it is within were not in it.

    ``is_dominated``: one of them made up too much.
    """

    members: frozenset[str]
    need: int
    outside: int
    is_dominated: bool = False


NEVER = Standing(frozenset(), MOST_NEED, 0)
Standings = Mapping[Cell, Standing]
Contributions = Mapping[Cell, Mapping[str, int]]
"""By cell: what each organisation contributed, how much of it (1 where there is nothing to count but itself)."""


def within(cell: Cell) -> Cell | None:
    """Give the cell that a cell is counted within: all of its organisations are in that one, too. None: the exchange's."""
    measure = _WITHIN.get(cell.measure)
    if measure is None:
        return None
    behaviour = cell.behaviour if measure in {Measure.HELPED, Measure.NOT_HELPED} else ""
    countermeasure = "" if measure is Measure.ON_SURFACE else cell.countermeasure
    return Cell(measure, cell.surface, behaviour, countermeasure)


@dataclass(frozen=True, slots=True)
class Look:
    """What is contributed at one moment, and by whom it could be: all organisations that may contribute."""

    contributions: Contributions
    everybody: frozenset[str]

    def members(self, cell: Cell | None) -> frozenset[str]:
        """Give the organisations of a cell now; None: everybody."""
        return self.everybody if cell is None else frozenset(self.contributions.get(cell, {}))


def decide(before: Standings, look: Look, draw: Callable[[], int], smallest: int = SMALLEST_GROUP) -> dict[Cell, Standing]:
    """Give how all cells stand after a look at what is contributed. ``draw`` gives a need, afresh for each decision."""
    after = dict(before)
    for cell in sorted(before.keys() | look.contributions.keys()):
        weights = look.contributions.get(cell, {})
        members = frozenset(weights)
        if len(members ^ before.get(cell, NEVER).members) >= smallest:
            outside = len(look.members(within(cell)) - members)
            after[cell] = Standing(members, draw(), outside, is_dominated=_is_dominated(weights))
    return after


def _is_dominated(weights: Mapping[str, int]) -> bool:
    return bool(weights) and max(weights.values()) > LARGEST_SHARE * sum(weights.values())


def shown(standings: Standings) -> dict[Cell, int]:
    """Give the number of each cell that is shown; all others are told as one: not enough organisations."""
    numbers: dict[Cell, int] = {}
    for cell in sorted(standings, key=_depth):
        if _may_be_shown(cell, standings, numbers):
            numbers[cell] = len(standings[cell].members)
    return numbers


def _depth(cell: Cell) -> tuple[int, Cell]:
    """From the outermost inwards; of two that exclude each other, the one that is preferred first."""
    depth, outer = 0, within(cell)
    while outer is not None:
        depth, outer = depth + 1, within(outer)
    return depth, cell


def _may_be_shown(cell: Cell, standings: Standings, numbers: Mapping[Cell, int]) -> bool:
    standing, outer = standings[cell], within(cell)
    if min(len(standing.members), standing.outside) < standing.need or standing.is_dominated:
        return False
    if outer is None:
        return True
    if outer in numbers:
        return _rest(cell, outer, standings, numbers) >= standing.need
    return outer.measure is Measure.ON_SURFACE


def _rest(cell: Cell, outer: Cell, standings: Standings, numbers: Mapping[Cell, int]) -> int:
    """Give how many of the outer cell's number are left beside this one's and those that exclude it, which all are told."""
    beside = sum(numbers.get(replace(cell, measure=one), 0) for one in _EXCLUDES.get(cell.measure, ()))
    return numbers[outer] - len(standings[cell].members) - beside


def trend(before: int | None, now: int | None) -> Trend:
    """Give how a released number stands to the one before it; None: not enough organisations."""
    if before is None or now is None:
        return Trend.UNKNOWN
    if now == before:
        return Trend.FLAT
    return Trend.UP if now > before else Trend.DOWN
