from __future__ import annotations

import pytest
from marshmallow import ValidationError

from app.domain.errors import Code
from app.domain.signing_task import SigningTask, TaskKind, TaskState
from app.http.signing_task_payloads import (
    SignedTaskPayload,
    SigningTaskLinePayload,
    SigningTaskPayload,
    SigningTaskQueryPayload,
)
from app.services.signing_tasks.look_up import SeenTask, TaskQuery
from breakwater_client.submission import Refusal
from tests.factories.policy_values import NOW

REFUSED = (Refusal(Code.TERMS_EXCEEDED, "No.", "/objects/0"),)
TASK = SigningTask("task", TaskKind.OBJECTS, "partner", "draft", "0" * 64, '{"objects":[]}', "person", NOW, refusals=REFUSED)


def test_a_task_shows_its_document_as_json_and_its_state_of_now() -> None:
    shown = SigningTaskPayload().dump(SeenTask(TASK, TaskState.LAPSED))
    assert (shown["id"], shown["document"], shown["state"]) == ("task", {"objects": []}, "lapsed")
    assert shown["refusals"] == [{"code": "terms-exceeded", "sentence": "No.", "pointer": "/objects/0"}]
    assert "partner_id" not in shown


def test_a_list_shows_no_documents() -> None:
    assert "document" not in SigningTaskLinePayload().dump(SeenTask(TASK, TaskState.WAITING))


def test_all_tasks_are_asked_for_unless_a_state_is_named() -> None:
    assert SigningTaskQueryPayload().load({}) == TaskQuery(None, None, 100)
    assert SigningTaskQueryPayload().load({"state": "waiting", "limit": "5"}) == TaskQuery(TaskState.WAITING, None, 5)


@pytest.mark.parametrize("body", [{}, {"signed": []}, {"signed": {}, "more": 1}])
def test_what_was_signed_is_an_object(body: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        SignedTaskPayload().load(body)
