from __future__ import annotations

from app.domain.draft import DraftState
from app.domain.object_vocabulary import RecallOutcome
from app.domain.signing_task import TaskState
from app.domain.subject_request import Selector, SelectorKind, SubjectAct
from app.domain.vocabulary import StaffRole
from app.services.drafting.keep import own_draft
from app.services.drafting.read_second import approve
from app.services.signing_tasks.carry_out import carry_out
from app.services.signing_tasks.look_up import get_task
from app.services.subjects.tasks_found import find_tasks
from tests.factories.drafting import desks
from tests.factories.members import Hub
from tests.factories.recalled import notices, recalled
from tests.factories.signing_tasks import Desk, sign_task
from tests.factories.stix_objects import indicator, newer
from tests.factories.subject_requests import ADDRESS, Office

PATTERN = f"[email-addr:value = '{ADDRESS}']"


def state(desk: Desk, task_id: str) -> TaskState:
    return get_task(desk.member.hub.exchange, desk.analyst, task_id).state


def test_objects_that_wait_are_found_by_whose_they_are_and_stopped_by_an_erasure(hub: Hub) -> None:
    desk, office = Desk(hub.enrol("Platform")), Office(hub)
    desk.member.store(value := indicator(pattern=PATTERN))
    about, other = desk.objects(indicator(pattern=PATTERN)), desk.objects(indicator())
    request = office.look_up()
    [found] = office.see(request).signing_tasks or ()
    assert (found.task_id, found.owner_name, found.made_at) == (about.task_id, "Platform", about.made_at)
    assert office.see(request, hub.another_operator(StaffRole.AUDITOR)).signing_tasks is None
    office.do(request, SubjectAct.ERASURE)
    assert (state(desk, about.task_id), state(desk, other.task_id)) == (TaskState.TAKEN_BACK, TaskState.WAITING)
    assert office.see(request).signing_tasks == []
    assert value["id"] not in {stix_id for stix_id, _ in desk.member.sees()}


def test_a_newer_version_of_what_is_erased_is_not_signed_any_more_though_it_states_nothing_of_it(hub: Hub) -> None:
    desk, office, another = Desk(hub.enrol("Platform")), Office(hub), Desk(hub.enrol("Hotline"))
    desk.member.store(value := indicator(pattern=PATTERN))
    harmless = newer(value) | {"pattern": "[url:value = 'https://files.example.org/a']"}
    waiting = desk.objects(harmless)
    refers = desk.objects(indicator(description=value["id"]))
    foreign = another.objects(harmless)
    request = office.look_up()
    assert office.see(request).signing_tasks == []
    office.do(request, SubjectAct.ERASURE)
    assert state(desk, waiting.task_id) is TaskState.TAKEN_BACK
    assert state(desk, refers.task_id) is state(another, foreign.task_id) is TaskState.WAITING


def test_a_draft_of_which_only_what_waits_states_it_goes_back_to_its_author(hub: Hub) -> None:
    ours, office = desks(hub), Office(hub)
    waiting = ours.handed_over()
    draft = approve(hub.exchange, ours.reviewer, waiting.draft_id, str(waiting.digest))
    [stated] = [one["id"] for one in draft.frozen_document["objects"] if one["type"] == "indicator"][:1]
    ours.partner.store(indicator(id=stated, pattern=PATTERN))
    request = office.look_up()
    office.do(request, SubjectAct.ERASURE)
    back = own_draft(hub.exchange, ours.author, draft.draft_id)
    assert (back.state, back.signing_task_id) == (DraftState.RETURNED, None)


def test_answers_to_recalls_that_wait_are_left_alone(hub: Hub) -> None:
    desk, office, value = Desk(hub.enrol("Hotline")), Office(hub), indicator()
    recalled(hub.enrol("Platform"), desk.member, values=[value])
    [record] = notices(desk.member)
    waiting = desk.answer(record, RecallOutcome.DELETED)
    assert value["id"] in str(waiting.document)
    desk.member.store(indicator(description=value["id"]))
    request = office.look_up(Selector(SelectorKind.STIX_ID, value["id"]))
    assert office.see(request).signing_tasks == []
    office.do(request, SubjectAct.ERASURE)
    assert state(desk, waiting.task_id) is TaskState.WAITING


def test_what_waits_of_a_restricted_object_is_signed_and_hidden(hub: Hub) -> None:
    desk, office = Desk(hub.enrol("Platform")), Office(hub)
    desk.member.store(value := indicator(pattern=PATTERN))
    waiting = desk.objects(newer(value))
    office.do(office.look_up(), SubjectAct.RESTRICTION)
    signed = sign_task(desk.member, waiting)
    assert carry_out(hub.exchange, desk.member.principal, waiting.task_id, signed).state is TaskState.DONE
    assert desk.member.sees() == []


def test_before_two_agreed_to_look_nothing_is_found(hub: Hub) -> None:
    desk, office = Desk(hub.enrol("Platform")), Office(hub)
    desk.objects(indicator(pattern=PATTERN))
    request = office.open()
    with hub.exchange.database.read() as connection:
        assert find_tasks(connection, request) == []
