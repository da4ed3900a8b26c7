"""Whether those who decided a signing task still may: who has left, or has lost the role, decides nothing any more.

Owns what each must still be allowed. Kept by ``tests/services/signing_tasks/test_deciders.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from app.domain.permissions import Permission
from app.domain.signing_task import SigningTask, TaskKind
from app.policy.administration import permitted_scopes
from app.policy.scopes import member_kinds
from app.storage import members
from app.storage.session import Connection

_MADE_BY: Mapping[TaskKind, Permission] = MappingProxyType(
    {TaskKind.OBJECTS: Permission.OBJECTS_SUBMIT, TaskKind.RECALL_ACKNOWLEDGEMENT: Permission.RECALLS_ANSWER}
)
"""What whoever decided a task of a kind must still be allowed when it is carried out; a second person, to read drafts as such."""


def why_undecided(connection: Connection, task: SigningTask) -> str | None:
    """Give why a task is not carried out as it stands, or None: one of those who decided it has left, or may not any more."""
    for person_id, right in ((task.made_by, _MADE_BY[task.kind]), (task.approved_by, Permission.DRAFTS_REVIEW)):
        if person_id is None:
            continue
        person = members.person_by_id(connection, person_id)
        if person is None or person.left_at is not None:
            return "Whoever decided this has left your organisation. Take it back, and decide it anew."
        if right not in permitted_scopes(member_kinds(person.member_roles)):
            return "Whoever decided this may not decide such things any more. Take it back, and decide it anew."
    return None
