"""Step 5: what handling each submitted object has, and whether its submitter may submit it so.

Owns finding what markings and audiences mean (well-known ones, and the submitter's own); how they meet and what the agreement
allows is policy's. Kept by ``tests/services/intake/test_settle_handling.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from app.domain.agreement import Agreement
from app.domain.errors import BreakwaterError, Code, ForbiddenContentError, RefusedError
from app.domain.handling import Audience, Handling, HandlingClass, MarkingTerms, ObjectContext, Publisher
from app.domain.stix_object import CheckedObject
from app.domain.vocabulary import Profile, Sensitivity
from app.policy.handling import EffectiveHandling, StatedHandling, effective_handling
from app.policy.submission import SubmissionClause, reaches_law_enforcement_alone, why_refused
from app.policy.visibility import Viewer
from app.storage import handling
from app.storage.columns import FOREVER
from app.storage.session import Connection
from breakwater_client.tlp_markings import TLP_MARKINGS

# A marking is about no harm and no person: these terms of an agreement have nothing to say about it.
_SILENT_OF_MARKINGS = frozenset({SubmissionClause.SENSITIVITY_NOT_AGREED, SubmissionClause.HARM_TYPE_NOT_AGREED})


@dataclass(frozen=True, slots=True)
class Candidate:
    """A checked object with the class its own handling gives; references and newer versions may narrow it further.

    ``release_at`` is None unless it lies in the future; ``visible_until`` is ``FOREVER`` without an expiry.
    """

    checked: CheckedObject
    handling_class: HandlingClass
    release_at: datetime | None
    visible_until: datetime


Settled = Candidate | BreakwaterError


@dataclass(frozen=True, slots=True)
class Settlement:
    """What settling reads: who submits under which agreement, whose the objects are, and when.

    ``owner`` is their publisher under its own agreement: the submitter itself, or somebody whose objects it passes on.
    ``law_enforcement`` are the ids of all partners of that role.
    """

    submitter: Viewer
    owner: Viewer
    now: datetime
    law_enforcement: frozenset[str] = frozenset()

    @property
    def publisher(self) -> Publisher:
        """The owner as decisions about its objects see it."""
        return Publisher(self.owner.partner_id, self.owner.role, self.owner.jurisdiction)


def settle(connection: Connection, settlement: Settlement, objects: Sequence[CheckedObject]) -> list[Settled]:
    """Give for each object its candidate, or the refusal; in the order given. Markings of the same envelope count."""
    agreement = settlement.owner.agreement
    if settlement.submitter.agreement is None:
        sentence = "Your organisation has no agreement in force."
        return [RefusedError(sentence, code=Code.AGREEMENT_NOT_IN_FORCE) for _ in objects]
    if agreement is None:
        return [_not_published() for _ in objects]
    known = _Known.load(connection, settlement, agreement, objects)
    settler = _Settler(settlement, agreement, known)
    while refused := [one for one in known.stated if isinstance(_or_refusal(settler.settle_one, one), BreakwaterError)]:
        # A marking that is refused is not stored, and so cannot say how other objects are handled.
        known = known.without(refused)
        settler = _Settler(settlement, agreement, known)
    return [_or_refusal(settler.settle_one, one) for one in objects]


def _not_published() -> RefusedError:
    return RefusedError("The publisher of this object may not publish it here now.", code=Code.TERMS_EXCEEDED)


def _or_refusal(settle_one: Callable[[CheckedObject], Candidate], checked: CheckedObject) -> Settled:
    try:
        return settle_one(checked)
    except BreakwaterError as refusal:
        return refusal


@dataclass(frozen=True, slots=True)
class _Known:
    """The submitter's markings (stored, and ``stated`` in this envelope), and the audiences that they and the default name."""

    markings: Mapping[str, MarkingTerms]
    audiences: Mapping[str, Audience]
    stated: Sequence[CheckedObject]

    @classmethod
    def load(
        cls, connection: Connection, settlement: Settlement, agreement: Agreement, objects: Sequence[CheckedObject]
    ) -> _Known:
        named = {ref for one in objects for ref in one.facts.marking_refs}
        # Markings have no versions, the first one stays: what is stored, else what comes first in this envelope.
        first = {one.facts.stix_id: one for one in reversed(objects) if one.facts.defines is not None}
        known = handling.markings(connection, settlement.publisher.partner_id, named | first.keys())
        stated = [one for stix_id, one in first.items() if stix_id not in known]
        known |= {one.facts.stix_id: one.facts.defines for one in stated if one.facts.defines is not None}
        wanted = {terms.audience_id for terms in known.values()} | {agreement.default_handling.audience_id}
        audiences = handling.audiences(connection, (one for one in wanted if one is not None))
        return cls(known, audiences, stated)

    def without(self, refused: Sequence[CheckedObject]) -> _Known:
        """Give what is known without some markings of this envelope."""
        gone = {one.facts.stix_id for one in refused}
        markings = {stix_id: terms for stix_id, terms in self.markings.items() if stix_id not in gone}
        return replace(self, markings=markings, stated=[one for one in self.stated if one.facts.stix_id not in gone])


