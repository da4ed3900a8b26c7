from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, insert, text, update

from app.domain.vocabulary import Harm
from app.storage import feed, viewpoints
from app.storage.columns import FOREVER
from app.storage.feed import EVERYTHING, Feed, Filters, Versions, Window
from app.storage.prepared import Prepared
from app.storage.session import Database
from app.storage.tables import group_posting, handling_class, object_facet, object_version, position_counter
from app.storage.viewpoints import Viewpoint, ViewpointKey
from tests.factories.databases import PostgresServer
from tests.factories.policy_values import NOW, SECOND
from tests.storage import samples
from tests.storage.samples import OTHER_OWNER, OTHER_READER, OWNER, READER

A = Harm.CSAM
DAYS = [f"2026-01-{day:02}T00:00:00Z" for day in range(1, 31)]

OBJECTS = [
    samples.checked("indicator--1", version=DAYS[1], confidence=10, facets=[("harm", "csam"), ("phase", "trust-building")]),
    samples.checked("indicator--1", version=DAYS[2], confidence=90, facets=[("harm", "csam")], valid=(DAYS[5], None)),
    samples.checked("malware--2", version=DAYS[3], facets=[("harm", "trafficking-related")], valid=(DAYS[5], DAYS[9])),
    samples.checked("url--3", owner_id=OTHER_OWNER, version=DAYS[4], confidence=50, facets=[("phase", "solicitation")]),
    samples.checked("indicator--4", owner_id=OTHER_OWNER, version=DAYS[5], valid=(DAYS[7], DAYS[8])),
]
"""Object number n is added n seconds after ``NOW``."""

FILTERS = [
    (Filters(), {0, 1, 2, 3, 4}),
    (Filters(stix_ids=frozenset({"indicator--1"})), {0, 1}),
    (Filters(stix_ids=frozenset({"indicator--1", "url--3", "absent--9"})), {0, 1, 3}),
    (Filters(types=frozenset({"indicator"})), {0, 1, 4}),
    (Filters(types=frozenset({"url", "malware"})), {2, 3}),
    (Filters(owner_ids=frozenset({OTHER_OWNER})), {3, 4}),
    (Filters(owner_ids=frozenset({OTHER_OWNER, OWNER})), {0, 1, 2, 3, 4}),
    (Filters(facets=(("harm", frozenset({"csam"})),)), {0, 1}),
    (Filters(facets=(("harm", frozenset({"csam", "trafficking-related"})),)), {0, 1, 2}),
    (Filters(facets=(("harm", frozenset({"csam"})), ("phase", frozenset({"trust-building"})))), {0}),
    (Filters(facets=(("phase", frozenset({"csam"})),)), set()),
    (Filters(minimum_confidence=50), {1, 3}),
    (Filters(minimum_confidence=0), {0, 1, 3}),
    (Filters(added_after=NOW + 2 * SECOND), {3, 4}),
    (Filters(added_after=NOW + 1.5 * SECOND), {2, 3, 4}),
    (Filters(added_after=NOW - SECOND), {0, 1, 2, 3, 4}),
    (Filters(added_after=NOW + 4 * SECOND), set()),
    (Filters(added_before=NOW + 2 * SECOND), {0, 1}),
    (Filters(added_after=NOW + 0.5 * SECOND, added_before=NOW + 2 * SECOND), {1}),
    (Filters(modified_after=DAYS[2][:-1]), {2, 3, 4}),
    (Filters(modified_before=DAYS[2][:-1]), {0}),
    (Filters(valid_at=DAYS[5][:-1]), {1, 2}),
    (Filters(valid_at=DAYS[7][:-1]), {1, 2, 4}),
    (Filters(valid_at=DAYS[8][:-1]), {1, 2}),
    (Filters(valid_at=DAYS[4][:-1]), set()),
    (Filters(types=frozenset({"indicator"}), owner_ids=frozenset({OWNER}), minimum_confidence=50), {1}),
]


@dataclass
class Filtered:
    """A database with ``OBJECTS`` in it, and viewpoints that see them at general places and by entries."""

    database: Database
    ids: list[int] = field(default_factory=list)

    def served(self, viewpoint: Viewpoint, filters: Filters, limit: int = 100) -> list[int]:
        """Give the indexes of all that is served, page by page."""
        found: list[int] = []
        after = 0
        with self.database.read() as connection:
            while page := feed.page(connection, viewpoint, Window(after, limit, NOW), filters):
                after = page[-1].position
                found += [self.ids.index(entry.version_id) for entry in page]
        return found


