"""The sharing group that a draft names: whether its organisation may post there now.

The sentence is the same for a group that was left or deleted, for one where one may only read, and for one that never was, so
that nobody learns of a group by naming it. Kept by ``tests/services/drafting/test_posting.py``.
"""

from __future__ import annotations

from typing import Any

from app.domain.draft import Draft
from app.domain.errors import Code
from app.services.exchange import Exchange
from app.services.intake.post import NOT_POSTED_TO
from app.storage import sharing
from app.storage.session import Connection
from breakwater_client.submission import Refusal

GROUP_PLACE = "/who_may_know/group_id"


def named_group(document: dict[str, Any]) -> str | None:
    """Give the group that a form (unverified, of any completeness) names."""
    who = document.get("who_may_know")
    named = who.get("group_id") if isinstance(who, dict) else None
    return named if isinstance(named, str) else None


def why_not_posted(connection: Connection, partner_id: str, group_id: str | None) -> Refusal | None:
    """Give why an organisation posts nothing to a group (unverified) now, or None; no group is none."""
    if group_id is None:
        return None
    own = sharing.membership(connection, partner_id, group_id)
    return None if own is not None and own.member.can_write else Refusal(Code.GROUP_NOT_WRITABLE, NOT_POSTED_TO, GROUP_PLACE)


def why_frozen_not_posted(exchange: Exchange, draft: Draft) -> Refusal | None:
    """Give why what is frozen of a draft cannot go to its group now, or None."""
    with exchange.database.read() as connection:
        return why_frozen_not_posted_in(connection, draft)


def why_frozen_not_posted_in(connection: Connection, draft: Draft) -> Refusal | None:
    """Give the same in a transaction."""
    group_id = draft.frozen_document.get("group_id") if draft.frozen else None
    return why_not_posted(connection, draft.partner_id, group_id)
