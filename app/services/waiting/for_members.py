"""What waits for a person of a partner: drafts to read or that came back, recalls and requests, disputes, proposals.

Owns which right each takes, and that each look is bounded: what is beyond ``MOST_COUNTED`` is not counted. Kept by
``tests/services/waiting/test_for_members.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from app.domain.catalogue_proposal import ProposalState
from app.domain.draft import DraftState
from app.domain.partner import Partner, Principal
from app.domain.permissions import Permission
from app.domain.signing_task import TaskState
from app.domain.vocabulary import Extent
from app.policy.administration import why_forbidden
from app.services.cataloguing.proposals import ProposalQuery, list_proposals
from app.services.drafting.keep import own_drafts
from app.services.drafting.read_second import drafts_to_read
from app.services.exchange import Exchange
from app.services.reading.disclosing import disclosed
from app.services.reading.readers import Reader
from app.services.reading.record_disclosure import Manner
from app.services.reading.visible_set import Look
from app.services.waiting.waits import MOST_COUNTED, Wait, WaitKind, counted
from app.storage import disputed, ledger_search, notices, partner_requests, signing_tasks
from app.storage.partner_requests import Asked
from app.storage.signing_tasks import Sought

_ONE_MORE = MOST_COUNTED + 1
SIGNED_WITHIN = timedelta(hours=4)
"""A signer that runs signs within minutes; what waits for longer is shown."""


def waits_for_member(exchange: Exchange, principal: Principal, reader: Reader | None) -> list[Wait]:
    """Give what waits for a partner's person, kind by kind; without a ``reader`` no requests are looked at."""
    partner = principal.partner
    if partner is None:
        return []
    found = []
    if _may(principal, Permission.DRAFTS_REVIEW) and principal.person is not None:
        found.append(_reviews(exchange, principal))
    if _may(principal, Permission.DRAFTS_WRITE) and principal.person is not None:
        found.append(_returned(exchange, principal))
    if _may(principal, Permission.SIGNING_TASKS_READ):
        found.append(_signatures(exchange, partner))
    if _may(principal, Permission.RECALLS_ANSWER):
        found.append(_recalls(exchange, partner))
    if reader is not None and _may(principal, Permission.REQUESTS_WRITE):
        found.append(_requests(exchange, reader))
    if _may(principal, Permission.FEEDBACK_READ):
        found.append(_disputes(exchange, partner))
    if _may(principal, Permission.CATALOGUE_REVIEW):
        found.append(proposals_to_review(exchange, principal))
    return [one for one in found if one.count]


def _may(principal: Principal, permission: Permission) -> bool:
    return why_forbidden(principal, permission) is None


def _reviews(exchange: Exchange, principal: Principal) -> Wait:
    drafts = drafts_to_read(exchange, principal)
    return counted(
        WaitKind.REVIEWS, drafts, since=min((one.handed_over_at for one in drafts if one.handed_over_at), default=None)
    )


def _returned(exchange: Exchange, principal: Principal) -> Wait:
    """Count the author's own drafts that a second reader sent back."""
    back = [one for one in own_drafts(exchange, principal) if one.state is DraftState.RETURNED]
    return counted(WaitKind.RETURNED, back, since=min((one.reviewed_at for one in back if one.reviewed_at), default=None))


def _signatures(exchange: Exchange, partner: Partner) -> Wait:
    """Count what nobody has signed for ``SIGNED_WITHIN``."""
    now = exchange.clock()
    with exchange.database.read() as connection:
        waiting = signing_tasks.list_tasks(connection, Sought(partner.partner_id, now, TaskState.WAITING), None, _ONE_MORE)
    long = [one for one in waiting if one.made_at + SIGNED_WITHIN <= now]
    return counted(WaitKind.SIGNATURES, long, since=min((one.made_at for one in long), default=None))


def _recalls(exchange: Exchange, partner: Partner) -> Wait:
    with exchange.database.read() as connection:
        count, due_at = notices.open_for(connection, partner.partner_id)
    return Wait(WaitKind.RECALLS, count, due_at)


def _disputes(exchange: Exchange, partner: Partner) -> Wait:
    with exchange.database.read() as connection:
        calls = disputed.open_calls_of(connection, partner.partner_id, _ONE_MORE)
    return counted(WaitKind.DISPUTES, calls, since=min((one.since for one in calls), default=None))


def proposals_to_review(exchange: Exchange, principal: Principal) -> Wait:
    """Give the proposals to the catalogue that the caller may review."""
    page = list_proposals(exchange, principal, ProposalQuery(ProposalState.OPEN, None, _ONE_MORE))
    waiting = [one.proposal for one in page.proposals if one.waits_for_you]
    return counted(WaitKind.PROPOSALS, waiting, since=min((one.proposed_at for one in waiting), default=None))


@dataclass(frozen=True, slots=True)
class _Seen:
    version_id: int
    class_id: int


def _requests(exchange: Exchange, reader: Reader) -> Wait:
    """Count the open requests that the reader's partner has not answered; that those of others are there is a disclosure."""
    partner_id = reader.partner.partner_id

    def read(look: Look) -> tuple[Sequence[_Seen], Wait]:
        connection = look.connection
        shown = partner_requests.asked_of(connection, Asked(look.viewpoint, look.now, _ONE_MORE))
        asked = [*shown, *partner_requests.access_asked_of(connection, partner_id, _ONE_MORE)]
        parties = partner_requests.parties_to(connection, [one.request_id for one in asked])
        answered = {one.request_id for some in parties.values() for one in some if one.partner_id == partner_id and one.answer}
        waiting = [one for one in asked if one.request_id not in answered]
        due = [one.due_at for one in waiting if one.due_at is not None]
        classes = ledger_search.classes_of_versions(connection, {one.version_id for one in shown})
        seen = [_Seen(one, classes[one]) for one in sorted(classes)]
        return seen, counted(WaitKind.REQUESTS, waiting, due_at=min(due, default=None))

    return disclosed(exchange, reader, read, Manner(extent=Extent.EXISTENCE))
