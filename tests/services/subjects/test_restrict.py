"""Restricted is absent for everybody, whatever happens meanwhile; and what was lifted stands as its twin that never was."""

from __future__ import annotations

import random
from contextlib import suppress
from typing import Any

import pytest

from app.domain.errors import ConflictError, NotFoundError
from app.domain.recall import Choice
from app.domain.stix_object import timestamp_key
from app.domain.subject_request import Selector, SelectorKind, SubjectAct, SubjectGround
from app.services.intake.withdraw import WithdrawalRequest, withdraw
from app.services.reading.pull import list_versions
from app.services.subjects.open_request import close
from app.storage import recalls, subjects
from tests.factories.groups import let_in, make_group
from tests.factories.members import Hub, Member
from tests.factories.policy_values import DAY
from tests.factories.stix_objects import indicator, newer
from tests.factories.subject_requests import ADDRESS, Office

PATTERN = f"[email-addr:value = '{ADDRESS}']"


def listed(owner: Member, *readers: Member, **changes: Any) -> dict[str, Any]:
    """Store an object about whom the requests are about, for these readers."""
    value = indicator(pattern=PATTERN, object_marking_refs=[owner.mark_for(*readers)], **changes)
    owner.store(value)
    return value


def is_there(member: Member, value: dict[str, Any]) -> set[str]:
    """Give the versions of an object that a member pulls, and check that every other way says the same."""
    pulled = {str(modified) for stix_id, modified in member.sees() if stix_id == value["id"]}
    if pulled:
        assert {str(one.version) for one in list_versions(member.hub.exchange, member.reader(), value["id"])} == pulled
        assert [one["modified"] for one in member.look_up(value["id"])] == [max(pulled)]
    else:
        with pytest.raises(NotFoundError):
            list_versions(member.hub.exchange, member.reader(), value["id"])
        with pytest.raises(NotFoundError):
            member.look_up(value["id"])
    return pulled


def test_a_restricted_object_is_absent_for_all_and_comes_back_once_as_a_new_arrival(hub: Hub) -> None:
    office, owner, reader = Office(hub), hub.enrol("Platform A"), hub.enrol("Hotline B")
    value = listed(owner, reader)
    owner.store(newer(value))
    _, cursor = reader.pull()
    before = is_there(reader, value)
    assert len(before) == 2
    request = office.look_up()
    office.agree(office.propose(request, SubjectAct.RESTRICTION))
    for member in (owner, reader):
        assert is_there(member, value) == set()
    assert reader.pull(cursor)[0] == []
    assert all(one.is_restricted for one in office.see(request).findings or ())
    newest = newer(value, "2026-01-07T10:00:00.000Z")
    owner.store(newest)
    assert is_there(owner, value) == is_there(reader, value) == set()
    office.do(request, SubjectAct.LIFTING)
    again, cursor = reader.pull(cursor)
    assert [one["modified"] for one in again if one["id"] == value["id"]] == [*sorted(before), newest["modified"]]
    assert reader.pull(cursor)[0] == []
    assert is_there(reader, value) == is_there(owner, value) == {*before, newest["modified"]}
    assert not any(one.is_restricted for one in office.see(request).findings or ())


def test_what_is_in_a_group_is_absent_there_as_well(quick_hub: Hub) -> None:
    office, owner, reader = Office(quick_hub), quick_hub.enrol("Platform A"), quick_hub.enrol("Hotline B")
    group_id = make_group(quick_hub, owner)
    let_in(quick_hub, group_id, reader)
    value = indicator(pattern=PATTERN)
    owner.submit(value, group_id=group_id)
    assert is_there(reader, value)
    request = office.look_up()
    office.do(request, SubjectAct.RESTRICTION)
    assert not is_there(reader, value)
    office.do(request, SubjectAct.LIFTING)
    assert is_there(reader, value)


