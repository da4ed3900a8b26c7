from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from app.domain.vocabulary import Harm
from app.storage import counter, embargoes, objects
from app.storage.objects import StoredVersion
from app.storage.session import Database
from app.storage.tables import object_version
from tests.factories.policy_values import DAY, NOW, SECOND
from tests.storage import samples
from tests.storage.samples import OWNER

A = Harm.CSAM


def _own(database: Database, *stix_ids: str) -> list[StoredVersion]:
    with database.read() as connection:
        return objects.own_versions(connection, OWNER, set(stix_ids))


def _release(database: Database, now: datetime, limit: int = 100) -> int:
    with database.write() as connection:
        order = counter.take_order_lock(connection)
        released = embargoes.release_embargoed(connection, order, now, limit)
        counter.save_order(connection, order)
    return released


def test_what_is_under_embargo_gets_its_place_when_it_ends(exchange: Database) -> None:
    soon, later, open_one = samples.checked(), samples.checked(), samples.checked()
    samples.publish(exchange, [A], later, release_at=NOW + 2 * DAY)
    samples.publish(exchange, [A], soon, release_at=NOW + DAY)
    samples.publish(exchange, [A], open_one)
    assert [one.position for one in _own(exchange, soon.facts.stix_id)] == [None]
    assert _release(exchange, NOW + DAY - SECOND) == 0
    assert _release(exchange, NOW + DAY) == 1
    assert [one.position for one in _own(exchange, soon.facts.stix_id)] == [2]
    assert [one.position for one in _own(exchange, later.facts.stix_id)] == [None]
    assert _release(exchange, NOW + 3 * DAY) == 1
    assert [one.position for one in _own(exchange, later.facts.stix_id)] == [3]
    assert _release(exchange, NOW + 3 * DAY) == 0


def test_releases_come_in_batches_in_the_order_of_their_ends(exchange: Database) -> None:
    ends = [NOW + 3 * SECOND, NOW + SECOND, NOW + 2 * SECOND]
    stored = [samples.checked() for _ in ends]
    for one, end in zip(stored, ends, strict=True):
        samples.publish(exchange, [A], one, release_at=end)
    assert [_release(exchange, NOW + DAY, limit=2) for _round in range(3)] == [2, 1, 0]
    found = [_own(exchange, one.facts.stix_id)[0].position for one in stored]
    assert found == [3, 1, 2]
    with exchange.read() as connection:
        dates = connection.execute(select(object_version.c.added_at).order_by(object_version.c.position)).scalars().all()
    assert sorted(set(dates)) == dates
    assert dates[0] == NOW + DAY


def test_release_times_are_those_of_versions_without_a_place() -> None:
    order = counter.Order(0, -1, 0, 1, NOW)
    made = [
        samples.numbered(order, samples.checked(), 1, NOW, release_at=at) for at in (NOW + DAY, None, NOW + SECOND, NOW + DAY)
    ]
    assert embargoes.release_times(made) == [NOW + SECOND, NOW + DAY]
    assert embargoes.release_times([]) == []
