from __future__ import annotations

import pytest
from sqlalchemy import insert, update

from app.domain.vocabulary import Harm
from app.storage import counter, displacement, feed, objects, viewpoints
from app.storage.displacement import Displaced
from app.storage.feed import Feed, Filters, Versions, Window
from app.storage.session import Database
from app.storage.tables import group_member, group_posting, object_version, sharing_group
from app.storage.viewpoints import Viewpoint
from tests.factories.policy_values import NOW
from tests.storage import samples
from tests.storage.samples import OWNER, READER

A, B = Harm.CSAM, Harm.LIVE_STREAMED_CSA
GROUP = Feed(3)
NONE = Filters()
FIRST, SECOND, THIRD = (f"2026-01-0{day}T00:00:00Z" for day in (1, 2, 3))


def _post(database: Database, *version_ids: int, generation: int = 0) -> list[int]:
    """Post versions to the group. Gives their places."""
    with database.write() as connection:
        order = counter.take_order_lock(connection)
        places = [order.next_position(NOW) for _ in version_ids]
        rows = [
            {"feed": GROUP.number, "version_id": one, "generation": generation, "position": position, "added_at": at}
            for one, (position, at) in zip(version_ids, places, strict=True)
        ]
        connection.execute(insert(group_posting), rows)
        counter.save_order(connection, order)
    return [position for position, _ in places]


def _served(
    database: Database, viewpoint: Viewpoint, of: Feed = GROUP, filters: Filters = NONE, limit: int = 100
) -> list[tuple[int, int]]:
    with database.read() as connection:
        current = viewpoints.viewpoint_by_id(connection, viewpoint.viewpoint_id)
        found, after = [], 0
        while page := feed.page(connection, current, Window(after, limit, NOW, of), filters):
            after = page[-1].position
            found += [(entry.position, entry.version_id) for entry in page]
        return found


def _back_fill(database: Database, viewpoint: Viewpoint, of: Feed = GROUP) -> list[int]:
    with database.write() as connection:
        order = counter.take_order_lock(connection)
        waiting = feed.waiting_for_entries(connection, viewpoint.viewpoint_id, 100, NOW, of)
        given = [Displaced(viewpoint.viewpoint_id, one, None, of.number) for one in waiting]
        feed.give_places(connection, order, given, NOW)
        counter.save_order(connection, order)
    return waiting


def _found_group(database: Database, *partner_ids: str) -> None:
    with database.write() as connection:
        values = {"group_id": "group", "feed": GROUP.number, "title": "A group", "description": "", "shares_history": True}
        connection.execute(insert(sharing_group).values(**values, generation=0, created_at=NOW))
        member = {"group_id": "group", "can_read": True, "can_write": False, "from_generation": 0, "joined_at": NOW}
        connection.execute(insert(group_member), [member | {"partner_id": one} for one in partner_ids])


@pytest.fixture
def published(exchange: Database) -> Database:
    """Versions 1 to 6 at places 1 to 6, in the classes 1, 2, 1, 2, 1, 2."""
    for harm in (A, B) * 3:
        samples.publish(exchange, [harm], samples.checked())
    return exchange


def _sees(database: Database, gained: dict[int, int], viewpoint: Viewpoint | None = None) -> Viewpoint:
    return samples.evaluated(database, viewpoint or samples.look(database), gained)


def test_a_group_has_what_was_posted_to_it_at_the_places_of_its_postings(published: Database) -> None:
    viewpoint = _sees(published, {1: 0, 2: 0})
    assert _post(published, 5, 2) == [7, 8]
    assert _served(published, viewpoint) == [(7, 5), (8, 2)]
    assert _served(published, viewpoint, limit=1) == [(7, 5), (8, 2)]
    assert _served(published, viewpoint, Feed(4)) == []
    assert _served(published, viewpoint, feed.EVERYTHING) == [(number, number) for number in range(1, 7)]


def test_what_is_posted_is_seen_by_whom_policy_lets(published: Database) -> None:
    viewpoint = _sees(published, {2: 0})
    _post(published, 5, 2)
    assert _served(published, viewpoint) == [(8, 2)]


def test_what_was_posted_before_ones_generation_is_not_there(published: Database) -> None:
    viewpoint = _sees(published, {1: 0, 2: 0})
    _post(published, 1, 2)
    _post(published, 3, 4, generation=1)
    assert _served(published, viewpoint, Feed(3, 1)) == [(9, 3), (10, 4)]
    assert _served(published, viewpoint, Feed(3, 1), Filters(stix_ids=frozenset({"absent"}))) == []


def test_an_embargoed_posting_has_no_place(published: Database) -> None:
    viewpoint = _sees(published, {1: 0, 2: 0})
    _post(published, 1)
    with published.write() as connection:
        connection.execute(update(group_posting).values(position=None, added_at=None))
    assert _served(published, viewpoint) == []


def test_the_last_version_is_the_last_of_those_posted(exchange: Database) -> None:
    stix_id = samples.new_id()
    ids = [samples.publish(exchange, [A], samples.checked(stix_id, version=one))[0] for one in (FIRST, SECOND, THIRD)]
    with exchange.write() as connection:
        objects.mark_superseded(connection, OWNER, {stix_id})
    viewpoint = _sees(exchange, {1: 0})
    _post(exchange, *ids[:2])
    last, first = Filters(versions=Versions(last=True)), Filters(versions=Versions(first=True))
    assert [one for _, one in _served(exchange, viewpoint, filters=last)] == [ids[1]]
    assert [one for _, one in _served(exchange, viewpoint, filters=first)] == [ids[0]]
    assert [one for _, one in _served(exchange, viewpoint, feed.EVERYTHING, last)] == [ids[2]]
    _post(exchange, ids[2], generation=1)
    assert [one for _, one in _served(exchange, viewpoint, Feed(3, 1), first)] == [ids[2]]


