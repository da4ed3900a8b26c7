"""What is disputed of what one sees or was given is one list, without who disputes."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from app.domain.errors import ForbiddenError, MalformedInputError
from app.domain.permissions import Permission
from app.domain.vocabulary import Channel, Purpose
from app.services.reading.readers import reader
from app.services.weighing.list_disputes import list_disputes
from tests.factories.members import Hub, Member
from tests.factories.stix_objects import indicator, newer
from tests.services.intake.test_settle_feedback import dispute

SOON = timedelta(minutes=11)


def told(member: Member, after: datetime | None = None) -> list[tuple[str, bool]]:
    found, cursor, more = [], None, True
    while more:
        page = list_disputes(member.hub.exchange, member.reader(), after, cursor, 1)
        found += [(one.stix_id, one.ended_at is None) for one in page.disputes]
        cursor, more = page.next, page.more
    return found


def test_whoever_sees_or_was_given_it_is_told_and_nobody_else(hub: Hub) -> None:
    owner, giver, sees, had, other = (hub.enrol(name) for name in ("Owner", "Giver", "Sees", "Had", "Other"))
    one, two = indicator(), indicator(object_marking_refs=[owner.mark_for(giver, sees, had)])
    owner.store(one, two)
    had.pull()
    said = [dispute(one["id"]), dispute(two["id"])]
    giver.store(*said)
    hub.work()
    both = [(one["id"], True), (two["id"], True)]
    assert [told(each) for each in (owner, giver, sees, had)] == [both] * 4
    assert told(other) == both[:1]
    owner.store(newer(two, object_marking_refs=[owner.mark_for(giver)]))
    assert (told(sees), told(had)) == (both[:1], both)
    began = hub.clock.now
    hub.clock.pass_time(SOON)
    giver.store(newer(said[0], revoked=True))
    hub.work()
    assert told(had) == [(one["id"], False), (two["id"], True)]
    assert told(had, began) == [(one["id"], False)]
    assert told(other) == []


def test_a_cursor_is_its_partners_and_the_right_is_needed(quick_hub: Hub) -> None:
    owner, other = quick_hub.enrol("Owner"), quick_hub.enrol("Other")
    page = list_disputes(quick_hub.exchange, owner.reader(), None, None, 1)
    with pytest.raises(MalformedInputError):
        list_disputes(quick_hub.exchange, other.reader(), None, page.next, 1)
    reading = owner.principal_with(scopes=frozenset({Permission.OBJECTS_READ}))
    with pytest.raises(ForbiddenError):
        list_disputes(quick_hub.exchange, reader(reading, Purpose.DETECTION, Channel.REST), None, None, 1)
