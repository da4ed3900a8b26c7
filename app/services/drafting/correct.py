"""Correcting an object of one's own: a draft of the next version of it, which goes the way of every draft.

Owns that the newest version is corrected, by its owner and where it was posted, and that nothing of it changes but what can be
corrected. What is told of it, and who is called back, is ``intake.correct``'s, once it is signed. Kept by
``tests/services/drafting/test_correct.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from app.domain.draft import Draft, DraftState
from app.domain.errors import ConflictError, ExhaustedError, MalformedInputError, NotFoundError
from app.domain.events import Event
from app.domain.object_vocabulary import CorrectionReason
from app.domain.permissions import Permission
from app.domain.vocabulary import Review
from app.policy.drafts import why_not_changed
from app.services.authenticate import require
from app.services.draft_outcome import OUTDATED
from app.services.drafting.correctable import Correctable, correctable
from app.services.drafting.freeze import digest_of
from app.services.drafting.keep import STALE, author_of, changed, keep_new, keep_saved, note_event, own_draft, refuse
from app.services.drafting.screen import refuse_correction_never_kept
from app.services.exchange import Exchange
from app.services.explaining.simulate import Simulated, SimulationRequest, simulate
from app.services.reading.readers import Reader
from app.services.signing_tasks.freeze import freeze_objects
from breakwater_client.extensions import OCSEA_CONTEXT
from breakwater_client.signing.correction import corrected
from breakwater_client.trust.canonical import canonical_bytes


@dataclass(frozen=True, slots=True)
class Correction:
    """What somebody corrects (unverified): the version that they saw, what was wrong, and new values by member."""

    version: str
    reason: str
    changes: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True)
class CorrectionSeen:
    """A draft of a correction: what stands now, what it would become, and what would become of that (None: not asked)."""

    draft: Draft
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    simulated: Simulated | None = None


def begin_correction(exchange: Exchange, reader: Reader, stix_id: str, said: Correction) -> Draft:
    """Begin a draft of a correction.

    Raises:
        ConflictError: it cannot be corrected, was changed meanwhile, or the person has as many drafts as one may have.
        ForbiddenContentError: it would hold what is never kept; the operators are alarmed as at a submission.
        ForbiddenError: the caller may not draft, or not submit.
        MalformedInputError: no reason, nothing changed, or something that cannot be.
        NotFoundError: absent, hidden, or another's.
    """
    found = _found(exchange, reader, stix_id)
    return keep_new(exchange, reader.principal, _form(exchange, reader, found, said))


def save_correction(exchange: Exchange, reader: Reader, draft_id: str, revision: int, said: Correction) -> Draft:
    """Save a correction over the revision that was seen; raises as ``begin_correction`` and ``save_draft``."""
    draft = own_correction(exchange, reader, draft_id)
    found = _found(exchange, reader, _stix_id(draft))
    return keep_saved(exchange, reader.principal, draft_id, revision, _form(exchange, reader, found, said))


def own_correction(exchange: Exchange, reader: Reader, draft_id: str) -> Draft:
    """Give a correction of whoever asks; raises ``NotFoundError`` for another's, and for a draft that is none."""
    draft = own_draft(exchange, reader.principal, draft_id)
    if draft.corrects is None:
        raise NotFoundError
    return draft


def look_over_correction(exchange: Exchange, reader: Reader, draft_id: str) -> CorrectionSeen:
    """Give what a correction of the caller's comes to now; nothing is kept of it.

    Raises:
        ConflictError: the object was changed or recalled meanwhile.
        ForbiddenError, NotFoundError: as ``begin_correction``.
    """
    draft = own_correction(exchange, reader, draft_id)
    if draft.frozen is not None:
        return frozen_correction(draft)
    found, after = _now(exchange, reader, draft)
    return CorrectionSeen(draft, found.value, after, _simulated(exchange, reader, found, after))


def frozen_correction(draft: Draft) -> CorrectionSeen:
    """Give what stands in a correction that was handed over."""
    frozen = draft.frozen_document
    return CorrectionSeen(draft, frozen["before"], frozen["objects"][0])