def test_what_a_late_class_held_before_comes_by_entries_in_each_feed_by_itself(published: Database) -> None:
    _post(published, 1, 2, 3)
    viewpoint = _sees(published, {1: 9, 2: 0})
    assert _served(published, viewpoint) == [(8, 2)]
    assert _back_fill(published, viewpoint, feed.EVERYTHING) == [1, 3, 5]
    assert _served(published, viewpoint) == [(8, 2)]
    assert _back_fill(published, viewpoint) == [1, 3]
    assert _served(published, viewpoint) == [(8, 2), (13, 1), (14, 3)]
    assert _back_fill(published, viewpoint) == []


def test_only_what_one_may_look_back_to_is_back_filled(published: Database) -> None:
    _post(published, 1)
    _post(published, 3, generation=1)
    viewpoint = _sees(published, {1: 8, 2: 0})
    assert _back_fill(published, viewpoint, Feed(3, 1)) == [3]
    assert [one for _, one in _served(published, viewpoint, Feed(3, 1))] == [3]


def test_a_posting_that_ends_takes_its_entries_along_and_a_new_one_is_read_anew(published: Database) -> None:
    _post(published, 1)
    viewpoint = _sees(published, {1: 7, 2: 0})
    _back_fill(published, viewpoint)
    assert _served(published, viewpoint) == [(8, 1)]
    with published.write() as connection:
        connection.execute(group_posting.delete())
    assert _served(published, viewpoint) == []
    assert _post(published, 1) == [9]
    assert _served(published, viewpoint) == [(9, 1)]


# --- moves ----------------------------------------------------------------------------------------------------------------------


def _displaced(database: Database, version_id: int, *, anew: bool = False) -> list[tuple[int, int | None]]:
    with database.read() as connection:
        moved = [one for one in objects.own_versions(connection, OWNER, _ids(database)) if one.version_id == version_id]
        found = displacement.displaced_by(connection, moved, to_class=2, anew=anew)
    return [(one.feed, one.keeps and one.keeps.position) for one in found]


def _ids(database: Database) -> set[str]:
    with database.read() as connection:
        return set(connection.execute(object_version.select().with_only_columns(object_version.c.stix_id)).scalars())


def test_a_move_asks_for_places_in_the_feeds_of_the_groups_that_one_reads(published: Database) -> None:
    _post(published, 1)
    _sees(published, {1: 0, 2: 8})
    assert _displaced(published, 1) == [(0, 1)]
    _found_group(published, READER)
    assert _displaced(published, 1) == [(0, 1), (GROUP.number, 7)]


def test_what_gains_readers_keeps_its_place_for_who_saw_it(published: Database) -> None:
    _found_group(published, READER)
    _post(published, 1)
    viewpoint = _sees(published, {1: 0, 2: 0})
    assert _displaced(published, 1) == []
    assert _displaced(published, 1, anew=True) == [(0, 1)]
    before = _served(published, viewpoint, feed.EVERYTHING)
    with published.write() as connection:
        order = counter.take_order_lock(connection)
        position, added_at = order.next_position(NOW)
        moved = [one for one in objects.own_versions(connection, OWNER, _ids(published)) if one.version_id == 1]
        displaced = displacement.displaced_by(connection, moved, to_class=2, anew=True)
        values = {"class_id": 2, "position": position, "added_at": added_at}
        connection.execute(update(object_version).where(object_version.c.version_id == 1).values(values))
        feed.give_places(connection, order, displaced, NOW)
        counter.save_order(connection, order)
    assert _served(published, viewpoint, feed.EVERYTHING) == before
    assert _served(published, viewpoint) == [(7, 1)]
    newcomer = _sees(published, {2: 0}, samples.look(published, samples.key_of(samples.OTHER_READER)))
    assert _served(published, newcomer, feed.EVERYTHING)[-1] == (position, 1)


def test_an_entry_from_before_a_new_place_was_given_counts_no_more(published: Database) -> None:
    """Its reader lost the version meanwhile, and its cursor may have passed the entry."""
    viewpoint = _sees(published, {1: 6, 2: 0})
    _back_fill(published, viewpoint, feed.EVERYTHING)
    with published.write() as connection:
        order = counter.take_order_lock(connection)
        position, added_at = order.next_position(NOW)
        values = {"class_id": 2, "position": position, "added_at": added_at}
        connection.execute(update(object_version).where(object_version.c.version_id == 1).values(values))
        counter.save_order(connection, order)
    assert _served(published, viewpoint, feed.EVERYTHING)[-1] == (position, 1)


def test_partners_read_the_feeds_of_groups_that_are_not_deleted(published: Database) -> None:
    _found_group(published, READER)
    with published.write() as connection:
        assert feed.feeds_read(connection, READER) == [GROUP]
        assert feed.feeds_read(connection, OWNER) == []
        connection.execute(update(group_member).values(from_generation=4))
        assert feed.feeds_read(connection, READER) == [Feed(3, 4)]
        connection.execute(update(sharing_group).values(deleted_at=NOW))
        assert feed.feeds_read(connection, READER) == []
