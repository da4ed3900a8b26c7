from __future__ import annotations

from datetime import timedelta

import pytest

from app.domain.errors import ForbiddenError
from app.domain.subject_request import SubjectAct, SubjectGround
from app.domain.vocabulary import StaffRole
from app.services.subjects.figures import figures
from tests.factories.members import Member
from tests.factories.subject_requests import Office


def test_an_auditor_sees_how_often_the_exchange_was_asked_and_how_late_it_was(office: Office, publisher: Member) -> None:
    exchange = office.hub.exchange
    auditor = office.hub.another_operator(StaffRole.AUDITOR)
    first, late = office.look_up(), office.open()
    office.do(first, SubjectAct.ANSWER, ground=SubjectGround.NOTHING_HELD)
    opened = f"{office.hub.clock.now:%Y-%m}"
    office.hub.clock.now = late.deadline + timedelta(days=1)
    told = {one.month: one for one in figures(exchange, auditor)}
    assert len(told) == 24
    assert (told[opened].opened, told[opened].acts[SubjectAct.LOOKUP], told[opened].acts[SubjectAct.ANSWER]) == (2, 1, 1)
    assert told[f"{late.deadline:%Y-%m}"].late == 1
    assert next(iter(told)) == f"{office.hub.clock.now:%Y-%m}"
    with pytest.raises(ForbiddenError):
        figures(exchange, publisher.principal)
