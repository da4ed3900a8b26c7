"""Object versions on their way in, and what moves them afterwards."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from sqlalchemy import select

from app.domain.errors import ConflictError
from app.domain.stix_object import timestamp_key
from app.domain.vocabulary import Harm
from app.storage import counter, feed, objects
from app.storage.columns import FOREVER
from app.storage.objects import Displaced, Place, ReceiptFacts, StoredVersion
from app.storage.session import Database
from app.storage.tables import log_leaf, metadata
from tests.factories.policy_values import DAY, NOW, SECOND
from tests.storage import samples
from tests.storage.samples import OTHER_OWNER, OTHER_READER, OWNER, SUBMISSION, VERSION

LATER = "2026-01-02T00:00:00Z"
CSAM, LIVE = Harm.CSAM, Harm.LIVE_STREAMED_CSA


def _own(database: Database, *stix_ids: str, owner_id: str = OWNER) -> list[StoredVersion]:
    with database.read() as connection:
        return objects.own_versions(connection, owner_id, stix_ids)


def _class_id(database: Database, *harms: Harm) -> int:
    with database.write() as connection:
        order = counter.take_order_lock(connection)
        class_id = samples.class_id_of(connection, order, *harms)
        counter.save_order(connection, order)
    return class_id


# --- storing ----------------------------------------------------------------------------------------------------------------


def test_a_version_comes_back_with_what_admission_reads(exchange: Database) -> None:
    one = samples.checked()
    [version_id] = samples.publish(exchange, [CSAM], one, visible_until=NOW + DAY)

    assert _own(exchange, one.facts.stix_id) == [
        StoredVersion(
            version_id=version_id,
            owner_id=OWNER,
            stix_id=one.facts.stix_id,
            version=VERSION,
            version_key=timestamp_key(VERSION),
            class_id=1,
            position=1,
            visible_until=NOW + DAY,
            payload_digest=one.verified.payload_digest,
            log_index=0,
        )
    ]


def test_everything_a_version_carries_is_kept_beside_it(exchange: Database) -> None:
    facets = [("harm", "csam"), ("surface", "voice")]
    one = samples.checked(references=["identity--b", "identity--a"], facets=facets, confidence=80, valid=(VERSION, LATER))
    samples.publish(exchange, [CSAM], one)

    kept = {}
    with exchange.read() as connection:
        for name in ("object_ref", "object_facet", "object_content", "object_version", "log_leaf"):
            kept[name] = [row._mapping for row in connection.execute(select(metadata.tables[name]))]
    assert sorted(row["ref_id"] for row in kept["object_ref"]) == ["identity--a", "identity--b"]
    assert sorted((row["kind"], row["value"]) for row in kept["object_facet"]) == facets
    assert [row["content"] for row in kept["object_content"]] == [one.verified.parsed.content]
    [row] = kept["object_version"]
    spans = (row["confidence"], row["valid_from_key"], row["valid_until_key"])
    assert spans == (80, timestamp_key(VERSION), timestamp_key(LATER))
    assert (row["type"], row["keyid"], row["assurance"]) == ("indicator", "keyid", "publisher-signed")
    assert (row["submission_id"], row["received_at"]) == (SUBMISSION, NOW)
    assert [(leaf["log_index"], leaf["kind"], leaf["recorded_at"]) for leaf in kept["log_leaf"]] == [(0, "object", NOW)]


def test_nothing_to_store_is_stored_without_a_word(exchange: Database) -> None:
    with exchange.write() as connection:
        objects.add_versions(connection, [], SUBMISSION, NOW)

    with exchange.read() as connection:
        assert connection.execute(select(log_leaf)).all() == []


def test_the_same_version_is_never_stored_twice(exchange: Database) -> None:
    one = samples.checked()
    samples.publish(exchange, [CSAM], one)

    with pytest.raises(ConflictError):
        samples.publish(exchange, [CSAM], one)
    assert len(_own(exchange, one.facts.stix_id)) == 1


def test_two_spellings_of_one_instant_are_one_version(exchange: Database) -> None:
    stix_id = samples.new_id()
    samples.publish(exchange, [CSAM], samples.checked(stix_id, version="2026-01-01T00:00:00.5Z"))

    with pytest.raises(ConflictError):
        samples.publish(exchange, [CSAM], samples.checked(stix_id, version="2026-01-01T00:00:00.500Z"))


def test_two_owners_may_store_the_same_version(exchange: Database) -> None:
    stix_id = samples.new_id()
    mine = samples.publish(exchange, [CSAM], samples.checked(stix_id))
    theirs = samples.publish(exchange, [CSAM], samples.checked(stix_id, owner_id=OTHER_OWNER))

    assert [one.version_id for one in _own(exchange, stix_id)] == mine
    assert [one.version_id for one in _own(exchange, stix_id, owner_id=OTHER_OWNER)] == theirs


# --- finding ----------------------------------------------------------------------------------------------------------------


def test_versions_come_oldest_first_whenever_they_were_stored(exchange: Database) -> None:
    stix_id = samples.new_id()
    versions = ["2026-01-01T00:00:01Z", "2026-01-01T00:00:00Z", "2026-01-01T00:00:00.25Z"]
    samples.publish(exchange, [CSAM], *(samples.checked(stix_id, version=version) for version in versions))

    assert [one.version for one in _own(exchange, stix_id)] == sorted(versions, key=timestamp_key)


def test_no_ids_and_unknown_ids_give_no_versions(exchange: Database) -> None:
    samples.publish(exchange, [CSAM], samples.checked())

    assert _own(exchange) == []
    assert _own(exchange, samples.new_id()) == []


def _set_heads(database: Database, owner_id: str, heads: list[tuple[str, int]], known: list[str]) -> None:
    with database.write() as connection:
        objects.set_heads(connection, owner_id, heads, known)


def test_the_heads_of_an_id_are_the_newest_versions_of_every_owner(exchange: Database) -> None:
    stix_id = samples.new_id()
    old, new = samples.publish(exchange, [CSAM], samples.checked(stix_id), samples.checked(stix_id, version=LATER))
    [theirs] = samples.publish(exchange, [CSAM], samples.checked(stix_id, owner_id=OTHER_OWNER))
    _set_heads(exchange, OWNER, [(stix_id, old)], [])
    _set_heads(exchange, OWNER, [(stix_id, new)], [stix_id])
    _set_heads(exchange, OTHER_OWNER, [(stix_id, theirs)], [])

    with exchange.read() as connection:
        heads = objects.heads_of(connection, [stix_id, samples.new_id()])
    assert {(one.owner_id, one.version_id, one.version) for one in heads} == {(OWNER, new, LATER), (OTHER_OWNER, theirs, VERSION)}


def test_new_heads_and_moved_heads_may_come_together(exchange: Database) -> None:
    first, second = samples.new_id(), samples.new_id()
    ids = samples.publish(
        exchange, [CSAM], samples.checked(first), samples.checked(first, version=LATER), samples.checked(second)
    )
    _set_heads(exchange, OWNER, [(first, ids[0])], [])
    _set_heads(exchange, OWNER, [(first, ids[1]), (second, ids[2])], [first])

    with exchange.read() as connection:
        heads = objects.heads_of(connection, [first, second])
    assert {(one.stix_id, one.version_id) for one in heads} == {(first, ids[1]), (second, ids[2])}


def test_a_receipt_is_for_the_newest_version_unless_one_is_named(exchange: Database) -> None:
    stix_id = samples.new_id()
    new, old = samples.checked(stix_id, version=LATER), samples.checked(stix_id)
    samples.publish(exchange, [CSAM], new, old)

    with exchange.read() as connection:
        newest = objects.receipt_facts(connection, OWNER, stix_id, None)
        named = objects.receipt_facts(connection, OWNER, stix_id, VERSION)
    assert newest == ReceiptFacts(stix_id, LATER, new.verified.payload_digest, 0, NOW, SUBMISSION)
    assert named == ReceiptFacts(stix_id, VERSION, old.verified.payload_digest, 1, NOW, SUBMISSION)


def test_there_is_no_receipt_for_what_another_stored(exchange: Database) -> None:
    one = samples.checked()
    samples.publish(exchange, [CSAM], one)

    with exchange.read() as connection:
        assert objects.receipt_facts(connection, OTHER_OWNER, one.facts.stix_id, None) is None
        assert objects.receipt_facts(connection, OWNER, one.facts.stix_id, LATER) is None


def test_an_owner_learns_the_names_of_its_own_versions_alone(exchange: Database) -> None:
    mine, theirs = samples.checked(), samples.checked(owner_id=OTHER_OWNER)
    ids = samples.publish(exchange, [CSAM], mine, theirs)

    with exchange.read() as connection:
        assert objects.versions_named(connection, OWNER, [*ids, 99]) == {ids[0]: (mine.facts.stix_id, VERSION)}


# --- moving to another class ------------------------------------------------------------------------------------------------


def _reclassify(database: Database, version_ids: list[int], class_id: int, until: datetime = FOREVER) -> None:
    with database.write() as connection:
        objects.reclassify(connection, version_ids, class_id, until)


def test_versions_move_into_their_new_class_and_keep_their_place(exchange: Database) -> None:
    moved, stays = samples.checked(), samples.checked()
    ids = samples.publish(exchange, [CSAM], moved, stays)
    before = _own(exchange, moved.facts.stix_id, stays.facts.stix_id)
    narrow = _class_id(exchange, CSAM, LIVE)
    _reclassify(exchange, ids[:1], narrow)

    after = _own(exchange, moved.facts.stix_id, stays.facts.stix_id)
    assert after == [replace(one, class_id=narrow) if one.version_id == ids[0] else one for one in before]


@pytest.mark.parametrize(
    ("ends", "until", "expected"),
    [(FOREVER, NOW, NOW), (NOW + DAY, NOW, NOW), (NOW, NOW + DAY, NOW), (NOW, FOREVER, NOW), (FOREVER, FOREVER, FOREVER)],
)
def test_nothing_that_ended_comes_back(exchange: Database, ends: datetime, until: datetime, expected: datetime) -> None:
    one = samples.checked()
    ids = samples.publish(exchange, [CSAM], one, visible_until=ends)
    _reclassify(exchange, ids, 1, until)

    assert [version.visible_until for version in _own(exchange, one.facts.stix_id)] == [expected]


def _displaced(database: Database, moved: list[StoredVersion], to_class: int) -> list[Displaced]:
    with database.write() as connection:
        return objects.displaced_by(connection, moved, to_class)


def test_where_nobody_gained_a_class_late_a_move_displaces_nothing(exchange: Database) -> None:
    one = samples.checked()
    samples.publish(exchange, [CSAM], one)
    narrow = _class_id(exchange, CSAM, LIVE)
    samples.evaluated(exchange, samples.look(exchange), {1: 0, narrow: 0})

    assert _displaced(exchange, _own(exchange, one.facts.stix_id), narrow) == []


def test_a_move_into_a_class_gained_late_keeps_the_place_a_reader_had(exchange: Database) -> None:
    one = samples.checked()
    [version_id] = samples.publish(exchange, [CSAM], one)
    narrow = _class_id(exchange, CSAM, LIVE)
    viewpoint = samples.evaluated(exchange, samples.look(exchange), {1: 0, narrow: 1})

    [displaced] = _displaced(exchange, _own(exchange, one.facts.stix_id), narrow)
    with exchange.read() as connection:
        [entry] = feed.page(connection, viewpoint, feed.Window(0, 10, NOW), feed.Filters())
    assert displaced == Displaced(viewpoint.viewpoint_id, version_id, Place(entry.position, entry.added_at))


def test_a_move_out_of_a_class_gained_late_does_not_give_a_place_that_was_never_read(exchange: Database) -> None:
    one = samples.checked()
    [version_id] = samples.publish(exchange, [CSAM], one)
    narrow = _class_id(exchange, CSAM, LIVE)
    viewpoint = samples.evaluated(exchange, samples.look(exchange), {1: 1, narrow: 0})

    assert _displaced(exchange, _own(exchange, one.facts.stix_id), narrow) == [
        Displaced(viewpoint.viewpoint_id, version_id, None)
    ]


def test_a_move_displaces_nothing_for_who_loses_the_version(exchange: Database) -> None:
    one = samples.checked()
    samples.publish(exchange, [CSAM], one)
    narrow = _class_id(exchange, CSAM, LIVE)
    samples.evaluated(exchange, samples.look(exchange, samples.key_of(OTHER_READER)), {1: 1})

    assert _displaced(exchange, _own(exchange, one.facts.stix_id), narrow) == []


def test_a_version_without_a_place_is_not_displaced(exchange: Database) -> None:
    one = samples.checked()
    samples.publish(exchange, [CSAM], one, release_at=NOW + DAY)
    narrow = _class_id(exchange, CSAM, LIVE)
    samples.evaluated(exchange, samples.look(exchange), {1: 0, narrow: 1})

    assert _displaced(exchange, _own(exchange, one.facts.stix_id), narrow) == []


# --- embargo ----------------------------------------------------------------------------------------------------------------


def _release(database: Database, now: datetime, limit: int = 10) -> int:
    with database.write() as connection:
        order = counter.take_order_lock(connection)
        released = objects.release_embargoed(connection, order, now, limit)
        counter.save_order(connection, order)
    return released


def test_a_version_under_embargo_has_no_place(exchange: Database) -> None:
    one = samples.checked()
    samples.publish(exchange, [CSAM], one, release_at=NOW + DAY)

    assert [version.position for version in _own(exchange, one.facts.stix_id)] == [None]


@pytest.mark.parametrize(("now", "released"), [(NOW + DAY - SECOND, 0), (NOW + DAY, 1)])
def test_an_embargo_ends_at_its_time_and_not_before(exchange: Database, now: datetime, released: int) -> None:
    samples.publish(exchange, [CSAM], samples.checked(), release_at=NOW + DAY)

    assert _release(exchange, now) == released


def test_a_released_version_gets_its_place_at_the_end_once(exchange: Database) -> None:
    early, late = samples.checked(), samples.checked()
    samples.publish(exchange, [CSAM], early, release_at=NOW)
    samples.publish(exchange, [CSAM], late)

    assert [_release(exchange, NOW + DAY), _release(exchange, NOW + DAY)] == [1, 0]
    assert [one.position for stix_id in (late, early) for one in _own(exchange, stix_id.facts.stix_id)] == [1, 2]


def test_what_was_to_be_released_first_is_released_first(exchange: Database) -> None:
    second, first, third = (samples.checked() for _ in range(3))
    for one, at in ((second, NOW + SECOND), (first, NOW), (third, NOW + SECOND)):
        samples.publish(exchange, [CSAM], one, release_at=at)

    assert [_release(exchange, NOW + DAY, limit=2), _release(exchange, NOW + DAY, limit=2)] == [2, 1]
    places = [_own(exchange, one.facts.stix_id)[0].position for one in (first, second, third)]
    assert places == [1, 2, 3]


def test_release_times_are_those_of_versions_under_embargo(exchange: Database) -> None:
    with exchange.write() as connection:
        order = counter.take_order_lock(connection)
        made = [samples.numbered(order, samples.checked(), 1, NOW, release_at=at) for at in (NOW + DAY, None, NOW, NOW + DAY)]

    assert objects.release_times(made) == [NOW, NOW + DAY]
