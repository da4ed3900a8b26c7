"""Visible sets and the epochs under which they are true."""

from __future__ import annotations

import pytest

from app.domain.errors import ConflictError
from app.domain.vocabulary import Channel, Harm, Purpose, Tlp
from app.storage import counter, viewpoints
from app.storage.columns import FOREVER
from app.storage.session import Database
from app.storage.viewpoints import Evaluation, Standing, Viewpoint, ViewpointKey
from tests.factories.policy_values import DAY, NOW
from tests.storage import samples
from tests.storage.samples import OTHER_READER, READER

KEY = samples.key_of()


@pytest.fixture
def viewpoint(exchange: Database) -> Viewpoint:
    return samples.look(exchange)


@pytest.fixture
def classes(exchange: Database) -> list[int]:
    with exchange.write() as connection:
        order = counter.take_order_lock(connection)
        ids = [samples.class_id_of(connection, order, harm) for harm in list(Harm)[:3]]
        counter.save_order(connection, order)
    return ids


def _visible(database: Database, viewpoint: Viewpoint) -> dict[int, int]:
    with database.read() as connection:
        return viewpoints.visible_classes(connection, viewpoint.viewpoint_id)


# --- viewpoints -----------------------------------------------------------------------------------------------------------------


def test_of_a_new_viewpoint_nothing_is_evaluated(viewpoint: Viewpoint) -> None:
    blank = {"epoch": 0, "agreement_version": None, "evaluated_to": 0, "valid_until": NOW, "has_entries": False}

    assert viewpoint == Viewpoint(viewpoint.viewpoint_id, KEY, **blank)


def test_a_viewpoint_is_found_by_what_makes_it_one(exchange: Database, viewpoint: Viewpoint) -> None:
    with exchange.read() as connection:
        assert viewpoints.find_viewpoint(connection, KEY) == viewpoint
        assert viewpoints.viewpoint_by_id(connection, viewpoint.viewpoint_id) == viewpoint


@pytest.mark.parametrize(
    "key",
    [
        ViewpointKey(OTHER_READER, Purpose.DETECTION, Channel.REST, Tlp.AMBER),
        ViewpointKey(READER, Purpose.INVESTIGATION, Channel.REST, Tlp.AMBER),
        ViewpointKey(READER, Purpose.DETECTION, Channel.EXPORT, Tlp.AMBER),
        ViewpointKey(READER, Purpose.DETECTION, Channel.REST, Tlp.RED),
    ],
    ids=["partner", "purpose", "channel", "ceiling"],
)
@pytest.mark.usefixtures("viewpoint")
def test_who_differs_in_anything_looks_from_another_viewpoint(exchange: Database, key: ViewpointKey) -> None:
    with exchange.read() as connection:
        assert viewpoints.find_viewpoint(connection, key) is None
    assert samples.look(exchange, key).key == key


@pytest.mark.usefixtures("viewpoint")
def test_a_viewpoint_is_there_once(exchange: Database) -> None:
    with pytest.raises(ConflictError):
        samples.look(exchange)


def test_the_viewpoints_of_a_partner_are_its_own(exchange: Database, viewpoint: Viewpoint) -> None:
    second = samples.look(exchange, samples.key_of(READER, Purpose.INVESTIGATION))
    samples.look(exchange, samples.key_of(OTHER_READER))

    with exchange.read() as connection:
        assert viewpoints.partner_viewpoints(connection, READER) == [viewpoint, second]


# --- evaluations ----------------------------------------------------------------------------------------------------------------


def test_an_evaluation_says_what_it_stands_for(exchange: Database, viewpoint: Viewpoint) -> None:
    evaluation = Evaluation({}, (), epoch=4, agreement_version=2, evaluated_to=9, valid_until=NOW + DAY)
    with exchange.write() as connection:
        viewpoints.record_evaluation(connection, viewpoint.viewpoint_id, evaluation)

    with exchange.read() as connection:
        found = viewpoints.viewpoint_by_id(connection, viewpoint.viewpoint_id)
    assert found == Viewpoint(viewpoint.viewpoint_id, KEY, 4, 2, 9, NOW + DAY, has_entries=False)


def test_what_was_gained_is_visible_from_where_it_counts(exchange: Database, viewpoint: Viewpoint, classes: list[int]) -> None:
    first, second, _ = classes
    samples.evaluated(exchange, viewpoint, {first: 0, second: 17})

    assert _visible(exchange, viewpoint) == {first: 0, second: 17}


def test_what_was_lost_is_not_visible_any_more(exchange: Database, viewpoint: Viewpoint, classes: list[int]) -> None:
    first, second, third = classes
    samples.evaluated(exchange, viewpoint, {first: 0, second: 0})
    samples.evaluated(exchange, viewpoint, {third: 5}, lost=[first])

    assert _visible(exchange, viewpoint) == {second: 0, third: 5}


def test_what_was_lost_and_gained_again_counts_from_the_second_time(
    exchange: Database, viewpoint: Viewpoint, classes: list[int]
) -> None:
    samples.evaluated(exchange, viewpoint, {classes[0]: 0})
    samples.evaluated(exchange, viewpoint, {classes[0]: 8}, lost=[classes[0]])

    assert _visible(exchange, viewpoint) == {classes[0]: 8}


def test_an_evaluation_concerns_one_viewpoint(exchange: Database, viewpoint: Viewpoint, classes: list[int]) -> None:
    other = samples.look(exchange, samples.key_of(OTHER_READER))
    samples.evaluated(exchange, viewpoint, {classes[0]: 0})
    samples.evaluated(exchange, other, {classes[0]: 3, classes[1]: 0})
    samples.evaluated(exchange, other, {}, lost=[classes[0]])

    assert _visible(exchange, viewpoint) == {classes[0]: 0}
    assert _visible(exchange, other) == {classes[1]: 0}


# --- epochs ---------------------------------------------------------------------------------------------------------------------


def _standing(database: Database, partner_id: str) -> Standing:
    with database.read() as connection:
        return viewpoints.standing_for(connection, partner_id)


def _start_epoch(database: Database, partner_id: str | None) -> int:
    with database.write() as connection:
        return viewpoints.start_epoch(connection, partner_id, "agreement", NOW)


def test_before_any_epoch_a_partner_stands_at_none(exchange: Database) -> None:
    assert _standing(exchange, READER) == Standing(epoch=0, newest_class_id=0)


def test_an_epoch_of_one_partner_concerns_nobody_else(exchange: Database) -> None:
    assert _start_epoch(exchange, READER) == 1

    assert [_standing(exchange, one).epoch for one in (READER, OTHER_READER)] == [1, 0]


def test_an_epoch_of_all_concerns_everybody(exchange: Database) -> None:
    _start_epoch(exchange, READER)
    assert _start_epoch(exchange, None) == 2

    assert [_standing(exchange, one).epoch for one in (READER, OTHER_READER)] == [2, 2]


def test_epochs_grow_whoever_they_concern(exchange: Database) -> None:
    assert [_start_epoch(exchange, one) for one in (READER, OTHER_READER, None, READER)] == [1, 2, 3, 4]
    assert [_standing(exchange, one).epoch for one in (READER, OTHER_READER)] == [4, 3]


def test_a_standing_names_the_newest_class(exchange: Database, classes: list[int]) -> None:
    assert _standing(exchange, READER).newest_class_id == classes[-1]


def test_a_visible_set_is_valid_for_ever_where_nothing_ends_it(exchange: Database, viewpoint: Viewpoint) -> None:
    assert samples.evaluated(exchange, viewpoint, {}).valid_until == FOREVER
