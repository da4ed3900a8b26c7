"""Where versions are posted, who comes to see them, at which place, and what ends."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from app.domain.errors import Code, ForbiddenError, NotFoundError
from app.domain.vocabulary import Assurance, Purpose, Role
from app.services.intake.post import end_posting
from app.services.membership.keep_groups import NewMember, delete_group, put_member
from app.storage import narrowings, objects, sharing
from app.storage.counter import save_order, take_order_lock
from tests.factories.groups import let_in, make_group, put_out
from tests.factories.members import Hub, Member, outcomes
from tests.factories.stix_objects import TLP_RED, context, indicator, newer, report, user_account

IDENTIFYING = context(sensitivity="identifying")
DAY = timedelta(days=1)
NOBODY = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def third(quick_hub: Hub) -> Member:
    return quick_hub.enrol("Hotline C", Role.HOTLINE, "DE")


def post(member: Member, group_id: str | None, *values: dict[str, Any]) -> list[Code | str]:
    return outcomes(member.submit(*values, group_id=group_id).results)


def ids(member: Member) -> list[str]:
    return [stix_id for stix_id, _ in member.sees()]


def facts(hub: Hub, member: Member, stix_id: str) -> list[Any]:
    """Give all versions of an id as they are stored, with their classes."""
    with hub.exchange.database.read() as connection:
        versions = objects.own_versions(connection, member.id, [stix_id])
        classes = narrowings.classes_of(connection, versions)
        return [(one, classes[one.version_id]) for one in versions]


def places(hub: Hub, member: Member, stix_id: str) -> list[tuple[int, int | None]]:
    """Give feed and position of each posting of an object's only version."""
    ((version, _),) = facts(hub, member, stix_id)
    statement = text("SELECT feed, position FROM group_posting WHERE version_id = :version ORDER BY feed")
    with hub.exchange.database.read() as connection:
        return [(feed, position) for feed, position in connection.execute(statement, {"version": version.version_id})]


def end(hub: Hub, member: Member, group_id: str, *stix_ids: str) -> list[int]:
    """End the postings of all versions of these objects in a group."""
    with hub.exchange.database.write() as connection:
        order = take_order_lock(connection)
        feed = next(one.feed for one in sharing.groups(connection) if one.group_id == group_id)
        ended = end_posting(connection, order, objects.own_versions(connection, member.id, stix_ids), feed, hub.clock.now)
        save_order(connection, order)
    return ended


# --- posting what is new --------------------------------------------------------------------------------------------------------


def test_who_reads_the_group_sees_what_is_posted_there_and_nobody_else(
    quick_hub: Hub, publisher: Member, other: Member, third: Member
) -> None:
    group_id = make_group(quick_hub, other, writers=[publisher])
    value = indicator()
    assert post(publisher, group_id, value) == ["stored"]
    assert (ids(publisher), ids(other), ids(third)) == ([value["id"]], [value["id"]], [])
    assert other.look_up(value["id"])
    with pytest.raises(NotFoundError):
        third.look_up(value["id"])


def test_what_identifies_reaches_readers_of_the_group_whom_no_audience_names(
    quick_hub: Hub, publisher: Member, other: Member, third: Member
) -> None:
    group_id = make_group(quick_hub, publisher, other)
    value = indicator(extensions=IDENTIFYING)
    assert post(publisher, group_id, value) == ["stored"]
    assert (ids(other), ids(third)) == ([value["id"]], [])


def test_a_posting_has_a_place_of_its_own_in_the_feed_of_the_group(quick_hub: Hub, publisher: Member) -> None:
    group_id = make_group(quick_hub, publisher)
    value = indicator()
    post(publisher, group_id, value)
    ((version, _),) = facts(quick_hub, publisher, value["id"])
    assert places(quick_hub, publisher, value["id"]) == [(1, version.position + 1)]


