"""Step 6, inside the transaction: which candidates become versions, in which class, at which place.

Owns the numbers each version is given and the writing; what is accepted, and how it is narrowed, have rooms of their own. The
order lock is held throughout. Kept by ``tests/services/intake/test_admit.py``.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.domain.errors import Code, RefusedError
from app.domain.handling import HandlingClass
from app.domain.stix_object import CheckedObject
from app.policy.imminent_risk import is_at_imminent_risk
from app.policy.visibility import Viewer
from app.services.intake.accept import Admission, Before, Intake, refused_at
from app.services.intake.attest import Attestor
from app.services.intake.correct import call_back_corrected
from app.services.intake.narrow import Accepted, Move, narrow_by_newest, narrow_by_references
from app.services.intake.narrow_later import begin_narrowings
from app.services.intake.post import Reposting, add_postings, look_from_all_that_see, repost
from app.services.intake.settle_feedback import act_on_disputes, facets_of_feedback, settle_feedback
from app.services.intake.settle_handling import Settled, Settlement, settle
from app.services.paging.page_contacts import want_pages
from app.storage import displacement, embargoes, feed, handling, narrowings, objects, work
from app.storage.counter import Order, save_order
from app.storage.objects import NewVersion, StoredVersion
from app.storage.session import Connection
from breakwater_client.submission import ObjectResult, ResultStatus
from breakwater_client.trust.log_leaf import LeafKind, leaf_bytes, leaf_hash, new_salt

__all__ = ["RELEASE_EMBARGOED", "Admission", "Plan", "admit", "plan"]

RELEASE_EMBARGOED = "release-embargoed"


def admit(
    connection: Connection, admission: Admission, examined: Sequence[CheckedObject | ObjectResult], *, atomic: bool
) -> tuple[ObjectResult, ...]:
    """Store what may be stored and give each object's result, in the order of the envelope.

    With ``atomic``, one refusal refuses all and nothing is written.
    """
    planned = plan(connection, admission, examined)
    if atomic and any(result.status is ResultStatus.REFUSED for result in planned.results):
        return tuple(map(_refused_with_the_others, planned.results))
    _write(connection, admission, planned)
    return planned.results


@dataclass(frozen=True, slots=True)
class Plan:
    """What an admission comes to before it writes: results, what is stored in which class, and what that moves.

    ``before`` is what the owners have stored under the ids, without what they withdrew.
    """

    results: tuple[ObjectResult, ...]
    accepted: Sequence[Accepted]
    before: Before
    moves: Sequence[Move]


def plan(connection: Connection, admission: Admission, examined: Sequence[CheckedObject | ObjectResult]) -> Plan:
    """Give what admitting these objects comes to. It reads, and takes numbers from ``admission.order``; nothing is written.

    So a simulation asks for it in a snapshot, with an order that is merely read.
    """
    usable = [one for one in examined if isinstance(one, CheckedObject) and _counts(one, admission)]
    settled: dict[int, Settled] = {}
    stored: list[StoredVersion] = []
    for owner_id, owner in admission.owners.items():
        own = [one for one in usable if one.verified.signer_id == owner_id]
        held = objects.own_versions(connection, owner_id, {one.facts.stix_id for one in own})
        withdrawn = {one.stix_id for one in held if one.withdrawn_at is not None}
        # A marking that was withdrawn does not come back, and so cannot say how other objects are handled.
        own = [one for one in own if one.facts.type != "marking-definition" or one.facts.stix_id not in withdrawn]
        settlement = Settlement(admission.submitter, owner, admission.now, admission.law_enforcement)
        settled |= zip(map(id, own), settle(connection, settlement, own), strict=True)
        stored += held
    before = Before.load(connection, admission, stored)
    intake = Intake(admission, before)
    taken = [one if isinstance(one, ObjectResult) else intake.take(one, settled.get(id(one))) for one in examined]
    refused = set(map(id, narrow_by_references(connection, _viewers(admission), intake.accepted, admission.now)))
    not_told = settle_feedback(connection, [one for one in intake.accepted if id(one) not in refused], admission.now)
    accepted = [one for one in intake.accepted if id(one) not in refused | not_told.keys()]
    for one in accepted:
        if one.stored is None:
            one.version_id, one.log_index = admission.order.next_version_id(), admission.order.next_log_index()
    results = tuple(one if isinstance(one, ObjectResult) else one.result(refused, not_told) for one in taken)
    left = before.without_withdrawn()
    moves = narrow_by_newest(accepted, left.versions, left.classes)
    for one in accepted:
        one.handling_class = one.handling_class.normal
    return Plan(results, accepted, left, moves)


def _counts(checked: CheckedObject, admission: Admission) -> bool:
    """Whether the key that signed still counts; what nobody signed has none that could be revoked meanwhile."""
    verified = checked.verified
    return verified.signer_id in admission.owners and (verified.keyid is None or verified.keyid in admission.usable_keyids)


def _viewers(admission: Admission) -> dict[str, list[Viewer]]:
    """Give whose eyes count for each owner's references: passing an object on must not shake off what its author saw."""
    submitter = admission.submitter
    others = {owner_id: [submitter, owner] for owner_id, owner in admission.owners.items() if owner_id != submitter.partner_id}
    return {submitter.partner_id: [submitter]} | others


