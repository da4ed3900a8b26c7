from __future__ import annotations

import pytest

from app.domain.errors import NotFoundError
from app.domain.signing_task import TaskState
from app.domain.subject_request import Selector, SelectorKind, SubjectAct
from app.domain.vocabulary import StaffRole
from app.services.drafting.keep import own_draft
from app.services.drafting.read_second import approve
from app.services.signing_tasks.look_up import get_task
from app.services.subjects.drafts_found import find_drafts
from tests.factories.drafting import desks
from tests.factories.members import Hub
from tests.factories.subject_requests import Office

URL = Selector(SelectorKind.URL, "https://files.example.org/a")
OTHER = Selector(SelectorKind.URL, "https://files.example.org/b")


def test_drafts_are_found_by_whose_they_are_and_erased_with_what_waits_to_be_signed(hub: Hub) -> None:
    ours, office = desks(hub), Office(hub)
    waiting, mine = ours.handed_over(), ours.begun(observables=[{"kind": "url", "value": OTHER.value}])
    draft = approve(hub.exchange, ours.reviewer, waiting.draft_id, str(waiting.digest))
    ours.partner.store(*draft.frozen_document["objects"])
    request = office.look_up(URL)
    [found] = office.see(request).drafts or ()
    assert (found.draft_id, found.owner_name) == (draft.draft_id, "Platform")
    assert office.see(request, hub.another_operator(StaffRole.AUDITOR)).drafts is None
    office.do(request, SubjectAct.ERASURE)
    with pytest.raises(NotFoundError):
        own_draft(hub.exchange, ours.author, draft.draft_id)
    task = get_task(hub.exchange, ours.author, str(draft.signing_task_id)).task
    assert (task.state, task.document) == (TaskState.TAKEN_BACK, None)
    assert office.see(request).drafts == []
    assert own_draft(hub.exchange, ours.author, mine.draft_id) == mine


def test_before_two_agreed_to_look_nothing_is_found(hub: Hub) -> None:
    ours, office = desks(hub), Office(hub)
    ours.begun()
    request = office.open(URL)
    with hub.exchange.database.read() as connection:
        assert find_drafts(connection, request) == []