def test_embargoed_versions_get_their_place_in_the_group_when_they_are_released(
    quick_hub: Hub, publisher: Member, other: Member
) -> None:
    group_id = make_group(quick_hub, publisher, other)
    marked = publisher.mark(release_at="2026-03-02T12:00:00Z")
    value = indicator(object_marking_refs=[marked])
    assert post(publisher, group_id, value) == ["stored"]
    assert places(quick_hub, publisher, value["id"]) == [(1, None)]
    quick_hub.clock.pass_time(DAY)
    quick_hub.work()
    ((version, _),) = facts(quick_hub, publisher, value["id"])
    assert places(quick_hub, publisher, value["id"]) == [(1, version.position + 1)]
    assert value["id"] in ids(other)


def test_only_a_member_that_may_write_posts(quick_hub: Hub, publisher: Member, other: Member, third: Member) -> None:
    group_id = make_group(quick_hub, readers=[other])
    with pytest.raises(ForbiddenError) as refused:
        post(other, group_id, indicator())
    assert refused.value.code is Code.GROUP_NOT_WRITABLE
    let_in(quick_hub, group_id, publisher)
    put_out(quick_hub, group_id, publisher)
    for member, absent in ((publisher, group_id), (third, group_id), (other, NOBODY), (other, "no id")):
        with pytest.raises(NotFoundError):
            post(member, absent, indicator())
    assert ids(other) == []


def test_a_handling_that_leaves_room_for_no_other_reader_is_refused(quick_hub: Hub, publisher: Member, other: Member) -> None:
    group_id = make_group(quick_hub, publisher, other)
    outside = quick_hub.enrol("Platform D")
    nobody, both = publisher.add_audience(), publisher.mark_for(outside, publisher)
    marked = [publisher.mark_for(outside), both, publisher.mark(nobody), TLP_RED]
    values = [indicator(), *(indicator(object_marking_refs=[one]) for one in marked)]
    assert post(publisher, group_id, *values) == ["stored", *4 * [Code.GROUP_EXCLUDED]]
    let_in(quick_hub, group_id, outside, can_read=False)
    assert post(publisher, group_id, *values) == ["already-stored", *4 * [Code.GROUP_EXCLUDED]]
    let_in(quick_hub, group_id, outside)
    assert post(publisher, group_id, *values) == ["already-stored", "stored", "stored", *2 * [Code.GROUP_EXCLUDED]]


def test_the_refusal_tells_by_the_listed_ids_alone_and_of_nobodys_role_country_or_existence(
    quick_hub: Hub, publisher: Member, other: Member
) -> None:
    group_id = make_group(quick_hub, publisher, other, by=publisher)
    roles = [
        publisher.mark(publisher.add_audience(roles=[role], jurisdictions=[country]))
        for role in (Role.HOTLINE, other.principal.partner.role if other.principal.partner else "")
        for country in ("IE", "BR")
    ]
    named = publisher.mark(publisher.add_audience(partners_in=[NOBODY]))
    marked = [indicator(object_marking_refs=[one]) for one in [*roles, named]]
    assert post(publisher, group_id, *marked) == [*4 * ["stored"], Code.GROUP_EXCLUDED]
    put_member(quick_hub.exchange, publisher.principal, group_id, NewMember(NOBODY, can_read=True, can_write=False))
    assert post(publisher, group_id, *marked) == [*4 * ["already-stored"], "stored"]


def test_a_group_without_other_readers_takes_what_may_be_for_some_later(quick_hub: Hub, publisher: Member, other: Member) -> None:
    group_id = make_group(quick_hub, publisher, writers=[other])
    marked = publisher.mark_for(other)
    assert post(publisher, group_id, indicator(object_marking_refs=[marked])) == ["stored"]


def test_the_agreement_of_a_reader_refuses_nothing(quick_hub: Hub, publisher: Member, other: Member) -> None:
    group_id = make_group(quick_hub, publisher, other)
    other.agree(purposes=frozenset({Purpose.AUDIT}), publisher_roles=frozenset())
    value = indicator()
    assert post(publisher, group_id, value) == ["stored"]
    assert ids(other) == []


