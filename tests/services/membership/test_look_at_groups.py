from __future__ import annotations

import pytest

from app.domain.errors import ForbiddenError, MalformedInputError, NotFoundError
from app.services.list_pages import ListAsked
from app.services.membership.look_at_groups import GroupRecord, count_posted, get_group, list_groups, page_of_groups
from tests.factories.groups import make_group
from tests.factories.members import Hub, Member


def _ids(record: GroupRecord) -> set[str]:
    return {one.partner_id for one in record.members or ()}


def test_a_member_sees_who_else_is_there_whatever_its_rights(quick_hub: Hub, publisher: Member, other: Member) -> None:
    group_id = make_group(quick_hub, readers=[publisher], writers=[other])
    for member, rights in ((publisher, (True, False)), (other, (False, True))):
        (record,) = list_groups(quick_hub.exchange, member.principal)
        assert record == get_group(quick_hub.exchange, member.principal, group_id)
        assert (record.can_read, record.can_write, record.is_managed) == (*rights, False)
        assert _ids(record) == {publisher.id, other.id}
    assert _ids(get_group(quick_hub.exchange, quick_hub.operator, group_id)) == {publisher.id, other.id}


def test_groups_come_in_pages_that_hold_what_the_whole_list_holds(hub: Hub) -> None:
    member, other = hub.enrol("Platform A"), hub.enrol("Platform B")
    make_group(hub, other, title="Hidden")
    for title in ("b", "C", "a"):
        make_group(hub, readers=[member], title=title)
    make_group(hub, other, by=member, title="Managed")
    for who, count in ((member.principal, 4), (other.principal, 2), (hub.operator, 5)):
        whole = list_groups(hub.exchange, who)
        first = page_of_groups(hub.exchange, who, ListAsked(None, 2))
        second = page_of_groups(hub.exchange, who, ListAsked(first.next, 2))
        third = page_of_groups(hub.exchange, who, ListAsked(second.next, 2))
        assert [*first.rows, *second.rows, *third.rows] == whole
        assert (len(whole), first.count, first.more) == (count, count, count > 2)
        if second.rows:
            assert page_of_groups(hub.exchange, who, ListAsked(second.previous, 2)) == first
        with pytest.raises(MalformedInputError):
            page_of_groups(hub.exchange, hub.enrol(f"Stranger {count}").principal, ListAsked(first.next, 2))


def test_without_the_right_nothing_is_seen(quick_hub: Hub, publisher: Member) -> None:
    group_id = make_group(quick_hub, readers=[publisher])
    neither = publisher.principal_with(scopes=frozenset())
    for look in (
        lambda: list_groups(quick_hub.exchange, neither),
        lambda: page_of_groups(quick_hub.exchange, neither, ListAsked(None, 9)),
        lambda: get_group(quick_hub.exchange, neither, group_id),
    ):
        with pytest.raises(ForbiddenError):
            look()


def test_who_is_neither_in_it_nor_manages_it_finds_nothing(quick_hub: Hub, publisher: Member, other: Member) -> None:
    group_id = make_group(quick_hub, readers=[publisher])
    assert list_groups(quick_hub.exchange, other.principal) == []
    with pytest.raises(NotFoundError):
        get_group(quick_hub.exchange, other.principal, group_id)


def test_how_much_is_posted_is_told_to_who_may_change_the_group(quick_hub: Hub, publisher: Member, other: Member) -> None:
    group_id = make_group(quick_hub, readers=[publisher])
    assert count_posted(quick_hub.exchange, quick_hub.operator, group_id) == 0
    with pytest.raises(ForbiddenError):
        count_posted(quick_hub.exchange, publisher.principal, group_id)
    with pytest.raises(NotFoundError):
        count_posted(quick_hub.exchange, other.principal, group_id)
