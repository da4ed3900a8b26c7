"""Everything new that one may see, page by page, from where the last process stopped, however it stopped.

Owns the order: a page is given, its reader keeps it and acknowledges it, and only then the cursor behind it is kept, in one step.
So no page is ever passed over, and none comes again once it is acknowledged; a page that was given and not acknowledged comes
again, as it is then (under the policy of then). Kept by ``tests/client/talking/test_pulling.py``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from breakwater_client.durable_files import held_alone
from breakwater_client.errors import ExchangeAwayError, StateFileError
from breakwater_client.talking.answers import Progress
from breakwater_client.talking.connection import Connection, Request
from breakwater_client.talking.pull_state import PullState, load_state, save_state

MOST_A_PAGE = 1_000
"""So many objects an exchange gives at once."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is pulled: for which purpose (None: the credential's own), with which filters, so many objects a page.

    Filters are the query of ``GET /objects`` without ``limit`` and ``next``.
    """

    purpose: str | None = None
    filters: Mapping[str, Any] = field(default_factory=dict)
    limit: int = MOST_A_PAGE

    @property
    def asked(self) -> dict[str, Any]:
        """What a position in the feed depends on, as JSON."""
        given = {name: list(value) if isinstance(value, tuple) else value for name, value in self.filters.items()}
        return {"purpose": self.purpose, "filters": {name: value for name, value in given.items() if value not in (None, [])}}


@dataclass(slots=True)
class Page:
    """One page: objects as the exchange gives them (strict JSON, signatures not verified here), and what it attests beside them.

    Recall notices are among the objects: they call back what came before.
    """

    objects: Sequence[dict[str, Any]]
    attestations: Sequence[dict[str, Any]]
    has_more: bool
    _feed: Feed
    _next: str | None

    def acknowledge(self, kept: PullState | None = None) -> None:
        """Say that all of the page is kept: it never comes again. ``kept``: the state with what was written, of who writes files.

        Raises:
            StateFileError: it is acknowledged already, or another page was given since.
        """
        self._feed._acknowledge(self, kept)  # noqa: SLF001  # one thing in two halves


class Feed:
    """A feed and where one stands in it, kept in a file; one process at a time. Use it in a ``with`` statement."""

    def __init__(self, connection: Connection, question: Question, state_file: Path) -> None:
        """Name the file; nothing is read or asked yet."""
        self._connection = connection
        self._question = question
        self._file = state_file
        self._stack = ExitStack()
        self._state = PullState(question.asked)
        self._given: Page | None = None

    @property
    def state(self) -> PullState:
        """Where the feed stands."""
        return self._state

    def __enter__(self) -> Self:
        """Lock the file and read it.

        Raises:
            StateFileError: another process is at work on it, or it is no state, or one of another question.
        """
        with ExitStack() as stack:
            stack.enter_context(held_alone(self._file.with_name(f"{self._file.name}.lock")))
            self._state = load_state(self._file, self._question.asked)
            self._stack = stack.pop_all()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Let go of the file."""
        self._stack.close()

    def keep(self) -> None:
        """Write the state as it is, e.g. before the first page is kept somewhere."""
        save_state(self._file, self._state)

    def __iter__(self) -> Iterator[Page]:
        """Give one page after the other until there is no more for now; the last one may be empty.

        Raises:
            StateFileError: the page before was not acknowledged.
            ExchangeError: the exchange refuses or stays away; what is kept stays right.
        """
        has_more, progress = True, Progress(self._state.next)
        while has_more:
            if self._given is not None:
                raise StateFileError("Acknowledge a page before you ask for the next one.", told="page-open")
            self._given = self._ask(progress)
            has_more = self._given.has_more
            yield self._given

    def _ask(self, progress: Progress) -> Page:
        query = {**self._question.filters, "limit": self._question.limit, "next": self._state.next}
        answer = self._connection.send(Request("GET", "/objects", query, purpose=self._question.purpose))
        if not _is_page(answer):
            raise ExchangeAwayError("The answer is no page of a feed: nothing of it is kept.", told="no-exchange")
        progress.check(answer["next"], count=len(answer["objects"]), more=answer["more"])
        return Page(answer["objects"], answer.get("attestations", []), answer["more"], self, answer["next"])

    def _acknowledge(self, page: Page, kept: PullState | None) -> None:
        if page is not self._given:
            raise StateFileError("This page is not the one that was given last.", told="page-open")
        state = kept or replace(self._state, pages=self._state.pages + bool(page.objects))
        if page.objects or page._next != self._state.next:  # noqa: SLF001  # one thing in two halves
            state = replace(state, next=page._next, objects=self._state.objects + len(page.objects))  # noqa: SLF001  # as above
            save_state(self._file, state)
            self._state = state
        self._given = None


def _is_page(answer: object) -> bool:
    if not isinstance(answer, dict) or not isinstance(answer.get("more"), bool):
        return False
    lists = (answer.get("objects"), answer.get("attestations", []))
    are_lists = all(isinstance(one, list) and all(isinstance(each, dict) for each in one) for one in lists)
    return are_lists and "next" in answer and (answer["next"] is None or isinstance(answer["next"], str))