def test_whether_a_version_is_superseded_does_not_depend_on_where_and_in_which_order_it_comes(
    quick_hub: Hub, publisher: Member
) -> None:
    group_id = make_group(quick_hub, publisher)
    first = indicator()
    second, third, fourth = (newer(first, f"2026-01-0{day}T10:00:00.000Z") for day in (6, 7, 8))
    post(publisher, None, third)
    post(publisher, group_id, first, fourth)
    post(publisher, None, second)
    statement = text("SELECT version, is_superseded FROM object_version ORDER BY version_key")
    with quick_hub.exchange.database.read() as connection:
        found = [(version, bool(flag)) for version, flag in connection.execute(statement)]
    assert found == [(one["modified"], one is not fourth) for one in (first, second, third, fourth)]


# --- posting what is stored -----------------------------------------------------------------------------------------------------


def test_the_same_to_the_same_collection_is_success_without_effect(quick_hub: Hub, publisher: Member, other: Member) -> None:
    group_id = make_group(quick_hub, publisher, other)
    value = indicator()
    for collection in (None, group_id):
        assert post(publisher, collection, value) == ["stored"]
        before = facts(quick_hub, publisher, value["id"]), places(quick_hub, publisher, value["id"])
        assert post(publisher, collection, value, value) == ["already-stored", "already-stored"]
        assert (facts(quick_hub, publisher, value["id"]), places(quick_hub, publisher, value["id"])) == before


def test_posted_from_a_group_to_the_exchange_it_is_new_for_the_others_and_known_to_its_readers(
    quick_hub: Hub, publisher: Member, other: Member, third: Member
) -> None:
    group_id = make_group(quick_hub, publisher, other)
    value, later = indicator(), indicator()
    post(publisher, group_id, value)
    post(publisher, None, later)
    cursors = {member.id: member.pull()[1] for member in (publisher, other, third)}
    assert post(publisher, None, value) == ["stored"]
    quick_hub.work()
    assert [one["id"] for one in third.pull(cursors[third.id])[0]] == [value["id"]]
    assert third.sees() == [(later["id"], later["modified"]), (value["id"], value["modified"])]
    for member in (publisher, other):
        assert member.pull(cursors[member.id])[0] == []
        assert ids(member) == [value["id"], later["id"]]


def test_what_is_in_the_exchange_moves_nowhere_when_a_group_gets_it_too(quick_hub: Hub, publisher: Member, other: Member) -> None:
    group_id = make_group(quick_hub, publisher, other)
    value = indicator()
    post(publisher, None, value)
    before = facts(quick_hub, publisher, value["id"])
    assert post(publisher, group_id, value) == ["stored"]
    assert facts(quick_hub, publisher, value["id"]) == before
    assert [feed for feed, _ in places(quick_hub, publisher, value["id"])] == [1]


def test_a_group_brings_what_identifies_to_readers_that_the_audience_does_not_name(
    quick_hub: Hub, publisher: Member, other: Member, third: Member
) -> None:
    agency = quick_hub.enrol("Police", Role.LAW_ENFORCEMENT)
    group_id = make_group(quick_hub, publisher, other)
    value, later = indicator(extensions=IDENTIFYING), indicator()
    post(publisher, None, value, later)
    cursors = {member.id: member.pull()[1] for member in (agency, other, third)}
    assert (ids(agency), ids(other)) == ([value["id"], later["id"]], [later["id"]])
    assert post(publisher, group_id, value) == ["stored"]
    quick_hub.work()
    assert [one["id"] for one in other.pull(cursors[other.id])[0]] == [value["id"]]
    assert ids(agency) == [value["id"], later["id"]]
    assert agency.pull(cursors[agency.id])[0] == third.pull(cursors[third.id])[0] == []


def test_what_was_said_of_a_stored_version_stays_said(quick_hub: Hub, publisher: Member, other: Member, third: Member) -> None:
    group_id = make_group(quick_hub, publisher, other)
    publisher.agree(default={"audience_id": publisher.add_audience(roles=["platform"], jurisdictions=["any"])})
    value = indicator()
    post(publisher, group_id, value)
    publisher.agree()  # everybody, from now on
    assert post(publisher, None, value) == ["stored"]
    quick_hub.work()
    assert (ids(other), ids(third)) == ([value["id"]], [])


