"""What becomes of an approved draft: it was signed and sent, or comes back to its author.

Owns the end of a draft, within the transaction of whoever carries the signing out. Kept by
``tests/services/drafting/test_outcome.py``.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from app.crypto.canonical import canonical_bytes
from app.domain.draft import Draft, DraftState
from app.services.drafting.keep import changed
from app.storage import drafts
from app.storage.session import Connection


def note_sent(connection: Connection, partner_id: str, draft_id: str, now: datetime) -> None:
    """Keep that a draft was sent: its title alone stays. One that is not there, or not approved, stays as it is."""
    known = _approved(connection, partner_id, draft_id)
    if known is not None:
        form = canonical_bytes({"what": {"title": known.title}}).decode()
        changed(connection, replace(known, state=DraftState.SENT, changed_at=now, form=form, frozen=None))


def note_not_sent(connection: Connection, partner_id: str, draft_id: str, remark: str, now: datetime) -> None:
    """Give a draft back to its author, with the sentence why it was not sent."""
    known = _approved(connection, partner_id, draft_id)
    if known is not None:
        back = replace(known, state=DraftState.RETURNED, changed_at=now, frozen=None, digest=None, remark=remark)
        changed(connection, replace(back, signing_task_id=None))


def _approved(connection: Connection, partner_id: str, draft_id: str) -> Draft | None:
    found = drafts.draft_by_id(connection, partner_id, draft_id)
    return found if found is not None and found.state is DraftState.APPROVED else None
