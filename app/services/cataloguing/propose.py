"""Proposing a change of the catalogue, looking proposals up, and taking one's own back.

Owns that what is proposed applies to the release in force and passes its lint before anybody reviews it. Whoever proposed is told
to nobody but the exchange's own people: a member need not be known to the others. Kept by
``tests/services/cataloguing/test_propose.py``.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from app.domain.catalogue import Catalogue
from app.domain.catalogue_proposal import EntryKind, Proposal, ProposalKind, ProposalState
from app.domain.errors import Code, ConflictError, ForbiddenError, MalformedInputError, NotFoundError, RefusedError
from app.domain.events import Event, EventRecord
from app.domain.partner import Principal
from app.domain.permissions import Permission
from app.policy.catalogue import is_own
from app.services.answer_once import earlier_outcome
from app.services.authenticate import require, require_still
from app.services.cataloguing.check_reason import check_reason
from app.services.cataloguing.current import current_catalogue, read_release
from app.services.cataloguing.draft import Draft, changed_members, entries, new_findings
from app.services.cataloguing.publish import ensure_catalogue
from app.services.exchange import Exchange
from app.services.hold_order import take_order_for
from app.stix.catalogue_lint import findings
from app.storage import catalogue_proposals, catalogue_releases, events, submissions
from app.storage.counter import save_order
from app.storage.session import Connection
from app.storage.submissions import KeyUse
from breakwater_client.trust.canonical import canonical_bytes

MOST_WAITING = 50
"""So many proposals of one organisation wait at once."""


@dataclass(frozen=True, slots=True)
class NewProposal:
    """What is proposed (checked for its form alone). ``text``: the entry as it shall read; None for a retirement."""

    kind: ProposalKind
    entry: EntryKind
    code: str | None
    text: Mapping[str, Any] | None
    replaced_by: tuple[str, ...]
    reason: str
    based_on: int


def propose(exchange: Exchange, principal: Principal, new: NewProposal, use: KeyUse | None = None) -> Proposal:
    """Keep a proposal for reviewers of two other organisations.

    Raises:
        ConflictError: ``catalogue-changed``: its entry changed since the release that it is based on; or the entry is retired;
            or too many wait.
        ForbiddenContentError: the reason carries what must never be here.
        ForbiddenError: the caller may not propose.
        MalformedInputError: it names what never was, or changes nothing.
        RefusedError: ``catalogue-text-refused``: the lint finds what may not stand there, or the reason has an address.
        UnauthenticatedError: the credential ended while this waited for its turn.
    """
    require(principal, Permission.CATALOGUE_PROPOSE)
    check_reason(exchange, principal, new.reason)
    now = exchange.clock()
    with exchange.database.write() as connection:
        order = take_order_for(exchange, connection, principal)
        principal = require_still(connection, principal, Permission.CATALOGUE_PROPOSE, exchange.clock())
        earlier = earlier_outcome(connection, use)
        if earlier is not None:
            return found(connection, earlier)
        ensure_catalogue(connection, order, exchange.keys.statements, now)
        proposal = _proposal(principal, new, now)
        catalogue = current_catalogue(connection)
        _check_room(connection, proposal)
        check_based(connection, proposal, catalogue)
        _check_draft(proposal, catalogue, now)
        catalogue_proposals.add_proposal(connection, proposal)
        note(connection, principal, Event.CATALOGUE_PROPOSE, (proposal, proposal.kind), now)
        if use is not None:
            submissions.add_key_use(connection, use, proposal.proposal_id, now)
        save_order(connection, order)
    return proposal


def withdraw(exchange: Exchange, principal: Principal, proposal_id: str, use: KeyUse | None = None) -> Proposal:
    """Take a proposal of one's own organisation back.

    Raises:
        ConflictError: nothing can become of it any more.
        ForbiddenError: another organisation proposed it.
        NotFoundError: there is no such proposal.
    """
    require(principal, Permission.CATALOGUE_PROPOSE)
    now = exchange.clock()
    with exchange.database.write() as connection:
        order = take_order_for(exchange, connection, principal)
        principal = require_still(connection, principal, Permission.CATALOGUE_PROPOSE, exchange.clock())
        proposal = found(connection, proposal_id)
        if not is_own(principal, proposal):
            raise ForbiddenError("Whose organisation proposed this takes it back, and nobody else.")
        if earlier_outcome(connection, use) is not None:
            return proposal
        check_waits(proposal)
        settled = replace(proposal, state=ProposalState.WITHDRAWN, settled_at=now)
        catalogue_proposals.settle(connection, settled)
        note(connection, principal, Event.CATALOGUE_WITHDRAW, (settled, None), now)
        if use is not None:
            submissions.add_key_use(connection, use, proposal_id, now)
        save_order(connection, order)
    return settled


def found(connection: Connection, proposal_id: str) -> Proposal:
    """Give a proposal; raises ``NotFoundError`` where there is none. Everybody who may propose or review sees all."""
    proposal = catalogue_proposals.proposal_by_id(connection, proposal_id)
    if proposal is None:
        raise NotFoundError
    return proposal


def check_waits(proposal: Proposal) -> None:
    """Return if something may still become of a proposal; raises ``ConflictError``."""
    if proposal.state is ProposalState.OUTDATED:
        sentence = f"Release {proposal.release} changed what this was about: propose it anew, based on that."
        raise ConflictError(sentence, code=Code.CATALOGUE_CHANGED)
    if not proposal.state.is_waiting:
        raise ConflictError(f"This proposal is {proposal.state}.")


def check_based(connection: Connection, proposal: Proposal, catalogue: Catalogue) -> None:
    """Return if the entry of a proposal reads as in the release that its author read.

    Raises:
        ConflictError: ``catalogue-changed``; the sentence says what changed.
        MalformedInputError: there is no such release.
    """
    base = catalogue_releases.release_by_number(connection, proposal.based_on)
    if base is None:
        raise MalformedInputError("There is no release of this number.", pointer="/based_on")
    if proposal.code is None or proposal.based_on == catalogue.release:
        return
    read = entries(read_release(base.document), proposal.entry).get(proposal.code)
    changed = changed_members(read, entries(catalogue, proposal.entry).get(proposal.code))
    if changed:
        since = f"Since release {proposal.based_on} the catalogue (release {catalogue.release}) changed {proposal.code}"
        sentence = f"{since}: {', '.join(changed)}. Read it again, and base the proposal on that release."
        raise ConflictError(sentence, code=Code.CATALOGUE_CHANGED, pointer="/based_on")


def note(connection: Connection, principal: Principal, event: Event, about: tuple[Proposal, str | None], now: datetime) -> None:
    """Keep what happened to a proposal."""
    proposal, code = about
    partner_id = None if principal.partner is None else principal.partner.partner_id
    who = principal.credential.credential_id
    events.add_events(connection, [EventRecord(event, now, partner_id, who, subject=proposal.proposal_id, code=code)])


def _proposal(principal: Principal, new: NewProposal, now: datetime) -> Proposal:
    is_retirement, is_new = new.kind is ProposalKind.RETIREMENT, new.kind is ProposalKind.NEW
    if is_retirement is not (new.text is None):
        raise MalformedInputError("A new or changed entry has its text, and a retirement none.", pointer="/text")
    if is_new is not (new.code is None):
        raise MalformedInputError("A new entry gets its code when it is released; all others name it.", pointer="/code")
    if new.replaced_by and not is_retirement:
        raise MalformedInputError("Only for what is retired something else stands.", pointer="/replaced_by")
    document = {"replaced_by": list(new.replaced_by)} if new.text is None else new.text
    return Proposal(
        proposal_id=str(uuid.uuid4()),
        kind=new.kind,
        entry=new.entry,
        code=new.code,
        document=canonical_bytes(document).decode(),
        reason=new.reason,
        based_on=new.based_on,
        partner_id=None if principal.partner is None else principal.partner.partner_id,
        person_id=principal.credential.person_id,
        credential_id=principal.credential.credential_id,
        proposed_at=now,
    )


def _check_room(connection: Connection, proposal: Proposal) -> None:
    waiting = [one for one in catalogue_proposals.waiting_proposals(connection) if one.partner_id == proposal.partner_id]
    if len(waiting) >= MOST_WAITING:
        raise ConflictError(f"{MOST_WAITING} proposals of your organisation wait already; take one back, or wait.")


def _check_draft(proposal: Proposal, catalogue: Catalogue, now: datetime) -> None:
    """Refuse what does not apply, changes nothing, or may not stand in the catalogue."""
    draft = Draft(catalogue)
    code = draft.take(proposal)
    drafted = draft.release(now)
    before, after = (entries(one, proposal.entry).get(code) for one in (catalogue, drafted))
    if not changed_members(before, after):
        raise MalformedInputError("This changes nothing.", pointer="/text")
    place = f"/{proposal.entry}s/{list(entries(drafted, proposal.entry)).index(code)}/"
    own = (
        [one for one in findings(drafted) if one.pointer.startswith(place)]
        if proposal.kind is not ProposalKind.RETIREMENT
        else []
    )
    for one in (*own, *new_findings(catalogue, drafted)):
        pointer = f"/text/{one.pointer.removeprefix(place)}" if one.pointer.startswith(place) else None
        raise RefusedError(one.sentence, code=Code.CATALOGUE_TEXT_REFUSED, pointer=pointer)
