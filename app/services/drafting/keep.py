"""Drafts of one's own: beginning, saving as one types, taking back, discarding.

Owns that nothing is lost silently: whoever saves says which revision they saw, and is told if it is an older one. What is never
kept is refused before anything is written. Kept by ``tests/services/drafting/test_keep.py``.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from app.domain.draft import MOST_DRAFTS, Draft, DraftState
from app.domain.errors import ConflictError, ForbiddenError, NotFoundError, ProfileError
from app.domain.events import Event, EventRecord
from app.domain.partner import Principal
from app.domain.permissions import Permission
from app.policy.drafts import is_author, may_see, why_not_changed
from app.services.authenticate import require
from app.services.drafting.posting import named_group, why_not_posted
from app.services.drafting.screen import refuse_what_is_never_kept
from app.services.exchange import Exchange
from app.storage import drafts, events
from app.storage.session import Connection
from breakwater_client.trust.canonical import canonical_bytes

STALE = "This draft was changed meanwhile, perhaps in another window of yours. What you typed is still here and was not saved."


@dataclass(frozen=True, slots=True)
class Author:
    """The person who asks, and their organisation."""

    person_id: str
    partner_id: str


def author_of(principal: Principal, permission: Permission = Permission.DRAFTS_WRITE) -> Author:
    """Give who asks; raises ``ForbiddenError`` for whoever may not, or is no person of a partner."""
    require(principal, permission)
    if principal.person is None or principal.partner is None:
        raise ForbiddenError("Drafts are of people at a partner.")
    return Author(principal.person.person_id, principal.partner.partner_id)


def begin_draft(exchange: Exchange, principal: Principal, document: dict[str, Any]) -> Draft:
    """Begin a draft with what is known of its form (unverified).

    Raises:
        ConflictError: the person has as many drafts as one may have.
        ForbiddenError: the caller may not draft.
        BreakwaterError: as ``refuse_what_is_never_kept``.
    """
    author_of(principal)
    refuse_what_is_never_kept(exchange, principal, document)
    return keep_new(exchange, principal, document)


def keep_new(exchange: Exchange, principal: Principal, document: dict[str, Any]) -> Draft:
    """Keep a new draft of a form that was found fit to be kept; raises as ``begin_draft``."""
    author, now = author_of(principal), exchange.clock()
    begun = Draft(str(uuid.uuid4()), author.partner_id, author.person_id, DraftState.OPEN, 1, now, now, _text(document))
    with exchange.database.write() as connection:
        if drafts.count_unsent(connection, author.person_id) >= MOST_DRAFTS:
            raise ConflictError(f"You have {MOST_DRAFTS} drafts: send or discard some of them first.")
        drafts.add_draft(connection, begun)
        note_event(connection, Event.DRAFT_BEGIN, principal, begun, now)
    return begun


def own_drafts(exchange: Exchange, principal: Principal) -> list[Draft]:
    """List the drafts of whoever asks, the one that was changed last first."""
    author = author_of(principal)
    with exchange.database.read() as connection:
        return drafts.drafts_of(connection, author.partner_id, author.person_id)


def own_draft(exchange: Exchange, principal: Principal, draft_id: str) -> Draft:
    """Give a draft of whoever asks; raises ``NotFoundError`` for another's as for none."""
    author_of(principal)
    with exchange.database.read() as connection:
        return find_own(connection, principal, draft_id)


def save_draft(exchange: Exchange, principal: Principal, draft_id: str, revision: int, document: dict[str, Any]) -> Draft:
    """Save what was entered (unverified) over the revision that was seen; one that was handed over comes back to its author.

    The same form again changes nothing.

    Raises:
        ConflictError: it was changed meanwhile, or approved.
        ForbiddenError: the caller may not draft.
        NotFoundError: it is not the caller's, or not there.
        ProfileError: it names a sharing group that it did not name before, and that the organisation cannot post to.
        BreakwaterError: as ``refuse_what_is_never_kept``.
    """
    author_of(principal)
    refuse_what_is_never_kept(exchange, principal, document)
    return keep_saved(exchange, principal, draft_id, revision, document)


