from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import insert, select

from app.domain.errors import ConflictError
from app.domain.stix_object import timestamp_key
from app.domain.vocabulary import Harm
from app.storage import objects, submissions
from app.storage.columns import FOREVER
from app.storage.counter import Moment
from app.storage.objects import StoredVersion
from app.storage.prepared import Prepared
from app.storage.session import Database
from app.storage.submissions import KeptSubmission
from app.storage.tables import log_leaf, narrowing_member, object_content, object_facet, object_ref, object_version
from tests.factories.policy_values import DAY, NOW, SECOND
from tests.storage import samples
from tests.storage.samples import OTHER_OWNER, OWNER, SUBMISSION

A, B, C = Harm.CSAM, Harm.LIVE_STREAMED_CSA, Harm.TRAFFICKING_RELATED
FIRST, SECOND_VERSION, THIRD = (f"2026-01-0{day}T00:00:00Z" for day in (1, 2, 3))


def _own(database: Database, *stix_ids: str, owner_id: str = OWNER) -> list[StoredVersion]:
    with database.read() as connection:
        return objects.own_versions(connection, owner_id, set(stix_ids))


def test_a_stored_version_comes_back_with_what_admission_reads(exchange: Database) -> None:
    one = samples.checked()
    [version_id] = samples.publish(exchange, [A], one)
    assert _own(exchange, one.facts.stix_id) == [
        StoredVersion(
            version_id=version_id,
            owner_id=OWNER,
            stix_id=one.facts.stix_id,
            version=samples.VERSION,
            version_key=samples.VERSION[:-1],
            class_id=1,
            position=1,
            visible_until=FOREVER,
            payload_digest=one.verified.payload_digest,
            log_index=0,
        )
    ]


def test_everything_of_a_version_is_stored(exchange: Database) -> None:
    one = samples.checked(
        references=["url--b", "url--a"],
        facets=[("harm", "csam"), ("phase", "solicitation"), ("harm", "trafficking-related")],
        confidence=70,
        valid=("2026-01-01T00:00:00.50Z", "2026-01-02T00:00:00Z"),
    )
    [version_id] = samples.publish(exchange, [A], one, visible_until=NOW + DAY)
    with exchange.read() as connection:
        row = connection.execute(select(object_version)).one()
        assert connection.execute(select(object_content)).all() == [(version_id, one.verified.parsed.content)]
        references = connection.execute(select(object_ref).order_by(object_ref.c.ref_id)).all()
        facets = connection.execute(select(object_facet)).all()
        leaves = connection.execute(select(log_leaf)).all()
    assert references == [(version_id, "url--a"), (version_id, "url--b")]
    assert {(row.kind, row.value) for row in facets} == one.facts.facets
    assert [(leaf.log_index, leaf.kind, leaf.leaf_hash, leaf.recorded_at) for leaf in leaves] == [
        (0, "object", row.content_digest, NOW)
    ]
    assert (row.type, row.confidence, row.submission_id) == ("indicator", 70, SUBMISSION)
    assert (row.valid_from_key, row.valid_until_key) == ("2026-01-01T00:00:00.5", "2026-01-02T00:00:00")
    assert (row.position, row.visible_until, row.release_at, row.received_at) == (1, NOW + DAY, None, NOW)


def test_no_version_needs_no_row(exchange: Database) -> None:
    with exchange.write() as connection:
        objects.add_versions(connection, [], SUBMISSION, NOW)
        assert objects.own_versions(connection, OWNER, set()) == []
        assert objects.heads_of(connection, set()) == []


def test_own_versions_are_the_owners_and_oldest_first(exchange: Database) -> None:
    stix_id = samples.new_id()
    for version in (SECOND_VERSION, FIRST, "2026-01-01T00:00:00.5Z"):
        samples.publish(exchange, [A], samples.checked(stix_id, version=version))
    samples.publish(exchange, [A], samples.checked(stix_id, owner_id=OTHER_OWNER, version=THIRD))
    assert [one.version for one in _own(exchange, stix_id)] == [FIRST, "2026-01-01T00:00:00.5Z", SECOND_VERSION]
    assert [one.version for one in _own(exchange, stix_id, owner_id=OTHER_OWNER)] == [THIRD]


def test_one_owner_stores_one_version_once_however_it_is_spelled(exchange: Database) -> None:
    one = samples.checked(version=FIRST)
    samples.publish(exchange, [A], one)
    with pytest.raises(ConflictError):
        samples.publish(exchange, [A], samples.checked(one.facts.stix_id, version="2026-01-01T00:00:00.000Z"))
    samples.publish(exchange, [A], samples.checked(one.facts.stix_id, owner_id=OTHER_OWNER, version=FIRST))


def test_heads_are_the_newest_of_every_owner(exchange: Database) -> None:
    stix_id, other_id = samples.new_id(), samples.new_id()
    [first] = samples.publish(exchange, [A], samples.checked(stix_id, version=FIRST))
    [others] = samples.publish(exchange, [A], samples.checked(stix_id, owner_id=OTHER_OWNER))
    [alone] = samples.publish(exchange, [A], samples.checked(other_id))
    [second] = samples.publish(exchange, [A], samples.checked(stix_id, version=SECOND_VERSION))
    with exchange.write() as connection:
        objects.set_heads(connection, OWNER, [(stix_id, first), (other_id, alone)], known=set())
        objects.set_heads(connection, OTHER_OWNER, [(stix_id, others)], known=set())
        objects.set_heads(connection, OWNER, [(stix_id, second)], known={stix_id})
        objects.set_heads(connection, OWNER, [], known=set())
    with exchange.read() as connection:
        assert {one.version_id for one in objects.heads_of(connection, {stix_id})} == {second, others}
        assert {one.version_id for one in objects.heads_of(connection, {stix_id, other_id})} == {second, others, alone}


