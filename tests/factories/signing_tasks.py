"""What persons of a partner decided and its key has to sign, and signers that do as they are told or not."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.domain.partner import Person, Principal
from app.domain.recall import AnyOutcome
from app.domain.signing_task import NewTask, SigningTask, TaskKind
from app.domain.vocabulary import MemberRole
from app.services.recalling.acknowledgement import Acknowledgement, Answered, acknowledgement_payload
from app.services.recalling.look_up_notices import NoticeRecord
from app.services.signing_tasks.freeze import freeze_acknowledgement, freeze_objects
from app.services.signing_tasks.keep import keep_task
from app.storage import members, signing_tasks
from app.storage.session import Connection
from breakwater_client.trust.envelope import sign_envelope
from breakwater_client.trust.keys import PrivateKey
from breakwater_client.trust.payload_type import PayloadType
from tests.factories.exchanges import RunningExchange
from tests.factories.members import Hub, Member
from tests.factories.stix_objects import indicator


@dataclass
class Desk:
    """The persons of a partner who decide things: an analyst who makes them, a reviewer who agrees, an administrator."""

    member: Member
    administrator: Principal = field(init=False)
    analyst: Principal = field(init=False)
    reviewer: Principal = field(init=False)

    def __post_init__(self) -> None:
        """Let them in."""
        self.administrator = self.member.administrator()
        self.analyst = self.member.person(self.administrator, MemberRole.ANALYST)
        self.reviewer = self.member.person(self.administrator, MemberRole.REVIEWER)

    def new(self, document: Mapping[str, Any], kind: TaskKind = TaskKind.OBJECTS, **changes: Any) -> NewTask:
        """Give a task of the analyst's that the reviewer agreed to, about a draft."""
        stated = {"subject": "draft-1", "made_by": person_id(self.analyst), "approved_by": person_id(self.reviewer)} | changes
        return NewTask(kind, self.member.id, document=document, made_at=self.member.hub.clock.now, **stated)

    def keep(self, new: NewTask) -> SigningTask:
        """Keep a task."""
        with self.member.hub.exchange.database.write() as connection:
            return keep_task(connection, new)

    def objects(self, *values: dict[str, Any], group_id: str | None = None, **changes: Any) -> SigningTask:
        """Keep a task of objects: an indicator, if none are given."""
        return self.keep(self.new(freeze_objects(values or [indicator()], group_id), **changes))

    def answer(self, record: NoticeRecord, outcome: AnyOutcome) -> SigningTask:
        """Keep a task of an answer to a notice, which one person decides."""
        lines = [Answered(one.stix_id, one.version, outcome) for one in record.versions]
        said = Acknowledgement(record.sent.notice_id, self.member.id, self.member.hub.clock.now, lines)
        document, subject = freeze_acknowledgement(acknowledgement_payload(said)), record.sent.notice_id
        return self.keep(self.new(document, TaskKind.RECALL_ACKNOWLEDGEMENT, subject=subject, approved_by=None))

    def signed(self, task: SigningTask, key: PrivateKey | None = None) -> dict[str, Any]:
        """Give a task's document as the partner's key, or another, signs it."""
        return sign_task(self.member, task, key)


def sign_task(member: Member, task: SigningTask, key: PrivateKey | None = None) -> dict[str, Any]:
    """Give a task's document, signed by a member's key or another."""
    assert task.document is not None
    document = json.loads(task.document)
    if task.kind is TaskKind.RECALL_ACKNOWLEDGEMENT:
        return sign_envelope(PayloadType.RECALL_ACKNOWLEDGEMENT, task.document.encode(), key or member.key)
    return document | {"objects": [member.sign(value, key) for value in document["objects"]]}


def person_id(principal: Principal) -> str:
    """Give whose credential it is."""
    assert principal.person is not None
    return principal.person.person_id


def stored(connection: Connection, task: SigningTask) -> SigningTask:
    """Give a task as it is kept now."""
    found = signing_tasks.find_task(connection, task.partner_id, task.task_id)
    assert found is not None
    return found


def waiting_task(running: RunningExchange | Hub, partner_id: str, *values: dict[str, Any], **changes: Any) -> SigningTask:
    """Keep a task of objects (an indicator, if none are given) of a partner of a running exchange, decided by two new persons."""
    roles = frozenset({MemberRole.ANALYST})
    author, reader = (Person(str(uuid.uuid4()), "Synthetic person", partner_id, member_roles=roles) for _ in range(2))
    document = freeze_objects(values or [indicator()])
    stated = {"subject": "draft-1", "made_by": author.person_id, "approved_by": reader.person_id} | changes
    with running.exchange.database.write() as connection:
        members.add_person(connection, author)
        members.add_person(connection, reader)
        new = NewTask(TaskKind.OBJECTS, partner_id, document=document, made_at=running.clock(), **stated)
        return keep_task(connection, new)
