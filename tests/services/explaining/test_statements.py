"""Whose statements somebody may ask about, and what their times say."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.errors import NotFoundError
from app.domain.subject_request import SubjectAct
from app.policy.telling import Told, Verdict
from app.services.explaining.statements import Statement, asker_of, statements_of
from app.storage.columns import FOREVER
from tests.factories.members import Hub, Member
from tests.factories.policy_values import DAY, NOW
from tests.factories.stix_objects import indicator
from tests.factories.subject_requests import ADDRESS, Office

SEEN = Told(Verdict.SEEN)


def find(hub: Hub, asker_id: str | None, stix_id: str) -> list[Statement]:
    with hub.exchange.database.read() as connection:
        return statements_of(connection, asker_id, stix_id, NOW)


def test_staff_ask_about_all_and_an_owner_about_its_own(quick_hub: Hub, publisher: Member, other: Member) -> None:
    value = indicator()
    publisher.store(value)
    other.store(indicator(id=value["id"]))
    assert {one.owner_id for one in find(quick_hub, None, value["id"])} == {publisher.id, other.id}
    assert [one.owner_id for one in find(quick_hub, other.id, value["id"])] == [other.id]
    third = quick_hub.enrol("Platform C")
    with pytest.raises(NotFoundError):
        find(quick_hub, third.id, value["id"])
    assert (asker_of(quick_hub.operator), asker_of(other.principal)) == (None, other.id)


def test_the_time_says_no_after_policy(quick_hub: Hub, publisher: Member, other: Member) -> None:
    mark = publisher.mark(release_at="2026-03-02T12:00:00Z", expires_at="2026-03-03T12:00:00Z")
    value = indicator(object_marking_refs=[mark])
    publisher.store(value)
    [one] = find(quick_hub, None, value["id"])
    told = [one.in_time(SEEN, reader, NOW).verdict for reader in (publisher.id, other.id)]
    assert told == [Verdict.SEEN, Verdict.EMBARGOED]
    assert one.in_time(SEEN, publisher.id, NOW + 2 * DAY).verdict is Verdict.EXPIRED
    hidden = Told(Verdict.HIDDEN)
    assert one.in_time(hidden, other.id, NOW + 2 * DAY) == hidden
    assert one.expires_at == NOW + 2 * DAY


def test_what_is_restricted_for_a_person_says_so_and_has_no_end(quick_hub: Hub, publisher: Member) -> None:
    office, value = Office(quick_hub), indicator(pattern=f"[email-addr:value = '{ADDRESS}']")
    publisher.store(value)
    request = office.look_up()
    office.do(request, SubjectAct.RESTRICTION)
    for asker_id in (None, publisher.id):
        [one] = find(quick_hub, asker_id, value["id"])
        assert (one.in_time(SEEN, publisher.id, NOW).verdict, one.expires_at) == (Verdict.RESTRICTED, None)
        assert one.in_time(Told(Verdict.HIDDEN), publisher.id, NOW).verdict is Verdict.HIDDEN
    office.do(request, SubjectAct.LIFTING)
    [one] = find(quick_hub, None, value["id"])
    assert one.in_time(SEEN, publisher.id, NOW).verdict is Verdict.SEEN


def test_what_never_ends_has_no_end(quick_hub: Hub, publisher: Member) -> None:
    value = indicator()
    publisher.store(value)
    [one] = find(quick_hub, None, value["id"])
    assert one.expires_at == NOW + 365 * DAY, "retention says so where nobody else does"
    assert replace(one, times=replace(one.times, visible_until=FOREVER)).expires_at is None
