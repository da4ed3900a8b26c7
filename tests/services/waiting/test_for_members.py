from __future__ import annotations

from app.domain.partner import Principal
from app.domain.partner_request import RequestOutcome
from app.domain.permissions import Permission
from app.domain.vocabulary import Role
from app.services.drafting.freeze import hand_over
from app.services.drafting.keep import begin_draft
from app.services.drafting.read_second import send_back
from app.services.requesting.answer import NewAnswer, answer_request
from app.services.requesting.start_clock import start_clock
from app.services.waiting.for_members import SIGNED_WITHIN, waits_for_member
from app.services.waiting.waits import Wait, WaitKind
from tests.factories.drafting import URL, desks
from tests.factories.members import PARTNER_SCOPES, Hub, Member
from tests.factories.observation_forms import form
from tests.factories.partner_requests import request_of
from tests.factories.recalled import answer_all, notices, recalled
from tests.factories.signing_tasks import Desk
from tests.factories.stix_objects import indicator
from tests.services.intake.test_settle_feedback import dispute


def waits(member: Member, principal: Principal | None = None, *, reads: bool = True) -> dict[WaitKind, Wait]:
    found = waits_for_member(member.hub.exchange, principal or member.principal, member.reader() if reads else None)
    return {one.kind: one for one in found}


def test_nothing_waits_where_nothing_came(quick_hub: Hub, publisher: Member) -> None:
    assert waits(publisher) == {}
    assert waits_for_member(quick_hub.exchange, quick_hub.operator, None) == []


def test_recalls_wait_with_the_first_that_is_due(quick_hub: Hub, publisher: Member, other: Member) -> None:
    recalled(publisher, other)
    [notice] = notices(other)
    assert waits(other) == {WaitKind.RECALLS: Wait(WaitKind.RECALLS, 1, notice.addressee.due_at)}
    assert waits(other, other.principal_with(scopes=PARTNER_SCOPES - {Permission.RECALLS_ANSWER})) == {}
    answer_all(quick_hub, other)
    assert waits(other) == {}


def test_requests_wait_for_those_who_are_asked_until_they_answer(quick_hub: Hub, publisher: Member) -> None:
    agency = quick_hub.enrol("Agency", Role.LAW_ENFORCEMENT)
    value = request_of("information-request", [publisher.partner.identity_id], quick_hub.clock.now)
    agency.store(value)
    made = start_clock(quick_hub.exchange, agency.principal, value["id"], None)
    assert waits(publisher) == {WaitKind.REQUESTS: Wait(WaitKind.REQUESTS, 1, made.due_at)}
    assert waits(agency) == waits(publisher, reads=False) == {}
    answer_request(quick_hub.exchange, publisher.reader(), made.request_id, NewAnswer(RequestOutcome.NOT_HELD))
    assert waits(publisher) == {}


def test_disputes_of_ones_own_wait_for_the_publisher_alone(quick_hub: Hub, publisher: Member, other: Member) -> None:
    value = indicator()
    publisher.store(value)
    other.pull()
    other.store(dispute(value["id"]))
    began = quick_hub.clock.now
    quick_hub.work()
    found = waits(publisher)
    assert found[WaitKind.DISPUTES] == Wait(WaitKind.DISPUTES, 1, since=began)
    assert WaitKind.DISPUTES not in waits(other)


def test_what_nobody_signs_for_hours_is_shown(quick_hub: Hub, publisher: Member) -> None:
    desk = Desk(publisher)
    task = desk.objects()
    assert waits(publisher) == {}
    quick_hub.clock.pass_time(SIGNED_WITHIN)
    assert waits(publisher, desk.reviewer) == {WaitKind.SIGNATURES: Wait(WaitKind.SIGNATURES, 1, since=task.made_at)}


def test_drafts_wait_for_another_person_than_their_author(quick_hub: Hub, publisher: Member) -> None:
    desk = Desk(publisher)
    document = {name: value for name, value in form(URL).items() if name not in {"type", "review"}}
    draft = begin_draft(quick_hub.exchange, desk.analyst, document | {"who_may_know": {"audience_id": publisher.everybody}})
    assert WaitKind.REVIEWS not in waits(publisher, desk.reviewer)
    hand_over(quick_hub.exchange, desk.analyst, draft.draft_id, draft.revision)
    assert waits(publisher, desk.reviewer)[WaitKind.REVIEWS] == Wait(WaitKind.REVIEWS, 1, since=quick_hub.clock.now)
    assert WaitKind.REVIEWS not in waits(publisher, desk.analyst)


def test_a_draft_that_came_back_waits_for_its_author_alone(quick_hub: Hub) -> None:
    there = desks(quick_hub)
    handed = there.handed_over()
    assert WaitKind.RETURNED not in waits(there.partner, there.author)
    send_back(quick_hub.exchange, there.reviewer, handed.draft_id, handed.digest or "", "Say less.")
    assert waits(there.partner, there.author)[WaitKind.RETURNED] == Wait(WaitKind.RETURNED, 1, since=quick_hub.clock.now)
    assert WaitKind.RETURNED not in waits(there.partner, there.reviewer)
