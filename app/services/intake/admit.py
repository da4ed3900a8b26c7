"""Step 6, inside the transaction: which candidates become versions, in which class, at which place.

Owns the numbers each version is given and the writing; identity and narrowing have rooms of their own. The order lock is held
throughout. Kept by ``tests/services/intake/test_admit.py``.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from app.crypto.log_leaf import LeafKind, leaf_bytes, leaf_hash, new_salt
from app.domain.errors import BreakwaterError, Code, RefusedError, UntrustedSignatureError
from app.domain.handling import GroupShare, HandlingClass
from app.domain.stix_object import CheckedObject, timestamp_key
from app.domain.submission import MOST_NARROWING, ObjectResult, Refusal, ResultStatus
from app.domain.vocabulary import Assurance
from app.policy.imminent_risk import is_at_imminent_risk
from app.policy.visibility import Viewer
from app.services.intake.attest import Attestor
from app.services.intake.identity import Held, Identities
from app.services.intake.narrow import MAX_HANDLINGS, Accepted, Move, narrow_by_newest, narrow_by_references
from app.services.intake.narrow_later import begin_narrowings
from app.services.intake.post import Reposting, Target, add_postings, look_from_all_that_see, repost
from app.services.intake.receipts import instant_text
from app.services.intake.settle_handling import Candidate, Settled, Settlement, settle
from app.services.paging.page_contacts import want_pages
from app.storage import displacement, feed, handling, narrowings, objects, sharing, work
from app.storage.counter import Order, save_order
from app.storage.objects import NewVersion, StoredVersion
from app.storage.session import Connection

RELEASE_EMBARGOED = "release-embargoed"


@dataclass(frozen=True, slots=True)
class Admission:
    """What admitting one submission reads: the held order, who submits, which keys count, who attests, and when.

    ``owners`` are all whose objects are in it, by partner id and under their own agreements; ``law_enforcement`` are the ids of
    all partners of that role; ``target`` is the collection that they are posted to.
    """

    order: Order
    submitter: Viewer
    owners: Mapping[str, Viewer]
    usable_keyids: frozenset[str]
    law_enforcement: frozenset[str]
    attestor: Attestor
    submission_id: str
    now: datetime
    target: Target = field(default_factory=Target)


def admit(
    connection: Connection, admission: Admission, examined: Sequence[CheckedObject | ObjectResult], *, atomic: bool
) -> tuple[ObjectResult, ...]:
    """Store what may be stored and give each object's result, in the order of the envelope.

    With ``atomic``, one refusal refuses all and nothing is written.
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
    before = _Before.load(connection, admission, stored)
    intake = _Intake(admission, before)
    taken = [one if isinstance(one, ObjectResult) else intake.take(one, settled.get(id(one))) for one in examined]
    refused = set(map(id, narrow_by_references(connection, _viewers(admission), intake.accepted, admission.now)))
    accepted = [one for one in intake.accepted if id(one) not in refused]
    for one in accepted:
        if one.stored is None:
            one.version_id, one.log_index = admission.order.next_version_id(), admission.order.next_log_index()
    results = [one if isinstance(one, ObjectResult) else one.result(refused) for one in taken]
    if atomic and any(result.status is ResultStatus.REFUSED for result in results):
        return tuple(map(_refused_with_the_others, results))
    _write(connection, admission, accepted, before.without_withdrawn())
    return tuple(results)


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
    return _refused(result.pointer, RefusedError(sentence, code=Code.SUBMISSION_NOT_ATOMIC))


def _refused(pointer: str, refusal: BreakwaterError) -> ObjectResult:
    return ObjectResult(pointer, ResultStatus.REFUSED, refusal=Refusal.of(refusal, within=pointer))