def test_a_narrower_agreement_narrows_what_is_posted_further(
    quick_hub: Hub, publisher: Member, other: Member, third: Member
) -> None:
    group_id = make_group(quick_hub, publisher, other, third)
    value = indicator()
    post(publisher, None, value)
    assert ids(third) == [value["id"]]
    publisher.agree(default={"audience_id": publisher.add_audience(roles=["platform"], jurisdictions=["any"])})
    assert post(publisher, group_id, value) == ["stored"]
    quick_hub.work()
    assert (ids(other), ids(third)) == ([value["id"]], [])


def test_an_older_version_that_is_posted_further_is_governed_by_the_newest(
    quick_hub: Hub, publisher: Member, other: Member, third: Member
) -> None:
    group_id = make_group(quick_hub, publisher, other)
    value = indicator()
    narrower = newer(value, "2026-01-06T10:00:00.000Z", object_marking_refs=[publisher.mark_for(other)])
    post(publisher, group_id, value)
    post(publisher, group_id, narrower)
    assert post(publisher, None, value) == ["stored"]
    quick_hub.work()
    assert value["id"] in ids(other)
    assert value["id"] not in ids(third)


def test_a_newest_version_in_a_group_hides_no_older_one_elsewhere(
    quick_hub: Hub, publisher: Member, other: Member, third: Member
) -> None:
    group_id = make_group(quick_hub, publisher, other)
    value = indicator()
    later = newer(value, "2026-01-06T10:00:00.000Z")
    post(publisher, None, value)
    post(publisher, group_id, later)
    assert [one["modified"] for one in third.look_up(value["id"])] == [value["modified"]]
    assert [one["modified"] for one in other.look_up(value["id"])] == [later["modified"]]


def test_an_embargoed_version_is_posted_further_without_a_place(quick_hub: Hub, publisher: Member, other: Member) -> None:
    first, second = (make_group(quick_hub, publisher, other) for _ in range(2))
    value = indicator(object_marking_refs=[publisher.mark(release_at="2026-03-02T12:00:00Z")])
    post(publisher, first, value)
    assert post(publisher, second, value) == ["stored"]
    assert post(publisher, None, value) == ["stored"]
    assert places(quick_hub, publisher, value["id"]) == [(1, None), (2, None)]
    quick_hub.clock.pass_time(DAY)
    quick_hub.work()
    ((version, handling_class),) = facts(quick_hub, publisher, value["id"])
    assert handling_class.in_exchange
    assert places(quick_hub, publisher, value["id"]) == [(1, version.position + 1), (2, version.position + 2)]


def test_who_passes_an_object_on_does_not_post_it_further(quick_hub: Hub, publisher: Member, other: Member) -> None:
    group_id = make_group(quick_hub, publisher, other)
    other.agree(write={"passes_on": frozenset({publisher.id})})
    value = publisher.sign(indicator())
    assert outcomes(publisher.submit(value, sign=False, group_id=group_id).results) == ["stored"]
    assert outcomes(other.submit(value, sign=False, group_id=group_id).results) == ["already-stored"]
    assert outcomes(other.submit(value, sign=False).results) == [Code.TERMS_EXCEEDED]
    assert outcomes(publisher.submit(value, sign=False).results) == ["stored"]


def test_who_passes_an_object_on_names_no_readers_that_its_publisher_could_not_name(
    quick_hub: Hub, publisher: Member, other: Member, third: Member
) -> None:
    group_id = make_group(quick_hub, other, third, by=other)
    other.agree(write={"passes_on": frozenset({publisher.id})})
    value = publisher.sign(user_account("somebody"))
    for _ in range(2):
        (result,) = other.submit(value, sign=False, group_id=group_id).results
        assert result.refusal is not None
        assert result.refusal.code is Code.GROUP_EXCLUDED
        publisher.submit(value, sign=False)  # that it is stored by now changes nothing
    assert value["id"] not in ids(third)


