"""Whoever made a group manages it, members read what concerns them, and for anybody else it does not exist."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Callable

import pytest

from app.domain.errors import ConflictError, ForbiddenError, MalformedInputError, NotFoundError
from app.domain.events import Event
from app.domain.partner import Principal
from app.domain.vocabulary import PartnerState
from app.services.answer_once import key_use
from app.services.membership import keep_groups
from app.services.membership.enrol_partner import change_state
from app.services.membership.keep_groups import (
    NewGroup,
    NewMember,
    create_group,
    delete_group,
    describe_group,
    put_member,
    remove_member,
)
from app.services.membership.look_at_groups import GroupRecord, get_group, list_groups
from app.storage import events, sharing, viewpoints
from tests.factories.groups import let_in, make_group, put_out
from tests.factories.members import PARTNER_SCOPES, Hub, Member

NOBODY = "00000000-0000-4000-8000-000000000000"


def _reading(member: Member) -> dict[str, int]:
    with member.hub.exchange.database.read() as connection:
        return sharing.reading_from(connection, member.id)


def _epoch(member: Member) -> int:
    with member.hub.exchange.database.read() as connection:
        return viewpoints.standing_for(connection, member.id).epoch


def _ids(record: GroupRecord) -> set[str]:
    return {one.partner_id for one in record.members or ()}


def test_an_operator_makes_a_group_of_the_exchange(quick_hub: Hub, publisher: Member, other: Member) -> None:
    new = NewGroup(
        "Hotlines", "Who answers", shares_history=False, members=(NewMember(publisher.id, can_read=True, can_write=False),)
    )
    record = create_group(quick_hub.exchange, quick_hub.operator, new)
    assert (record.group.title, record.group.description, record.group.manager_id) == ("Hotlines", "Who answers", None)
    assert (record.is_managed, record.can_read, record.can_write) == (True, False, False)
    assert record.members is not None
    assert [(one.partner_id, one.can_read, one.can_write) for one in record.members] == [(publisher.id, True, False)]
    assert _reading(publisher) == {record.group.group_id: 0}
    assert _reading(other) == {}


def test_a_partner_makes_a_group_and_is_in_it_only_if_it_says_so(quick_hub: Hub, publisher: Member, other: Member) -> None:
    outside = make_group(quick_hub, other, by=publisher)
    inside = make_group(quick_hub, other, publisher, by=publisher)
    assert _reading(publisher) == {inside: 0}
    assert _reading(other) == {inside: 0, outside: 0}
    found = {one.group.group_id: one for one in list_groups(quick_hub.exchange, publisher.principal)}
    assert found.keys() == {inside, outside}
    assert all(one.is_managed and one.group.manager_id == publisher.id for one in found.values())
    assert (found[outside].can_read, found[inside].can_read) == (False, True)


def test_operators_see_the_groups_of_partners_and_do_not_widen_them(quick_hub: Hub, publisher: Member, other: Member) -> None:
    group_id = make_group(quick_hub, readers=[other], by=publisher)
    record = get_group(quick_hub.exchange, quick_hub.operator, group_id)
    assert (_ids(record), record.is_managed) == ({other.id}, False)
    for widen in (lambda: let_in(quick_hub, group_id, other), lambda: let_in(quick_hub, group_id, publisher)):
        with pytest.raises(ForbiddenError):
            widen()
    with pytest.raises(ForbiddenError):
        describe_group(quick_hub.exchange, quick_hub.operator, group_id, "Other")
    assert get_group(quick_hub.exchange, quick_hub.operator, group_id) == record


@pytest.mark.parametrize("is_suspended", [False, True])
def test_operators_narrow_the_groups_of_partners_whatever_their_managers_are(
    quick_hub: Hub, publisher: Member, other: Member, *, is_suspended: bool
) -> None:
    group_id = make_group(quick_hub, other, publisher, by=publisher)
    if is_suspended:
        change_state(quick_hub.exchange, quick_hub.operator, publisher.id, PartnerState.SUSPENDED)
    let_in(quick_hub, group_id, other, can_write=False)
    assert _reading(other) == {group_id: 0}
    let_in(quick_hub, group_id, publisher, can_read=False)
    put_out(quick_hub, group_id, other)
    assert (_reading(publisher), _reading(other)) == ({}, {})
    delete_group(quick_hub.exchange, quick_hub.operator, group_id)
    with pytest.raises(NotFoundError):
        get_group(quick_hub.exchange, quick_hub.operator, group_id)


def test_a_member_leaves_by_itself_and_a_manager_stays_one(quick_hub: Hub, publisher: Member, other: Member) -> None:
    group_id = make_group(quick_hub, other, publisher, by=publisher)
    left = remove_member(quick_hub.exchange, other.principal, group_id, other.id)
    assert (left.group.group_id, left.can_read, left.can_write, left.members) == (group_id, False, False, None)
    assert _reading(other) == {}
    with pytest.raises(NotFoundError):
        remove_member(quick_hub.exchange, other.principal, group_id, other.id)
    stayed = remove_member(quick_hub.exchange, publisher.principal, group_id, publisher.id)
    assert (stayed.is_managed, stayed.can_read, stayed.members) == (True, False, [])


CHANGES: dict[str, Callable[[Hub, Principal, str], object]] = {
    "describe": lambda hub, who, group_id: describe_group(hub.exchange, who, group_id, "Other"),
    "put": lambda hub, who, group_id: put_member(hub.exchange, who, group_id, NewMember(NOBODY, can_read=True, can_write=True)),
    "remove": lambda hub, who, group_id: remove_member(hub.exchange, who, group_id, NOBODY),
    "delete": lambda hub, who, group_id: delete_group(hub.exchange, who, group_id),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_member_may_not_change_it_and_for_others_it_does_not_exist(
    quick_hub: Hub, publisher: Member, other: Member, change: str
) -> None:
    group_id = make_group(quick_hub, publisher)
    with pytest.raises(ForbiddenError):
        CHANGES[change](quick_hub, publisher.principal, group_id)
    for absent in (group_id, NOBODY, "", "x" * 300):
        with pytest.raises(NotFoundError):
            CHANGES[change](quick_hub, other.principal, absent)
        with pytest.raises(NotFoundError):
            get_group(quick_hub.exchange, other.principal, absent)
    assert list_groups(quick_hub.exchange, other.principal) == []


@pytest.mark.parametrize("change", CHANGES)
def test_the_right_is_asked_before_anything_else(quick_hub: Hub, publisher: Member, change: str) -> None:
    reading = publisher.principal_with(scopes=PARTNER_SCOPES - {keep_groups.Permission.GROUPS_WRITE})
    group_id = make_group(quick_hub, publisher, by=publisher)
    with pytest.raises(ForbiddenError):
        CHANGES[change](quick_hub, reading, group_id)
    assert get_group(quick_hub.exchange, reading, group_id).is_managed


def test_without_the_right_nothing_is_made(quick_hub: Hub, publisher: Member) -> None:
    neither = publisher.principal_with(scopes=frozenset())
    with pytest.raises(ForbiddenError):
        create_group(quick_hub.exchange, neither, NewGroup("A", "", shares_history=True))


def test_titles_are_unique_for_ever_and_the_exchanges_own_are_taken(quick_hub: Hub, publisher: Member, other: Member) -> None:
    group_id = make_group(quick_hub, title="Hotlines")
    delete_group(quick_hub.exchange, quick_hub.operator, group_id)
    make_group(quick_hub, title="A\u0308rzte")
    for title in ("Hotlines", "hotlines", "\u00c4RZTE", "\u00e4rzte", "Exchange", "Ex\u0441hange", "Live streamed CSA"):
        with pytest.raises(ConflictError):
            make_group(quick_hub, publisher, by=other, title=title)
    for title in ("Hotlines.2026", " ", " a", "a\nb", "a\u200bb", "a" * 101):
        with pytest.raises(MalformedInputError):
            make_group(quick_hub, publisher, title=title)


def test_title_and_description_are_kept_in_one_writing_and_can_be_seen(quick_hub: Hub, publisher: Member) -> None:
    new = NewGroup("A\u0308rzte", " A\u0308rzte ", shares_history=True)
    record = create_group(quick_hub.exchange, publisher.principal, new)
    assert (record.group.title, record.group.description) == ("\u00c4rzte", "\u00c4rzte")
    for text in ("two\nlines", "un\u200bseen", "a" * 2001):
        with pytest.raises(MalformedInputError):
            create_group(quick_hub.exchange, publisher.principal, NewGroup("B", text, shares_history=True))
        with pytest.raises(MalformedInputError):
            describe_group(quick_hub.exchange, publisher.principal, record.group.group_id, text)


def test_feeds_have_numbers_of_their_own(quick_hub: Hub) -> None:
    first = make_group(quick_hub)
    delete_group(quick_hub.exchange, quick_hub.operator, first)
    second, third = make_group(quick_hub), make_group(quick_hub)
    feeds = [get_group(quick_hub.exchange, quick_hub.operator, one).group.feed for one in (second, third)]
    assert feeds == [2, 3]


def test_there_is_an_end_to_groups_and_members(quick_hub: Hub, publisher: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keep_groups, "MOST_GROUPS", 1)
    monkeypatch.setattr(keep_groups, "MOST_GROUPS_OF_OPERATORS", 1)
    monkeypatch.setattr(keep_groups, "MOST_MEMBERS", 1)
    group_id = make_group(quick_hub, publisher)
    make_group(quick_hub, publisher, by=publisher)
    for by in (None, publisher):
        with pytest.raises(ConflictError):
            make_group(quick_hub, by=by)
    with pytest.raises(ConflictError):
        put_member(quick_hub.exchange, quick_hub.operator, group_id, NewMember(NOBODY, can_read=True, can_write=True))
    let_in(quick_hub, group_id, publisher, can_write=False)  # it is in already
    two = tuple(NewMember(str(uuid.uuid4()), can_read=True, can_write=True) for _ in range(2))
    with pytest.raises(MalformedInputError):
        create_group(quick_hub.exchange, publisher.principal, NewGroup("B", "", shares_history=True, members=two))


def test_a_member_is_listed_once_and_has_a_right(quick_hub: Hub, publisher: Member) -> None:
    twice = (NewMember(publisher.id, can_read=True, can_write=True), NewMember(publisher.id, can_read=True, can_write=False))
    without = (NewMember(publisher.id, can_read=False, can_write=False),)
    for listed in (twice, without):
        with pytest.raises(MalformedInputError):
            create_group(quick_hub.exchange, quick_hub.operator, NewGroup("A", "", shares_history=True, members=listed))
    with pytest.raises(MalformedInputError):
        put_member(quick_hub.exchange, quick_hub.operator, make_group(quick_hub), without[0])


def test_an_id_that_no_partner_has_is_taken_and_listed_like_any_other(quick_hub: Hub, publisher: Member, other: Member) -> None:
    group_id = make_group(quick_hub, by=publisher)
    for named in (other.id, NOBODY):
        put_member(quick_hub.exchange, publisher.principal, group_id, NewMember(named, can_read=True, can_write=True))
    record = get_group(quick_hub.exchange, publisher.principal, group_id)
    assert _ids(record) == {other.id, NOBODY}
    assert len({(one.can_read, one.can_write, one.from_generation, one.joined_at) for one in record.members or ()}) == 1
    assert _ids(remove_member(quick_hub.exchange, publisher.principal, group_id, NOBODY)) == {other.id}
    quick_hub.work()


def test_who_comes_to_read_or_no_longer_does_begins_an_epoch_of_its_own(quick_hub: Hub, publisher: Member, other: Member) -> None:
    group_id = make_group(quick_hub)
    epochs = [_epoch(publisher)]
    for rights in ({"can_write": False}, {"can_write": True}, {"can_read": False}, {}):
        let_in(quick_hub, group_id, publisher, **rights)
        epochs.append(_epoch(publisher))
    put_out(quick_hub, group_id, publisher)
    epochs.append(_epoch(publisher))
    put_out(quick_hub, group_id, publisher)
    epochs.append(_epoch(publisher))
    changes = [later > earlier for earlier, later in itertools.pairwise(epochs)]
    assert changes == [True, False, True, True, True, False]
    before = _epoch(other)
    let_in(quick_hub, group_id, publisher)
    assert _epoch(other) == before


def test_deleting_a_group_begins_an_epoch_for_each_of_its_readers(quick_hub: Hub, publisher: Member, other: Member) -> None:
    group_id = make_group(quick_hub, publisher, other)
    before = _epoch(publisher), _epoch(other)
    delete_group(quick_hub.exchange, quick_hub.operator, group_id)
    assert before < (_epoch(publisher), _epoch(other))
    assert _reading(publisher) == {}
    with pytest.raises(NotFoundError):
        get_group(quick_hub.exchange, quick_hub.operator, group_id)
    with pytest.raises(NotFoundError):
        let_in(quick_hub, group_id, publisher)


def test_who_joins_a_group_without_history_reads_from_a_new_generation_on(
    quick_hub: Hub, publisher: Member, other: Member
) -> None:
    group_id = make_group(quick_hub, publisher, shares_history=False)
    let_in(quick_hub, group_id, other)
    assert (_reading(publisher), _reading(other)) == ({group_id: 0}, {group_id: 1})
    let_in(quick_hub, group_id, other, can_write=False)  # stays a reader, and reads on
    assert _reading(other) == {group_id: 1}
    let_in(quick_hub, group_id, other, can_read=False)
    let_in(quick_hub, group_id, other)
    assert (_reading(publisher), _reading(other)) == ({group_id: 0}, {group_id: 2})


def test_who_joins_a_group_with_history_reads_it_from_its_start(quick_hub: Hub, publisher: Member, other: Member) -> None:
    group_id = make_group(quick_hub, publisher)
    let_in(quick_hub, group_id, other)
    put_out(quick_hub, group_id, other)
    let_in(quick_hub, group_id, other)
    assert _reading(other) == {group_id: 0}


def test_a_description_is_changed_and_nothing_else(quick_hub: Hub, publisher: Member) -> None:
    group_id = make_group(quick_hub, publisher, title="Hotlines")
    before = _epoch(publisher)
    record = describe_group(quick_hub.exchange, quick_hub.operator, group_id, "Who answers at night")
    assert (record.group.title, record.group.description, _ids(record)) == ("Hotlines", "Who answers at night", {publisher.id})
    assert _epoch(publisher) == before


def test_the_same_key_makes_one_group(quick_hub: Hub, publisher: Member) -> None:
    new = NewGroup("A", "", shares_history=True)
    use = key_use(publisher.principal, "sharing-groups", "key", b"body")
    records = [create_group(quick_hub.exchange, publisher.principal, new, use) for _ in range(2)]
    assert records[0] == records[1]
    assert len(list_groups(quick_hub.exchange, publisher.principal)) == 1


def test_each_change_is_an_event_and_nothing_of_the_group_is_in_it(quick_hub: Hub, publisher: Member, other: Member) -> None:
    group_id = make_group(quick_hub, by=publisher, title="Secret title")
    who = publisher.principal
    describe_group(quick_hub.exchange, who, group_id, "Secret words")
    describe_group(quick_hub.exchange, who, group_id, "Secret words")  # no change
    put_member(quick_hub.exchange, who, group_id, NewMember(other.id, can_read=True, can_write=True))
    put_member(quick_hub.exchange, who, group_id, NewMember(other.id, can_read=True, can_write=True))  # no change
    remove_member(quick_hub.exchange, who, group_id, other.id)
    delete_group(quick_hub.exchange, who, group_id)
    with quick_hub.exchange.database.read() as connection:
        recorded = [one for _, one in events.events(connection, 0, 1_000) if one.subject == group_id]
    assert [(one.event, one.code) for one in recorded] == [
        (Event.GROUP_CREATE, None),
        (Event.GROUP_CHANGE, None),
        (Event.GROUP_CHANGE, "member-put"),
        (Event.GROUP_CHANGE, "member-removed"),
        (Event.GROUP_DELETE, None),
    ]
    assert {one.partner_id for one in recorded} == {publisher.id}
