from __future__ import annotations

import pytest

from app.domain.errors import ConflictError, ForbiddenError, NotFoundError
from app.domain.signing_task import TASKS_WAIT, TaskState
from app.services.signing_tasks.carry_out import carry_out
from app.services.signing_tasks.take_back import take_back
from tests.factories.members import Hub
from tests.factories.signing_tasks import Desk, person_id, stored


@pytest.fixture
def desk(quick_hub: Hub) -> Desk:
    """A partner whose persons decide things."""
    return Desk(quick_hub.enrol("Synthetic platform"))


def test_whoever_made_it_or_an_administrator_takes_it_back(desk: Desk, quick_hub: Hub) -> None:
    for by in (desk.analyst, desk.administrator):
        task = desk.objects()
        seen = take_back(quick_hub.exchange, by, task.task_id)
        with quick_hub.exchange.database.read() as connection:
            kept = stored(connection, task)
        assert (kept, seen.state) == (seen.task, TaskState.TAKEN_BACK)
        assert (kept.document, kept.settled_by) == (None, person_id(by))
        assert take_back(quick_hub.exchange, by, task.task_id).state is TaskState.TAKEN_BACK


def test_nobody_else_does(desk: Desk, quick_hub: Hub) -> None:
    task, other = desk.objects(), Desk(quick_hub.enrol("Synthetic hotline"))
    for by in (desk.reviewer, desk.member.principal):
        with pytest.raises(ForbiddenError):
            take_back(quick_hub.exchange, by, task.task_id)
    with pytest.raises(NotFoundError):
        take_back(quick_hub.exchange, other.administrator, task.task_id)


def test_what_is_done_or_has_lapsed_stays_so(desk: Desk, quick_hub: Hub) -> None:
    done, late = desk.objects(), desk.objects()
    carry_out(quick_hub.exchange, desk.analyst, done.task_id, desk.signed(done))
    with pytest.raises(ConflictError):
        take_back(quick_hub.exchange, desk.analyst, done.task_id)
    quick_hub.clock.now = late.made_at + TASKS_WAIT
    with pytest.raises(ConflictError):
        take_back(quick_hub.exchange, desk.analyst, late.task_id)