@pytest.fixture
def filtered(exchange: Database) -> Filtered:
    made = Filtered(exchange)
    for number, one in enumerate(OBJECTS):
        made.ids += samples.publish(exchange, [A], one, now=NOW + number * SECOND)
    return made


@pytest.mark.parametrize(("filters", "expected"), FILTERS)
@pytest.mark.parametrize("limit", [1, 100])
def test_a_filter_leaves_what_fits_it(filtered: Filtered, filters: Filters, expected: set[int], limit: int) -> None:
    viewpoint = samples.evaluated(filtered.database, samples.look(filtered.database), {1: 0, 2: 0})
    assert filtered.served(viewpoint, filters, limit) == sorted(expected)


@pytest.mark.parametrize(("filters", "expected"), FILTERS)
def test_a_filter_opens_nothing(filtered: Filtered, filters: Filters, expected: set[int]) -> None:
    viewpoint = samples.evaluated(filtered.database, samples.look(filtered.database), {2: 0})
    assert filtered.served(viewpoint, filters, 1) == sorted(expected & {3, 4})


@pytest.mark.parametrize(("filters", "expected"), [one for one in FILTERS if one[0].added_after is one[0].added_before is None])
def test_a_filter_means_the_same_for_entries_of_ones_own(filtered: Filtered, filters: Filters, expected: set[int]) -> None:
    database = filtered.database
    viewpoint = samples.evaluated(database, samples.look(database), {1: 2, 2: 0})
    viewpoint = samples.back_filled(database, viewpoint)
    in_the_order_of_places = [2, 3, 4, 0, 1]
    assert filtered.served(viewpoint, filters) == [number for number in in_the_order_of_places if number in expected]
    assert filtered.served(viewpoint, filters, 1) == filtered.served(viewpoint, filters)


def test_dates_of_entries_of_ones_own_are_theirs(filtered: Filtered) -> None:
    database = filtered.database
    viewpoint = samples.evaluated(database, samples.look(database), {1: 2, 2: 0})
    viewpoint = samples.back_filled(database, viewpoint, now=NOW + 10 * SECOND)
    assert filtered.served(viewpoint, Filters(added_after=NOW + 3 * SECOND)) == [4, 0, 1]
    assert filtered.served(viewpoint, Filters(added_after=NOW + 10 * SECOND)) == [1]
    assert filtered.served(viewpoint, Filters(added_before=NOW + 10 * SECOND)) == [2, 3, 4]


# --- plans --------------------------------------------------------------------------------------------------------------------

_STORED = 20_000
_CLASSES = 400
_LIMIT = 100
_GROUP = Feed(7, from_generation=2)
_MOST_STATEMENTS = 7
ALL, A_THIRD, ONE_CLASS, LATE = (samples.key_of(partner_id) for partner_id in (READER, OTHER_READER, OWNER, OTHER_OWNER))


@pytest.fixture(scope="module")
def stocked(postgres: PostgresServer, postgres_template: str) -> Iterator[Database]:
    """PostgreSQL with 20,000 versions in 400 classes, and viewpoints that see all, a third, one class, and a third late."""
    with postgres.database(template=postgres_template) as url:
        database = Database(url)
        samples.found_exchange(database)
        _stock(database)
        for key, step in ((ALL, 1), (A_THIRD, 3), (ONE_CLASS, _CLASSES)):
            samples.evaluated(database, samples.look(database, key), dict.fromkeys(range(1, _CLASSES + 1, step), 0))
        late = dict.fromkeys(range(1, _CLASSES + 1, 3), _STORED)
        samples.back_filled(database, samples.evaluated(database, samples.look(database, LATE), late), limit=2_000)
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))
        yield database
        database.dispose()


def _stock(database: Database) -> None:
    numbers = range(1, _STORED + 1)
    plain = {"owner_id": OWNER, "version": DAYS[0], "version_key": DAYS[0][:-1], "visible_until": FOREVER, "received_at": NOW}
    plain |= {"submission_id": samples.SUBMISSION, "keyid": "k", "assurance": "a"}
    plain |= dict.fromkeys(("payload_digest", "content_digest", "leaf_salt"), bytes(32))
    versions = [
        {"version_id": n, "position": n, "log_index": n, "class_id": 1 + n * 7919 % _CLASSES, "type": ("url", "tool")[n % 2]}
        | {"stix_id": f"url--{n}", "added_at": NOW + timedelta(microseconds=n)}
        for n in numbers
    ]
    classes = [
        {"class_id": n, "digest": n.to_bytes(32, "big"), "owner_id": OWNER, "document": ""} for n in range(1, _CLASSES + 1)
    ]
    postings = [
        {"feed": _GROUP.number, "version_id": n, "generation": 1 + n % 2, "position": n, "added_at": NOW}
        for n in numbers
        if n % 2
    ]
    facets = [{"version_id": n, "kind": "harm", "value": "csam"} for n in numbers if n % 100 == 0]
    with database.write() as connection:
        connection.execute(insert(handling_class), classes)
        connection.execute(insert(object_version), [plain | one for one in versions])
        connection.execute(insert(group_posting), postings)
        connection.execute(insert(object_facet), facets)
        connection.execute(update(position_counter).values(position=_STORED, class_id=_CLASSES, added_at=NOW + SECOND))