@pytest.mark.parametrize("seed", range(2))
def test_what_was_lifted_stands_as_its_twin_that_never_was_restricted(quick_hub: Hub, seed: int) -> None:
    office, rng = Office(quick_hub), random.Random(seed)
    owner, first, second = (quick_hub.enrol(name) for name in ("Platform A", "Hotline B", "Hotline C"))
    both, one = owner.mark_for(first, second), owner.mark_for(first)
    expires = (quick_hub.clock.now + 2 * DAY).isoformat().replace("+00:00", "Z")
    brief = owner.mark(owner.add_audience(partners_in=[first.id, second.id]), expires_at=expires)
    common = {"object_marking_refs": [both]}
    twin, restricted = indicator(**common), indicator(pattern=PATTERN, **common)
    owner.store(twin, restricted)
    request = office.look_up()
    is_restricted = False

    def change() -> None:
        day, markings = rng.randrange(1, 28), [rng.choice([both, both, one, brief])]
        modified = f"2026-02-{day:02}T10:00:00.{rng.randrange(1000):03}Z"
        withdraws = rng.random() < 0.25
        for value in (twin, restricted):
            if withdraws:
                key = timestamp_key(str(value["modified"]))
                assert key is not None
                with suppress(NotFoundError):
                    asked = WithdrawalRequest(value["id"], Choice(keys=frozenset({key})))
                    withdraw(quick_hub.exchange, owner.principal, asked)
            else:
                owner.submit(newer(value, modified, object_marking_refs=markings))
        quick_hub.work()

    for _ in range(10):
        if rng.random() < 0.4:
            # A withdrawal of everything ends what there is to restrict.
            with suppress(ConflictError):
                act = SubjectAct.LIFTING if is_restricted else SubjectAct.RESTRICTION
                office.do(request, act)
                is_restricted = not is_restricted
        change()
        for member in (owner, first, second):
            there = is_there(member, restricted)
            assert there == (set() if is_restricted else is_there(member, twin))
    if is_restricted:
        office.do(request, SubjectAct.LIFTING)
    for _ in range(2):
        for member in (owner, first, second):
            assert is_there(member, restricted) == is_there(member, twin)
        quick_hub.clock.pass_time(3 * DAY)


def test_what_a_newer_version_ends_while_all_is_hidden_has_that_end_once_it_is_lifted(office: Office, publisher: Member) -> None:
    value = listed(publisher, publisher)
    request = office.look_up()
    office.do(request, SubjectAct.RESTRICTION)
    expires = (office.hub.clock.now + 2 * DAY).isoformat().replace("+00:00", "Z")
    brief = publisher.mark(publisher.everybody, expires_at=expires)
    publisher.store(newer(value, object_marking_refs=[brief]))
    office.do(request, SubjectAct.LIFTING)
    assert len(is_there(publisher, value)) == 2
    office.hub.clock.pass_time(3 * DAY)
    assert not is_there(publisher, value)


def test_only_what_is_named_is_restricted_and_only_what_is_restricted_is_lifted(office: Office, publisher: Member) -> None:
    values = [listed(publisher, publisher) for _ in range(2)]
    request = office.look_up()
    numbers = {one.stix_id: one.number for one in office.see(request).findings or ()}
    with pytest.raises(ConflictError):
        office.do(request, SubjectAct.LIFTING)
    office.do(request, SubjectAct.RESTRICTION, numbers=[numbers[values[0]["id"]]])
    assert not is_there(publisher, values[0])
    assert is_there(publisher, values[1])
    with pytest.raises(ConflictError):
        office.do(request, SubjectAct.RESTRICTION, numbers=[numbers[values[0]["id"]]])


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_what_two_requests_restrict_is_seen_again_once_both_are_lifted(
    office: Office, publisher: Member, order: tuple[int, int]
) -> None:
    value = listed(publisher, publisher)
    requests = [office.look_up(), office.look_up(Selector(SelectorKind.STIX_ID, value["id"]))]
    for one in requests:
        office.do(one, SubjectAct.RESTRICTION)
    deeds = [one.count for one in office.see(requests[1]).deeds if one.act is SubjectAct.RESTRICTION]
    assert deeds == [1]
    first, second = (requests[place] for place in order)
    office.do(first, SubjectAct.LIFTING)
    assert not is_there(publisher, value)
    assert all(one.is_restricted for one in office.see(first).findings or ())
    office.do(second, SubjectAct.LIFTING)
    assert is_there(publisher, value)


