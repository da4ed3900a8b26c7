from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import replace

import pytest
from sqlalchemy import select

from app.domain.vocabulary import Harm
from app.storage import counter, feed, handling, narrowings, objects, viewpoints
from app.storage.counter import Moment
from app.storage.feed import Filters, Window
from app.storage.narrowings import Narrowing, Roots, Veil
from app.storage.session import Database
from app.storage.tables import narrowing_member
from tests.factories import policy_values
from tests.factories.policy_values import NOW, SECOND
from tests.storage import samples
from tests.storage.samples import OTHER_OWNER, OWNER, READER

LATER = "2026-01-02T00:00:00Z"


LATEST = Moment(1_000_000, NOW + SECOND)
"""When something was traced, or moved: after all else."""


def _stored(
    database: Database, stix_id: str | None = None, *, owner_id: str = OWNER, of: Iterable[tuple[str, str]] = (), **how: object
) -> objects.StoredVersion:
    """Store one version that was narrowed by statements. Gives it as it is stored."""
    version = str(how.get("version", samples.VERSION))
    release_at = NOW + SECOND if how.get("embargoed") else None
    one = samples.checked(stix_id, owner_id=owner_id, version=version)
    with database.write() as connection:
        order = counter.take_order_lock(connection)
        class_id = samples.class_id_of(connection, order, Harm.CSAM, owner_id=owner_id)
        made = replace(samples.numbered(order, one, class_id, NOW, release_at=release_at), narrowed_by=frozenset(of))
        objects.add_versions(connection, [made], samples.SUBMISSION, NOW)
        counter.save_order(connection, order)
        found = objects.own_versions(connection, owner_id, [one.facts.stix_id])
    return next(each for each in found if each.version_id == made.version_id)


def _states(one: objects.StoredVersion) -> list[tuple[str, str]]:
    return [(one.owner_id, one.stix_id)]


def _begun(database: Database, *roots: objects.StoredVersion, with_history: bool = True) -> Narrowing:
    with database.write() as connection:
        order = counter.take_order_lock(connection)
        class_id = samples.class_id_of(connection, order, Harm.CSAM, Harm.LIVE_STREAMED_CSA)
        begun = Roots(class_id, [root.version_id for root in roots], with_history)
        one = narrowings.begin(connection, order, begun, NOW)
        counter.save_order(connection, order)
    return one


def _traced(database: Database, *roots: objects.StoredVersion) -> set[int]:
    one = _begun(database, *roots)
    with database.write() as connection:
        counter.take_order_lock(connection)
        one, _ = narrowings.trace(connection, one, 100, LATEST)
        assert one.traced
        assert narrowings.under_way(connection)[-1] == one
    return _members(database, one) - {root.version_id for root in roots}


def _members(database: Database, one: Narrowing) -> set[int]:
    with database.read() as connection:
        of_it = narrowing_member.c.narrowing_id == one.narrowing_id
        return set(connection.execute(select(narrowing_member.c.version_id).where(of_it)).scalars())


def test_the_versions_on_whose_statements_something_depends_are_found(exchange: Database) -> None:
    root, other = _stored(exchange), _stored(exchange)
    _stored(exchange, other.stix_id, owner_id=OTHER_OWNER)
    about = _stored(exchange, of=_states(root))
    with exchange.read() as connection:
        asked = [root.version_id, other.version_id]
        assert narrowings.depended_on(connection, asked, before=about.version_id + 1) == {root.version_id}
        assert narrowings.depended_on(connection, asked, before=about.version_id) == set()


def test_all_that_leads_to_a_root_is_traced_and_nothing_else(exchange: Database) -> None:
    root = _stored(exchange)
    same_id = _stored(exchange, root.stix_id, owner_id=OTHER_OWNER)
    first = _stored(exchange, owner_id=OTHER_OWNER, of=_states(root))
    second = _stored(exchange, of=_states(first))
    circle = _stored(exchange, root.stix_id, of=_states(second), version=LATER)
    _stored(exchange, of=_states(same_id))
    _stored(exchange)
    assert _traced(exchange, circle) == {root.version_id, first.version_id, second.version_id}


