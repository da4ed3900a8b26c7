from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.errors import Code, ForbiddenError, MalformedInputError, NotFoundError
from app.domain.vocabulary import Sensitivity, StaffRole
from app.services.subjects.show_request import get_request, list_requests
from tests.factories.members import Hub, Member
from tests.factories.stix_objects import indicator
from tests.factories.subject_requests import ADDRESS, Office


def test_a_finding_says_whose_how_sensitive_and_who_was_given_it(hub: Hub) -> None:
    office, publisher, reader = Office(hub), hub.enrol("Platform A"), hub.enrol("Hotline B")
    stated = indicator(pattern=f"[email-addr:value = '{ADDRESS}']", object_marking_refs=[publisher.mark_for(reader, tlp="amber")])
    publisher.store(stated)
    assert reader.look_up(stated["id"])
    assert publisher.look_up(stated["id"])
    [found] = office.see(office.look_up()).findings or ()
    assert (found.owner_id, found.owner_name, found.told) == (publisher.id, "Platform A", ["Hotline B"])
    assert (found.sensitivity, found.is_withdrawn, found.is_restricted) == (Sensitivity.IDENTIFYING, False, False)
    assert found.purposes


def test_operators_see_no_selectors_and_auditors_no_findings(office: Office, publisher: Member) -> None:
    publisher.store(indicator(pattern=f"[email-addr:value = '{ADDRESS}']"))
    request = office.look_up()
    own = office.see(request)
    operators = office.see(request, office.hub.operator)
    auditors = office.see(request, office.hub.another_operator(StaffRole.AUDITOR))
    assert own.request.selectors
    assert (operators.request.selectors, operators.shows_selectors) == ((), False)
    assert operators.findings == own.findings != []
    assert (auditors.request.selectors, auditors.findings) == ((), None)
    assert auditors.counts == own.counts


def test_nobody_else_sees_anything(office: Office, publisher: Member) -> None:
    request, exchange = office.open(), office.hub.exchange
    for other in (publisher.principal, publisher.administrator(), replace(office.first, person=None)):
        with pytest.raises(ForbiddenError):
            get_request(exchange, other, request.request_id)
        with pytest.raises(ForbiddenError):
            list_requests(exchange, other, None, 10)
    with pytest.raises(NotFoundError):
        get_request(exchange, office.first, "nonsense")


def test_pages_go_on_where_the_last_ended(office: Office) -> None:
    exchange, opened = office.hub.exchange, [office.open().request_id for _ in range(3)]
    first = list_requests(exchange, office.first, None, 2)
    rest = list_requests(exchange, office.hub.operator, first.next, 2)
    assert (first.more, rest.more) == (True, False)
    assert sorted(one.request.request_id for one in (*first.requests, *rest.requests)) == sorted(opened)
    assert list_requests(exchange, office.first, rest.next, 2).requests == []
    assert not any(one.request.selectors for one in first.requests)
    with pytest.raises(MalformedInputError) as caught:
        list_requests(exchange, office.first, "AAAA", 2)
    assert caught.value.code is Code.CURSOR_INVALID
