from __future__ import annotations

import pytest

from app.domain.errors import ConflictError
from app.domain.vocabulary import Channel, Harm, Purpose, Tlp
from app.storage import counter, viewpoints
from app.storage.session import Database
from app.storage.viewpoints import Evaluation, Standing, Viewpoint, ViewpointKey
from tests.factories.policy_values import NOW, SECOND
from tests.storage import samples
from tests.storage.samples import OTHER_READER, READER

KEY = ViewpointKey(READER, Purpose.DETECTION, Channel.TAXII, Tlp.AMBER_STRICT)


def test_nobody_has_looked_from_a_new_viewpoint(exchange: Database) -> None:
    with exchange.read() as connection:
        assert viewpoints.find_viewpoint(connection, KEY) is None


def test_a_viewpoint_begins_with_nothing_evaluated(exchange: Database) -> None:
    made = samples.look(exchange, KEY)
    assert made == Viewpoint(made.viewpoint_id, KEY, 0, None, 0, NOW, has_entries=False)
    with exchange.read() as connection:
        assert viewpoints.find_viewpoint(connection, KEY) == made == viewpoints.viewpoint_by_id(connection, made.viewpoint_id)
        assert viewpoints.visible_classes(connection, made.viewpoint_id) == {}


@pytest.mark.parametrize(
    "other",
    [
        ViewpointKey(OTHER_READER, KEY.purpose, KEY.channel, KEY.tlp_ceiling),
        ViewpointKey(READER, Purpose.INVESTIGATION, KEY.channel, KEY.tlp_ceiling),
        ViewpointKey(READER, KEY.purpose, Channel.REST, KEY.tlp_ceiling),
        ViewpointKey(READER, KEY.purpose, KEY.channel, Tlp.AMBER),
    ],
)
def test_another_partner_purpose_channel_or_ceiling_is_another_viewpoint(exchange: Database, other: ViewpointKey) -> None:
    made = samples.look(exchange, KEY)
    with exchange.read() as connection:
        assert viewpoints.find_viewpoint(connection, other) is None
    assert samples.look(exchange, other).viewpoint_id != made.viewpoint_id


def test_a_viewpoint_is_added_once(exchange: Database) -> None:
    samples.look(exchange, KEY)
    with pytest.raises(ConflictError), exchange.write() as connection:
        viewpoints.add_viewpoint(connection, KEY, NOW)


def test_the_viewpoints_of_a_partner_are_its_own(exchange: Database) -> None:
    own = [samples.look(exchange, KEY), samples.look(exchange, samples.key_of(READER))]
    samples.look(exchange, samples.key_of(OTHER_READER))
    with exchange.read() as connection:
        assert viewpoints.partner_viewpoints(connection, READER) == own
        assert viewpoints.partner_viewpoints(connection, "partner-none") == []


def test_an_evaluation_adds_what_is_gained_and_takes_what_is_lost(exchange: Database) -> None:
    viewpoint, bystander = samples.look(exchange, KEY), samples.look(exchange)
    samples.evaluated(exchange, bystander, {2: 0})
    samples.evaluated(exchange, viewpoint, {1: 0, 2: 7, 3: 0})
    samples.evaluated(exchange, viewpoint, {4: 9}, lost=[2, 3])
    with exchange.read() as connection:
        assert viewpoints.visible_classes(connection, viewpoint.viewpoint_id) == {1: 0, 4: 9}
        assert viewpoints.visible_classes(connection, bystander.viewpoint_id) == {2: 0}


def test_a_class_that_is_lost_and_gained_again_counts_from_the_second_gain(exchange: Database) -> None:
    viewpoint = samples.evaluated(exchange, samples.look(exchange, KEY), {1: 0})
    samples.evaluated(exchange, viewpoint, {1: 12}, lost=[1])
    with exchange.read() as connection:
        assert viewpoints.visible_classes(connection, viewpoint.viewpoint_id) == {1: 12}


def test_an_evaluation_says_under_what_it_was_made(exchange: Database) -> None:
    viewpoint, bystander = samples.look(exchange, KEY), samples.look(exchange)
    with exchange.write() as connection:
        viewpoints.record_evaluation(connection, viewpoint.viewpoint_id, Evaluation({}, (), 3, 2, 17, NOW + SECOND))
        found = viewpoints.viewpoint_by_id(connection, viewpoint.viewpoint_id)
        assert found == Viewpoint(viewpoint.viewpoint_id, KEY, 3, 2, 17, NOW + SECOND, has_entries=False)
        assert viewpoints.viewpoint_by_id(connection, bystander.viewpoint_id) == bystander


def test_more_classes_are_gained_and_lost_than_a_statement_takes(exchange: Database) -> None:
    viewpoint = samples.look(exchange, KEY)
    many = range(1, 70_001)
    samples.evaluated(exchange, viewpoint, dict.fromkeys(many, 0))
    samples.evaluated(exchange, viewpoint, {}, lost=many[1:])
    with exchange.read() as connection:
        assert viewpoints.visible_classes(connection, viewpoint.viewpoint_id) == {1: 0}


def _standing(database: Database, partner_id: str) -> Standing:
    with database.read() as connection:
        return viewpoints.standing_for(connection, partner_id)


def _start_epoch(database: Database, partner_id: str | None) -> int:
    with database.write() as connection:
        counter.take_order_lock(connection)
        return viewpoints.start_epoch(connection, partner_id, "agreement", NOW)


def test_epochs_count_for_their_partner_or_for_all(exchange: Database) -> None:
    assert _standing(exchange, READER).epoch == 0
    assert _start_epoch(exchange, READER) == 1
    assert _start_epoch(exchange, OTHER_READER) == 2
    assert (_standing(exchange, READER).epoch, _standing(exchange, OTHER_READER).epoch) == (1, 2)
    assert _start_epoch(exchange, None) == 3
    assert (_standing(exchange, READER).epoch, _standing(exchange, OTHER_READER).epoch) == (3, 3)
    assert _start_epoch(exchange, READER) == 4
    assert (_standing(exchange, READER).epoch, _standing(exchange, OTHER_READER).epoch) == (4, 3)


def test_a_new_class_shows_in_the_standing_of_all(exchange: Database) -> None:
    assert _standing(exchange, READER).newest_class_id == 0
    samples.publish(exchange, [Harm.CSAM], samples.checked())
    assert _standing(exchange, READER) == _standing(exchange, OTHER_READER) == Standing(epoch=0, newest_class_id=1, position=1)
