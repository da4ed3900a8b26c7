from __future__ import annotations

import pytest

from app.domain.errors import ConflictError, ForbiddenError, MalformedInputError, NotFoundError
from app.services.membership.relate_partners import Relations, relate_partner, relations_of
from tests.factories.members import Hub, Member

ABSENT = "00000000-0000-4000-8000-000000000000"
NONE = Relations(None, frozenset())


def related(member: Member, parent: Member | None = None, *client_of: Member) -> Relations:
    relations = Relations(parent.id if parent else None, frozenset(one.id for one in client_of))
    return relate_partner(member.hub.exchange, member.hub.operator, member.id, relations)


def test_staff_and_the_partner_itself_see_its_relations(quick_hub: Hub, publisher: Member, other: Member) -> None:
    said = related(publisher, other, other)
    assert relations_of(quick_hub.exchange, quick_hub.operator, publisher.id) == said
    assert relations_of(quick_hub.exchange, publisher.principal, publisher.id) == said
    assert relations_of(quick_hub.exchange, other.principal, other.id) == NONE
    for partner_id in (publisher.id, ABSENT):
        with pytest.raises(NotFoundError):
            relations_of(quick_hub.exchange, other.principal, partner_id)


def test_nothing_goes_in_a_circle(quick_hub: Hub) -> None:
    first, second, third = (quick_hub.enrol(name) for name in "ABC")
    related(first, second, second)
    related(second, third, third)
    for act in (
        lambda: related(third, first),
        lambda: related(third, None, first),
        lambda: related(first, first),
        lambda: related(first, None, first),
    ):
        with pytest.raises(ConflictError):
            act()
    assert relations_of(quick_hub.exchange, quick_hub.operator, third.id) == NONE


def test_only_operators_relate_partners_that_exist(quick_hub: Hub, publisher: Member) -> None:
    exchange, operator = quick_hub.exchange, quick_hub.operator
    with pytest.raises(ForbiddenError):
        relate_partner(exchange, publisher.principal, publisher.id, NONE)
    with pytest.raises(NotFoundError):
        relate_partner(exchange, operator, ABSENT, NONE)
    for relations in (Relations(ABSENT, frozenset()), Relations(None, frozenset({ABSENT}))):
        with pytest.raises(MalformedInputError):
            relate_partner(exchange, operator, publisher.id, relations)
