"""Agreements that are stopped, at once and by one person, and let live again, by two.

Owns which version is taken up: nothing of its terms changes but whether, and until when, it is in force. Kept by
``tests/services/membership/test_suspend_agreement.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from app.domain.agreement import Agreement
from app.domain.approval import Approval
from app.domain.errors import ConflictError, NotFoundError
from app.domain.partner import Principal
from app.domain.permissions import Permission
from app.domain.stated_reason import Stop
from app.policy.agreements import agreement_in_force
from app.services.answer_once import earlier_outcome
from app.services.approval.propose import proposed_before
from app.services.exchange import Exchange
from app.services.membership.agreement_documents import KeptAgreement
from app.services.membership.agreement_versions import Making, NewAgreement
from app.services.membership.change_policy import making
from app.services.membership.propose_agreement import proposed
from app.services.membership.state_reason import Stopped, checked_reason, keep_reason
from app.storage import submissions
from app.storage.submissions import KeyUse


def suspend_agreement(
    exchange: Exchange, principal: Principal, partner_id: str, use: KeyUse | None = None, *, reason: str | None = None
) -> Agreement:
    """Suspend a partner's agreement at once: a version of the same terms that allows nothing, before all later ones.

    ``reason`` (unverified) is kept beside it, and not in the document. Raises for it as ``state_reason.checked_reason``, and:

    Raises:
        ConflictError: it is suspended already, or has ended.
        ForbiddenError: the caller is no operator.
        NotFoundError: there is no such partner, or no agreement with it.
    """
    said = checked_reason(exchange, principal, Permission.AGREEMENTS_WRITE, reason)
    with making(exchange, principal) as act:
        known = act.known(partner_id)
        earlier = _made_before(act, known, use)
        if earlier is not None:
            return earlier
        taken_up = _taken_up(act, known)
        if taken_up.is_suspended:
            raise ConflictError("This agreement is suspended already.")
        made = _made(act, known, replace(taken_up, is_suspended=True, starts_at=act.now), use)
        stopped = Stopped(Stop.AGREEMENT_SUSPENSION, partner_id, str(made.version))
        keep_reason(act.connection, principal, said, act.now, [stopped])
        return made


def end_agreement(
    exchange: Exchange, principal: Principal, partner_id: str, use: KeyUse | None = None, *, reason: str | None = None
) -> Agreement:
    """End a partner's agreement at once: a version of the same terms that ends now, before all later ones.

    ``reason`` as of ``suspend_agreement``.

    Raises:
        ConflictError: it has ended already.
        ForbiddenError: the caller is no operator.
        NotFoundError: there is no such partner, or no agreement with it.
    """
    said = checked_reason(exchange, principal, Permission.AGREEMENTS_WRITE, reason)
    with making(exchange, principal) as act:
        known = act.known(partner_id)
        earlier = _made_before(act, known, use)
        if earlier is not None:
            return earlier
        made = _made(act, known, replace(_taken_up(act, known), starts_at=act.now, ends_at=act.now), use)
        stopped = Stopped(Stop.AGREEMENT_END, partner_id, str(made.version))
        keep_reason(act.connection, principal, said, act.now, [stopped])
        return made


def propose_resumption(
    exchange: Exchange, principal: Principal, partner_id: str, reason: str, use: KeyUse | None = None
) -> Approval:
    """Propose that a suspended agreement be in force again, on the same terms; a second operator approves it.

    Raises:
        ConflictError: it is not suspended or has ended, or a version for this partner is proposed already.
        ForbiddenError: the caller is no operator in person.
        MalformedInputError: no reason, or one that is too long.
        NotFoundError: there is no such partner, or no agreement with it.
    """
    with making(exchange, principal) as act:
        known = act.known(partner_id)
        earlier = earlier_outcome(act.connection, use)
        if earlier is not None:
            return proposed_before(act.connection, earlier)
        taken_up = _taken_up(act, known)
        if not taken_up.is_suspended:
            raise ConflictError("This agreement is not suspended.")
        new = NewAgreement(
            partner_id=partner_id,
            starts_at=None,
            ends_at=taken_up.ends_at,
            read=taken_up.read,
            write=taken_up.write,
            default_handling=taken_up.default_handling,
            recall=taken_up.recall,
            is_listed=taken_up.is_listed,
        )
        approval = proposed(act, principal, new, known, reason)
        if use is not None:
            submissions.add_key_use(act.connection, use, approval.approval_id, act.now)
    return approval


def _taken_up(act: Making, known: Sequence[KeptAgreement]) -> Agreement:
    """Give the version in force now, else the newest, which may be suspended or still to come."""
    if not known:
        raise NotFoundError
    newest = known[-1].agreement
    found = agreement_in_force([one.agreement for one in known], act.now) or newest
    if found.ends_at is not None and found.ends_at <= act.now:
        raise ConflictError("This agreement has ended: what comes after it is a new one.")
    return found


def _made_before(act: Making, known: Sequence[KeptAgreement], use: KeyUse | None) -> Agreement | None:
    earlier = earlier_outcome(act.connection, use)
    return None if earlier is None else next(one.agreement for one in known if str(one.agreement.version) == earlier)


def _made(act: Making, known: Sequence[KeptAgreement], agreement: Agreement, use: KeyUse | None) -> Agreement:
    """Make a version that allows nothing from now on, whatever its terms."""
    version = known[-1].agreement.version + 1
    made = replace(agreement, version=version, created_at=act.now, created_by=act.credential_id)
    act.add(made)
    if use is not None:
        submissions.add_key_use(act.connection, use, str(version), act.now)
    return made
