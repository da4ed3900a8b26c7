from __future__ import annotations

from typing import Any

from app.domain.events import Event
from app.domain.object_vocabulary import CorrectionReason, RecallAct, RecallKind, RecallReason
from app.services.reading.look_up_recalls import OwnRecall, own_recalls
from app.storage import events
from tests.factories.members import Hub, Member
from tests.factories.recalled import answer_all, notices
from tests.factories.stix_objects import CREATED, context, indicator, newer

LATER, LATEST = "2026-01-06T10:00:00.000Z", "2026-01-07T10:00:00.000Z"


def corrected(one: dict[str, Any], modified: str = LATER, **changes: Any) -> dict[str, Any]:
    """Give a newer version that says what was wrong."""
    stated = context(harm_types=["csam"], correction="wrong-identifier")
    return newer(one, modified, **{"extensions": stated} | changes)


def corrections(member: Member) -> list[OwnRecall]:
    found = own_recalls(member.hub.exchange, member.principal, None, 100).recalls
    return [one for one in found if one.recall.kind is RecallKind.CORRECTION]


def test_whoever_had_an_older_version_is_told_and_so_its_owner_learns_nothing_of_who_sees_the_newer(hub: Hub) -> None:
    owner, sees, loses, never = (hub.enrol(name) for name in ("Owner", "Sees", "Loses", "Never"))
    one = indicator()
    owner.store(one)
    for each in (sees, loses):
        each.pull()
    mark = owner.mark_for(sees)
    owner.store(corrected(one, object_marking_refs=[mark]))
    hub.work()
    assert notices(never) == notices(owner) == []
    for told in (sees, loses):
        [record] = notices(told)
        assert (record.recall.reason, record.recall.act) == (RecallReason.ERROR, RecallAct.STOP_USING)
        assert [each.version for each in record.versions] == [CREATED]
    [found] = [each for each in sees.pull()[0] if each["id"] == one["id"] and each["modified"] == LATER]
    assert "wrong-identifier" in str(found["extensions"])
    [recall] = corrections(owner)
    assert {one.partner_id for one in recall.told} == {sees.id, loses.id}
    answer_all(hub, loses)
    answered = {one.partner_id: one.answered_at for one in corrections(owner)[0].told}
    assert answered == {sees.id: None, loses.id: hub.clock.now}
    assert owner.look_up(one["id"]), "nothing is withdrawn"
    with hub.exchange.database.read() as connection:
        [event] = [each for _, each in events.events(connection, 0, 1_000) if each.event is Event.OBJECT_CORRECT]
    assert (event.partner_id, event.code) == (owner.id, CorrectionReason.WRONG_IDENTIFIER)


def test_a_newer_version_without_a_reason_calls_nothing_back(quick_hub: Hub, publisher: Member, other: Member) -> None:
    one = indicator()
    publisher.store(one)
    other.pull()
    publisher.store(newer(one, LATER, object_marking_refs=[publisher.mark_for()]))
    quick_hub.work()
    assert (notices(other), corrections(publisher)) == ([], [])


def test_a_first_version_and_one_that_comes_late_correct_nothing(quick_hub: Hub, publisher: Member, other: Member) -> None:
    one = indicator()
    publisher.store(corrected(one, LATEST))
    other.pull()
    publisher.store(corrected(one, LATER, object_marking_refs=[publisher.mark_for()]))
    quick_hub.work()
    assert corrections(publisher) == []


def test_all_older_versions_are_called_back_each_from_who_had_it(quick_hub: Hub, publisher: Member, other: Member) -> None:
    third = quick_hub.enrol("Third")
    one = indicator()
    publisher.store(one)
    other.pull()
    publisher.store(newer(one, LATER))
    third.look_up(one["id"])
    publisher.store(corrected(one, LATEST, object_marking_refs=[publisher.mark_for()]))
    quick_hub.work()
    for member, versions in ((other, [CREATED]), (third, [LATER])):
        [record] = notices(member)
        assert [each.version for each in record.versions] == versions