def test_what_was_passed_on_into_a_group_its_publisher_can_end(
    quick_hub: Hub, publisher: Member, other: Member, third: Member
) -> None:
    group_id = make_group(quick_hub, other, third)
    let_in(quick_hub, group_id, publisher)
    other.agree(write={"passes_on": frozenset({publisher.id})})
    value = publisher.sign(user_account("somebody"))
    assert outcomes(other.submit(value, sign=False, group_id=group_id).results) == ["stored"]
    assert value["id"] in ids(third)
    assert outcomes(publisher.submit(value, sign=False).results) == ["stored"]
    end(quick_hub, publisher, group_id, value["id"])
    assert value["id"] not in ids(third)
    again = publisher.sign(indicator())
    for rights in ({"can_write": False}, {"can_read": False}):  # neither would let it end a posting over TAXII
        let_in(quick_hub, group_id, publisher, **rights)
        assert outcomes(other.submit(again, sign=False, group_id=group_id).results) == [Code.GROUP_EXCLUDED]


def test_observables_are_posted_further_by_the_bytes_they_have(quick_hub: Hub, publisher: Member, other: Member) -> None:
    group_id = make_group(quick_hub, publisher, other)
    value = user_account("somebody")
    assert post(publisher, group_id, value) == ["stored"]
    assert post(publisher, None, value) == ["stored"]
    assert post(publisher, None, value) == ["already-stored"]
    assert len(facts(quick_hub, publisher, value["id"])) == 1


def test_what_nobody_signed_is_posted_further_too(quick_hub: Hub, publisher: Member, other: Member) -> None:
    publisher.agree(write={"assurances": frozenset(Assurance)})
    group_id = make_group(quick_hub, publisher, other)
    value = indicator()
    for collection, outcome in ((group_id, "stored"), (None, "stored"), (group_id, "already-stored")):
        assert outcomes(publisher.submit(value, sign=False, group_id=collection).results) == [outcome]


# --- references -----------------------------------------------------------------------------------------------------------------


def test_what_refers_to_what_is_in_a_group_alone_keeps_to_the_group(
    quick_hub: Hub, publisher: Member, other: Member, third: Member
) -> None:
    group_id = make_group(quick_hub, publisher, other)
    value = indicator()
    post(publisher, group_id, value)
    about = report([value["id"]])
    assert post(other, None, about) == ["stored"]
    assert about["id"] in ids(publisher)
    assert about["id"] not in ids(third)
    post(publisher, None, value)  # widening opens nothing that was said about it before
    assert about["id"] not in ids(third)
    after = report([value["id"]])
    post(other, None, after)
    assert after["id"] in ids(third)


def test_an_envelope_that_goes_to_a_group_refers_within_itself_without_being_narrowed(
    quick_hub: Hub, publisher: Member, other: Member
) -> None:
    group_id = make_group(quick_hub, publisher, other)
    value = indicator()
    about = report([value["id"]])
    results = publisher.submit(about, value, group_id=group_id).results
    assert [one.narrowed_by for one in results] == [(), ()]
    assert set(ids(other)) == {value["id"], about["id"]}
    assert post(publisher, None, about) == ["stored"]  # what it is about is still in the group alone
    third = quick_hub.enrol("Platform D")
    assert ids(third) == []


@pytest.mark.parametrize("is_circle", [False, True])
def test_what_was_posted_to_a_group_together_is_seen_where_it_is_posted_together_later(
    quick_hub: Hub, publisher: Member, other: Member, third: Member, *, is_circle: bool
) -> None:
    group_id = make_group(quick_hub, publisher, other)
    value = indicator()
    about = report([value["id"]])
    if is_circle:
        value = report([about["id"]])
        about = report([value["id"]], id=about["id"])
    assert post(publisher, group_id, value, about) == ["stored", "stored"]
    cursor = other.pull()[1]
    assert post(publisher, None, value, about) == ["stored", "stored"]
    quick_hub.work()
    assert set(ids(third)) == {value["id"], about["id"]}
    assert other.pull(cursor)[0] == []
    second = make_group(quick_hub, publisher, third)
    assert post(publisher, second, value, about) == ["stored", "stored"]
    quick_hub.work()
    assert len(ids(third)) == len(ids(other)) == 2