def _standing(database: Database, stix_id: str, *owner_ids: str) -> list[int]:
    with database.read() as connection:
        return [one.version_id for one in objects.standing_versions(connection, {stix_id}, owner_ids, NOW)]


def test_what_stands_under_an_id_is_the_newest_of_each_class_newest_first(
    exchange: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    stix_id = samples.new_id()
    versions = [f"2026-01-0{day}T00:00:00Z" for day in range(1, 8)]
    rows = [
        samples.publish(exchange, [harm], samples.checked(stix_id, version=version))[0]
        for harm, version in zip([A, B, A, B, C, A, C], versions, strict=True)
    ]
    [others] = samples.publish(exchange, [A], samples.checked(stix_id, owner_id=OTHER_OWNER, version=FIRST))
    samples.publish(exchange, [A], samples.checked(version=THIRD))
    assert _standing(exchange, stix_id) == [rows[6], rows[5], rows[3], others]
    with exchange.write() as connection:  # the newest of its class must still become narrower, and one before it need not
        connection.execute(insert(narrowing_member), [{"version_id": rows[5], "narrowing_id": 1, "depth": 1}])
    assert _standing(exchange, stix_id) == [rows[6], rows[5], rows[3], rows[2], others]
    monkeypatch.setattr(objects, "_STANDING", Prepared(objects._standing(2)))
    assert _standing(exchange, stix_id) == [rows[6], rows[5], others]


def test_what_is_over_stands_for_nobody_and_what_is_under_embargo_for_its_owner(exchange: Database) -> None:
    stix_id = samples.new_id()
    [first] = samples.publish(exchange, [A], samples.checked(stix_id, version=FIRST))
    [embargoed] = samples.publish(exchange, [B], samples.checked(stix_id, version=SECOND_VERSION), release_at=NOW + DAY)
    samples.publish(exchange, [C], samples.checked(stix_id, version=THIRD), visible_until=NOW)
    assert _standing(exchange, stix_id, OTHER_OWNER) == [first]
    assert _standing(exchange, stix_id, OTHER_OWNER, OWNER) == [embargoed, first]


# --- reclassifying ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("was", "given", "ends"),
    [(FOREVER, FOREVER, FOREVER), (FOREVER, NOW, NOW), (NOW, FOREVER, NOW), (NOW, NOW + DAY, NOW), (NOW + DAY, NOW, NOW)],
)
def test_reclassifying_never_lets_anything_be_seen_longer(
    exchange: Database, was: datetime, given: datetime, ends: datetime
) -> None:
    one, bystander = samples.checked(), samples.checked()
    [version_id] = samples.publish(exchange, [A], one, visible_until=was)
    samples.publish(exchange, [B], bystander)
    with exchange.write() as connection:
        objects.reclassify(connection, [version_id], 2, given, Moment(9, NOW))
    assert [(stored.class_id, stored.visible_until) for stored in _own(exchange, one.facts.stix_id)] == [(2, ends)]
    assert [stored.class_id for stored in _own(exchange, bystander.facts.stix_id)] == [2]
    assert [stored.visible_until for stored in _own(exchange, bystander.facts.stix_id)] == [FOREVER]


# --- newer versions -------------------------------------------------------------------------------------------------------------


def test_what_has_a_newer_version_of_its_owner_is_superseded_whichever_came_first(exchange: Database) -> None:
    stix_id, other_id = samples.new_id(), samples.new_id()
    versions = [samples.checked(stix_id, version=version) for version in (SECOND_VERSION, FIRST, THIRD)]
    first, second, third = (samples.publish(exchange, [A], one)[0] for one in versions)
    (theirs,) = samples.publish(exchange, [A], samples.checked(stix_id, owner_id=OTHER_OWNER, version=FIRST))
    unasked = samples.publish(exchange, [A], *(samples.checked(other_id, version=one) for one in (FIRST, THIRD)))
    with exchange.write() as connection:
        objects.mark_superseded(connection, OWNER, {stix_id})
        rows = connection.execute(select(object_version.c.version_id, object_version.c.is_superseded)).all()
    assert dict(rows) == {first: True, second: True, third: False, theirs: False} | dict.fromkeys(unasked, False)


# --- receipts and the owner's ledger ------------------------------------------------------------------------------------------


def test_receipt_facts_are_those_of_the_version_or_of_the_newest(exchange: Database) -> None:
    stix_id = samples.new_id()
    newest = samples.checked(stix_id, version=SECOND_VERSION)
    samples.publish(exchange, [A], newest)
    samples.publish(exchange, [A], samples.checked(stix_id, version=FIRST), now=NOW + SECOND)
    with exchange.write() as connection:
        submissions.add_submission(connection, KeptSubmission(SUBMISSION, OWNER, NOW + DAY, {}), "credential-1")
    with exchange.read() as connection:
        first = objects.receipt_facts(connection, OWNER, stix_id, timestamp_key(FIRST))
        found = objects.receipt_facts(connection, OWNER, stix_id, None)
        assert objects.receipt_facts(connection, OWNER, stix_id, timestamp_key(THIRD)) is None
        assert objects.receipt_facts(connection, OTHER_OWNER, stix_id, None) is None
        assert objects.receipt_facts(connection, OWNER, samples.new_id(), None) is None
    assert first is not None
    assert (first.version, first.log_index, first.received_at) == (FIRST, 1, NOW + DAY), "the time of what is never changed"
    assert found is not None
    assert (found.stix_id, found.version, found.log_index, found.submission_id) == (stix_id, SECOND_VERSION, 0, SUBMISSION)
    assert found.payload_digest == newest.verified.payload_digest
