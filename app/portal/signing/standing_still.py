"""Why an approved draft is not signed as it stands, for the pages of its author.

Kept by ``tests/portal/signing/test_standing_still.py``.
"""

from __future__ import annotations

from app.domain.draft import Draft, DraftState
from app.domain.permissions import Permission
from app.policy.administration import why_forbidden
from app.services.signing_tasks.look_up import get_task
from app.web.context import exchange, principal


def stands_still(draft: Draft) -> str | None:
    """Give why what a draft became is not carried out, None where it is, or where its reader sees no signing tasks."""
    waits = draft.state is DraftState.APPROVED and draft.signing_task_id is not None
    if not waits or why_forbidden(principal(), Permission.SIGNING_TASKS_READ) is not None:
        return None
    return get_task(exchange(), principal(), str(draft.signing_task_id)).stands_still
