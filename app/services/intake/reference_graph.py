"""The order in which references are followed: what is referred to first, circles as one.

Owns the walk (Tarjan 1972, without recursion: an envelope may be one chain of 5,000). Knows neither objects nor handlings. Kept
by ``tests/services/intake/test_reference_graph.py``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence


def components(targets: Sequence[Sequence[int]]) -> list[list[int]]:
    """Give the strongly connected components of a graph, each after all that it leads to.

    ``targets[n]`` are the numbers that ``n`` refers to. Takes time in proportion to numbers and references.
    """
    walk = _Walk(targets)
    for start in range(len(targets)):
        if walk.index[start] < 0:
            walk.follow(start)
    return walk.found


class _Walk:
    """The state of one walk: when each number was reached, how far back it leads, and who waits for a component."""

    def __init__(self, targets: Sequence[Sequence[int]]) -> None:
        self._targets = targets
        self.index = [-1] * len(targets)
        self._low = [0] * len(targets)
        self._waits = [False] * len(targets)
        self._waiting: list[int] = []
        self._reached = 0
        self.found: list[list[int]] = []

    def follow(self, start: int) -> None:
        path: list[tuple[int, Iterator[int]]] = [self._enter(start)]
        while path:
            number, rest = path[-1]
            target = next(rest, None)
            if target is None:
                path.pop()
                if path:
                    self._low[path[-1][0]] = min(self._low[path[-1][0]], self._low[number])
                self._leave(number)
            elif self.index[target] < 0:
                path.append(self._enter(target))
            elif self._waits[target]:
                self._low[number] = min(self._low[number], self.index[target])

    def _enter(self, number: int) -> tuple[int, Iterator[int]]:
        self.index[number] = self._low[number] = self._reached
        self._reached += 1
        self._waiting.append(number)
        self._waits[number] = True
        return number, iter(self._targets[number])

    def _leave(self, number: int) -> None:
        if self._low[number] != self.index[number]:
            return
        component: list[int] = []
        while not component or component[-1] != number:
            component.append(self._waiting.pop())
            self._waits[component[-1]] = False
        self.found.append(component)