@dataclass(frozen=True)
class Ask:
    """A page to ask for, how many entries it has, and how many rows of ``object_version`` may be read for it.

    Planning reads a few rows as well, at the ends of the indexes.
    """

    key: ViewpointKey
    after: int
    served: int
    touched: int
    filters: Filters = field(default_factory=Filters)
    feed: Feed = EVERYTHING

    def page(self, connection: Connection, limit: int = 100) -> int:
        """Give how many entries the page has."""
        viewpoint = viewpoints.find_viewpoint(connection, self.key)
        assert viewpoint is not None
        return len(feed.page(connection, viewpoint, Window(self.after, limit, NOW, self.feed), self.filters))


def _reads(connection: Connection) -> tuple[int, int]:
    """Give how often this connection scanned the whole table, and how many rows it fetched by an index, so far."""
    counts = "SELECT seq_scan, idx_tup_fetch FROM pg_stat_xact_user_tables WHERE relname = 'object_version'"
    scans, rows = connection.execute(text(counts)).one()
    return scans, rows


ASKS = [
    Ask(ALL, 0, _LIMIT, 250),
    Ask(ALL, _STORED // 2, _LIMIT, 250),
    Ask(ALL, 0, _LIMIT, 250, Filters(versions=Versions(last=True))),
    Ask(A_THIRD, _STORED // 2, _LIMIT, 500, Filters(versions=Versions(last=True))),
    Ask(ALL, _STORED - 50, 50, 150),
    Ask(ALL, _STORED + 2_000, 0, 0),
    Ask(A_THIRD, 0, _LIMIT, 500),
    Ask(A_THIRD, _STORED // 2, _LIMIT, 500),
    Ask(A_THIRD, _STORED - 50, 20, 150),
    Ask(ONE_CLASS, 0, 50, 400),
    Ask(ONE_CLASS, _STORED // 2, 25, 400),
    Ask(LATE, _STORED, _LIMIT, 700),
    Ask(ALL, 0, _LIMIT, 500, Filters(types=frozenset({"tool"}))),
    Ask(ALL, 0, 1, 20, Filters(stix_ids=frozenset({"url--77"}))),
    Ask(ALL, 0, 50, 200, Filters(added_after=NOW + timedelta(microseconds=_STORED - 50))),
    Ask(ALL, 0, 100, 400, feed=_GROUP),
    Ask(ALL, _STORED // 2, 100, 400, Filters(versions=Versions(last=True)), _GROUP),
    Ask(ALL, _STORED, 0, 0, feed=_GROUP),
    # One in a hundred has the facet: by places, that is ten thousand for a page; by the facet far fewer.
    Ask(ALL, 0, 100, 10_500, Filters(facets=(("harm", frozenset({"csam"})),))),
]


@pytest.mark.parametrize("plans", ["force_custom_plan", "force_generic_plan"])
@pytest.mark.parametrize("ask", ASKS)
def test_a_page_reads_little_and_never_the_whole_table(stocked: Database, ask: Ask, plans: str) -> None:
    with stocked.read() as connection:
        connection.execute(text(f"SET LOCAL plan_cache_mode = {plans}"))
        scans_before, rows_before = _reads(connection)
        assert ask.page(connection) == ask.served
        scans, rows = _reads(connection)
    assert scans == scans_before
    assert rows - rows_before <= ask.touched


@pytest.mark.parametrize("ask", ASKS)
def test_a_page_takes_a_few_statements_however_long_it_is(stocked: Database, ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    run: list[Prepared] = []
    real = Prepared.rows

    def counting(statement: Prepared, connection: Connection, **values: Any) -> list[Any]:
        run.append(statement)
        return real(statement, connection, **values)

    monkeypatch.setattr(Prepared, "rows", counting)
    counts = []
    with stocked.read() as connection:
        for limit in (10, 100, 1_000):
            run.clear()
            ask.page(connection, limit)
            counts.append(len(run))
    assert max(counts) <= _MOST_STATEMENTS
