from __future__ import annotations

import pytest

from app.domain.errors import ForbiddenError, MalformedInputError, NotFoundError
from app.domain.permissions import Permission
from app.domain.vocabulary import StaffRole
from app.services.intake.withdraw import WithdrawalRequest, withdraw
from app.services.reading.look_up_recalls import own_recall, own_recalls
from tests.factories.members import PARTNER_SCOPES, Hub, Member
from tests.factories.stix_objects import indicator


@pytest.fixture
def recall_id(quick_hub: Hub, publisher: Member, other: Member) -> str:
    """A recall of one object that ``other`` was given."""
    one = indicator()
    publisher.store(one)
    other.look_up(one["id"])
    return withdraw(quick_hub.exchange, publisher.principal, WithdrawalRequest(one["id"]))


def test_its_owner_sees_who_was_told_once_the_notices_went_out(
    quick_hub: Hub, publisher: Member, other: Member, recall_id: str
) -> None:
    before = own_recall(quick_hub.exchange, publisher.principal, recall_id)
    assert (before.told, before.recall.notified_at) == ([], None)
    quick_hub.work()
    after = own_recall(quick_hub.exchange, publisher.principal, recall_id)
    assert [(one.partner_id, one.name, one.answered_at) for one in after.told] == [(other.id, other.partner.name, None)]
    assert after.recall.notified_at == quick_hub.clock.now
    assert own_recalls(quick_hub.exchange, publisher.principal, None, 10).recalls == [after]


def test_nobody_else_sees_it(quick_hub: Hub, other: Member, recall_id: str) -> None:
    with pytest.raises(NotFoundError):
        own_recall(quick_hub.exchange, other.principal, recall_id)
    assert own_recalls(quick_hub.exchange, other.principal, None, 10).recalls == []


def test_without_the_right_nobody_asks(quick_hub: Hub, publisher: Member, recall_id: str) -> None:
    lesser = publisher.principal_with(scopes=PARTNER_SCOPES - {Permission.DISCLOSURES_READ})
    with pytest.raises(ForbiddenError):
        own_recall(quick_hub.exchange, lesser, recall_id)
    with pytest.raises(ForbiddenError):
        own_recalls(quick_hub.exchange, lesser, None, 10)


def test_staff_see_everybodys(quick_hub: Hub, publisher: Member, recall_id: str) -> None:
    for role in StaffRole:
        staff = quick_hub.another_operator(role)
        assert own_recall(quick_hub.exchange, staff, recall_id).recall.owner_id == publisher.id
        assert [one.recall.public_id for one in own_recalls(quick_hub.exchange, staff, None, 10).recalls] == [recall_id]


def test_anothers_cursor_is_none(quick_hub: Hub, publisher: Member, other: Member, recall_id: str) -> None:
    page = own_recalls(quick_hub.exchange, publisher.principal, None, 10)
    assert [one.recall.public_id for one in page.recalls] == [recall_id]
    assert own_recalls(quick_hub.exchange, publisher.principal, page.next, 10).recalls == []
    with pytest.raises(MalformedInputError):
        own_recalls(quick_hub.exchange, other.principal, page.next, 10)
