from __future__ import annotations

import json
from dataclasses import replace

import pytest

from app.domain.approval import ApprovalKind
from app.domain.errors import ConflictError, ForbiddenError, MalformedInputError, NotFoundError
from app.domain.subject_request import MOST_LOOKUPS, SubjectAct, SubjectGround
from app.services.answer_once import key_use
from app.services.subjects.open_request import selectors_digest
from app.services.subjects.propose_act import ActWanted, propose_act
from tests.factories.members import Member
from tests.factories.policy_values import DAY
from tests.factories.stix_objects import indicator
from tests.factories.subject_requests import ADDRESS, Office

LOOKUP = ActWanted(SubjectAct.LOOKUP, "They asked.")


def test_a_proposal_holds_the_request_a_salted_digest_and_no_selector(office: Office) -> None:
    request = office.open()
    proposed = office.propose(request, SubjectAct.LOOKUP)
    assert (proposed.kind, proposed.subject, proposed.partner_id) == (ApprovalKind.SUBJECT_LOOKUP, request.request_id, None)
    assert json.loads(proposed.document) == {
        "type": "subject-lookup",
        "request": request.request_id,
        "selectors_digest": selectors_digest(request),
    }


def test_operators_and_service_accounts_propose_nothing(office: Office, publisher: Member) -> None:
    request = office.open()
    for other in (office.hub.operator, publisher.principal, replace(office.first, person=None)):
        with pytest.raises(ForbiddenError):
            propose_act(office.hub.exchange, other, request.request_id, LOOKUP)


def test_what_does_not_apply_is_not_proposed(office: Office) -> None:
    request = office.open()
    with pytest.raises(ConflictError):
        office.propose(request, SubjectAct.ANSWER, ground=SubjectGround.HELD)
    with pytest.raises(MalformedInputError):
        office.propose(request, SubjectAct.LOOKUP, numbers=[1])
    office.propose(request, SubjectAct.LOOKUP)
    with pytest.raises(ConflictError):
        office.propose(request, SubjectAct.LOOKUP)
    with pytest.raises(NotFoundError):
        propose_act(office.hub.exchange, office.first, "nonsense", LOOKUP)


def test_findings_are_this_requests_and_at_least_one(office: Office, publisher: Member) -> None:
    nothing = office.look_up()
    with pytest.raises(ConflictError):
        office.propose(nothing, SubjectAct.ERASURE)
    publisher.store(*(indicator(pattern=f"[email-addr:value = '{ADDRESS}']") for _ in range(2)))
    request = office.look_up()
    first, second = (one.number for one in office.see(request).findings or ())
    with pytest.raises(MalformedInputError):
        office.propose(request, SubjectAct.ERASURE, numbers=[first, second + 1])
    proposed = office.propose(request, SubjectAct.ERASURE, numbers=[second])
    assert json.loads(proposed.document)["findings"] == [second]


def test_a_repeated_proposal_is_the_first_one(office: Office) -> None:
    request = office.open()
    use = key_use(office.first, "acts", "key-1", b"body")
    made = [propose_act(office.hub.exchange, office.first, request.request_id, LOOKUP, use) for _ in range(2)]
    assert made[0] == made[1]


def test_so_many_look_ups_a_day_and_no_more(office: Office) -> None:
    request = office.open()
    for _ in range(MOST_LOOKUPS):
        office.do(request, SubjectAct.LOOKUP)
    with pytest.raises(ConflictError, match="within a day"):
        office.propose(request, SubjectAct.LOOKUP)
    office.hub.clock.pass_time(DAY)
    office.hub.clock.pass_time(DAY / 10**6)
    assert office.propose(request, SubjectAct.LOOKUP)