def _refused_with_the_others(result: ObjectResult) -> ObjectResult:
    if result.status is ResultStatus.REFUSED:
        return result
    sentence = "Another object of this atomic submission was refused."
    return refused_at(result.pointer, RefusedError(sentence, code=Code.SUBMISSION_NOT_ATOMIC))


def _write(connection: Connection, admission: Admission, planned: Plan) -> None:
    accepted, before, moves = planned.accepted, planned.before, planned.moves
    order, now, stored = admission.order, admission.now, before.versions
    repostings = [
        Reposting(one.stored, before.classes[one.version_id], one.handling_class, one.visible_until)
        for one in accepted
        if one.stored is not None
    ]
    look_from_all_that_see(connection, order, repostings, now)
    class_ids = handling.ensure_classes(
        connection, order, [one.handling_class for one in accepted] + [move.to_class for move in moves]
    )
    _move(connection, admission, moves, class_ids)
    repost(connection, order, repostings, class_ids, now)
    new = [one for one in accepted if one.stored is None]
    versions = [_new_version(one, class_ids[one.handling_class], admission.attestor) for one in new]
    objects.add_versions(connection, versions, admission.submission_id, now)
    heads = _set_heads(connection, admission, new, stored)
    add_postings(connection, order, admission.target, {one.version_id: one.position is not None for one in accepted}, now)
    narrowings.depend(connection, {one.version_id: one.narrowed_by for one in accepted if one.stored is not None})
    # Oldest first, so the newest stays.
    governed = {(one.owner_id, one.stix_id): before.classes[one.version_id] for one in stored}
    narrower = [one for one in accepted if one.version_id in heads and _needs_more(one, governed)]
    begin_narrowings(connection, order, _depended_on(connection, order, narrower, class_ids), now)
    for one in new:
        defines = one.candidate.checked.facts.defines
        if defines is not None:
            handling.add_marking(connection, one.owner_id, one.stix_id, defines)
    act_on_disputes(connection, order, new, now)
    call_back_corrected(connection, order, [one for one in new if one.version_id in heads], stored, now)
    due = {one.version_id: one.candidate.release_at or now for one in accepted if _is_urgent(one)}
    want_pages(connection, admission.submitter.partner_id, admission.submission_id, due)
    ends = embargoes.release_times(versions)
    if ends and not work.has_waiting(connection, RELEASE_EMBARGOED, due_by=ends[0]):
        work.add_work(connection, RELEASE_EMBARGOED, {}, ends[0])  # it goes on to the later ones by itself
    save_order(connection, order)