def test_older_versions_follow_the_newest_and_nothing_follows_what_is_superseded(exchange: Database) -> None:
    root = _stored(exchange)
    older = _stored(exchange, version="2025-01-01T00:00:00Z")
    governs = _stored(exchange, older.stix_id, of=_states(root))
    about = _stored(exchange, of=_states(older))
    past = _stored(exchange, of=_states(root))
    _stored(exchange, past.stix_id, version=LATER)
    _stored(exchange, of=_states(past))
    assert _traced(exchange, root) == {older.version_id, governs.version_id, about.version_id, past.version_id}


def test_under_an_embargoed_version_the_released_one_still_leads_on(exchange: Database) -> None:
    root = _stored(exchange)
    released = _stored(exchange, of=_states(root))
    _stored(exchange, released.stix_id, version=LATER, embargoed=True)
    about = _stored(exchange, of=_states(released))
    assert _traced(exchange, root) == {released.version_id, about.version_id}


def test_what_comes_later_depends_on_roots_as_they_are_and_on_members_as_they_were(exchange: Database) -> None:
    root = _stored(exchange)
    member = _stored(exchange, of=_states(root))
    one = _begun(exchange, root)
    _stored(exchange, of=_states(root))
    of_member = _stored(exchange, of=_states(member))
    with exchange.write() as connection:
        counter.take_order_lock(connection)
        narrowings.trace(connection, one, 100, LATEST)
    assert _members(exchange, one) == {root.version_id, member.version_id, of_member.version_id}


def test_of_roots_apart_what_is_older_stays_and_so_do_they(exchange: Database) -> None:
    older = _stored(exchange, version="2025-01-01T00:00:00Z")
    root = _stored(exchange, older.stix_id)
    past = _stored(exchange, version="2025-01-01T00:00:00Z")
    member = _stored(exchange, past.stix_id, of=_states(root))
    beyond = _stored(exchange, of=_states(member))
    one = _begun(exchange, root, with_history=False)
    _stored(exchange, of=_states(root))
    with exchange.write() as connection:
        counter.take_order_lock(connection)
        while not one.traced:
            one, _ = narrowings.trace(connection, one, 1, LATEST)
        assert narrowings.roots_apart(connection, one.narrowing_id) == {root.version_id}
        pending = narrowings._PENDING.rows(connection, version_ids=[root.version_id, member.version_id])
    assert _members(exchange, one) == {root.version_id, member.version_id, past.version_id, beyond.version_id}
    assert [tuple(row) for row in pending] == [(member.version_id, one.class_id)]


@pytest.mark.parametrize(("expanded", "found"), [(1, 1), (2, 3), (1, 100), (100, 1)])
def test_steps_are_bounded_and_go_on_where_they_ended(
    exchange: Database, monkeypatch: pytest.MonkeyPatch, expanded: int, found: int
) -> None:
    monkeypatch.setattr(narrowings, "_EXPANDED_AT_ONCE", expanded)
    monkeypatch.setattr(narrowings, "_FOUND_AT_ONCE", found)
    root = _stored(exchange)
    depends = [_stored(exchange, of=_states(root)) for _ in range(5)]
    deeper = [_stored(exchange, of=_states(one)) for one in depends]
    one = _begun(exchange, root)
    steps, sizes = 0, [1]
    while not one.traced:
        with exchange.write() as connection:
            counter.take_order_lock(connection)
            one, left = narrowings.trace(connection, one, 1, LATEST)
            assert left == 0
            assert narrowings.under_way(connection) == [one]
        sizes.append(len(_members(exchange, one)))
        steps += 1
        assert steps < 50
    assert all(later - earlier <= found for earlier, later in itertools.pairwise(sizes))
    assert _members(exchange, one) == {each.version_id for each in (root, *depends, *deeper)}


def test_what_is_not_traced_comes_first_and_then_the_oldest(exchange: Database) -> None:
    first, second = _begun(exchange, _stored(exchange)), _begun(exchange, _stored(exchange))
    with exchange.write() as connection:
        assert narrowings.next_to_do(connection) == first
        traced, _ = narrowings.trace(connection, first, 10, LATEST)
        assert narrowings.next_to_do(connection) == second
        narrowings.trace(connection, second, 10, LATEST)
        assert narrowings.next_to_do(connection) == traced
        assert [one.narrowing_id for one in narrowings.under_way(connection, above=first.narrowing_id)] == [second.narrowing_id]


