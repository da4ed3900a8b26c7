"""Step 6, first half: what each object of an envelope becomes, one after the other, beside what its owner stored before.

Owns whether an object is new, repeats what is stored, or posts a stored version to a further collection; narrowing comes next,
and writing last (``admit``). The order lock is held. Kept by ``tests/services/intake/test_accept.py`` and ``test_admit.py``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from app.domain.errors import BreakwaterError, Code, RefusedError, UntrustedSignatureError
from app.domain.handling import GroupShare, HandlingClass
from app.domain.retention import RetentionRule
from app.domain.stix_object import CheckedObject, timestamp_key
from app.domain.vocabulary import Assurance
from app.policy.visibility import Viewer
from app.services.intake.attest import Attestor
from app.services.intake.identity import Held, Identities
from app.services.intake.narrow import MAX_HANDLINGS, Accepted
from app.services.intake.post import Target
from app.services.intake.settle_handling import Candidate, Settled
from app.stix.retained_kinds import kinds_in
from app.storage import narrowings, sharing
from app.storage.columns import FOREVER
from app.storage.counter import Order
from app.storage.objects import StoredVersion
from app.storage.session import Connection
from breakwater_client.instant import instant_text
from breakwater_client.submission import MOST_NARROWING, ObjectResult, Refusal, ResultStatus


@dataclass(frozen=True, slots=True)
class Admission:
    """What admitting one submission reads: the held order, who submits, which keys count, who attests, and when.

    ``owners`` are all whose objects are in it, by partner id and under their own agreements; ``law_enforcement`` are the ids of
    all partners of that role; ``target`` is the collection that they are posted to; ``retention`` says how long each
    may be stored.
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
    retention: RetentionRule = field(default_factory=RetentionRule)


def refused_at(pointer: str, refusal: BreakwaterError) -> ObjectResult:
    """Give the result of an object that is refused."""
    return ObjectResult(pointer, ResultStatus.REFUSED, refusal=Refusal.of(refusal, within=pointer))


@dataclass(frozen=True, slots=True)
class Taken:
    """An object that is to be stored, or that repeats one which is."""

    pointer: str
    accepted: Accepted
    is_own: bool

    def result(self, too_wide: Collection[int], not_told: Mapping[int, BreakwaterError]) -> ObjectResult:
        """Give its result.

        ``too_wide`` are the identities of those accepted that would need too many handlings; ``not_told`` says of feedback by
        its identity why it is refused.
        """
        one = self.accepted
        if id(one) in not_told:
            return refused_at(self.pointer, not_told[id(one)])
        if id(one) in too_wide:
            sentence = f"The object and what it refers to have more than {MAX_HANDLINGS} different handlings; compose several."
            return refused_at(self.pointer, RefusedError(sentence, code=Code.TOO_MANY_REFERENCES))
        status = ResultStatus.STORED if self.pointer == one.pointer else ResultStatus.ALREADY_STORED
        digest = one.candidate.checked.verified.payload_digest.hex()
        # Of what is passed on, its publisher may have seen what its submitter may not know of.
        narrowed_by = tuple(sorted(one.narrowing_ids))[:MOST_NARROWING] if self.is_own else ()
        return ObjectResult(self.pointer, status, one.stix_id, one.version, digest, one.log_index, narrowed_by=narrowed_by)


@dataclass(frozen=True, slots=True)
class Before:
    """What the owners have stored under the ids of the envelope, oldest first; in which classes, and in which groups' feeds."""

    versions: Sequence[StoredVersion]
    classes: Mapping[int, HandlingClass]
    postings: Mapping[int, Mapping[int, GroupShare]]

    @classmethod
    def load(cls, connection: Connection, admission: Admission, versions: Sequence[StoredVersion]) -> Before:
        """Read where these versions are, as far as the admission asks."""
        classes = narrowings.classes_of(connection, versions)
        asked = admission.target.share is not None or not all(one.in_exchange for one in classes.values())
        return cls(versions, classes, sharing.postings_of(connection, classes.keys()) if asked else {})

    def without_withdrawn(self) -> Before:
        """Give what of it is left: what was withdrawn governs nothing, and nothing is newer than it."""
        return replace(self, versions=[one for one in self.versions if one.withdrawn_at is None])

    def is_posted(self, one: StoredVersion, target: Target) -> bool:
        """Whether it is in a collection already."""
        if target.share is None:
            return self.classes[one.version_id].in_exchange
        return target.feed in self.postings.get(one.version_id, {})

    def shares(self, version_id: int) -> Collection[GroupShare]:
        """Give its postings to groups."""
        return self.postings.get(version_id, {}).values()


