"""From a draft to what would leave: composing it, and handing over exactly that to a second reader.

Owns what is frozen: objects with ids and times, what is told of each, and the group, in canonical JSON, of which the digest is.
The objects say that two persons looked, which is so before any of them leaves: nothing does that the second did not approve. Kept
by ``tests/services/drafting/test_freeze.py``.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, replace
from typing import Any

from app.domain.composed import Composed
from app.domain.draft import Draft, DraftState
from app.domain.errors import ConflictError
from app.domain.events import Event
from app.domain.partner import Principal
from app.domain.vocabulary import Review
from app.policy.drafts import why_not_changed
from app.services.composing.compose import compose_for
from app.services.composing.tell import composed_document
from app.services.drafting.keep import STALE, author_of, changed, find_own, note_event, refuse
from app.services.drafting.posting import named_group, why_not_posted
from app.services.exchange import Exchange
from app.services.signing_tasks.freeze import freeze_objects
from breakwater_client.trust.canonical import canonical_bytes


@dataclass(frozen=True, slots=True)
class Overview:
    """A draft, and what it comes to now: objects in words, or everything that is refused of it."""

    draft: Draft
    composed: Composed


def look_over(exchange: Exchange, principal: Principal, draft_id: str) -> Overview:
    """Give what a draft of the caller's would come to now; nothing is kept of it.

    Raises:
        ForbiddenError: the caller may not draft, or not submit.
        NotFoundError: it is not the caller's, or not there.
    """
    author_of(principal)
    with exchange.database.read() as connection:
        known = find_own(connection, principal, draft_id)
        astray = why_not_posted(connection, known.partner_id, named_group(known.document))
    composed = compose_for(exchange, principal, form_to_compose(known))
    if astray is not None:
        composed = Composed(refusals=(*composed.refusals, astray), imminent_risk=composed.imminent_risk)
    return Overview(known, composed)


def hand_over(exchange: Exchange, principal: Principal, draft_id: str, revision: int) -> Draft:
    """Freeze what a draft comes to now, and let a second reader have it.

    Raises:
        ConflictError: it was changed meanwhile, was approved, or something of it is refused (``look_over`` says what).
        ForbiddenError: the caller may not draft, or not submit.
        NotFoundError: it is not the caller's, or not there.
    """
    seen = look_over(exchange, principal, draft_id)
    refuse(why_not_changed(seen.draft))
    if seen.draft.revision != revision:
        raise ConflictError(STALE)
    if seen.composed.refusals:
        raise ConflictError("This is not complete yet: look at what is still to be said.")
    now, frozen = exchange.clock(), frozen_bytes(seen.composed)
    with exchange.database.write() as connection:
        handed = replace(
            seen.draft,
            state=DraftState.IN_REVIEW,
            changed_at=now,
            frozen=frozen.decode(),
            digest=digest_of(frozen),
            handed_over_at=now,
            reviewer_id=None,
            reviewed_at=None,
            remark=None,
        )
        kept = changed(connection, handed)
        note_event(connection, Event.DRAFT_HAND_OVER, principal, kept, now)
    return kept


def frozen_bytes(composed: Composed) -> bytes:
    """Give what is frozen: the objects in the very spelling that will be signed, the group, and what is told of each."""
    return canonical_bytes(composed_document(composed) | freeze_objects(composed.objects, composed.group_id))


def task_document(draft: Draft) -> dict[str, Any]:
    """Give what is to be signed of a frozen draft."""
    frozen = draft.frozen_document
    return {name: frozen[name] for name in ("group_id", "objects")}


def form_to_compose(draft: Draft) -> dict[str, Any]:
    """Give the form of a draft as it is composed."""
    return {**draft.document, "type": "observation", "review": Review.SECOND_REVIEWED.value}


def digest_of(frozen: bytes) -> str:
    """Give the hexadecimal SHA-256 of what is frozen."""
    return hashlib.sha256(frozen).hexdigest()


def is_as_frozen(draft: Draft, digest: str) -> bool:
    """Whether a digest (unverified) is that of what is frozen now."""
    if draft.frozen is None:
        return False
    return hmac.compare_digest(digest_of(draft.frozen.encode()).encode(), digest.encode())
