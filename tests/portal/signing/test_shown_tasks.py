from __future__ import annotations

import json
from dataclasses import replace

from app.domain.signing_task import SigningTask, TaskKind, TaskState
from app.portal.signing.shown_tasks import MOST_LINES, Line, shown_task
from app.services.signing_tasks.look_up import SeenTask
from tests.factories.policy_values import NOW
from tests.factories.stix_objects import indicator, user_account

DOCUMENT = {"group_id": None, "objects": [indicator(name="Rooms"), {"id": "url--1", "value": "http://bad.example.org"}]}
TASK = SigningTask("task", TaskKind.OBJECTS, "partner", "draft", "0" * 64, json.dumps(DOCUMENT), "person", NOW)


def test_a_task_is_told_in_words_and_addresses_are_not_live() -> None:
    shown = shown_task(SeenTask(TASK, TaskState.WAITING))
    assert (shown.title, shown.badge, shown.waits) == ("Sharing with others", "warning", True)
    assert shown.lines == [Line("Indicator", "Rooms"), Line("Web address", "hxxp[://]bad[.]example[.]org")]
    assert shown.counts == [("Indicator", 1), ("Web address", 1)]


def test_an_answer_says_what_was_done() -> None:
    outcomes = [{"stix_id": "indicator--1", "version": "1", "outcome": "deleted"}]
    answer = replace(TASK, kind=TaskKind.RECALL_ACKNOWLEDGEMENT, document=json.dumps({"outcomes": outcomes}))
    assert shown_task(SeenTask(answer, TaskState.WAITING)).lines == [Line("Deleted", "Indicator")]


def test_of_many_some_are_shown_and_all_are_counted() -> None:
    many = json.dumps({"group_id": None, "objects": [user_account(str(number)) for number in range(MOST_LINES + 1)]})
    shown = shown_task(SeenTask(replace(TASK, document=many), TaskState.WAITING))
    assert (len(shown.lines), shown.counts) == (MOST_LINES, [("Account", MOST_LINES + 1)])


def test_what_is_over_shows_nothing_of_what_was_signed() -> None:
    shown = shown_task(SeenTask(replace(TASK, document=None, state=TaskState.DONE), TaskState.DONE))
    assert (shown.lines, shown.counts, shown.waits, shown.state_words) == ([], [], False, "Signed and sent")
