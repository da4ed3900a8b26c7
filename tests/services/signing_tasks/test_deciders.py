"""Keeps that whoever left, or lost the role, decides nothing any more; what is refused for it is in ``test_carry_out.py``."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.signing_task import TaskKind
from app.domain.vocabulary import MemberRole
from app.services.membership.keep_persons import Roles, change_roles, record_departure
from app.services.signing_tasks.deciders import why_undecided
from app.services.signing_tasks.look_up import get_task
from app.services.signing_tasks.take_back import take_back
from tests.factories.members import Hub
from tests.factories.signing_tasks import Desk, person_id
from tests.factories.stix_objects import indicator


@pytest.fixture
def desk(quick_hub: Hub) -> Desk:
    return Desk(quick_hub.enrol("Platform A"))


@pytest.mark.parametrize("whose", ["analyst", "reviewer"])
@pytest.mark.parametrize("way", ["left", "another role"])
def test_what_somebody_decided_who_may_not_now_stands_still_until_it_is_taken_back(
    desk: Desk, quick_hub: Hub, whose: str, way: str
) -> None:
    task = desk.objects(indicator())
    assert get_task(quick_hub.exchange, desk.analyst, task.task_id).stands_still is None
    gone = person_id(getattr(desk, whose))
    if way == "left":
        record_departure(quick_hub.exchange, desk.administrator, gone)
    else:
        change_roles(quick_hub.exchange, desk.administrator, gone, Roles(frozenset({MemberRole.READ_ONLY})))
    told = get_task(quick_hub.exchange, desk.administrator, task.task_id).stands_still
    assert ("has left" if way == "left" else "may not decide such things") in str(told)
    take_back(quick_hub.exchange, desk.administrator, task.task_id)
    assert get_task(quick_hub.exchange, desk.administrator, task.task_id).stands_still is None


def test_what_one_person_decides_takes_no_second(desk: Desk, quick_hub: Hub) -> None:
    alone = replace(desk.objects(indicator()), kind=TaskKind.RECALL_ACKNOWLEDGEMENT, approved_by=None)
    with quick_hub.exchange.database.read() as connection:
        assert why_undecided(connection, alone) is None
        assert "has left" in str(why_undecided(connection, replace(alone, made_by="nobody")))
