"""From a notice on, its addressees are waited for: by when, by each one's own agreement, and what follows if nobody answers.

Owns the terms that count (those in force when the notice goes out) and the work that looks at it again; who is reminded then is
``recalling.chase``'s. Kept by ``tests/services/intake/test_await_answers.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from app.domain.agreement import RecallTerms
from app.domain.object_vocabulary import RecallKind
from app.domain.recall import Addressee, SentNotice, reminded_at
from app.domain.vocabulary import OverdueRecall
from app.policy.agreements import agreement_in_force
from app.storage import agreements, notices, viewpoints, work
from app.storage.session import Connection

CHASE_RECALLS = "chase-recalls"


def recall_terms(connection: Connection, partner_id: str, now: datetime) -> RecallTerms:
    """Give what a partner's agreement in force says of recalls; without one, what agreements say where they are silent."""
    agreement = agreement_in_force(agreements.agreements(connection, partner_id), now)
    return RecallTerms() if agreement is None else agreement.recall


def terms_for(connection: Connection, kind: RecallKind, partner_id: str, now: datetime) -> RecallTerms:
    """Give the terms of a partner for a notice of a kind: nobody loses access over a contest or a dispute."""
    terms = recall_terms(connection, partner_id, now)
    return replace(terms, overdue=OverdueRecall.ALARM) if kind.is_question else terms


def await_answers(connection: Connection, sent: SentNotice, terms: Mapping[str, RecallTerms]) -> None:
    """Keep a notice, and wait for the answers of these partners, each within the time of its terms.

    Whoever would lose access by being late is evaluated anew, so that its visible sets end when the answer is due.
    """
    addressees = [
        Addressee(sent.version_id, partner_id, sent.told_at + timedelta(hours=each.acknowledge_within_hours))
        for partner_id, each in sorted(terms.items())
    ]
    chase_at = {one.partner_id: reminded_at(sent.told_at, one.due_at) for one in addressees}
    notices.add_notice(connection, sent, addressees, chase_at)
    work.add_work(connection, CHASE_RECALLS, {"version_id": sent.version_id}, min(chase_at.values()))
    for partner_id, each in sorted(terms.items()):
        if each.overdue is OverdueRecall.LOSE_ACCESS:
            viewpoints.start_epoch(connection, partner_id, "recall", sent.told_at)
