"""Depots that fail: every so many calls, from some call on, or always, each time with one of a depot's errors."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any

from app.depot.port import Depot, Sink
from app.domain.errors import DepotError
from tests.factories.members import Hub

Fails = Callable[[int], bool]


@dataclass
class FailingDepot:
    """A depot in front of another one: the calls whose number (from 1) ``fails`` says, raise ``failure`` and do nothing."""

    fails: Fails
    failure: DepotError
    behind: Depot | None = None
    calls: Iterator[int] = field(default_factory=lambda: count(1))

    @classmethod
    def always(cls, failure: DepotError) -> FailingDepot:
        """Give one that never does anything."""
        return cls(lambda _: True, failure)

    @classmethod
    def every(cls, number: int, failure: DepotError) -> FailingDepot:
        """Give one of which each so manieth call fails."""
        return cls(lambda call: call % number == 0, failure)

    def asked(self) -> None:
        """Count a call, and fail if it is its turn."""
        if self.fails(next(self.calls)):
            raise self.failure

    @contextmanager
    def create(self, name: str) -> Iterator[Sink]:
        """Begin a file, or fail."""
        self.asked()
        with self._depot.create(name) as sink:
            yield _FailingSink(self, sink)

    def __getattr__(self, name: str) -> Any:
        """Give what the depot behind does, once it was asked."""
        self.asked()
        return getattr(self._depot, name)

    @property
    def _depot(self) -> Depot:
        assert self.behind is not None
        return self.behind


@dataclass
class _FailingSink:
    depot: FailingDepot
    sink: Sink

    def write(self, data: bytes, /) -> None:
        self.depot.asked()
        self.sink.write(data)

    def commit(self) -> None:
        self.depot.asked()
        self.sink.commit()


@contextmanager
def failing(hub: Hub, depot: FailingDepot) -> Iterator[None]:
    """Let a hub's depot fail for a while."""
    whole = hub.exchange
    depot.behind = whole.depots["local"]
    hub.exchange = replace(whole, depots={"local": depot})
    try:
        yield
    finally:
        hub.exchange = whole