def hand_over_correction(exchange: Exchange, reader: Reader, draft_id: str, revision: int) -> Draft:
    """Freeze the next version of the object, of now, and let a second reader have it.

    Raises:
        ConflictError: the draft or the object was changed meanwhile, it was approved, or the exchange would refuse it.
        ForbiddenError, NotFoundError: as ``begin_correction``.
        ProfileError: other tools would respell it.
    """
    draft = own_correction(exchange, reader, draft_id)
    refuse(why_not_changed(draft))
    if draft.revision != revision:
        raise ConflictError(STALE)
    found, after = _now(exchange, reader, draft)
    simulated = _simulated(exchange, reader, found, after)
    if simulated is not None and simulated.refusal is not None:
        raise ConflictError(simulated.refusal.sentence)
    frozen = canonical_bytes({"before": dict(found.value), **freeze_objects([after], found.group_id)})
    now = exchange.clock()
    handed = replace(draft, state=DraftState.IN_REVIEW, changed_at=now, handed_over_at=now)
    handed = replace(handed, frozen=frozen.decode(), digest=digest_of(frozen), reviewer_id=None, reviewed_at=None, remark=None)
    with exchange.database.write() as connection:
        kept = changed(connection, handed)
        note_event(connection, Event.DRAFT_HAND_OVER, reader.principal, kept, now)
    return kept


def _found(exchange: Exchange, reader: Reader, stix_id: str) -> Correctable:
    author_of(reader.principal)
    require(reader.principal, Permission.OBJECTS_SUBMIT)
    found = correctable(exchange, reader, stix_id)
    refuse(found.why_not)
    return found


def _now(exchange: Exchange, reader: Reader, draft: Draft) -> tuple[Correctable, dict[str, Any]]:
    """Give the object of a draft as it stands, and the next version of it, of now."""
    if draft.corrects is None:
        raise NotFoundError
    found = _found(exchange, reader, draft.corrects.stix_id)
    if found.version != draft.corrects.version:
        raise ConflictError(OUTDATED)
    return found, _after(exchange, found, draft.corrects.reason, draft.document["changes"])


def _form(exchange: Exchange, reader: Reader, found: Correctable, said: Correction) -> dict[str, Any]:
    """Give the form of a draft that may be kept."""
    if said.version != found.version:
        raise ConflictError(OUTDATED)
    if said.reason not in set(CorrectionReason):
        raise MalformedInputError("Say what was wrong.", pointer="/reason")
    if not said.changes.keys() <= set(found.members):
        raise MalformedInputError("This member of the object is not corrected.")
    changes = {name: one for name, one in said.changes.items() if one != found.said(name)}
    if not changes:
        raise MalformedInputError("Nothing is different from what it says now.", pointer="/reason")
    after = _after(exchange, found, said.reason, changes)
    refuse_correction_never_kept(exchange, reader.principal, after, changes)
    context, corrects = after["extensions"][OCSEA_CONTEXT], {"stix_id": found.stix_id, "version": found.version}
    return {
        "corrects": corrects | {"reason": said.reason},
        "changes": changes,
        "what": {"title": str(after.get("name", ""))},
        **({"urgency": context["urgency"]} if "urgency" in context else {}),
    }


def _after(exchange: Exchange, found: Correctable, reason: str, changes: Mapping[str, Any]) -> dict[str, Any]:
    """Give the next version. It says that two persons looked, which is so before it leaves, and not who confirmed the last."""
    after = corrected(found.value, reason, exchange.clock(), changes)
    context = {**after["extensions"][OCSEA_CONTEXT], "review": Review.SECOND_REVIEWED.value}
    return {**after, "extensions": {**after["extensions"], OCSEA_CONTEXT: context}}


def _simulated(exchange: Exchange, reader: Reader, found: Correctable, after: dict[str, Any]) -> Simulated | None:
    """Give what would become of it; None where the organisation has asked as often today as it may: then sending it tells."""
    request = SimulationRequest(objects=[after], group_id=found.group_id, will_be_signed=True)
    try:
        return simulate(exchange, reader.principal, request)[0]
    except ExhaustedError:
        return None


def _stix_id(draft: Draft) -> str:
    return draft.corrects.stix_id if draft.corrects else ""
