from __future__ import annotations

import pytest

from app.domain.errors import ForbiddenError, NotFoundError
from app.services.membership.look_at_groups import GroupRecord, get_group, list_groups
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


def test_without_the_right_nothing_is_seen(quick_hub: Hub, publisher: Member) -> None:
    group_id = make_group(quick_hub, readers=[publisher])
    neither = publisher.principal_with(scopes=frozenset())
    for look in (lambda: list_groups(quick_hub.exchange, neither), lambda: get_group(quick_hub.exchange, neither, group_id)):
        with pytest.raises(ForbiddenError):
            look()


def test_who_is_neither_in_it_nor_manages_it_finds_nothing(quick_hub: Hub, publisher: Member, other: Member) -> None:
    group_id = make_group(quick_hub, readers=[publisher])
    assert list_groups(quick_hub.exchange, other.principal) == []
    with pytest.raises(NotFoundError):
        get_group(quick_hub.exchange, other.principal, group_id)
