"""Keeps what becomes of approved drafts: signed by the partner's key and sent, exactly as they were frozen, or back."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from app.domain.draft import Draft, DraftState
from app.domain.errors import Code, MalformedInputError
from app.domain.signing_task import SigningTask, TaskKind, TaskState
from app.services.draft_outcome import keep_outcome
from app.services.drafting.keep import own_draft, save_draft
from app.services.drafting.read_second import approve
from app.services.signing_tasks.carry_out import carry_out
from app.services.signing_tasks.look_up import get_task
from app.services.signing_tasks.take_back import take_back
from breakwater_client.submission import Refusal
from breakwater_client.trust.object_signature import sign_object
from tests.factories.drafting import Desks, desks
from tests.factories.members import started_hub


def approved(ours: Desks) -> tuple[Draft, SigningTask]:
    handed = ours.handed_over()
    draft = approve(ours.hub.exchange, ours.reviewer, handed.draft_id, str(handed.digest))
    task = get_task(ours.hub.exchange, ours.author, str(draft.signing_task_id)).task
    assert json.loads(str(task.document))["objects"] == handed.frozen_document["objects"], "what was read is what is signed"
    return draft, task


def signed(ours: Desks, task: SigningTask, **changed: Any) -> dict[str, Any]:
    document = json.loads(str(task.document))
    objects = [{**one, **changed} for one in document["objects"]]
    signer, key = ours.partner.partner.identity_id, ours.partner.key
    return document | {"objects": [sign_object(one, key, signer=signer, signed_at=ours.hub.clock.now) for one in objects]}


def test_what_two_read_is_signed_and_sent_and_of_the_draft_the_title_alone_stays(database_url: str) -> None:
    with started_hub(database_url) as hub:
        ours, reader = desks(hub), hub.enrol("Synthetic reader")
        draft, task = approved(ours)
        assert (task.made_by, task.approved_by) == (draft.author_id, draft.reviewer_id)
        done = carry_out(hub.exchange, ours.partner.principal, task.task_id, signed(ours, task))
        assert done.state is TaskState.DONE
        sent = own_draft(hub.exchange, ours.author, draft.draft_id)
        assert sent.state is DraftState.SENT
        assert sent.document == {"what": {"title": draft.title}}
        assert sent.frozen is None
        assert "url" in {one["type"] for one in reader.pull()[0]}


def test_what_is_changed_before_it_is_signed_is_not_taken(sqlite_url: str) -> None:
    with started_hub(sqlite_url) as hub:
        ours = desks(hub)
        draft, task = approved(ours)
        with pytest.raises(MalformedInputError):
            carry_out(hub.exchange, ours.partner.principal, task.task_id, signed(ours, task, revoked=False))
        assert own_draft(hub.exchange, ours.author, draft.draft_id).state is DraftState.APPROVED


def test_what_is_refused_comes_back_with_the_reason_and_is_changed_and_handed_over_anew(sqlite_url: str) -> None:
    with started_hub(sqlite_url) as hub:
        ours = desks(hub)
        draft, task = approved(ours)
        document = signed(ours, task)
        ours.partner.agree(write={"harm_types": frozenset()})
        assert carry_out(hub.exchange, ours.partner.principal, task.task_id, document).state is TaskState.REFUSED
        back = own_draft(hub.exchange, ours.author, draft.draft_id)
        assert (back.state, back.frozen, back.signing_task_id) == (DraftState.RETURNED, None, None)
        assert back.remark
        assert save_draft(hub.exchange, ours.author, back.draft_id, back.revision, {}).state is DraftState.OPEN


def test_what_is_taken_back_comes_back(sqlite_url: str) -> None:
    with started_hub(sqlite_url) as hub:
        ours = desks(hub)
        draft, task = approved(ours)
        take_back(hub.exchange, ours.author, task.task_id)
        back = own_draft(hub.exchange, ours.author, draft.draft_id)
        assert (back.state, back.remark) == (DraftState.RETURNED, "It was taken back before it was signed.")


def test_a_task_about_something_else_changes_no_draft(sqlite_url: str) -> None:
    with started_hub(sqlite_url) as hub:
        ours = desks(hub)
        draft, task = approved(ours)
        done = replace(task, state=TaskState.DONE, refusals=(Refusal(Code.INTERNAL, "No.", None),))
        with hub.exchange.database.write() as connection:
            keep_outcome(connection, replace(done, kind=TaskKind.RECALL_ACKNOWLEDGEMENT), hub.clock.now)
            keep_outcome(connection, replace(done, subject="0"), hub.clock.now)
            keep_outcome(connection, replace(done, task_id="0"), hub.clock.now)
        assert own_draft(hub.exchange, ours.author, draft.draft_id) == draft
