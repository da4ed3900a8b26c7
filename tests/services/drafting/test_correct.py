"""Keeps corrections: of one's own newest version alone, read by a second person, and told to whoever had what was wrong."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest

from app.domain.draft import Draft, DraftState
from app.domain.errors import (
    BreakwaterError,
    ConflictError,
    ForbiddenContentError,
    ForbiddenError,
    MalformedInputError,
    NotFoundError,
)
from app.domain.object_vocabulary import RecallKind
from app.domain.partner import Principal
from app.domain.permissions import Permission
from app.domain.signing_task import SigningTask, TaskState
from app.domain.vocabulary import MemberRole
from app.services.drafting.correct import (
    Correction,
    begin_correction,
    frozen_correction,
    hand_over_correction,
    look_over_correction,
    own_correction,
    save_correction,
)
from app.services.drafting.freeze import hand_over
from app.services.drafting.keep import own_draft, save_draft, take_back
from app.services.drafting.queue import review_queue
from app.services.drafting.read_second import approve, send_back
from app.services.reading.readers import Reader, reader
from app.services.signing_tasks.carry_out import carry_out
from app.services.signing_tasks.look_up import SeenTask, get_task
from app.storage import drafts
from breakwater_client.extensions import OCSEA_CONTEXT, SIGNATURE
from tests.factories.drafting import Desks, desks
from tests.factories.members import Hub, Member
from tests.factories.policy_values import SECOND
from tests.factories.recalled import notices
from tests.factories.signing_tasks import sign_task
from tests.factories.stix_objects import CREATED, indicator, newer

SIGN = frozenset({Permission.SIGNING_TASKS_READ, Permission.SIGNING_TASKS_SIGN})
CHANGES = {"name": "Rooms that close within minutes", "confidence": 40}


@dataclass
class Scene:
    """A platform that published something, a hotline that was given it, and the people of both."""

    hub: Hub
    ours: Desks
    told: Member
    value: dict[str, Any]

    def reads(self, who: Principal | None = None) -> Reader:
        return reader(who or self.ours.author, self.told.reader().purpose, self.told.reader().channel)

    def begun(self, who: Principal | None = None, **said: Any) -> Draft:
        known = {"version": CREATED, "reason": "wrong-classification", "changes": CHANGES} | said
        return begin_correction(self.hub.exchange, self.reads(who), self.value["id"], Correction(**known))

    def handed_over(self) -> Draft:
        begun = self.begun()
        return hand_over_correction(self.hub.exchange, self.reads(), begun.draft_id, begun.revision)

    def approved(self) -> SigningTask:
        handed = self.handed_over()
        approved = approve(self.hub.exchange, self.ours.reviewer, handed.draft_id, str(handed.digest))
        return get_task(self.hub.exchange, self.ours.author, str(approved.signing_task_id)).task

    def sign(self, task: SigningTask) -> SeenTask:
        signer = self.ours.partner.principal_with(scopes=SIGN)
        return carry_out(self.hub.exchange, signer, task.task_id, sign_task(self.ours.partner, task))

    def publish_another(self) -> None:
        self.ours.partner.store(newer(self.value, description="Said otherwise by a program."))


@pytest.fixture
def scene(quick_hub: Hub) -> Scene:
    ours, told = desks(quick_hub), quick_hub.enrol("Synthetic hotline")
    value = indicator()
    ours.partner.store(value)
    told.pull()
    return Scene(quick_hub, ours, told, value)


def test_a_correction_is_read_by_another_signed_and_told_to_whoever_had_what_was_wrong(scene: Scene) -> None:
    handed = scene.handed_over()
    seen = frozen_correction(handed)
    assert (seen.before["name"], seen.after["name"]) == (scene.value["name"], CHANGES["name"])
    assert SIGNATURE not in seen.after["extensions"]
    assert review_queue(scene.hub.exchange, scene.ours.reviewer).waiting[0].is_correction
    approved = approve(scene.hub.exchange, scene.ours.reviewer, handed.draft_id, str(handed.digest))
    task = get_task(scene.hub.exchange, scene.ours.author, str(approved.signing_task_id)).task
    assert json.loads(str(task.document))["objects"] == [seen.after]
    scene.hub.clock.pass_time(SECOND)
    assert scene.sign(task).state is TaskState.DONE
    [newest] = scene.ours.partner.look_up(scene.value["id"])
    assert {name: newest[name] for name in CHANGES} == CHANGES
    assert newest["pattern"] == scene.value["pattern"]
    assert newest["extensions"][OCSEA_CONTEXT]["correction"] == "wrong-classification"
    assert newest["extensions"][OCSEA_CONTEXT]["review"] == "second-reviewed"
    scene.hub.work()
    [record] = notices(scene.told)
    assert record.recall.kind is RecallKind.CORRECTION
    assert [one.version for one in record.versions] == [CREATED]
    sent = own_draft(scene.hub.exchange, scene.ours.author, handed.draft_id)
    assert (sent.state, sent.title, sent.frozen) == (DraftState.SENT, CHANGES["name"], None)
    assert sent.corrects is not None
    assert "changes" not in sent.document


def test_an_author_never_approves_their_own(scene: Scene) -> None:
    handed = scene.handed_over()
    with pytest.raises(ConflictError):
        approve(scene.hub.exchange, scene.ours.author, handed.draft_id, str(handed.digest))
    with pytest.raises(ConflictError):
        send_back(scene.hub.exchange, scene.ours.author, handed.draft_id, str(handed.digest), "Mine.")


def test_nobody_corrects_anothers_object_or_without_the_right(scene: Scene) -> None:
    theirs = desks(scene.hub, "Synthetic platform two")
    read_only = scene.ours.partner.person(scene.ours.administrator, MemberRole.READ_ONLY)
    for who, refusal in (
        (theirs.author, NotFoundError),
        (read_only, ForbiddenError),
        (scene.ours.reviewer, ForbiddenError),
        (scene.ours.partner.principal, ForbiddenError),
    ):
        with pytest.raises(refusal):
            scene.begun(who)
    draft = scene.begun()
    for who in (theirs.author, scene.ours.colleague):
        with pytest.raises(NotFoundError):
            look_over_correction(scene.hub.exchange, scene.reads(who), draft.draft_id)
        with pytest.raises(NotFoundError):
            hand_over_correction(scene.hub.exchange, scene.reads(who), draft.draft_id, draft.revision)


def test_what_was_changed_meanwhile_is_found_at_each_step(scene: Scene) -> None:
    draft, handed, task = scene.begun(), scene.handed_over(), scene.approved()
    scene.publish_another()
    with pytest.raises(ConflictError):
        scene.begun()
    with pytest.raises(ConflictError):
        look_over_correction(scene.hub.exchange, scene.reads(), draft.draft_id)
    with pytest.raises(ConflictError):
        hand_over_correction(scene.hub.exchange, scene.reads(), draft.draft_id, draft.revision)
    with pytest.raises(ConflictError, match="not its newest"):
        approve(scene.hub.exchange, scene.ours.reviewer, handed.draft_id, str(handed.digest))
    index = scene.hub.next_log_index
    settled = scene.sign(task)
    assert settled.state is TaskState.REFUSED
    assert scene.hub.next_log_index == index, "nothing of it is stored"
    back = own_draft(scene.hub.exchange, scene.ours.author, task.subject)
    assert back.state is DraftState.RETURNED
    assert "not its newest" in str(back.remark)


def test_what_must_never_be_here_is_kept_nowhere(scene: Scene) -> None:
    for text in ("Ask anna.b@mail.example.org", "data:image/png;base64,iVBORw0KGgoAAAANSUhEUg"):
        with pytest.raises(ForbiddenContentError):
            scene.begun(changes={"description": text})
        draft = scene.begun()
        said = Correction(CREATED, "outdated", {"description": text})
        with pytest.raises(ForbiddenContentError):
            save_correction(scene.hub.exchange, scene.reads(), draft.draft_id, draft.revision, said)
        assert text not in scene.ours.everything_stored()


@pytest.mark.parametrize(
    ("changes", "refusal", "pointer"),
    [
        ({"description": "A 12-year-old who attends Greenfield Academy"}, ForbiddenContentError, "/description"),
        ({"name": "Anna, aged 9, is shown here"}, ForbiddenContentError, "/name"),
        ({"name": "Rooms that \u202eesolc\u202c"}, MalformedInputError, "/name"),
        ({"description": "Rooms that \u2066close\u2069"}, MalformedInputError, "/description"),
    ],
)
def test_new_texts_are_looked_at_as_those_of_a_form(
    scene: Scene, changes: dict[str, Any], refusal: type[BreakwaterError], pointer: str
) -> None:
    with pytest.raises(refusal) as caught:
        scene.begun(changes=changes)
    assert caught.value.pointer == pointer
    assert next(iter(changes.values())) not in scene.ours.everything_stored()


@pytest.mark.parametrize(
    ("said", "refusal"),
    [
        ({"reason": ""}, MalformedInputError),
        ({"reason": "because"}, MalformedInputError),
        ({"changes": {}}, MalformedInputError),
        ({"changes": {"description": indicator()["description"]}}, MalformedInputError),
        ({"changes": {"pattern": "[url:value = 'https://other.example.org/']"}}, MalformedInputError),
        ({"changes": {"object_marking_refs": []}}, MalformedInputError),
        ({"version": "2026-01-01T00:00:00.000Z"}, ConflictError),
    ],
)
def test_what_is_no_correction_is_refused(scene: Scene, said: dict[str, Any], refusal: type[BreakwaterError]) -> None:
    with pytest.raises(refusal):
        scene.begun(**said)


def test_what_the_exchange_would_refuse_is_not_handed_over(scene: Scene) -> None:
    begun = scene.begun(changes={"valid_until": "2020-01-01T00:00:00.000Z"})
    seen = look_over_correction(scene.hub.exchange, scene.reads(), begun.draft_id)
    assert seen.simulated is not None
    assert seen.simulated.refusal is not None
    with pytest.raises(ConflictError):
        hand_over_correction(scene.hub.exchange, scene.reads(), begun.draft_id, begun.revision)


def test_what_came_back_is_changed_and_handed_over_again(scene: Scene) -> None:
    handed = scene.handed_over()
    assert look_over_correction(scene.hub.exchange, scene.reads(), handed.draft_id).after["name"] == CHANGES["name"]
    back = send_back(scene.hub.exchange, scene.ours.reviewer, handed.draft_id, str(handed.digest), "Less sure?")
    said = Correction(CREATED, "outdated", {"confidence": 20})
    saved = save_correction(scene.hub.exchange, scene.reads(), back.draft_id, back.revision, said)
    with pytest.raises(ConflictError):
        save_correction(scene.hub.exchange, scene.reads(), back.draft_id, back.revision, said)
    again = hand_over_correction(scene.hub.exchange, scene.reads(), saved.draft_id, saved.revision)
    assert frozen_correction(again).after["confidence"] == 20
    assert again.digest != handed.digest
    with pytest.raises(ConflictError, match="changed meanwhile"):
        approve(scene.hub.exchange, scene.ours.reviewer, handed.draft_id, str(handed.digest))
    taken = take_back(scene.hub.exchange, scene.ours.author, again.draft_id)
    with pytest.raises(ConflictError):
        hand_over_correction(scene.hub.exchange, scene.reads(), taken.draft_id, taken.revision - 1)


def test_a_correction_never_becomes_a_report_nor_a_report_a_correction(scene: Scene) -> None:
    correction, entered = scene.begun(), scene.ours.begun()
    for draft, document in ((correction, scene.ours.complete()), (entered, correction.document)):
        with pytest.raises(BreakwaterError):
            save_draft(scene.hub.exchange, scene.ours.author, draft.draft_id, draft.revision, document)
    with pytest.raises(NotFoundError):
        own_correction(scene.hub.exchange, scene.reads(), entered.draft_id)
    with pytest.raises(ConflictError):
        hand_over(scene.hub.exchange, scene.ours.author, correction.draft_id, correction.revision)
    with scene.hub.exchange.database.read() as connection:
        assert drafts.draft_by_id(connection, scene.ours.partner.id, correction.draft_id) == correction
