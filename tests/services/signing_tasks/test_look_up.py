from __future__ import annotations

import pytest

from app.domain.errors import ForbiddenError, MalformedInputError, NotFoundError
from app.domain.signing_task import TASKS_WAIT, TaskState
from app.domain.vocabulary import MemberRole
from app.services.signing_tasks.look_up import TaskQuery, get_task, list_tasks, tasks_about
from tests.factories.members import Hub
from tests.factories.policy_values import SECOND
from tests.factories.signing_tasks import Desk


@pytest.fixture
def desk(quick_hub: Hub) -> Desk:
    """A partner whose persons decide things."""
    return Desk(quick_hub.enrol("Synthetic platform"))


def test_a_partner_sees_its_own_tasks_and_nobody_elses(desk: Desk, quick_hub: Hub) -> None:
    task, other = desk.objects(), quick_hub.enrol("Synthetic hotline")
    exchange = quick_hub.exchange
    for principal in (desk.member.principal, desk.analyst, desk.reviewer, desk.administrator):
        assert [one.task for one in list_tasks(exchange, principal, TaskQuery()).tasks] == [task]
        assert get_task(exchange, principal, task.task_id).task == task
    assert list_tasks(exchange, other.principal, TaskQuery()).tasks == []
    with pytest.raises(NotFoundError):
        get_task(exchange, other.principal, task.task_id)
    for principal in (quick_hub.operator, desk.member.person(desk.administrator, MemberRole.READ_ONLY)):
        with pytest.raises(ForbiddenError):
            get_task(exchange, principal, task.task_id)


def test_pages_go_on_where_they_ended_and_belong_to_their_filter(desk: Desk, quick_hub: Hub) -> None:
    exchange, made = quick_hub.exchange, []
    for _ in range(3):
        made.append(desk.objects().task_id)
        quick_hub.clock.pass_time(SECOND)
    first = list_tasks(exchange, desk.analyst, TaskQuery(limit=2))
    rest = list_tasks(exchange, desk.analyst, TaskQuery(cursor=first.next, limit=2))
    assert [one.task.task_id for one in (*first.tasks, *rest.tasks)] == made[::-1]
    assert (first.more, rest.more) == (True, False)
    assert list_tasks(exchange, desk.analyst, TaskQuery(cursor=rest.next)).tasks == []
    with pytest.raises(MalformedInputError):
        list_tasks(exchange, desk.analyst, TaskQuery(TaskState.DONE, first.next))


def test_what_lapsed_is_shown_so_at_once(desk: Desk, quick_hub: Hub) -> None:
    desk.objects()
    quick_hub.clock.pass_time(TASKS_WAIT)
    principal = desk.member.principal
    [seen] = list_tasks(quick_hub.exchange, principal, TaskQuery(TaskState.LAPSED)).tasks
    assert seen.state is TaskState.LAPSED
    assert list_tasks(quick_hub.exchange, principal, TaskQuery(TaskState.WAITING)).tasks == []


def test_what_became_of_a_draft_is_found_by_it(desk: Desk, quick_hub: Hub) -> None:
    task = desk.objects(subject="draft-7")
    desk.objects(subject="draft-8")
    assert [one.task for one in tasks_about(quick_hub.exchange, desk.reviewer, "draft-7")] == [task]
