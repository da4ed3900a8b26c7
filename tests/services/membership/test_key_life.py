from __future__ import annotations

import pytest

from app.domain.errors import ForbiddenError, NotFoundError
from app.domain.permissions import Permission
from app.services.membership.key_life import acting, own_partner, require_to_end
from app.storage import counter
from tests.factories.members import PARTNER_SCOPES, Hub, Member


def test_an_act_that_fails_leaves_nothing(quick_hub: Hub) -> None:
    with quick_hub.exchange.database.read() as connection:
        before = counter.read_order(connection)
    with pytest.raises(ZeroDivisionError), acting(quick_hub.exchange, quick_hub.operator) as act:
        act.order.log_index = act.order.next_log_index() // 0
    with quick_hub.exchange.database.read() as connection:
        assert counter.read_order(connection) == before


def test_a_partner_ends_its_own_and_staff_anybodys(quick_hub: Hub, publisher: Member, other: Member) -> None:
    keyid = publisher.key.public.keyid
    for principal in (publisher.principal, quick_hub.operator):
        with acting(quick_hub.exchange, principal) as act:
            assert act.own_or_staffs(keyid).keyid == keyid
    with pytest.raises(NotFoundError), acting(quick_hub.exchange, other.principal) as act:
        act.own_or_staffs(keyid)


def test_staff_have_no_keys(quick_hub: Hub, publisher: Member) -> None:
    assert own_partner(publisher.principal) == publisher.partner
    with pytest.raises(ForbiddenError):
        own_partner(quick_hub.operator)


def test_ending_keys_needs_the_permission_of_ones_kind(quick_hub: Hub, publisher: Member) -> None:
    require_to_end(publisher.principal)
    require_to_end(quick_hub.operator)
    with pytest.raises(ForbiddenError):
        require_to_end(publisher.principal_with(scopes=PARTNER_SCOPES - {Permission.KEYS_WRITE}))
