"""Sightings are counted by week and behaviour, as far as they are seen."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from app.domain.errors import ForbiddenError
from app.domain.object_vocabulary import FeedbackKind
from app.domain.permissions import Permission
from app.domain.vocabulary import Channel, Purpose
from app.services.reading.readers import reader
from app.services.weighing import count_feedback
from app.services.weighing.sightings_over_time import WEEKS, Sightings, sightings_over_time, weeks_until
from tests.factories.members import Hub
from tests.factories.stix_objects import context, indicator
from tests.services.weighing.test_list_feedback import say


def test_a_quarter_begins_on_mondays_and_ends_with_this_week() -> None:
    weeks = weeks_until(date(2026, 11, 27))
    assert (len(weeks), weeks[0], weeks[-1]) == (WEEKS, date(2026, 8, 31), date(2026, 11, 23))
    assert weeks_until(date(2026, 11, 23)) == weeks
    assert {one.weekday() for one in weeks} == {0}


def test_sightings_are_counted_by_behaviour_in_the_week_in_which_they_came(hub: Hub) -> None:
    owner, giver, other = (hub.enrol(name) for name in ("Owner", "Giver", "Other"))
    value, plain = indicator(stated=context(behaviours=["OP-012", "OP-013"])), indicator()
    owner.store(value, plain)
    say(giver, value["id"], FeedbackKind.SIGHTING)
    say(owner, value["id"], FeedbackKind.SIGHTING)
    say(giver, plain["id"], FeedbackKind.SIGHTING)
    say(giver, value["id"], FeedbackKind.OUTCOME, "actioned")
    hub.clock.now += timedelta(weeks=2)
    say(other, value["id"], FeedbackKind.SIGHTING)
    found = sightings_over_time(hub.exchange, owner.reader())
    assert set(found.behaviours) == {"OP-012", "OP-013"}
    assert [found.of("OP-012").seen[-3:], found.of("OP-012").not_seen[-3:]] == [[1, 0, 1], [0, 0, 0]]
    assert sum(found.of("OP-017").seen) == 0
    assert not found.is_cut
    assert set(sightings_over_time(hub.exchange, owner.reader(), frozenset({"OP-013"})).behaviours) == {"OP-013"}


def test_what_is_hidden_and_what_is_older_counts_nowhere(quick_hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    hub = quick_hub
    owner, giver, other = (hub.enrol(name) for name in ("Owner", "Giver", "Other"))
    mark = owner.mark_for(giver)
    value = indicator(stated=context(behaviours=["OP-012"]), object_marking_refs=[mark])
    owner.store(value)
    for _ in range(2):
        say(giver, value["id"], FeedbackKind.SIGHTING)
    assert sightings_over_time(hub.exchange, other.reader()).behaviours == {}
    monkeypatch.setattr(count_feedback, "MOST_COUNTED", 1)
    cut = sightings_over_time(hub.exchange, owner.reader())
    assert (sum(cut.of("OP-012").seen), cut.is_cut) == (1, True)
    hub.clock.now += timedelta(weeks=WEEKS)
    assert sightings_over_time(hub.exchange, owner.reader()).behaviours == {}


def test_the_last_whole_weeks_are_compared_with_those_before() -> None:
    assert Sightings([9, 9, 9, 9, 1, 1, 1, 1, 2, 2, 2, 2, 50], []).lately == (8, 4)


def test_it_takes_the_right_to_read_feedback(quick_hub: Hub) -> None:
    owner = quick_hub.enrol("Owner")
    reading = owner.principal_with(scopes=frozenset({Permission.OBJECTS_READ}))
    with pytest.raises(ForbiddenError):
        sightings_over_time(quick_hub.exchange, reader(reading, Purpose.DETECTION, Channel.PORTAL))
