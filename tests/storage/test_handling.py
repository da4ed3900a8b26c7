from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app.domain.errors import ConflictError
from app.domain.handling import HandlingClass, MarkingTerms
from app.domain.vocabulary import Harm, OnwardShare, PermittedUse, Purpose, Tlp
from app.storage import counter, handling
from app.storage.session import Database
from app.storage.stretches import Found, Stretch
from tests.factories import policy_values
from tests.factories.policy_values import DAY, NOW
from tests.storage import samples
from tests.storage.samples import OTHER_OWNER, OWNER

AUDIENCE = policy_values.audience(partners_in=frozenset({"partner-x", "partner-y"}), partners_out=frozenset({"partner-z"}))
OTHER = policy_values.empty_audience(audience_id="audience-2", owner_id=OTHER_OWNER)
TERMS = MarkingTerms(
    tlp=Tlp.AMBER_STRICT,
    audience_id=AUDIENCE.audience_id,
    purposes=frozenset({Purpose.DETECTION}),
    permitted_uses=frozenset(),
    onward_share=OnwardShare.LISTED,
    release_at=datetime(2026, 5, 1, 12, 30, 0, 5, tzinfo=UTC),
    expires_at=datetime(2026, 6, 1, tzinfo=UTC),
)


@pytest.fixture
def audiences(exchange: Database) -> Database:
    with exchange.write() as connection:
        handling.add_audience(connection, AUDIENCE, envelope='{"signed":1}', now=NOW)
        handling.add_audience(connection, OTHER, envelope='{"signed":2}', now=NOW)
    return exchange


def _ensure(database: Database, *classes: HandlingClass) -> list[int]:
    with database.write() as connection:
        order = counter.take_order_lock(connection)
        ids = handling.ensure_classes(connection, order, classes)
        counter.save_order(connection, order)
    return [ids[one] for one in classes]


def test_an_audience_comes_back_as_it_was(audiences: Database) -> None:
    with audiences.read() as connection:
        found = handling.audiences(connection, ["audience-2", "audience-1", "audience-1", "absent"])
    assert found == {"audience-1": AUDIENCE, "audience-2": OTHER}


def test_no_audience_is_found_for_no_id(audiences: Database) -> None:
    with audiences.read() as connection:
        assert handling.audiences(connection, []) == {}


def test_audiences_are_found_among_more_ids_than_a_statement_takes(audiences: Database) -> None:
    with audiences.read() as connection:
        assert list(handling.audiences(connection, ["audience-1", *map(str, range(70_000))])) == ["audience-1"]


def test_an_audience_is_kept_once(audiences: Database) -> None:
    with pytest.raises(ConflictError), audiences.write() as connection:
        handling.add_audience(connection, replace(OTHER, audience_id="audience-1"), envelope="{}", now=NOW)


def test_owners_list_their_audiences_and_operators_all_with_envelopes(audiences: Database) -> None:
    with audiences.read() as connection:
        assert handling.audience_records(connection, OWNER) == [(AUDIENCE, '{"signed":1}')]
        assert handling.audience_records(connection, "partner-none") == []
        assert handling.audience_records(connection, None) == [(AUDIENCE, '{"signed":1}'), (OTHER, '{"signed":2}')]


def test_audiences_come_in_pages(audiences: Database) -> None:
    both = [(AUDIENCE, '{"signed":1}'), (OTHER, '{"signed":2}')]
    with audiences.read() as connection:
        assert handling.audience_records_listed(connection, OWNER, Stretch(9)) == Found(both[:1], before=0, count=1)
        assert handling.audience_records_listed(connection, None, Stretch(1)) == Found(both[:1], before=0, count=2)
        after = Stretch(1, handling.place_of(AUDIENCE))
        assert handling.audience_records_listed(connection, None, after) == Found(both[1:], before=1, count=2)
        back = Stretch(1, handling.place_of(OTHER), is_before=True)
        assert handling.audience_records_listed(connection, None, back) == Found(both[:1], before=0, count=2)


@pytest.mark.parametrize("terms", [TERMS, MarkingTerms(), MarkingTerms(purposes=frozenset({Purpose.AUDIT, Purpose.DETECTION}))])
def test_a_marking_comes_back_with_its_silence(exchange: Database, terms: MarkingTerms) -> None:
    with exchange.write() as connection:
        handling.add_marking(connection, OWNER, "marking-definition--1", terms)
        assert handling.markings(connection, OWNER, ["marking-definition--1", "absent"]) == {"marking-definition--1": terms}


def test_a_marking_is_found_by_its_owner_alone(exchange: Database) -> None:
    with exchange.write() as connection:
        handling.add_marking(connection, OWNER, "marking-definition--1", TERMS)
        assert handling.markings(connection, OTHER_OWNER, ["marking-definition--1"]) == {}
        handling.add_marking(connection, OTHER_OWNER, "marking-definition--1", MarkingTerms())
        assert handling.markings(connection, OTHER_OWNER, ["marking-definition--1"]) == {"marking-definition--1": MarkingTerms()}
        assert handling.markings(connection, OWNER, []) == {}


