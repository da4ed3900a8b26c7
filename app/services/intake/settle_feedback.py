"""Feedback on its way in: that its publisher is told, that nobody disputes its own, and who else learns of a dispute.

Owns what feedback is bound to: the statements that its giver sees under the ids that it is about. What the giver does not see
counts as absent, so that feedback on it is an object like any other, and nobody is told of it. The order lock is held. Kept by
``tests/services/intake/test_settle_feedback.py``.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from app.domain.errors import BreakwaterError, Code, RefusedError
from app.domain.feedback import Feedback, facets_of
from app.domain.object_vocabulary import FeedbackKind, RecallAct, RecallKind, RecallReason
from app.domain.usage import start_of_day
from app.domain.vocabulary import Tlp
from app.policy.feedback import Reach, reach
from app.policy.organisations import is_one_organisation
from app.services.intake.call_back import FOLLOW_DISPUTE, call_back
from app.services.intake.narrow import Accepted
from app.services.reading.visible_set import viewer_of
from app.storage import disputed, members, objects, organisations, work
from app.storage.counter import Order
from app.storage.recalls import NewRecall
from app.storage.session import Connection

MOST_DISPUTES_A_DAY = 200
"""So many statements one partner disputes anew in a day, in however many disputes: each is told to all who were given it."""


def settle_feedback(connection: Connection, accepted: Sequence[Accepted], now: datetime) -> dict[int, BreakwaterError]:
    """Let feedback go to whoever published what it is about; gives why some is refused, by its identity.

    What only the rule for identifying data, or another publisher of the same id, keeps from them is addressed to them alone.
    """
    refused: dict[int, BreakwaterError] = {}
    disputes: dict[str, int] = {}
    for one in accepted:
        feedback = one.candidate.checked.facts.feedback
        if feedback is None or one.stored is not None or not feedback.is_bound:
            continue
        refusal = _why_no_dispute(connection, one, disputes, now) or _told(connection, one, now)
        if refusal is not None:
            refused[id(one)] = refusal
    return refused


def statements_of(one: Accepted) -> list[tuple[str, str]]:
    """List what feedback is about: statements (owner, id) of others that its giver sees."""
    feedback = one.candidate.checked.facts.feedback
    if feedback is None:
        return []
    return sorted((owner, ref) for owner, ref in one.narrowed_by if ref in feedback.subjects and owner != one.owner_id)


def facets_of_feedback(one: Accepted) -> frozenset[tuple[str, str]]:
    """Give the facets by which a version is found again as feedback; of what is none, none."""
    feedback = one.candidate.checked.facts.feedback
    return frozenset() if feedback is None else frozenset(facets_of(feedback, statements_of(one)))


def _why_no_dispute(connection: Connection, one: Accepted, counted: dict[str, int], now: datetime) -> RefusedError | None:
    feedback = one.candidate.checked.facts.feedback
    if feedback is None or not _is_dispute(feedback) or one.candidate.checked.facts.is_revoked:
        return None
    parents = organisations.parents(connection)
    stated_by = {owner for owner, ref in one.narrowed_by if ref in feedback.subjects}
    if any(is_one_organisation(one.owner_id, owner, parents) for owner in stated_by):
        sentence = "Your organisation states this itself: correct or withdraw it; only what others publish is disputed."
        return RefusedError(sentence, code=Code.SELF_DISPUTE, pointer="/object_refs")
    if one.owner_id not in counted:
        counted[one.owner_id] = disputed.count_since(connection, one.owner_id, start_of_day(now))
    counted[one.owner_id] += len(statements_of(one)) or 1
    if counted[one.owner_id] > MOST_DISPUTES_A_DAY:
        sentence = "Your organisation has disputed as much today as it may."
        return RefusedError(sentence, code=Code.VOLUME_EXHAUSTED)
    return None


def _told(connection: Connection, one: Accepted, now: datetime) -> RefusedError | None:
    reached: dict[str, Reach] = {}
    for owner_id in {owner_id for owner_id, _ in statements_of(one)}:
        publisher = members.partner_by_id(connection, owner_id)
        if publisher is not None:
            reached[owner_id] = reach(viewer_of(connection, publisher, Tlp.RED, now), one.handling_class)
    if Reach.REFUSED in reached.values():
        sentence = "Feedback goes to the publisher of what it is about; your handling leaves the publisher out."
        return RefusedError(sentence, code=Code.FEEDBACK_NOT_TOLD, pointer="/object_marking_refs")
    if Reach.ADDRESSED in reached.values():
        told = {owner_id for owner_id, how in reached.items() if how is not Reach.KEPT}
        one.handling_class = replace(one.handling_class, addressed_to=frozenset({one.owner_id, *told}))
    return None


def act_on_disputes(connection: Connection, order: Order, new: Sequence[Accepted], now: datetime) -> None:
    """Let everybody who was given what is disputed be told, once for each statement; and unmark what is disputed no more.

    The caller holds the order lock and saves the order.
    """
    for one in new:
        if not _is_dispute(one.candidate.checked.facts.feedback):
            continue
        if one.candidate.checked.facts.is_revoked:
            follow_soon(connection, [one.version_id], now)
            continue
        for owner_id, stix_id in statements_of(one):
            if not disputed.called_about(connection, owner_id, stix_id):
                _call(connection, order, (owner_id, stix_id, one.version_id), now)


def follow_soon(connection: Connection, version_ids: Sequence[int], now: datetime) -> None:
    """Have it looked at again whether what these versions dispute, if they do, is disputed still: they end, or are revoked."""
    for recall_id in disputed.open_calls(connection, version_ids):
        work.add_work(connection, FOLLOW_DISPUTE, {"recall_id": recall_id}, now)


def _call(connection: Connection, order: Order, disputing: tuple[str, str, int], now: datetime) -> None:
    owner_id, stix_id, version_id = disputing
    versions = [one for one in objects.own_versions(connection, owner_id, [stix_id]) if one.withdrawn_at is None]
    if versions:
        new = NewRecall(
            str(uuid.uuid4()),
            owner_id,
            RecallReason.CONTESTED,
            RecallAct.REVIEW,
            [one.version_id for one in versions],
            RecallKind.DISPUTE,
            successor_id=version_id,
        )
        call_back(connection, order, new, [one.log_index for one in versions], now)


def _is_dispute(feedback: Feedback | None) -> bool:
    return feedback is not None and feedback.kind is FeedbackKind.DISPUTE
