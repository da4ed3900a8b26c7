"""Bodies and parameters of the routes about what waits for a partner's signature.

Owns names and forms on the wire. Kept by ``tests/http/test_signing_task_payloads.py``.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from marshmallow import Schema, fields, post_load, pre_dump

from app.domain.errors import Code
from app.domain.signing_task import TaskKind, TaskState
from app.http.fields import Count, Form, Moment, Word
from app.http.payloads import Strict
from app.services.signing_tasks.look_up import SeenTask, TaskQuery

_MOST_TASKS = 100
_CURSOR = Form("[A-Za-z0-9_-]{1,512}", "This is no cursor.")


class TaskRefusalPayload(Schema):
    """Why the exchange did not take it: a code, a sentence, and where in the document."""

    code = Word(Code, required=True)
    sentence = fields.String(required=True)
    pointer = fields.String(required=True, allow_none=True)


class SigningTaskLinePayload(Schema):
    """A task without what is to be signed; ``digest`` is the SHA-256 of its RFC 8785 form. Persons are given by their ids.

    ``subject`` is what it is about: a draft, a notice, an object. ``reference`` is what came of it: a submission or notice.
    """

    id = fields.String(attribute="task_id", required=True)
    kind = Word(TaskKind, required=True)
    subject = fields.String(required=True)
    digest = fields.String(required=True)
    state = Word(TaskState, required=True)
    made_by = fields.String(required=True)
    made_at = Moment(required=True)
    approved_by = fields.String(required=True, allow_none=True)
    lapses_at = Moment(required=True)
    settled_at = Moment(required=True, allow_none=True)
    settled_by = fields.String(required=True, allow_none=True)
    keyid = fields.String(required=True, allow_none=True)
    reference = fields.String(required=True, allow_none=True)
    refusals = fields.List(fields.Nested(TaskRefusalPayload), required=True)

    @pre_dump
    def _flatten(self, seen: SeenTask, **_: Any) -> dict[str, Any]:
        document = seen.task.document
        known = {"lapses_at": seen.task.lapses_at, "document": None if document is None else json.loads(document)}
        return asdict(seen.task) | known | {"state": seen.state}


class SigningTaskPayload(SigningTaskLinePayload):
    """A task with the ``document`` that is to be signed, exactly; null once the task waits no more."""

    document = fields.Dict(keys=fields.String(), required=True, allow_none=True)


class SigningTaskQueryPayload(Strict):
    """Which tasks: in one state, or all of them."""

    state = Word(TaskState, load_default=None)
    limit = Count(1, _MOST_TASKS, load_default=_MOST_TASKS)
    next = fields.String(load_default=None, validate=_CURSOR)

    @post_load
    def _make(self, values: dict[str, Any], **_: Any) -> TaskQuery:
        return TaskQuery(values["state"], values["next"], values["limit"])


class SigningTaskPagePayload(Schema):
    """Tasks, newest first; ``next`` goes on after the last of them."""

    tasks = fields.List(fields.Nested(SigningTaskLinePayload), required=True)
    next = fields.String(required=True)
    more = fields.Boolean(required=True)


class SignedTaskPayload(Strict):
    """The document of a task as it was signed: of objects the same document, each object signed; else its DSSE envelope."""

    signed = fields.Dict(keys=fields.String(), required=True)
