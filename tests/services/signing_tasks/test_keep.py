from __future__ import annotations

import pytest

from app.domain import signing_task
from app.domain.errors import Code, ConflictError, ForbiddenError, MalformedInputError, UntrustedSignatureError
from app.domain.events import Event
from app.domain.signing_task import TaskKind, TaskState
from app.services.signing_tasks import keep
from app.services.signing_tasks.freeze import document_digest, freeze_objects
from app.storage import events
from tests.factories.members import Hub
from tests.factories.signing_tasks import Desk, person_id, stored
from tests.factories.stix_objects import indicator


@pytest.fixture
def desk(quick_hub: Hub) -> Desk:
    """A partner whose persons decide things."""
    return Desk(quick_hub.enrol("Synthetic platform"))


def test_a_task_waits_with_exactly_what_was_decided(desk: Desk) -> None:
    document = freeze_objects([indicator()])
    task = desk.keep(desk.new(document))
    assert (task.state, task.digest) == (TaskState.WAITING, document_digest(document))
    assert (task.made_by, task.approved_by) == (person_id(desk.analyst), person_id(desk.reviewer))
    with desk.member.hub.exchange.database.read() as connection:
        assert stored(connection, task) == task
        last = events.events(connection, 0, 1_000)[-1][1]
    assert (last.event, last.partner_id, last.subject, last.code) == (
        Event.SIGNING_TASK_MAKE,
        desk.member.id,
        task.task_id,
        TaskKind.OBJECTS,
    )


def test_the_second_person_is_another(desk: Desk) -> None:
    with pytest.raises(ForbiddenError) as refused:
        desk.objects(approved_by=person_id(desk.analyst))
    assert refused.value.code is Code.SECOND_PERSON_NEEDED


def test_nobody_decides_over_anothers_objects(desk: Desk, quick_hub: Hub) -> None:
    other = quick_hub.enrol("Synthetic hotline")
    with pytest.raises(UntrustedSignatureError) as refused:
        desk.objects(indicator(created_by_ref=other.partner.identity_id))
    assert refused.value.code is Code.SIGNER_MISMATCH
    assert desk.objects(indicator(created_by_ref=desk.member.partner.identity_id))


@pytest.mark.parametrize("document", [{}, {"objects": []}, {"group_id": None, "objects": []}, {"group_id": 1, "objects": [{}]}])
def test_what_is_no_document_of_its_kind_is_refused(desk: Desk, document: dict[str, object]) -> None:
    for kind in TaskKind:
        with pytest.raises(MalformedInputError):
            desk.keep(desk.new(document, kind))


def test_only_so_many_wait_at_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    assert signing_task.MOST_WAITING == keep.MOST_WAITING
    monkeypatch.setattr(keep, "MOST_WAITING", 1)
    desk.objects()
    with pytest.raises(ConflictError):
        desk.objects()


def test_one_person_does_not_fill_alone_what_all_wait_in(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    assert signing_task.MOST_ALONE == keep.MOST_ALONE < keep.MOST_WAITING
    monkeypatch.setattr(keep, "MOST_ALONE", 1)
    desk.objects(approved_by=None)
    with pytest.raises(ConflictError, match="you decided"):
        desk.objects(approved_by=None)
    assert desk.objects()
    assert desk.objects(made_by=person_id(desk.reviewer), approved_by=None)
