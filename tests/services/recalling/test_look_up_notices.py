from __future__ import annotations

import pytest

from app.domain.errors import ForbiddenError, MalformedInputError, NotFoundError
from app.domain.permissions import Permission
from app.domain.vocabulary import StaffRole
from app.services.recalling.look_up_notices import NoticesAsked, list_notices
from tests.factories.members import PARTNER_SCOPES, Hub, Member
from tests.factories.recalled import answer_all, notices, recalled


def test_a_partner_sees_its_own_page_by_page(quick_hub: Hub, publisher: Member, other: Member) -> None:
    for _ in range(3):
        recalled(publisher, other)
    first = list_notices(quick_hub.exchange, other.principal, NoticesAsked(limit=2))
    assert (len(first.notices), first.more, first.now) == (2, True, quick_hub.clock.now)
    last = list_notices(quick_hub.exchange, other.principal, NoticesAsked(limit=2, cursor=first.next))
    assert [one.sent for one in (*first.notices, *last.notices)] == [one.sent for one in notices(other)]
    assert list_notices(quick_hub.exchange, other.principal, NoticesAsked(cursor=last.next)).notices == []
    assert notices(publisher) == []
    for principal, asked in (
        (publisher.principal, NoticesAsked(cursor=first.next)),
        (other.principal, NoticesAsked(cursor=first.next, only_open=True)),
    ):
        with pytest.raises(MalformedInputError):
            list_notices(quick_hub.exchange, principal, asked)


def test_only_what_is_open_is_listed_where_asked(quick_hub: Hub, publisher: Member, other: Member) -> None:
    recalled(publisher, other)
    answer_all(quick_hub, other)
    recalled(publisher, other)
    assert [len(notices(other, only_open=which)) for which in (False, True)] == [2, 1]


def test_staff_see_everybodys(quick_hub: Hub, publisher: Member, other: Member) -> None:
    third = quick_hub.enrol("Third")
    recalled(publisher, other, third)
    for role in StaffRole:
        staff = quick_hub.another_operator(role)
        assert len(list_notices(quick_hub.exchange, staff, NoticesAsked()).notices) == 2
        [one] = list_notices(quick_hub.exchange, staff, NoticesAsked(partner_id=third.id)).notices
        assert one.addressee.partner_id == third.id
        page = list_notices(quick_hub.exchange, staff, NoticesAsked(limit=1))
        [rest] = list_notices(quick_hub.exchange, staff, NoticesAsked(cursor=page.next)).notices
        assert {rest.addressee.partner_id, page.notices[0].addressee.partner_id} == {other.id, third.id}


def test_nobody_else_sees_them(quick_hub: Hub, publisher: Member, other: Member) -> None:
    recalled(publisher, other)
    with pytest.raises(NotFoundError):
        list_notices(quick_hub.exchange, publisher.principal, NoticesAsked(partner_id=other.id))
    lesser = other.principal_with(scopes=PARTNER_SCOPES - {Permission.RECALLS_ANSWER})
    with pytest.raises(ForbiddenError):
        list_notices(quick_hub.exchange, lesser, NoticesAsked())