def keep_saved(exchange: Exchange, principal: Principal, draft_id: str, revision: int, document: dict[str, Any]) -> Draft:
    """Keep a form that was found fit to be kept over the revision that was seen; raises as ``save_draft``."""
    with exchange.database.write() as connection:
        known = find_own(connection, principal, draft_id)
        if known.revision != revision:
            raise ConflictError(STALE)
        if (known.corrects is not None) is not ("corrects" in document):
            raise ConflictError("A correction stays one, and nothing else becomes one.")
        if known.form == _text(document):
            return known
        _refuse_strange_group(connection, known, document)
        return _opened(connection, replace(known, form=_text(document)), exchange.clock())


def take_back(exchange: Exchange, principal: Principal, draft_id: str) -> Draft:
    """Take a draft back from the second reader; raises as ``save_draft``."""
    author_of(principal)
    with exchange.database.write() as connection:
        known = find_own(connection, principal, draft_id)
        return known if known.state is DraftState.OPEN else _opened(connection, known, exchange.clock())


def discard_draft(exchange: Exchange, principal: Principal, draft_id: str) -> None:
    """Erase a draft at once; raises as ``save_draft``."""
    author_of(principal)
    with exchange.database.write() as connection:
        known = find_own(connection, principal, draft_id)
        if known.state is DraftState.APPROVED:
            refuse(why_not_changed(known))
        if not drafts.remove_as_seen(connection, known):  # else what was approved meanwhile would leave, though told as erased
            raise ConflictError(STALE)
        note_event(connection, Event.DRAFT_DISCARD, principal, known, exchange.clock())


def find_own(connection: Connection, principal: Principal, draft_id: str) -> Draft:
    """Give a draft of which the caller is the author; raises ``NotFoundError`` otherwise."""
    found = find_seen(connection, principal, draft_id)
    if not is_author(principal, found):
        raise NotFoundError
    return found


def find_seen(connection: Connection, principal: Principal, draft_id: str) -> Draft:
    """Give a draft that is there for the caller; raises ``NotFoundError`` otherwise."""
    partner_id = principal.partner.partner_id if principal.partner else ""
    found = drafts.draft_by_id(connection, partner_id, draft_id)
    if found is None or not may_see(principal, found):
        raise NotFoundError
    return found


def changed(connection: Connection, value: Draft) -> Draft:
    """Keep a draft in the place of the revision that it has; raises ``ConflictError`` where another was faster."""
    kept = drafts.change_draft(connection, value)
    if kept is None:
        raise ConflictError(STALE)
    return kept


def refuse(sentence: str | None) -> None:
    """Raise ``ConflictError`` where there is a sentence by which policy refuses."""
    if sentence is not None:
        raise ConflictError(sentence)


def note_event(connection: Connection, event: Event, principal: Principal, value: Draft, now: datetime) -> None:
    """Keep what happened to a draft: its id, and with which credential."""
    who = principal.credential.credential_id
    events.add_events(connection, [EventRecord(event, now, value.partner_id, who, subject=value.draft_id)])


def _refuse_strange_group(connection: Connection, known: Draft, document: dict[str, Any]) -> None:
    """Return if a form names the group of before, or one that may be posted to: what was named stays until it is dropped."""
    named = named_group(document)
    refusal = None if named == named_group(known.document) else why_not_posted(connection, known.partner_id, named)
    if refusal is not None:
        raise ProfileError(refusal.sentence, code=refusal.code, pointer=refusal.pointer)


def _opened(connection: Connection, value: Draft, now: datetime) -> Draft:
    """Keep a draft as its author's: nothing is frozen any more. What the second reader wrote stays until the next hand-over."""
    refuse(why_not_changed(value))
    opened = replace(value, state=DraftState.OPEN, changed_at=now, frozen=None, digest=None, handed_over_at=None)
    return changed(connection, opened)


def _text(document: dict[str, Any]) -> str:
    return canonical_bytes(document).decode()