def test_members_are_let_go_and_a_narrowing_is_forgotten_with_its_veils(exchange: Database) -> None:
    root = _stored(exchange)
    about = _stored(exchange, of=_states(root))
    one, viewpoint = _begun(exchange, root), samples.look(exchange)
    with exchange.write() as connection:
        narrowings.trace(connection, one, 10, LATEST)
        narrowings.lay_veils(connection, viewpoint.viewpoint_id, {one.narrowing_id: False}, one.narrowing_id)
        assert narrowings.members(connection, one.narrowing_id, 1) == [root]
        narrowings.let_go(connection, one, [root.version_id], 0, LATEST)
        assert narrowings.members(connection, one.narrowing_id, 5) == [about]
        narrowings.let_go(connection, one, [about.version_id], 1, LATEST)
        assert narrowings.under_way(connection)[0].moved == 1
        narrowings.finish(connection, one.narrowing_id)
        assert narrowings.under_way(connection) == []
        assert narrowings.veils(connection, one.narrowing_id) == []
        assert narrowings.next_to_do(connection) is None


def test_a_class_counts_with_what_it_is_still_to_be_narrowed_by(exchange: Database) -> None:
    root = _stored(exchange)
    about, other = _stored(exchange, of=_states(root)), _stored(exchange)
    _traced(exchange, root)
    with exchange.write() as connection:
        handling.add_audience(connection, policy_values.audience(), envelope="{}", now=NOW)
    with exchange.read() as connection:
        classes = narrowings.classes_of(connection, [about, other])
    assert classes[other.version_id] == samples.class_of(Harm.CSAM)
    assert classes[about.version_id] == samples.class_of(Harm.CSAM, Harm.LIVE_STREAMED_CSA)


def test_a_veil_only_becomes_denser(exchange: Database) -> None:
    one, viewpoint = _begun(exchange, _stored(exchange)), samples.look(exchange)
    for hides_own, expected in ((False, False), (True, True), (False, True)):
        with exchange.write() as connection:
            narrowings.lay_veils(connection, viewpoint.viewpoint_id, {one.narrowing_id: hides_own}, one.narrowing_id)
            assert narrowings.veils(connection, one.narrowing_id) == [Veil(viewpoint.viewpoint_id, one.narrowing_id, expected)]
    with exchange.read() as connection:
        found = viewpoints.viewpoint_by_id(connection, viewpoint.viewpoint_id)
    assert (found.judged_to, found.veiled, found.stands_still) == (one.narrowing_id, True, True)


@pytest.mark.parametrize(("hides_own", "owner_id", "seen"), [(False, READER, True), (True, READER, False), (False, OWNER, False)])
def test_a_veil_hides_members_from_pages_and_look_ups_but_ones_own_only_if_it_says_so(
    exchange: Database, owner_id: str, *, hides_own: bool, seen: bool
) -> None:
    root = _stored(exchange)
    about, other = _stored(exchange, owner_id=owner_id, of=_states(root)), _stored(exchange)
    _traced(exchange, root)
    viewpoint = samples.evaluated(exchange, samples.look(exchange), {root.class_id: 0, about.class_id: 0})
    with exchange.write() as connection:
        (one,) = narrowings.under_way(connection)
        narrowings.lay_veils(connection, viewpoint.viewpoint_id, {one.narrowing_id: hides_own}, one.narrowing_id)
        viewpoint = viewpoints.viewpoint_by_id(connection, viewpoint.viewpoint_id)
        window = Window(0, 10, NOW)
        page = [entry.version_id for entry in feed.page(connection, viewpoint, window, Filters())]
        assert page == ([about.version_id] if seen else []) + [other.version_id]
        assert bool(feed.versions_of(connection, viewpoint, about.stix_id, NOW)) is seen
        assert feed.versions_of(connection, viewpoint, other.stix_id, NOW)
        (entry,) = feed.page(connection, replace(viewpoint, has_entries=True), Window(0, 1, NOW), Filters())
        assert entry.version_id == page[0]