def test_what_others_shared_in_a_group_keeps_a_report_about_it_there(
    quick_hub: Hub, publisher: Member, other: Member, third: Member
) -> None:
    group_id = make_group(quick_hub, publisher, other)
    value = indicator()
    post(publisher, group_id, value)
    about = report([value["id"]])
    post(other, group_id, about)
    put_out(quick_hub, group_id, other)
    assert post(other, None, about) == ["stored"]
    quick_hub.work()
    assert about["id"] in ids(publisher)
    assert about["id"] not in ids(third)


def test_a_circle_in_a_group_keeps_to_the_group(quick_hub: Hub, publisher: Member, other: Member) -> None:
    group_id = make_group(quick_hub, publisher, other)
    third = quick_hub.enrol("Platform D")
    one, two = report(["note--00000000-0000-4000-8000-000000000001"]), report(["note--00000000-0000-4000-8000-000000000001"])
    one["object_refs"], two["object_refs"] = [two["id"]], [one["id"]]
    assert post(publisher, group_id, one, two) == ["stored", "stored"]
    assert set(ids(other)) == {one["id"], two["id"]}
    assert post(publisher, None, one) == ["stored"]
    assert ids(third) == []


def test_who_cannot_see_the_newest_version_in_a_group_refers_to_the_one_it_sees(
    quick_hub: Hub, publisher: Member, other: Member, third: Member
) -> None:
    group_id = make_group(quick_hub, publisher, other)
    value = indicator(object_marking_refs=[publisher.mark_for(third, other)])
    post(publisher, None, value)
    post(publisher, group_id, newer(value, "2026-01-06T10:00:00.000Z"))
    about = report([value["id"]])
    (result,) = third.store(about)
    assert result.narrowed_by == (value["id"],)
    outside = quick_hub.enrol("Platform D")
    assert about["id"] not in ids(outside)
    assert about["id"] in ids(other)


@pytest.fixture
def author(quick_hub: Hub) -> Member:
    return quick_hub.enrol("Author", Role.HOTLINE, "FR")


def test_what_refers_to_what_leaves_one_of_two_groups_leaves_its_readers_at_once_and_the_others_keep_it(
    quick_hub: Hub, publisher: Member, author: Member, other: Member, third: Member
) -> None:
    first, second = make_group(quick_hub, publisher, author, other), make_group(quick_hub, publisher, author, third)
    value = indicator()
    for group_id in (first, second):
        post(publisher, group_id, value)
    about = report([value["id"]])
    beyond = report([about["id"]])
    author.store(about)
    publisher.store(beyond)
    cursor = third.pull()[1]
    assert set(ids(other)) == set(ids(third)) == {value["id"], about["id"], beyond["id"]}
    assert end(quick_hub, publisher, first, value["id"]) == []
    assert ids(other) == []
    quick_hub.work()
    assert ids(other) == []
    assert set(ids(third)) == set(ids(publisher)) == {value["id"], about["id"], beyond["id"]}
    assert about["id"] in ids(author)
    assert third.pull(cursor)[0] == []
    for member in (other, third):
        let_in(quick_hub, first, member)
        let_in(quick_hub, second, member)
    assert set(ids(other)) == {value["id"], about["id"], beyond["id"]}


def test_what_leaves_one_of_two_groups_narrows_no_older_version_of_itself(
    quick_hub: Hub, publisher: Member, author: Member, third: Member
) -> None:
    first, second = make_group(quick_hub, publisher, author), make_group(quick_hub, publisher, author)
    value = indicator()
    later = newer(value, "2026-01-06T10:00:00.000Z")
    post(publisher, None, value)
    for group_id in (first, second):
        post(publisher, group_id, later)
    author.store(report([value["id"]]))
    end(quick_hub, publisher, first, value["id"])
    between = newer(value, "2026-01-05T12:00:00.000Z")  # comes while what depends on the newest is still being moved
    post(publisher, None, between)
    quick_hub.work()
    assert {modified for stix_id, modified in third.sees() if stix_id == value["id"]} == {value["modified"], between["modified"]}
    ((_, oldest), _, (_, newest)) = facts(quick_hub, publisher, value["id"])
    assert oldest.handlings == newest.handlings


