from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.errors import ConflictError, ForbiddenError, MalformedInputError, NotFoundError
from app.domain.events import Event
from app.domain.partner import Principal
from app.domain.subject_request import Selector, SelectorKind, SubjectAct, SubjectGround, SubjectRight, SubjectState
from app.domain.vocabulary import MemberRole, StaffRole
from app.services.answer_once import key_use
from app.services.subjects.open_request import NewSubjectRequest, close, extend, open_request, selectors_digest
from app.storage import events
from tests.factories.members import Hub, Member
from tests.factories.policy_values import DAY
from tests.factories.subject_requests import ADDRESS, Office

NOBODY = "0b8f7f8e-5a35-4b1c-9d68-0a7e8a2f4b11"


def wanted(hub: Hub, *selectors: Selector) -> NewSubjectRequest:
    return NewSubjectRequest("DP-1", SubjectRight.ACCESS, hub.clock.now, selectors or (Selector(SelectorKind.EMAIL, ADDRESS),))


def test_nobody_but_a_data_protection_person_of_the_exchange_opens_one(office: Office, publisher: Member) -> None:
    hub = office.hub
    others: list[Callable[[], Principal]] = [
        lambda: hub.operator,
        lambda: hub.another_operator(StaffRole.AUDITOR),
        lambda: publisher.principal,
        publisher.administrator,
        lambda: publisher.person(publisher.administrator(), MemberRole.DATA_PROTECTION),
        lambda: replace(office.first, person=None),
    ]
    for other in others:
        with pytest.raises(ForbiddenError):
            open_request(hub.exchange, other(), wanted(hub))


def test_an_answer_is_due_a_month_after_it_was_received_and_once_two_months_later(office: Office) -> None:
    exchange, request = office.hub.exchange, office.open()
    assert (request.deadline - request.received_at).days in {28, 30, 31}
    assert request.deadline.day == request.received_at.day
    with pytest.raises(MalformedInputError):
        extend(exchange, office.first, request.request_id, SubjectGround.EXCESSIVE)
    longer = extend(exchange, office.first, request.request_id, SubjectGround.COMPLEX)
    assert 89 <= (longer.deadline - request.received_at).days <= 92
    with pytest.raises(ConflictError):
        extend(exchange, office.first, request.request_id, SubjectGround.COMPLEX)


def test_a_deadline_that_has_passed_is_not_extended(office: Office) -> None:
    request = office.open()
    office.hub.clock.now = request.deadline + timedelta(microseconds=1)
    with pytest.raises(ConflictError):
        extend(office.hub.exchange, office.first, request.request_id, SubjectGround.COMPLEX)


def test_a_request_is_not_received_in_the_future_and_selectors_have_their_form(office: Office) -> None:
    hub = office.hub
    with pytest.raises(MalformedInputError):
        open_request(hub.exchange, office.first, replace(wanted(hub), received_at=hub.clock.now + DAY))
    with pytest.raises(MalformedInputError) as caught:
        open_request(hub.exchange, office.first, wanted(hub, Selector(SelectorKind.IP, "no-address-7")))
    assert "no-address-7" not in str(caught.value)


def test_only_what_was_answered_is_closed(office: Office) -> None:
    exchange, request = office.hub.exchange, office.open()
    with pytest.raises(ConflictError):
        close(exchange, office.first, request.request_id)
    office.do(request, SubjectAct.REJECTION, ground=SubjectGround.IDENTITY_UNCONFIRMED)
    assert close(exchange, office.second, request.request_id).state is SubjectState.CLOSED
    with pytest.raises(ConflictError):
        close(exchange, office.first, request.request_id)


def test_what_is_not_there_is_not_found(office: Office) -> None:
    with pytest.raises(NotFoundError):
        extend(office.hub.exchange, office.first, NOBODY, SubjectGround.COMPLEX)
    with pytest.raises(NotFoundError):
        close(office.hub.exchange, office.first, NOBODY)


def test_repeated_calls_are_one(office: Office) -> None:
    hub, first = office.hub, office.first
    use = key_use(first, "subject-requests", "key-1", b"body")
    assert len({open_request(hub.exchange, first, wanted(hub), use).request_id for _ in range(2)}) == 1
    request = office.open()
    use = key_use(first, "extension", "key-2", b"body")
    assert len({extend(hub.exchange, first, request.request_id, SubjectGround.COMPLEX, use).deadline for _ in range(2)}) == 1
    office.do(request, SubjectAct.REJECTION, ground=SubjectGround.EXCESSIVE)
    use = key_use(first, "closure", "key-3", b"body")
    assert len({close(hub.exchange, first, request.request_id, use).closed_at for _ in range(2)}) == 1


def test_each_step_is_an_event_that_names_the_request_alone(office: Office) -> None:
    request = office.open()
    extend(office.hub.exchange, office.first, request.request_id, SubjectGround.MANY_REQUESTS)
    office.do(request, SubjectAct.REJECTION, ground=SubjectGround.EXCESSIVE)
    close(office.hub.exchange, office.first, request.request_id)
    with office.hub.exchange.database.read() as connection:
        kept = [one for _, one in events.events(connection, 0, 1000) if one.subject == request.request_id]
    assert [one.event for one in kept] == [
        Event.SUBJECT_OPEN,
        Event.SUBJECT_EXTEND,
        Event.SUBJECT_REJECT,
        Event.SUBJECT_CLOSE,
    ]
    assert {one.code for one in kept} == {"access", "excessive"}


def test_the_digest_of_equal_selectors_differs_from_request_to_request(office: Office) -> None:
    assert selectors_digest(office.open()) != selectors_digest(office.open())