def test_audiences_are_found_by_the_key_that_signed_them(exchange: Database) -> None:
    with exchange.write() as connection:
        for number, keyid in enumerate(("a", "b", "a")):
            signed = replace(AUDIENCE, audience_id=f"audience--{number}")
            envelope = json.dumps({"signatures": [{"keyid": keyid}]})
            handling.add_audience(connection, signed, envelope=envelope, now=NOW + number * DAY)
        assert handling.audiences_signed(connection, AUDIENCE.owner_id, "a", NOW) == ["audience--0", "audience--2"]
        assert handling.audiences_signed(connection, AUDIENCE.owner_id, "a", NOW + DAY) == ["audience--2"]


def test_equal_classes_have_one_id_whenever_and_in_whatever_order_they_come(exchange: Database) -> None:
    one, both = samples.class_of(Harm.CSAM), samples.class_of(Harm.CSAM, Harm.LIVE_STREAMED_CSA)
    first = _ensure(exchange, one, both)
    assert sorted(first) == [1, 2]
    again = samples.class_of(Harm.LIVE_STREAMED_CSA, Harm.CSAM)
    new = samples.class_of(Harm.CSAM, owner_id=OTHER_OWNER)
    assert _ensure(exchange, again, new, one) == [first[1], 3, first[0]]


def test_no_class_needs_no_row(exchange: Database) -> None:
    with exchange.write() as connection:
        assert handling.ensure_classes(connection, counter.take_order_lock(connection), []) == {}


def _rich_class() -> HandlingClass:
    rich = policy_values.handling(
        audiences=frozenset({AUDIENCE, OTHER}), purposes=frozenset(Purpose), permitted_uses=frozenset(PermittedUse)
    )
    return HandlingClass(OWNER, frozenset({rich, policy_values.handling(audiences=frozenset(), tlp=Tlp.RED)}))


def test_a_class_comes_back_with_its_audiences(audiences: Database) -> None:
    poor = samples.class_of(Harm.CSAM)
    rich_id, poor_id = _ensure(audiences, _rich_class(), poor)
    with audiences.read() as connection:
        assert handling.classes_by_id(connection, [rich_id]) == {rich_id: _rich_class()}
        assert handling.classes_by_id(connection, [poor_id, rich_id, 99]) == {
            rich_id: _rich_class(),
            poor_id: HandlingClass(OWNER, frozenset(replace(one, audiences=frozenset({AUDIENCE})) for one in poor.handlings)),
        }
        assert handling.classes_by_id(connection, []) == {}


def test_a_class_read_by_another_process_is_the_same(audiences: Database) -> None:
    [class_id] = _ensure(audiences, _rich_class())
    another = Database(audiences.engine.url.render_as_string(hide_password=False))
    with another.read() as connection:
        first = handling.classes_by_id(connection, [class_id])
        assert first == handling.classes_by_id(connection, [class_id]) == {class_id: _rich_class()}
    another.dispose()


def test_a_class_that_was_rolled_back_is_not_remembered_under_the_id_that_another_gets(exchange: Database) -> None:
    with exchange.write() as connection:
        order = counter.take_order_lock(connection)
        lost = handling.ensure_classes(connection, order, [HandlingClass(OWNER, frozenset())])
        assert handling.classes_by_id(connection, lost.values())
        connection.rollback()
    kept = HandlingClass(OTHER_OWNER, frozenset())
    [class_id] = _ensure(exchange, kept)
    assert [class_id] == list(lost.values())
    with exchange.read() as connection:
        assert handling.classes_by_id(connection, [class_id]) == {class_id: kept}


def test_what_is_remembered_is_bounded(exchange: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handling, "_REMEMBERED_AT_MOST", 2)
    classes = [HandlingClass(owner_id, frozenset()) for owner_id in (OWNER, OTHER_OWNER, samples.READER)]
    ids = _ensure(exchange, *classes)
    with exchange.read() as connection:
        for _round in range(2):
            for class_id, one in zip(ids, classes, strict=True):
                assert handling.classes_by_id(connection, [class_id]) == {class_id: one}
        assert handling.classes_by_id(connection, ids) == dict(zip(ids, classes, strict=True))


def test_new_classes_are_those_above_one_id_and_up_to_another(exchange: Database) -> None:
    _ensure(exchange, *(HandlingClass(owner_id, frozenset()) for owner_id in (OWNER, OTHER_OWNER, samples.READER)))
    with exchange.read() as connection:
        assert sorted(handling.classes_between(connection, 0, 3)) == [1, 2, 3]
        assert sorted(handling.classes_between(connection, 1, 2)) == [2]
        assert handling.classes_between(connection, 3, 3) == {}