# --- the end --------------------------------------------------------------------------------------------------------------------


def test_who_sees_it_through_nothing_but_the_group_loses_it_and_the_others_keep_their_place(
    quick_hub: Hub, publisher: Member, other: Member, third: Member
) -> None:
    first, second = make_group(quick_hub, publisher, other), make_group(quick_hub, publisher, third)
    value, later = indicator(), indicator()
    post(publisher, first, value)
    post(publisher, second, value)
    post(publisher, None, later)
    cursor = third.pull()[1]
    assert end(quick_hub, publisher, first, value["id"]) == []
    quick_hub.work()
    assert (ids(other), ids(third)) == ([later["id"]], [value["id"], later["id"]])
    assert third.pull(cursor)[0] == []
    assert [feed for feed, _ in places(quick_hub, publisher, value["id"])] == [2]


def test_the_last_posting_that_ends_is_named(quick_hub: Hub, publisher: Member, other: Member) -> None:
    group_id = make_group(quick_hub, publisher, other)
    value, shared, absent = indicator(), indicator(), indicator()
    post(publisher, group_id, value, shared)
    post(publisher, None, shared, absent)
    ((version, _),) = facts(quick_hub, publisher, value["id"])
    assert end(quick_hub, publisher, group_id, value["id"], shared["id"], absent["id"]) == [version.version_id]
    assert end(quick_hub, publisher, group_id, value["id"]) == []
    assert set(ids(other)) == {shared["id"], absent["id"]}
    assert set(ids(publisher)) == {value["id"], shared["id"], absent["id"]}


def test_what_is_posted_again_is_read_again_by_who_lost_it_and_by_nobody_else(
    quick_hub: Hub, publisher: Member, other: Member
) -> None:
    group_id = make_group(quick_hub, publisher, other)
    value, later = indicator(extensions=IDENTIFYING), indicator()
    agency = quick_hub.enrol("Police", Role.LAW_ENFORCEMENT)
    post(publisher, None, value)
    post(publisher, group_id, value)
    cursors = {member.id: member.pull()[1] for member in (agency, other)}
    end(quick_hub, publisher, group_id, value["id"])
    post(publisher, None, later)
    cursors = {member.id: member.pull(cursors[member.id])[1] for member in (agency, other)}
    assert post(publisher, group_id, value) == ["stored"]
    quick_hub.work()
    assert [one["id"] for one in other.pull(cursors[other.id])[0]] == [value["id"]]
    assert agency.pull(cursors[agency.id])[0] == []


def test_a_deleted_group_and_one_that_was_left_show_nothing(
    quick_hub: Hub, publisher: Member, other: Member, third: Member
) -> None:
    group_id = make_group(quick_hub, publisher, other, third)
    value = indicator()
    post(publisher, group_id, value)
    put_out(quick_hub, group_id, third)
    assert (ids(other), ids(third)) == ([value["id"]], [])
    delete_group(quick_hub.exchange, quick_hub.operator, group_id)
    assert (ids(publisher), ids(other)) == ([value["id"]], [])


@pytest.mark.parametrize("shares_history", [True, False])
def test_who_joins_reads_what_was_before_if_the_group_shares_its_history(
    quick_hub: Hub, publisher: Member, other: Member, *, shares_history: bool
) -> None:
    group_id = make_group(quick_hub, publisher, shares_history=shares_history)
    before, after = indicator(), indicator()
    post(publisher, group_id, before)
    assert ids(other) == []
    let_in(quick_hub, group_id, other)
    post(publisher, group_id, after)
    quick_hub.work()
    assert ids(other) == ([before["id"], after["id"]] if shares_history else [after["id"]])
