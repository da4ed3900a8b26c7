"""The second reader: what waits to be read, and approving or sending back exactly what was seen.

Owns the order of the steps: the right, that it is another person, that it is the very thing that was seen (by its digest), and
then the task for the organisation's signature, in one transaction. Kept by ``tests/services/drafting/test_read_second.py``.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from app.domain.draft import LONGEST_REMARK, Draft, DraftState
from app.domain.errors import ConflictError, MalformedInputError
from app.domain.events import Event
from app.domain.partner import Principal
from app.domain.permissions import Permission
from app.domain.signing_task import NewTask, TaskKind
from app.policy.drafts import is_author, why_not_second
from app.services.authenticate import require_still
from app.services.draft_outcome import refuse_outdated
from app.services.drafting.freeze import is_as_frozen, task_document
from app.services.drafting.keep import author_of, changed, find_seen, note_event, refuse
from app.services.drafting.posting import why_frozen_not_posted_in
from app.services.drafting.screen import refuse_what_is_never_kept
from app.services.drafting.standing import standing_of
from app.services.exchange import Exchange
from app.services.hold_order import take_order_for
from app.services.signing_tasks.keep import keep_task
from app.storage import drafts
from app.storage.session import Connection

_OTHER = "What you looked at is not what is there now: it was changed meanwhile. Read it again."


def drafts_to_read(exchange: Exchange, principal: Principal) -> list[Draft]:
    """List what waits for the caller as second reader: urgent ones first, then the one that waits longest; never one's own.

    Raises:
        ForbiddenError: the caller may not review drafts, or is no person of a partner.
    """
    reader = author_of(principal, Permission.DRAFTS_REVIEW)
    with exchange.database.read() as connection:
        waiting = drafts.drafts_in_state(connection, reader.partner_id, DraftState.IN_REVIEW)
    return sorted((one for one in waiting if not is_author(principal, one)), key=lambda one: not one.is_urgent)


def frozen_draft(exchange: Exchange, principal: Principal, draft_id: str) -> Draft:
    """Give a draft that was handed over, to its author or others of the organisation.

    Raises:
        ForbiddenError: the caller may not read drafts.
        NotFoundError: there is none of this id, it is not handed over, or another organisation's.
    """
    author_of(principal, Permission.DRAFTS_READ)
    with exchange.database.read() as connection:
        return find_seen(connection, principal, draft_id)


def why_not_read(exchange: Exchange, principal: Principal, draft: Draft) -> str | None:
    """Give why the caller, who sees a draft, is not its second reader now, or None; judged again when they decide."""
    with exchange.database.read() as connection:
        return why_not_second(principal, draft, standing_of(connection, principal, draft, exchange.clock()))


def approve(exchange: Exchange, principal: Principal, draft_id: str, digest: str) -> Draft:
    """Approve what is frozen under a digest, as its second reader: it goes on to be signed, with nothing changed.

    Raises:
        ConflictError: the caller is its author, new, or bound to the author by an invitation; it is not being reviewed, something
            else is frozen now, what it corrects was changed meanwhile, or the organisation cannot post to its group any more.
        ForbiddenError: the caller may not review drafts.
        NotFoundError: it is not there for the caller.
    """
    author_of(principal, Permission.DRAFTS_REVIEW)
    now = exchange.clock()
    with exchange.database.write() as connection:
        take_order_for(exchange, connection, principal)
        read = _read_by(connection, principal, draft_id, digest, now)
        refuse_outdated(connection, read)
        astray = why_frozen_not_posted_in(connection, read)
        refuse(astray.sentence if astray else None)
        require_still(connection, principal, Permission.DRAFTS_REVIEW, now)
        reviewer = principal.person.person_id if principal.person else None
        approved = replace(read, state=DraftState.APPROVED, changed_at=now, reviewer_id=reviewer, reviewed_at=now)
        kept = changed(connection, replace(approved, signing_task_id=_task(connection, approved, now)))
        note_event(connection, Event.DRAFT_APPROVE, principal, kept, now)
    return kept


def send_back(exchange: Exchange, principal: Principal, draft_id: str, digest: str, remark: str) -> Draft:
    """Send a draft back to its author, with what is to be changed.

    Raises:
        BreakwaterError: as ``approve``.
        MalformedInputError: nothing is said, or too much.
        ForbiddenContentError: the remark holds what must never be here.
    """
    author_of(principal, Permission.DRAFTS_REVIEW)
    now, said = exchange.clock(), remark.strip()
    if not 0 < len(said) <= LONGEST_REMARK:
        raise MalformedInputError(f"Say what is to be changed, in {LONGEST_REMARK} characters at most.", pointer="/remark")
    refuse_what_is_never_kept(exchange, principal, {"what": {"description": said}})
    with exchange.database.write() as connection:
        read = _read_by(connection, principal, draft_id, digest, now)
        reviewer = principal.person.person_id if principal.person else None
        back = replace(
            read,
            state=DraftState.RETURNED,
            changed_at=now,
            frozen=None,
            digest=None,
            reviewer_id=reviewer,
            reviewed_at=now,
            remark=said,
        )
        kept = changed(connection, back)
        note_event(connection, Event.DRAFT_RETURN, principal, kept, now)
    return kept


def _task(connection: Connection, draft: Draft, now: datetime) -> str:
    """Keep what is to be signed, exactly as it was frozen, and give the task's id."""
    document = task_document(draft)
    new = NewTask(TaskKind.OBJECTS, draft.partner_id, draft.draft_id, document, draft.author_id, now, draft.reviewer_id)
    return keep_task(connection, new).task_id


def _read_by(connection: Connection, principal: Principal, draft_id: str, digest: str, now: datetime) -> Draft:
    found = find_seen(connection, principal, draft_id)
    refuse(why_not_second(principal, found, standing_of(connection, principal, found, now)))
    if not is_as_frozen(found, digest):
        raise ConflictError(_OTHER)
    return found
