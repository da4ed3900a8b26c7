"""What it costs when an owner narrows an object that 10,000 others refer to: the submission that does so, and the work after it.

Beside it a page as it is read before, by who loses something while the work is still to be done, and afterwards.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from app.storage.schema import migrate
from tests.benchmarks.figures import Figure
from tests.factories.members import started_hub
from tests.factories.stix_objects import indicator, newer, report

REPORTS = 10_000
_ENVELOPE = 1_000
_PAGES = 20


def _seconds(act: Callable[[], object], times: int = 1) -> float:
    start = time.perf_counter()
    for _ in range(times):
        act()
    return (time.perf_counter() - start) / times


def figures(database_name: str, url: str) -> Iterator[Figure]:
    """Measure on a fresh database at ``url``."""
    migrate(url)
    with started_hub(url) as hub:
        publisher, author, loser, keeper = (hub.enrol(name) for name in ("Publisher", "Author", "Loser", "Keeper"))
        target, unreferred = indicator(), indicator()
        publisher.store(target, unreferred)
        for _ in range(REPORTS // _ENVELOPE):
            author.store(*(report([target["id"]]) for _ in range(_ENVELOPE)))
        label = publisher.mark_for(author, keeper)
        plain = _seconds(lambda: publisher.store(newer(unreferred, object_marking_refs=[label])))
        pages = {"before": _seconds(loser.page, _PAGES)}
        narrowing = _seconds(lambda: publisher.store(newer(target, object_marking_refs=[label])))
        loser.page()
        pages["who loses, meanwhile"] = _seconds(loser.page, _PAGES)
        keeper.page()
        pages["who keeps, meanwhile"] = _seconds(keeper.page, _PAGES)
        start = time.perf_counter()
        batches = hub.work()
        work = time.perf_counter() - start
        pages["who keeps, afterwards"] = _seconds(keeper.page, _PAGES)
    name = f"narrowing what {REPORTS:,} objects refer to, {database_name}"
    yield Figure(
        f"{name}: the submission ({narrowing * 1000:.0f} ms)", 1 / narrowing, "/s", "of what nothing refers to", 1 / plain
    )
    yield Figure(f"{name}: {batches} batches ({work:.1f} s)", REPORTS / work, "versions/s", "no other", REPORTS / work)
    for when, seconds in pages.items():
        yield Figure(f"{name}: a page of 100, {when} ({seconds * 1000:.1f} ms)", 1 / seconds, "/s", "before", 1 / pages["before"])
