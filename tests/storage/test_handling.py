"""Audiences, markings and handling classes as rows."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.errors import ConflictError
from app.domain.handling import HandlingClass, MarkingTerms
from app.domain.vocabulary import Harm, OnwardShare, PermittedUse, Purpose, Tlp
from app.storage import counter, handling
from app.storage.session import Database
from tests.factories import policy_values
from tests.factories.policy_values import DAY, NOW
from tests.storage.samples import OTHER_OWNER, OWNER, class_of, new_id

AUDIENCE = policy_values.audience()
OTHER_AUDIENCE = policy_values.empty_audience(
    audience_id="audience-2",
    owner_id=OTHER_OWNER,
    jurisdictions=frozenset({"IE", "FR"}),
    partners_in=frozenset({"partner-x"}),
    partners_out=frozenset({"partner-y", "partner-z"}),
)
BROAD, NARROW = class_of(Harm.CSAM), class_of(Harm.CSAM, Harm.LIVE_STREAMED_CSA)
OF_ANOTHER = class_of(Harm.CSAM, owner_id=OTHER_OWNER)


@pytest.fixture
def kept(exchange: Database) -> Database:
    with exchange.write() as connection:
        handling.add_audience(connection, AUDIENCE, envelope="{}", now=NOW)
        handling.add_audience(connection, OTHER_AUDIENCE, envelope='{"payload":""}', now=NOW)
    return exchange


def _ensured(database: Database, *classes: HandlingClass) -> dict[HandlingClass, int]:
    with database.write() as connection:
        order = counter.take_order_lock(connection)
        ids = handling.ensure_classes(connection, order, classes)
        counter.save_order(connection, order)
    return ids


# --- audiences ------------------------------------------------------------------------------------------------------------------


def test_audiences_come_back_as_they_were_whoever_owns_them(kept: Database) -> None:
    with kept.read() as connection:
        found = handling.audiences(connection, ["audience-1", "audience-2", "audience-3"])

    assert found == {"audience-1": AUDIENCE, "audience-2": OTHER_AUDIENCE}


def test_no_ids_give_no_audiences(kept: Database) -> None:
    with kept.read() as connection:
        assert handling.audiences(connection, []) == {}


def test_an_owner_lists_its_own_audiences_with_their_envelopes(kept: Database) -> None:
    with kept.read() as connection:
        assert handling.audience_records(connection, OTHER_OWNER) == [(OTHER_AUDIENCE, '{"payload":""}')]


def test_operators_list_the_audiences_of_all(kept: Database) -> None:
    with kept.read() as connection:
        assert handling.audience_records(connection, None) == [(AUDIENCE, "{}"), (OTHER_AUDIENCE, '{"payload":""}')]


def test_an_audience_is_never_written_twice(kept: Database) -> None:
    with pytest.raises(ConflictError), kept.write() as connection:
        handling.add_audience(connection, replace(OTHER_AUDIENCE, audience_id="audience-1"), envelope="{}", now=NOW)


# --- markings -------------------------------------------------------------------------------------------------------------------

TERMS = MarkingTerms(
    tlp=Tlp.AMBER_STRICT,
    audience_id="audience-1",
    purposes=frozenset({Purpose.DETECTION, Purpose.AUDIT}),
    permitted_uses=frozenset({PermittedUse.DETECT}),
    onward_share=OnwardShare.NONE,
    release_at=NOW,
    expires_at=NOW + DAY,
)


@pytest.mark.parametrize("terms", [TERMS, MarkingTerms()], ids=["full", "silent"])
def test_a_marking_says_what_it_said(exchange: Database, terms: MarkingTerms) -> None:
    stix_id = new_id("marking-definition")
    with exchange.write() as connection:
        handling.add_marking(connection, OWNER, stix_id, terms)

    with exchange.read() as connection:
        assert handling.markings(connection, OWNER, [stix_id, new_id("marking-definition")]) == {stix_id: terms}


def test_the_marking_of_another_partner_is_not_found(exchange: Database) -> None:
    stix_id = new_id("marking-definition")
    with exchange.write() as connection:
        handling.add_marking(connection, OTHER_OWNER, stix_id, TERMS)

    with exchange.read() as connection:
        assert handling.markings(connection, OWNER, [stix_id]) == {}


def test_two_partners_may_mean_different_things_by_one_marking(exchange: Database) -> None:
    stix_id = new_id("marking-definition")
    with exchange.write() as connection:
        handling.add_marking(connection, OWNER, stix_id, TERMS)
        handling.add_marking(connection, OTHER_OWNER, stix_id, MarkingTerms())

    with exchange.read() as connection:
        assert handling.markings(connection, OTHER_OWNER, [stix_id]) == {stix_id: MarkingTerms()}


def test_a_marking_is_never_written_twice(exchange: Database) -> None:
    with exchange.write() as connection:
        handling.add_marking(connection, OWNER, "marking-definition--1", TERMS)

    with pytest.raises(ConflictError), exchange.write() as connection:
        handling.add_marking(connection, OWNER, "marking-definition--1", MarkingTerms())
    with exchange.read() as connection:
        assert handling.markings(connection, OWNER, ["marking-definition--1"]) == {"marking-definition--1": TERMS}


# --- classes --------------------------------------------------------------------------------------------------------------------


def test_new_classes_get_the_next_ids(kept: Database) -> None:
    ids = _ensured(kept, BROAD, NARROW)

    assert sorted(ids.values()) == [1, 2]
    with kept.read() as connection:
        assert counter.read_order(connection).class_id == 2


def test_a_class_that_is_there_keeps_its_id(kept: Database) -> None:
    first = _ensured(kept, BROAD)
    both = _ensured(kept, NARROW, BROAD)

    assert both == first | {NARROW: 2}
    assert _ensured(kept, NARROW, BROAD) == both


def test_the_same_handlings_of_two_owners_are_two_classes(kept: Database) -> None:
    same_handlings = replace(BROAD, owner_id=OTHER_OWNER)

    assert len(set(_ensured(kept, BROAD, same_handlings).values())) == 2


def test_no_classes_need_no_ids(kept: Database) -> None:
    assert _ensured(kept) == {}


def test_classes_come_back_as_they_were(kept: Database) -> None:
    mixed = HandlingClass(OWNER, frozenset({policy_values.handling(audiences=frozenset({AUDIENCE, OTHER_AUDIENCE}))}))
    ids = _ensured(kept, BROAD, NARROW, OF_ANOTHER, mixed)

    with kept.read() as connection:
        assert handling.classes_by_id(connection, ids.values()) == {class_id: one for one, class_id in ids.items()}


def test_classes_read_again_are_the_same(kept: Database) -> None:
    _ensured(kept, BROAD)
    with kept.read() as connection:
        first = handling.classes_by_id(connection, [1])
    with kept.read() as connection:
        assert handling.classes_by_id(connection, [1]) == first == {1: BROAD}


def test_ids_that_are_not_there_give_no_class(kept: Database) -> None:
    _ensured(kept, BROAD)

    with kept.read() as connection:
        assert handling.classes_by_id(connection, [1, 2]) == {1: BROAD}
        assert handling.classes_by_id(connection, []) == {}


def test_a_stretch_of_classes_is_open_below_and_closed_above(kept: Database) -> None:
    for one in (BROAD, NARROW, OF_ANOTHER):
        _ensured(kept, one)

    with kept.read() as connection:
        assert handling.classes_between(connection, 1, 2) == {2: NARROW}
        assert handling.classes_between(connection, 1, 99) == {2: NARROW, 3: OF_ANOTHER}
        assert handling.classes_between(connection, 3, 3) == {}


def test_classes_of_a_transaction_that_failed_are_not_remembered_under_their_ids(kept: Database) -> None:
    def fail() -> None:
        with kept.write() as connection:
            order = counter.take_order_lock(connection)
            handling.ensure_classes(connection, order, [BROAD])
            assert handling.classes_by_id(connection, [1]) == {1: BROAD}
            raise InterruptedError

    with pytest.raises(InterruptedError):
        fail()

    assert _ensured(kept, NARROW) == {NARROW: 1}
    with kept.read() as connection:
        assert handling.classes_by_id(connection, [1]) == {1: NARROW}


def test_classes_come_back_right_when_more_are_read_than_are_remembered(kept: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handling, "_REMEMBERED_AT_MOST", 1)
    ids = _ensured(kept, BROAD, NARROW, OF_ANOTHER)

    with kept.read() as connection:
        for one, class_id in [*ids.items(), *ids.items()]:
            assert handling.classes_by_id(connection, [class_id]) == {class_id: one}
        assert len(handling.classes_by_id(connection, ids.values())) == 3
