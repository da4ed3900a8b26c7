from __future__ import annotations

import pytest

from app.domain.errors import ForbiddenError
from app.domain.vocabulary import Channel, Purpose, StaffRole
from app.services.limiting.ask import ask_about
from app.services.limiting.look_up_questions import Asked, list_questions, questions_about
from tests.factories.members import Hub, Member

IDS = [f"user-account--{digit}b8f7f8e-5a35-5b1c-9d68-0a7e8a2f4b11" for digit in "012"]


@pytest.fixture
def asking(quick_hub: Hub, publisher: Member, other: Member) -> Hub:
    """Two partners asked: one about two ids, one about the first."""
    for member, ids in ((publisher, IDS[:2]), (other, IDS[:1])):
        ask_about(quick_hub.exchange, member.principal, ids, Purpose.DETECTION, Channel.REST)
    return quick_hub


@pytest.mark.parametrize("role", [StaffRole.AUDITOR, StaffRole.DATA_PROTECTION])
def test_auditors_and_data_protection_see_who_asked_page_by_page(asking: Hub, role: StaffRole) -> None:
    who = asking.another_operator(role)
    first = list_questions(asking.exchange, who, Asked(), 2)
    rest = list_questions(asking.exchange, who, Asked(after=int(first.next or 0)), 2)
    assert (len(first.questions), first.more, len(rest.questions), rest.more) == (2, True, 1, False)
    assert list_questions(asking.exchange, who, Asked(after=99), 2).next is None


def test_they_find_who_asked_about_one_id_whether_or_not_anybody_stated_it(asking: Hub) -> None:
    who = asking.another_operator(StaffRole.AUDITOR)
    found = [len(questions_about(asking.exchange, who, one, Asked(), 10).questions) for one in IDS]
    assert found == [2, 1, 0]


def test_nobody_else_does(asking: Hub, publisher: Member) -> None:
    for who in (asking.operator, publisher.principal):
        with pytest.raises(ForbiddenError):
            list_questions(asking.exchange, who, Asked(), 10)
        with pytest.raises(ForbiddenError):
            questions_about(asking.exchange, who, IDS[0], Asked(), 10)