class Intake:
    """Takes objects one after the other, and gives each that is new its place in the feed."""

    def __init__(self, admission: Admission, before: Before) -> None:
        """Start from what is stored."""
        self._admission = admission
        self._before = before
        self._stated = {(one.owner_id, one.stix_id, one.version_key): one for one in before.versions}
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

    def take(self, checked: CheckedObject, settled: Settled | None) -> ObjectResult | Taken:
        """Give the result of an object that is refused or stored already, and what is to be stored of any other.

        ``settled`` None: its key no longer counts.
        """
        pointer = checked.verified.parsed.pointer
        try:
            owner_id = checked.verified.signer_id
            if owner_id != self._admission.submitter.partner_id:
                self._admission.target.refuse_passed_on(owner_id)
            same = self._identities[owner_id].find_same(checked, is_own=owner_id == self._admission.submitter.partner_id)
            if same is None:
                return self._taken(pointer, self._accept(pointer, _candidate(settled)))
            if id(same) in self._accepted:
                return self._taken(pointer, self._accepted[id(same)])
            stored = self._stated.get((owner_id, same.stix_id, same.version_key))
            if stored is not None and not self._before.is_posted(stored, self._admission.target):
                return self._taken(pointer, self._post_further(pointer, same, stored, _candidate(settled)))
        except BreakwaterError as refusal:
            return refused_at(pointer, refusal)
        digest = same.payload_digest.hex()
        return ObjectResult(pointer, ResultStatus.ALREADY_STORED, same.stix_id, same.version, digest, same.log_index)

    def _taken(self, pointer: str, one: Accepted) -> Taken:
        return Taken(pointer, one, is_own=one.owner_id == self._admission.submitter.partner_id)

    def _post_further(self, pointer: str, same: Held, stored: StoredVersion, candidate: Candidate) -> Accepted:
        """Admit a stored version anew, to a further collection: what was said stays said; where it refers to is asked again."""
        target, before = self._admission.target, self._before.classes[stored.version_id].unbound
        if stored.owner_id != self._admission.submitter.partner_id:
            raise RefusedError("Its publisher has posted this version, and it alone posts it to further collections.")
        target.refuse_excluded(candidate.handling_class, self._admission.submitter.partner_id)
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
        self._admission.target.refuse_excluded(candidate.handling_class, self._admission.submitter.partner_id)
        order, now, facts = self._admission.order, self._admission.now, candidate.checked.facts
        position, added_at = (None, None) if candidate.release_at else order.next_position(now)
        version = facts.version or instant_text(added_at or order.next_instant(now))
        version_key = timestamp_key(version)
        if version_key is None:
            raise RefusedError("The version is not a timestamp.", code=Code.SCHEMA_VIOLATION, pointer="/modified")
        retain_until = _retain_until(self._admission, candidate)
        one = Accepted(
            pointer=pointer,
            candidate=candidate,
            version=version,
            version_key=version_key,
            position=position,
            added_at=added_at,
            handling_class=self._admission.target.posted(candidate.handling_class),
            visible_until=min(candidate.visible_until, retain_until),
            retain_until=retain_until,
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


def _retain_until(admission: Admission, candidate: Candidate) -> datetime:
    """Give until when an object may be stored, whatever its publisher says of its expiry."""
    content = candidate.checked.verified.parsed.content
    sensitivity = max((one.sensitivity for one in candidate.handling_class.handlings), key=lambda one: one.rank)
    return admission.retention.retain_until(kinds_in(content), sensitivity, admission.now) or FOREVER


def _candidate(settled: Settled | None) -> Candidate:
    if settled is None:
        # Revoked between the check of the signature and this transaction.
        sentence = "The signing key is not an active key of your organisation."
        raise UntrustedSignatureError(sentence, code=Code.KEY_NOT_ACTIVE)
    if isinstance(settled, BreakwaterError):
        raise settled
    return settled