@dataclass(frozen=True, slots=True)
class _Taken:
    """An object that is to be stored, or that repeats one which is."""

    pointer: str
    accepted: Accepted
    is_own: bool

    def result(self, too_wide: Collection[int]) -> ObjectResult:
        one = self.accepted
        if id(one) in too_wide:
            sentence = f"The object and what it refers to have more than {MAX_HANDLINGS} different handlings; compose several."
            return _refused(self.pointer, RefusedError(sentence, code=Code.TOO_MANY_REFERENCES))
        status = ResultStatus.STORED if self.pointer == one.pointer else ResultStatus.ALREADY_STORED
        digest = one.candidate.checked.verified.payload_digest.hex()
        # Of what is passed on, its publisher may have seen what its submitter may not know of.
        narrowed_by = tuple(sorted(one.narrowing_ids))[:MOST_NARROWING] if self.is_own else ()
        return ObjectResult(self.pointer, status, one.stix_id, one.version, digest, one.log_index, narrowed_by=narrowed_by)


@dataclass(frozen=True, slots=True)
class _Before:
    """What the owners have stored under the ids of the envelope, oldest first; in which classes, and in which groups' feeds."""

    versions: Sequence[StoredVersion]
    classes: Mapping[int, HandlingClass]
    postings: Mapping[int, Mapping[int, GroupShare]]

    @classmethod
    def load(cls, connection: Connection, admission: Admission, versions: Sequence[StoredVersion]) -> _Before:
        classes = narrowings.classes_of(connection, versions)
        asked = admission.target.share is not None or not all(one.in_exchange for one in classes.values())
        return cls(versions, classes, sharing.postings_of(connection, classes.keys()) if asked else {})

    def without_withdrawn(self) -> _Before:
        """Give what of it is left: what was withdrawn governs nothing, and nothing is newer than it."""
        return replace(self, versions=[one for one in self.versions if one.withdrawn_at is None])

    def find(self, owner_id: str, held: Held) -> StoredVersion | None:
        """Give the stored version that is held."""
        stated = (owner_id, held.stix_id, held.version_key)
        return next((one for one in self.versions if (one.owner_id, one.stix_id, one.version_key) == stated), None)

    def is_posted(self, one: StoredVersion, target: Target) -> bool:
        """Whether it is in a collection already."""
        if target.share is None:
            return self.classes[one.version_id].in_exchange
        return target.feed in self.postings.get(one.version_id, {})

    def shares(self, version_id: int) -> Collection[GroupShare]:
        """Give its postings to groups."""
        return self.postings.get(version_id, {}).values()


