from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.export import Compression, ExportDefinition, ExportFormat
from app.storage import exports
from app.storage.session import Database
from app.storage.stretches import Found, Stretch
from tests.factories.exports import EVERY_FIVE_MINUTES, NIGHTLY, definition
from tests.factories.policy_values import NOW
from tests.storage.samples import OTHER_READER


@pytest.mark.parametrize(
    "value",
    [
        definition(),
        definition(snapshots=None, deltas=EVERY_FIVE_MINUTES, keep=timedelta(days=30), snapshot_wanted=False),
        definition(snapshots=NIGHTLY, deltas=None, filters={"harm": ["csam"], "confidence_min": 50}, is_paused=True),
        definition(encryption_key=bytes(range(32)), form=ExportFormat.CSV, compression=Compression.NONE, ended_at=NOW),
    ],
)
def test_a_definition_comes_back_as_it_was_kept(exchange: Database, value: ExportDefinition) -> None:
    with exchange.write() as connection:
        exports.add_definition(connection, value)
        assert exports.definition_by_id(connection, value.definition_id) == value
        assert exports.definition_by_id(connection, "another") is None


def test_a_definition_is_changed_as_a_whole_and_its_numbers_go_on(exchange: Database) -> None:
    first = definition()
    second = replace(first, name="another", deltas=None, filters={"type": ["indicator"]}, is_paused=True)
    with exchange.write() as connection:
        exports.add_definition(connection, first)
        exports.change_definition(connection, second)
        assert exports.definitions(connection, first.partner_id) == [second]


def test_definitions_are_listed_by_partner_and_oldest_first(exchange: Database) -> None:
    old, new = definition(created_at=NOW - timedelta(days=1)), definition()
    theirs = definition(partner_id=OTHER_READER)
    with exchange.write() as connection:
        for one in (new, theirs, old):
            exports.add_definition(connection, one)
        assert exports.definitions(connection, old.partner_id) == [old, new]
        assert exports.definitions(connection, OTHER_READER) == [theirs]
        assert len(exports.definitions(connection, None)) == 3


def test_what_ended_ended_once_and_is_not_counted(exchange: Database) -> None:
    one, another = definition(), definition()
    with exchange.write() as connection:
        for made in (one, another):
            exports.add_definition(connection, made)
        for moment in (NOW, NOW + timedelta(days=1)):
            exports.end_definition(connection, one.definition_id, moment)
        assert exports.definition_by_id(connection, one.definition_id) == replace(one, ended_at=NOW)
        assert exports.living_definitions(connection) == exports.living_definitions(connection, one.partner_id) == [another]
        assert exports.count_living(connection, one.partner_id) == 1
        assert exports.count_living(connection, OTHER_READER) == 0


def test_a_snapshot_is_wanted_once_somebody_wants_it(exchange: Database) -> None:
    one = definition(snapshot_wanted=False)
    with exchange.write() as connection:
        exports.add_definition(connection, one)
        exports.want_snapshot(connection, one.definition_id)
        assert exports.definition_by_id(connection, one.definition_id) == replace(one, snapshot_wanted=True)


def test_definitions_come_in_pages_those_that_ended_apart(exchange: Database) -> None:
    living = [definition(definition_id=f"living-{number}", created_at=NOW + timedelta(days=number)) for number in range(3)]
    ended = [definition(definition_id=f"ended-{number}", created_at=NOW, ended_at=NOW) for number in range(2)]
    other = definition(definition_id="other", partner_id=OTHER_READER, created_at=NOW)
    own = living[0].partner_id
    with exchange.write() as connection:
        for one in (*reversed(living), *ended, other):
            exports.add_definition(connection, one)
        first = exports.definitions_listed(connection, own, Stretch(2), has_ended=False)
        assert first == Found(living[:2], before=0, count=3)
        after = Stretch(2, exports.place_of(living[1]))
        assert exports.definitions_listed(connection, own, after, has_ended=False) == Found(living[2:], before=2, count=3)
        assert exports.definitions_listed(connection, own, Stretch(9), has_ended=True) == Found(ended, before=0, count=2)
        both = exports.definitions_listed(connection, own, Stretch(9), has_ended=None)
        assert both == Found([*ended, *living], before=0, count=5)
        everybody = exports.definitions_listed(connection, None, Stretch(9), has_ended=None)
        assert everybody == Found([*ended, living[0], other, *living[1:]], before=0, count=6)
