"""Every history of a small exchange, what is released of each, and what somebody can work out from that.

A world is who declared what at each release; since releases do not depend on who is who, worlds are told apart by how often each
history occurs. An attacker has all releases, the rule, the list of members with the surfaces they are on, and all that some
members declared; not the needs that were drawn.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from app.domain.prevention import Cell, Measure
from app.domain.vocabulary import Surface
from app.policy import aggregates
from app.policy.aggregates import Look, Standing

LIVE = Surface.LIVE_STREAM
ON = Cell(Measure.ON_SURFACE, LIVE)
ADOPTED = Cell(Measure.ADOPTED, LIVE, countermeasure="CM-007")
HELPED = Cell(Measure.HELPED, LIVE, "OP-017", "CM-007")
NOT_HELPED = Cell(Measure.NOT_HELPED, LIVE, "OP-017", "CM-007")
SAID = {
    "nothing": frozenset({ON}),
    "adopted": frozenset({ON, ADOPTED}),
    "helped": frozenset({ON, ADOPTED, HELPED}),
    "not-helped": frozenset({ON, ADOPTED, NOT_HELPED}),
}
History = tuple[str, ...]
Releases = tuple[tuple[tuple[Cell, int], ...], ...]
Shown = Callable[[dict[Cell, Standing]], dict[Cell, int]]


@dataclass(frozen=True)
class Exchange:
    """How many members there are, all on one surface, what each may say, how often is released, and by which rule."""

    members: int
    words: tuple[str, ...]
    releases: int
    needs: tuple[int, ...] = (2, 3)
    smallest: int = 2
    shown: Shown = aggregates.shown

    def worlds(self) -> Iterator[tuple[History, ...]]:
        """Give every world."""
        histories = list(itertools.product(self.words, repeat=self.releases))
        return itertools.combinations_with_replacement(histories, self.members)

    def told(self, world: Sequence[History]) -> set[Releases]:
        """Give what may be released of a world, over all needs that may be drawn."""
        everybody = frozenset(map(str, range(self.members)))
        states: list[tuple[dict[Cell, Standing], Releases]] = [({}, ())]
        for moment in range(self.releases):
            look = Look(_contributed(world, moment), everybody)
            states = [
                (after, (*before, tuple(sorted(self.shown(after).items()))))
                for standings, before in _distinct(states)
                for after in self._decided(standings, look)
            ]
        return {releases for _, releases in states}

    def _decided(self, standings: dict[Cell, Standing], look: Look) -> Iterator[dict[Cell, Standing]]:
        for drawn in itertools.product(self.needs, repeat=len(SAID["helped"]) + 1):
            needs = iter(drawn)
            yield aggregates.decide(standings, look, needs.__next__, self.smallest)


def _contributed(world: Sequence[History], moment: int) -> dict[Cell, dict[str, int]]:
    cells: dict[Cell, dict[str, int]] = defaultdict(dict)
    for number, history in enumerate(world):
        for cell in SAID[history[moment]]:
            cells[cell][str(number)] = 1
    return cells


def _distinct(states: list[tuple[dict[Cell, Standing], Releases]]) -> list[tuple[dict[Cell, Standing], Releases]]:
    found = {(tuple(sorted(standings.items(), key=lambda one: one[0])), told): (standings, told) for standings, told in states}
    return list(found.values())


@dataclass(frozen=True, order=True)
class Found:
    """What an attacker worked out: of every other member, whether it is in a cell at a release; and with how many traitors."""

    cell: Cell
    moment: int
    is_in: bool
    traitors: int


def found_out(exchange: Exchange, traitors: int) -> set[Found]:
    """Give all that somebody can work out in any world with up to so many traitors."""
    worlds_of: dict[Releases, list[tuple[History, ...]]] = defaultdict(list)
    for world in exchange.worlds():
        for told in exchange.told(world):
            worlds_of[told].append(world)
    return {one for worlds in worlds_of.values() for one in _found_in(exchange, worlds, traitors)}


def _found_in(exchange: Exchange, worlds: Sequence[tuple[History, ...]], traitors: int) -> Iterator[Found]:
    """Whatever the releases and the traitors leave open, taken together: which histories may another member have?"""
    open_to: dict[tuple[History, ...], set[History]] = defaultdict(set)
    for world in worlds:
        for count in range(traitors + 1):
            for known in set(itertools.combinations(world, count)):
                open_to[known].update(_without(world, known))
    cells = [cell for cell in SAID["helped"] | SAID["not-helped"] if any(cell not in SAID[word] for word in exchange.words)]
    for known, histories in open_to.items():
        for cell, moment in itertools.product(cells, range(exchange.releases)):
            if not any(cell in SAID[word] for word in exchange.words):
                continue
            possible = {cell in SAID[history[moment]] for history in histories}
            if len(possible) == 1:
                yield Found(cell, moment, possible.pop(), len(known))


def _without(world: Sequence[History], known: Sequence[History]) -> list[History]:
    left = list(world)
    for one in known:
        left.remove(one)
    return left