class _Intake:
    """Takes objects one after the other, and gives each that is new its place in the feed."""

    def __init__(self, admission: Admission, before: _Before) -> None:
        self._admission = admission
        self._before = before
        self._identities = {owner_id: Identities() for owner_id in admission.owners}
        for one in before.versions:
            held = Held(
                stix_id=one.stix_id,
                version=one.version,
                version_key=one.version_key,
                payload_digest=one.payload_digest,
                log_index=one.log_index,
                is_signed=one.assurance == Assurance.PUBLISHER_SIGNED,
                created_key=one.created_key,
                is_revoked=one.is_revoked,
                is_withdrawn=one.withdrawn_at is not None,
            )
            self._identities[one.owner_id].add(held)
        self._accepted: dict[int, Accepted] = {}

    @property
    def accepted(self) -> list[Accepted]:
        """All that is to be stored, in the order of the envelope."""
        return list(self._accepted.values())

    def take(self, checked: CheckedObject, settled: Settled | None) -> ObjectResult | _Taken:
        pointer = checked.verified.parsed.pointer
        try:
            owner_id = checked.verified.signer_id
            same = self._identities[owner_id].find_same(checked, is_own=owner_id == self._admission.submitter.partner_id)
            if same is None:
                return self._taken(pointer, self._accept(pointer, _candidate(settled)))
            if id(same) in self._accepted:
                return self._taken(pointer, self._accepted[id(same)])
            stored = self._before.find(checked.verified.signer_id, same)
            if stored is not None and not self._before.is_posted(stored, self._admission.target):
                return self._taken(pointer, self._post_further(pointer, same, stored, _candidate(settled)))
        except BreakwaterError as refusal:
            return _refused(pointer, refusal)
        digest = same.payload_digest.hex()
        return ObjectResult(pointer, ResultStatus.ALREADY_STORED, same.stix_id, same.version, digest, same.log_index)

    def _taken(self, pointer: str, one: Accepted) -> _Taken:
        return _Taken(pointer, one, is_own=one.owner_id == self._admission.submitter.partner_id)

    def _post_further(self, pointer: str, same: Held, stored: StoredVersion, candidate: Candidate) -> Accepted:
        """Admit a stored version anew, to a further collection: what was said of it stays said, and it is seen by more."""
        target, before = self._admission.target, self._before.classes[stored.version_id]
        if stored.owner_id != self._admission.submitter.partner_id:
            raise RefusedError("Its publisher has posted this version, and it alone posts it to further collections.")
        target.refuse_excluded(candidate.handling_class)
        one = Accepted(
            pointer=pointer,
            candidate=candidate,
            version=stored.version,
            version_key=stored.version_key,
            position=stored.position,
            added_at=None,
            handling_class=target.also_posted(before, self._before.shares(stored.version_id)).narrowed_by(
                [candidate.handling_class]
            ),
            visible_until=min(stored.visible_until, candidate.visible_until),
            version_id=stored.version_id,
            log_index=stored.log_index,
            stored=stored,
        )
        self._accepted[id(same)] = one
        return one

    def _accept(self, pointer: str, candidate: Candidate) -> Accepted:
        self._admission.target.refuse_excluded(candidate.handling_class)
        order, now, facts = self._admission.order, self._admission.now, candidate.checked.facts
        position, added_at = (None, None) if candidate.release_at else order.next_position(now)
        version = facts.version or instant_text(added_at or order.next_instant(now))
        version_key = timestamp_key(version)
        if version_key is None:
            raise RefusedError("The version is not a timestamp.", code=Code.SCHEMA_VIOLATION, pointer="/modified")
        one = Accepted(
            pointer=pointer,
            candidate=candidate,
            version=version,
            version_key=version_key,
            position=position,
            added_at=added_at,
            handling_class=self._admission.target.posted(candidate.handling_class),
            visible_until=candidate.visible_until,
        )
        verified = candidate.checked.verified
        held = Held(
            stix_id=facts.stix_id,
            version=version,
            version_key=version_key,
            payload_digest=verified.payload_digest,
            log_index=one.log_index,
            is_signed=verified.assurance is Assurance.PUBLISHER_SIGNED,
            created_key=facts.created_key,
            is_revoked=facts.is_revoked,
        )
        self._identities[one.owner_id].add(held)
        self._accepted[id(held)] = one
        return one


def _candidate(settled: Settled | None) -> Candidate:
    if settled is None:
        # Revoked between the check of the signature and this transaction.
        sentence = "The signing key is not an active key of your organisation."
        raise UntrustedSignatureError(sentence, code=Code.KEY_NOT_ACTIVE)
    if isinstance(settled, BreakwaterError):
        raise settled
    return settled


def _write(connection: Connection, admission: Admission, accepted: Sequence[Accepted], before: _Before) -> None:
    order, now, stored = admission.order, admission.now, before.versions
    moves = narrow_by_newest(accepted, stored, before.classes)
    for one in accepted:
        one.handling_class = one.handling_class.normal
    repostings = [
        Reposting(one.stored, before.classes[one.version_id], one.handling_class, one.visible_until)
        for one in accepted
        if one.stored is not None
    ]
    look_from_all_that_see(connection, repostings, now)
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
    due = {one.version_id: one.candidate.release_at or now for one in accepted if _is_urgent(one)}
    want_pages(connection, admission.submitter.partner_id, admission.submission_id, due)
    embargoes = objects.release_times(versions)
    if embargoes and not work.has_waiting(connection, RELEASE_EMBARGOED, due_by=embargoes[0]):
        work.add_work(connection, RELEASE_EMBARGOED, {}, embargoes[0])  # it goes on to the later ones by itself
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
        objects.reclassify(connection, [one.version_id for one in moved], class_id, visible_until)
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
        release_at=one.candidate.release_at,
        content_digest=hashlib.sha256(one.candidate.checked.verified.parsed.content).digest(),
        log_index=one.log_index,
        leaf_kind=LeafKind.OBJECT_VERSION,
        leaf_salt=salt,
        leaf_hash=leaf_hash(leaf),
        attestation=attestor.attest(one.candidate.checked, one.version),
        narrowed_by=one.narrowed_by,
    )