def _is_urgent(one: Accepted) -> bool:
    """Whether people are to be called about it: what its publisher revokes calls nobody."""
    checked = one.candidate.checked
    return is_at_imminent_risk(checked.facts.context) and checked.verified.parsed.value.get("revoked") is not True


def _needs_more(one: Accepted, governed: Mapping[tuple[str, str], HandlingClass]) -> bool:
    """Whether a newest version needs what the newest one before it did not; where either was posted plays no part."""
    before = governed.get((one.owner_id, one.stix_id))
    return before is not None and not one.handling_class.handlings <= before.handlings


def _depended_on(
    connection: Connection, order: Order, narrower: Sequence[Accepted], class_ids: Mapping[HandlingClass, int]
) -> dict[int, list[int]]:
    """Give those of these newest versions on which anything depends that was stored before; by their class."""
    classes = {one.version_id: class_ids[one.handling_class] for one in narrower}
    first = min((one.version_id for one in narrower if one.stored is None), default=order.version_id + 1)
    roots: dict[int, list[int]] = defaultdict(list)
    for version_id in narrowings.depended_on(connection, classes, before=first):
        roots[classes[version_id]].append(version_id)
    return roots


def _move(connection: Connection, admission: Admission, moves: Sequence[Move], class_ids: Mapping[HandlingClass, int]) -> None:
    groups: dict[tuple[int, datetime], list[StoredVersion]] = defaultdict(list)
    for move in moves:
        groups[class_ids[move.to_class], move.visible_until].append(move.stored)
    for (class_id, visible_until), moved in groups.items():
        displaced = displacement.displaced_by(connection, moved, class_id)
        moment = admission.order.next_moment(admission.now)
        objects.reclassify(connection, [one.version_id for one in moved], class_id, visible_until, moment)
        feed.give_places(connection, admission.order, displaced, admission.now)


def _set_heads(
    connection: Connection, admission: Admission, new: Sequence[Accepted], stored: Sequence[StoredVersion]
) -> set[int]:
    """Make each new version that is newer than all others the newest of its id. Gives the newest of every id of the envelope."""
    newest = {(one.owner_id, one.stix_id): (one.version_key, one.version_id) for one in stored}  # oldest first
    before = dict(newest)
    for one in new:
        stated = (one.owner_id, one.stix_id)
        if stated not in newest or one.version_key > newest[stated][0]:
            newest[stated] = (one.version_key, one.version_id)
    for owner_id in admission.owners:
        known = {stix_id for owner, stix_id in before if owner == owner_id}
        changed = [
            (stated[1], newest[stated][1]) for stated in newest if stated[0] == owner_id and newest[stated] != before.get(stated)
        ]
        objects.set_heads(connection, owner_id, changed, known)
        many = Counter(one.stix_id for one in new if one.owner_id == owner_id)
        objects.mark_superseded(connection, owner_id, {one for one, times in many.items() if times > 1 or one in known})
    return {version_id for _, version_id in newest.values()}


def _new_version(one: Accepted, class_id: int, attestor: Attestor) -> NewVersion:
    salt = new_salt()
    leaf = leaf_bytes(LeafKind.OBJECT_VERSION, salt, one.candidate.checked.verified.payload_digest)
    return NewVersion(
        version_id=one.version_id,
        checked=one.candidate.checked,
        version=one.version,
        version_key=one.version_key,
        class_id=class_id,
        position=one.position,
        added_at=one.added_at,
        visible_until=one.visible_until,
        retain_until=one.retain_until,
        release_at=one.candidate.release_at,
        content_digest=hashlib.sha256(one.candidate.checked.verified.parsed.content).digest(),
        log_index=one.log_index,
        leaf_kind=LeafKind.OBJECT_VERSION,
        leaf_salt=salt,
        leaf_hash=leaf_hash(leaf),
        attestation=attestor.attest(one.candidate.checked, one.version),
        narrowed_by=one.narrowed_by,
        further_facets=facets_of_feedback(one),
    )
