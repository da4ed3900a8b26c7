from __future__ import annotations

from app.domain.vocabulary import Channel, Harm
from app.services.exporting.standing import may_all_be_given, sees_same_classes, standing_of
from app.services.reading.visible_set import looking
from tests.factories.members import Hub, Member
from tests.factories.recalled import recalled
from tests.factories.stix_objects import indicator


def standing(hub: Hub, reader: Member) -> str:
    with looking(hub.exchange, reader.reader(channel=Channel.EXPORT).key, hub.clock.now) as look:
        return standing_of(look)


def test_new_objects_change_no_standing_and_what_takes_something_away_does(quick_hub: Hub) -> None:
    publisher, reader = quick_hub.enrol("Platform A"), quick_hub.enrol("Platform B")
    seen = [standing(quick_hub, reader)]
    publisher.store(indicator())
    assert standing(quick_hub, reader) == seen[0]
    recalled(publisher, reader)
    seen.append(standing(quick_hub, reader))
    reader.agree(harm_types=frozenset({Harm.CSAM}))
    seen.append(standing(quick_hub, reader))
    assert len(set(seen)) == 3


def test_whether_classes_are_the_same_is_read_from_it(quick_hub: Hub) -> None:
    publisher, reader = quick_hub.enrol("Platform A"), quick_hub.enrol("Platform B")
    publisher.store(indicator())
    before = standing(quick_hub, reader)
    with looking(quick_hub.exchange, reader.reader(channel=Channel.EXPORT).key, quick_hub.clock.now) as look:
        assert sees_same_classes(before, look.viewpoint)
        assert not sees_same_classes(None, look.viewpoint)
        assert may_all_be_given(look, [1])
        assert not may_all_be_given(look, [1, 2])
    reader.agree()
    with looking(quick_hub.exchange, reader.reader(channel=Channel.EXPORT).key, quick_hub.clock.now) as look:
        assert not sees_same_classes(before, look.viewpoint)
