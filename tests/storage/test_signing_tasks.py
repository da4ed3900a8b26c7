from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.errors import Code
from app.domain.partner import Person
from app.domain.signing_task import SETTLED_TASKS_ARE_KEPT, TASKS_WAIT, SigningTask, TaskKind, TaskState
from app.storage import members, signing_tasks
from app.storage.session import Database
from app.storage.signing_tasks import Sought
from breakwater_client.submission import Refusal
from tests.factories.policy_values import NOW, SECOND
from tests.storage.samples import OWNER, READER

PERSON = "person-a"
TASK = SigningTask("a", TaskKind.OBJECTS, OWNER, "draft", "0" * 64, "{}", PERSON, NOW)
REFUSED = Refusal(Code.TERMS_EXCEEDED, "No.", "/objects/0")


@pytest.fixture
def kept(exchange: Database) -> Database:
    """An exchange with one task that waits."""
    with exchange.write() as connection:
        members.add_person(connection, Person(PERSON, "a", OWNER))
        signing_tasks.add_task(connection, TASK)
    return exchange


def found(database: Database, partner_id: str = OWNER, task_id: str = "a") -> SigningTask | None:
    with database.read() as connection:
        return signing_tasks.find_task(connection, partner_id, task_id)


def listed(database: Database, sought: Sought, after: SigningTask | None = None, limit: int = 10) -> list[str]:
    with database.read() as connection:
        reached = (after.made_at, after.task_id) if after else None
        return [one.task_id for one in signing_tasks.list_tasks(connection, sought, reached, limit)]


def test_a_task_comes_back_as_it_was_and_to_its_partner_alone(kept: Database) -> None:
    assert found(kept) == TASK
    assert found(kept, READER) is None
    assert found(kept, task_id="b") is None


def test_a_task_is_settled_once_and_what_was_to_be_signed_goes(kept: Database) -> None:
    refused = replace(TASK, state=TaskState.REFUSED, settled_at=NOW, credential_id="c", keyid="k", refusals=(REFUSED,))
    with kept.write() as connection:
        assert signing_tasks.settle(connection, refused)
        assert not signing_tasks.settle(connection, replace(TASK, state=TaskState.DONE, settled_at=NOW))
    assert found(kept) == replace(refused, document=None)


def test_tasks_are_listed_newest_first_page_by_page_by_state_and_subject(kept: Database) -> None:
    later = replace(TASK, task_id="b", made_at=NOW + SECOND, subject="other")
    with kept.write() as connection:
        signing_tasks.add_task(connection, later)
        signing_tasks.add_task(connection, replace(TASK, task_id="c"))
        assert signing_tasks.count_waiting(connection, OWNER, NOW) == 3
    assert listed(kept, Sought(OWNER, NOW)) == ["b", "c", "a"]
    assert listed(kept, Sought(OWNER, NOW), limit=1) == ["b"]
    assert listed(kept, Sought(OWNER, NOW), later) == ["c", "a"]
    assert listed(kept, Sought(OWNER, NOW), replace(TASK, task_id="c")) == ["a"]
    assert listed(kept, Sought(OWNER, NOW, subject="other")) == ["b"]
    assert listed(kept, Sought(READER, NOW)) == []
    at_its_end = TASK.lapses_at
    assert listed(kept, Sought(OWNER, at_its_end, TaskState.WAITING)) == ["b"]
    assert listed(kept, Sought(OWNER, at_its_end, TaskState.LAPSED)) == ["c", "a"]
    assert listed(kept, Sought(OWNER, at_its_end, TaskState.DONE)) == []


def test_what_waited_too_long_lapses_and_what_is_settled_is_forgotten_in_time(kept: Database) -> None:
    with kept.write() as connection:
        assert signing_tasks.let_lapse(connection, NOW + TASKS_WAIT - SECOND) == 0
        assert signing_tasks.let_lapse(connection, NOW + TASKS_WAIT) == 1
        assert signing_tasks.let_lapse(connection, NOW + 2 * TASKS_WAIT) == 0
    lapsed = found(kept)
    assert lapsed is not None
    assert (lapsed.state, lapsed.document, lapsed.settled_at) == (TaskState.LAPSED, None, NOW + TASKS_WAIT)
    with kept.write() as connection:
        gone = NOW + TASKS_WAIT + SETTLED_TASKS_ARE_KEPT
        assert signing_tasks.drop_settled(connection, gone - timedelta(microseconds=1)) == 0
        assert signing_tasks.drop_settled(connection, gone) == 1
    assert found(kept) is None


def test_objects_that_wait_are_listed_of_everybody_by_id_and_all_of_one_partner(kept: Database) -> None:
    others = replace(TASK, task_id="b", partner_id=READER)
    answer = replace(TASK, task_id="c", kind=TaskKind.RECALL_ACKNOWLEDGEMENT)
    done = replace(TASK, task_id="d", state=TaskState.DONE, document=None, settled_at=NOW)
    with kept.write() as connection:
        for one in (others, answer, done):
            signing_tasks.add_task(connection, one)
    with kept.read() as connection:
        assert signing_tasks.waiting_objects_after(connection, "", 10) == [TASK, others]
        assert signing_tasks.waiting_objects_after(connection, "a", 10) == [others]
        assert signing_tasks.waiting_objects_after(connection, "", 1) == [TASK]
        assert signing_tasks.all_tasks_of(connection, OWNER) == [TASK, answer, done]