class _Settler:
    """Settles object after object; equal statements are worked out once."""

    def __init__(self, settlement: Settlement, agreement: Agreement, known: _Known) -> None:
        self._settlement = settlement
        self._agreement = agreement
        self._known = known
        self._settled: dict[object, tuple[EffectiveHandling, HandlingClass]] = {}

    def settle_one(self, checked: CheckedObject) -> Candidate:
        facts = checked.facts
        assurance = checked.verified.assurance
        stated = (facts.context, facts.sensitivity_floor, facts.marking_refs, facts.defines)
        statement = (*stated, facts.type, facts.profile, facts.names_person, assurance)
        if statement not in self._settled:
            self._settled[statement] = self._work_out(checked)
        effective, handling_class = self._settled[statement]
        now = self._settlement.now
        release_at = effective.release_at if effective.release_at and effective.release_at > now else None
        return Candidate(checked, handling_class, release_at, effective.expires_at or FOREVER)

    def _work_out(self, checked: CheckedObject) -> tuple[EffectiveHandling, HandlingClass]:
        facts, assurance = checked.facts, checked.verified.assurance
        publisher, now = self._settlement.publisher, self._settlement.now
        is_marking = facts.type == "marking-definition"
        default = self._agreement.default_handling
        effective = effective_handling(
            StatedHandling(
                publisher=publisher,
                assurance=assurance,
                default=default,
                default_audience=self._default_audience(),
                # A marking says nothing about anybody or any harm: it is as narrow as its own terms and no narrower.
                context=ObjectContext(sensitivity=Sensitivity.AGGREGATE) if is_marking else facts.context,
                sensitivity_floor=facts.sensitivity_floor,
                markings=[(terms, self._audience(terms)) for terms in self._terms(checked)],
            )
        )
        if is_marking:
            effective = replace(effective, handling=replace(effective.handling, harm_types=frozenset()))
        if effective.expires_at is not None and effective.expires_at <= now:
            raise RefusedError("The handling has expired already.", code=Code.HANDLING_UNRESOLVED)
        says_nothing = is_marking and facts.sensitivity_floor is Sensitivity.AGGREGATE
        self._refuse_beyond_terms(effective.handling, facts.profile, _SILENT_OF_MARKINGS if says_nothing else frozenset())
        if facts.names_person and not reaches_law_enforcement_alone(effective.handling, self._settlement.law_enforcement):
            sentence = "What is about one person is taken only under an audience of law enforcement alone; name an organisation."
            raise ForbiddenContentError(sentence, code=Code.PERSON_DATA_FORBIDDEN)
        return effective, HandlingClass(publisher.partner_id, frozenset({effective.handling}))

    def _refuse_beyond_terms(self, handling: Handling, profile: Profile, silent: frozenset[SubmissionClause]) -> None:
        submitter, owner, now = self._settlement.submitter, self._settlement.owner, self._settlement.now
        refused = why_refused(submitter, handling, profile, now)
        if refused is not None and refused.clause not in silent:
            raise RefusedError(refused.sentence, code=refused.code)
        if owner.partner_id != submitter.partner_id:
            refused = why_refused(owner, handling, profile, now)
            if refused is not None and refused.clause not in silent:
                raise _not_published()  # the publisher's own terms are no business of whoever passes its objects on

    def _terms(self, checked: CheckedObject) -> list[MarkingTerms]:
        facts = checked.facts
        terms = []
        for ref in sorted(facts.marking_refs):
            found = MarkingTerms(tlp=TLP_MARKINGS[ref]) if ref in TLP_MARKINGS else self._known.markings.get(ref)
            if found is None or not self._is_readable(found):
                sentence = "A marking is neither well known nor your own, so nobody can say what it means."
                is_whole = ref in checked.verified.parsed.value.get("object_marking_refs", ())
                place = "/object_marking_refs" if is_whole else "/granular_markings"
                raise RefusedError(sentence, code=Code.HANDLING_UNRESOLVED, pointer=place)
            terms.append(found)
        if facts.type == "marking-definition":
            if facts.defines is None or not self._is_readable(facts.defines):
                raise RefusedError("This marking says nothing that the exchange understands.", code=Code.HANDLING_UNRESOLVED)
            terms.append(facts.defines)
        return terms

    def _is_readable(self, terms: MarkingTerms) -> bool:
        """Whether it is known what a marking means: words for people decide something unless the agreement says otherwise."""
        submitters = self._settlement.submitter.agreement
        return not terms.is_statement or (submitters is not None and submitters.write.carries_statements)

    def _audience(self, terms: MarkingTerms) -> Audience | None:
        if terms.audience_id is None:
            return None
        found = self._known.audiences.get(terms.audience_id)
        # Another partner's audience is answered as an absent one: its id must not become a way to ask.
        if found is None or found.owner_id != self._settlement.publisher.partner_id:
            raise RefusedError("The marking names an audience that you have not registered.", code=Code.AUDIENCE_NOT_FOUND)
        return found

    def _default_audience(self) -> Audience | None:
        audience_id = self._agreement.default_handling.audience_id
        if audience_id is None:
            return None
        found = self._known.audiences.get(audience_id)
        if found is None:
            raise RefusedError("Your agreement's default audience does not exist.", code=Code.AUDIENCE_NOT_FOUND)
        return found
