from __future__ import annotations

import pytest

from app.domain.errors import Code, ConflictError, ForbiddenError
from app.domain.object_vocabulary import ContestReason
from app.domain.subject_request import SubjectAct, SubjectGround, SubjectState
from app.domain.vocabulary import StaffRole
from app.services.approval.decide import Decision, reject
from app.services.membership.keep_persons import record_departure
from app.services.membership.recover_keys import propose_recovery
from app.services.recalling.contest import list_contests
from tests.factories.members import Hub, Member
from tests.factories.recalled import hold_round
from tests.factories.stix_objects import indicator
from tests.factories.subject_requests import ADDRESS, Office


def test_an_operator_is_a_second_person_and_whoever_proposed_is_not(office: Office) -> None:
    request = office.open()
    proposed = office.propose(request, SubjectAct.LOOKUP)
    with pytest.raises(ForbiddenError) as caught:
        office.agree(proposed, by=office.first)
    assert caught.value.code is Code.SECOND_PERSON_NEEDED
    office.agree(proposed, by=office.hub.operator)
    assert office.see(request).request.state is SubjectState.LOOKING


def test_nobody_else_is_a_second_person(office: Office, publisher: Member) -> None:
    proposed = office.propose(office.open(), SubjectAct.LOOKUP)
    auditor = office.hub.another_operator(StaffRole.AUDITOR)
    for other in (auditor, publisher.principal, publisher.administrator()):
        with pytest.raises(ForbiddenError):
            office.agree(proposed, by=other)


def test_a_first_person_who_left_counts_no_more(office: Office) -> None:
    proposed = office.propose(office.open(), SubjectAct.LOOKUP)
    record_departure(office.hub.exchange, office.hub.operator, proposed.proposed_by)
    with pytest.raises(ConflictError, match="anew"):
        office.agree(proposed)


def test_data_protection_decides_nothing_else(office: Office) -> None:
    publisher = office.hub.enrol("Platform A")
    key = publisher.add_key(active=False)
    proposed = propose_recovery(office.hub.exchange, office.hub.operator, key.public.keyid, "Lost.")
    with pytest.raises(ForbiddenError) as caught:
        office.agree(proposed)
    assert caught.value.code is Code.PERMISSION_MISSING


def test_a_proposal_that_no_longer_applies_is_not_carried_out(office: Office) -> None:
    request = office.look_up()
    answer = office.propose(request, SubjectAct.ANSWER, ground=SubjectGround.NOTHING_HELD)
    office.do(request, SubjectAct.REJECTION, ground=SubjectGround.EXCESSIVE)
    with pytest.raises(ConflictError):
        office.agree(answer)
    assert office.see(request).request.answer_ground is SubjectGround.EXCESSIVE


def test_what_is_rejected_is_not_done(office: Office) -> None:
    request = office.open()
    proposed = office.propose(request, SubjectAct.LOOKUP)
    reject(office.hub.exchange, office.second, Decision(proposed.approval_id, "No."))
    office.hub.work()
    assert office.see(request).request.state is SubjectState.OPEN
    with pytest.raises(ConflictError):
        office.agree(proposed)


def test_an_answer_may_neither_confirm_nor_deny(office: Office) -> None:
    request = office.look_up()
    office.do(request, SubjectAct.ANSWER, ground=SubjectGround.LAW_ENFORCEMENT)
    seen = office.see(request)
    assert seen.request.answer_ground is SubjectGround.LAW_ENFORCEMENT
    assert [(one.act, one.ground) for one in seen.deeds] == [
        (SubjectAct.LOOKUP, None),
        (SubjectAct.ANSWER, SubjectGround.LAW_ENFORCEMENT),
    ]


def test_what_is_contested_reaches_its_publisher_and_whoever_was_told(quick_hub: Hub) -> None:
    office, owner, reader = Office(quick_hub), quick_hub.enrol("Platform A"), quick_hub.enrol("Hotline B")
    value = indicator(pattern=f"[email-addr:value = '{ADDRESS}']", object_marking_refs=[owner.mark_for(reader)])
    owner.store(value)
    assert reader.look_up(value["id"])
    request = office.look_up()
    office.do(request, SubjectAct.RECTIFICATION, ground=SubjectGround.MISTAKEN_IDENTITY)
    [entered] = list_contests(quick_hub.exchange, quick_hub.operator)
    assert (entered.contest.stix_id, entered.contest.partner_id) == (value["id"], None)
    assert entered.contest.reason is ContestReason.MISTAKEN_IDENTITY
    hold_round(quick_hub)
    for told in (owner, reader):
        assert "recall-notice" in [one["type"] for one in told.pull()[0]]
    assert [(one.act, one.count, one.ground) for one in office.see(request).deeds][-1] == (
        SubjectAct.RECTIFICATION,
        1,
        SubjectGround.MISTAKEN_IDENTITY,
    )