def test_a_request_lifts_nothing_that_another_one_restricts(office: Office, publisher: Member) -> None:
    value = listed(publisher, publisher)
    first, second = office.look_up(), office.look_up()
    office.do(first, SubjectAct.RESTRICTION)
    with pytest.raises(ConflictError):
        office.do(second, SubjectAct.LIFTING)
    assert not is_there(publisher, value)


def test_an_owner_withdraws_what_is_restricted_and_it_does_not_come_back(office: Office, publisher: Member) -> None:
    value = listed(publisher, publisher)
    request = office.look_up()
    office.do(request, SubjectAct.RESTRICTION)
    withdraw(office.hub.exchange, publisher.principal, WithdrawalRequest(value["id"]))
    office.do(request, SubjectAct.LIFTING)
    assert not is_there(publisher, value)


def test_a_restriction_is_lifted_after_the_request_was_closed(office: Office, publisher: Member) -> None:
    value = listed(publisher, publisher)
    request = office.look_up()
    office.do(request, SubjectAct.RESTRICTION)
    office.do(request, SubjectAct.ANSWER, ground=SubjectGround.HELD)
    close(office.hub.exchange, office.first, request.request_id)
    office.do(request, SubjectAct.LIFTING)
    assert is_there(publisher, value)


def test_what_is_erased_is_gone_and_whoever_had_it_is_told(hub: Hub) -> None:
    office, owner, reader = Office(hub), hub.enrol("Platform A"), hub.enrol("Hotline B")
    value = listed(owner, reader)
    assert is_there(reader, value)
    request = office.look_up()
    office.do(request, SubjectAct.RESTRICTION)
    office.do(request, SubjectAct.ERASURE)
    assert is_there(reader, value) == is_there(owner, value) == set()
    with hub.exchange.database.read() as connection:
        contents = subjects.contents_after(connection, 0, 10**9, 1000)
        assert not any(ADDRESS.encode() in content for _, content in contents)
        [recall] = recalls.recalls_of(connection, owner.id, 0, 10)
        assert recalls.notified_partners(connection, [recall.recall_id]) == {recall.recall_id: [reader.id]}
    notices = [one for one in reader.pull()[0] if one["type"] == "recall-notice"]
    assert len(notices) == 1
    with pytest.raises(ConflictError):
        office.do(request, SubjectAct.ERASURE)
    office.do(request, SubjectAct.LOOKUP)
    found = office.see(request).findings or ()
    assert not [one for one in found if one.stix_id == value["id"] and not one.is_withdrawn]


def test_the_exchanges_own_notices_are_neither_hidden_nor_erased(quick_hub: Hub) -> None:
    office, owner, reader = Office(quick_hub), quick_hub.enrol("Platform A"), quick_hub.enrol("Hotline B")
    value = listed(owner, reader)
    assert is_there(reader, value)
    withdraw(quick_hub.exchange, owner.principal, WithdrawalRequest(value["id"]))
    quick_hub.work()
    request = office.look_up(Selector(SelectorKind.STIX_ID, value["id"]))
    notices = [one for one in office.see(request).findings or () if not one.is_withdrawn]
    assert len(notices) == 1
    with pytest.raises(ConflictError):
        office.do(request, SubjectAct.RESTRICTION)
    office.do(request, SubjectAct.ERASURE)
    assert "recall-notice" in [one["type"] for one in reader.pull()[0]]
