"""From a form to STIX objects that are ready to be signed: split so that each has one handling.

Owns what is made of what: of each observable its cyber-observable, when it was seen and the indicator that finds it, with the
behaviours that it indicates; of the rest one incident that points at nobody; a grouping for what belongs together; an offer of
access if the form makes one. Of an account that may be a child's no indicator is made: nothing detects it. Kept by
``tests/stix/test_compose.py``.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.domain.catalogue import KILL_CHAIN, Catalogue
from app.domain.composed import Composed, Made, Tier
from app.domain.errors import BreakwaterError, Code
from app.domain.observable_life import detect_until
from app.domain.observation import ConfidenceBand, Observable, ObservableKind, ObservableRole, Observation, Report
from app.domain.stix_object import JsonObject
from app.domain.vocabulary import Assertion, Phase, Sensitivity, SubjectStatus, Urgency
from app.stix.catalogue_documents import moment_text, short_moment_text
from app.stix.catalogue_objects import behaviour_id
from app.stix.compose_offer import compose_offer
from app.stix.composed_handling import handling_words, marking_of, marking_refs
from app.stix.judge_form import judge_form, protects
from app.stix.kept_names import names_that_escape
from app.stix.observable_objects import Described, MakeToken, describe
from app.stix.remarks import remarks_on
from app.stix.wide_words import words_that_tell
from breakwater_client.extensions import OCSEA_CONTEXT
from breakwater_client.submission import Refusal

MOST_OBJECTS = 1_000
"""Objects that one form may come to: what one submission takes."""

_BANDS = {ConfidenceBand.NONE: 0, ConfidenceBand.LOW: 15, ConfidenceBand.MEDIUM: 50, ConfidenceBand.HIGH: 85}
_CREDIBILITY = {1: 90, 2: 70, 3: 50, 4: 30, 5: 10}  # STIX 2.1, appendix A: the Admiralty credibility scale; of 6 nothing follows
_INDICATES = {
    Assertion.NEGATIVE: "benign",
    Assertion.INVESTIGATION_SEED: "unknown",
    Assertion.POSITIVE: "anomalous-activity",
}


@dataclass(frozen=True, slots=True)
class Writing:
    """Who composes, when (aware), and with which release of the catalogue; ``make_token`` where a group's key is at hand."""

    now: datetime
    catalogue: Catalogue
    identity_id: str | None = None
    make_token: MakeToken | None = None


def compose(form: Observation, writing: Writing) -> Composed:
    """Give the objects of a form, unsigned, with what is to be known about them; or everything that is refused of it.

    NOT checked: the agreement, whether audience and marking are the composer's own, and the objects themselves
    (``services.composing`` does).
    """
    refusals = judge_form(form, writing.catalogue, writing.now)
    described: list[Described] = []
    for place, one in enumerate(form.observables):
        try:
            described.append(describe(one, form, writing.make_token))
        except BreakwaterError as refusal:
            refusals.append(Refusal.of(refusal, within=f"/observables/{place}"))
    if len(described) == len(form.observables):
        refusals += [*_said_twice(described), *words_that_tell(form, described)]
        told = {one.pointer for one in refusals}
        refusals += [one for one in names_that_escape(form, described) if one.pointer not in told]
    if refusals:
        return Composed(refusals=tuple(refusals), imminent_risk=form.urgency is Urgency.IMMINENT_RISK)
    made = _Composition(form, writing).all(described)
    if len(made) > MOST_OBJECTS:
        sentence = f"This comes to more than {MOST_OBJECTS} objects: enter fewer observables or behaviours in one form."
        return Composed(refusals=(Refusal(Code.TOO_MANY_OBJECTS, sentence, "/observables"),))
    remarks = remarks_on(form, [one.notes for one in described], writing.now)
    return Composed(tuple(made), remarks, (), form.urgency is Urgency.IMMINENT_RISK, form.who_may_know.group_id)


def _said_twice(described: list[Described]) -> Iterator[Refusal]:
    seen = set()
    for place, one in enumerate(described):
        if (one.pattern_type, one.pattern) in seen:
            sentence = "The same observable stands in the form twice."
            yield Refusal(Code.OBSERVABLE_INVALID, sentence, f"/observables/{place}")
        seen.add((one.pattern_type, one.pattern))


@dataclass(frozen=True, slots=True)
class _Composition:
    """The objects of one form, as they come."""

    form: Observation
    writing: Writing
    markings: dict[Tier, JsonObject | None] = field(default_factory=dict)

    def all(self, described: list[Described]) -> list[Made]:
        made = [each for place, one in enumerate(described) for each in self._of_observable(place, one)]
        made.append(self._incident(is_alone=not described))
        if len(made) > 1:
            made.append(self._grouping(made))
        markings = [
            Made(value, "/who_may_know", tier, Sensitivity.AGGREGATE, "Says how the objects are handled, and names nobody.")
            for tier, value in sorted(self.markings.items(), key=lambda pair: pair[0].rank)
            if value is not None
        ]
        offer = self.form.offer
        offered = [] if offer is None else compose_offer(self.form, offer, self._common(), self._now)
        return [*markings, *made, *offered]

    def _of_observable(self, place: int, one: Described) -> Iterator[Made]:
        observable = self.form.observables[place]
        status = self.form.status_of(observable)
        tier = _tier(observable, status)
        sensitivity = Sensitivity.IDENTIFYING if protects(status) else one.sensitivity
        told = _Told(f"/observables/{place}", tier, sensitivity, status)
        seen = None
        if one.value is not None:
            yield self._made({**one.value}, told)
            if self.form.first_seen or self.form.last_seen:
                seen = self._made(self._observed(one.value["id"]), told)
                yield seen
        seen_at = self.form.last_seen or self.form.first_seen or self.writing.now
        until = detect_until(observable.kind, seen_at, observable.valid_until, self.form.valid_until)
        if tier is Tier.PROTECTED or observable.role is ObservableRole.CONTEXT or (until and until <= self.writing.now):
            return
        indicator = self._made(self._indicator(observable, one, until), told)
        yield indicator
        if seen is not None:
            yield self._made(self._relationship("based-on", indicator.value["id"], seen.value["id"]), told)
        for code in self.form.behaviours if self.form.assertion is not Assertion.NEGATIVE else ():
            yield self._made(self._relationship("indicates", indicator.value["id"], behaviour_id(code)), told)

    def _observed(self, stix_id: str) -> dict[str, Any]:
        first = self.form.first_seen or self.form.last_seen or self.writing.now
        return self._domain_object(
            "observed-data",
            first_observed=short_moment_text(first),
            last_observed=short_moment_text(self.form.last_seen or first),
            number_observed=1,
            object_refs=[stix_id],
        )

    def _indicator(self, observable: Observable, one: Described, until: datetime | None) -> dict[str, Any]:
        since = min(self.form.first_seen or self.writing.now, self.writing.now)
        return self._domain_object(
            "indicator",
            name=f"{self.form.title} ({observable.kind})",
            indicator_types=[_INDICATES[self.form.assertion or Assertion.POSITIVE]],
            pattern=one.pattern,
            pattern_type=one.pattern_type,
            valid_from=short_moment_text(since),
            **({} if until is None else {"valid_until": short_moment_text(until)}),
            **self._phases(),
            **self._certainty(),
        )

    def _relationship(self, how: str, source: str, target: str) -> dict[str, Any]:
        return self._domain_object("relationship", relationship_type=how, source_ref=source, target_ref=target)

    def _incident(self, *, is_alone: bool) -> Made:
        described = {"description": self.form.description} if self.form.description else {}
        value = self._domain_object("incident", name=self.form.title, **described, **self._certainty())
        return self._made(value, _Told("/what", Tier.SHARED, Sensitivity.BEHAVIOURAL, None, is_urgent=is_alone))

    def _grouping(self, made: list[Made]) -> Made:
        """Give what holds it together, as narrow as the narrowest thing in it; who sees less sees the rest without it."""
        content = [one for one in made if one.value["type"] != "relationship"]
        refs = [*(one.value["id"] for one in content), *map(behaviour_id, self.form.behaviours)]
        tier = max((one.tier for one in content), key=lambda each: each.rank)
        sensitivity = max((one.sensitivity for one in content), key=lambda each: each.rank)
        statuses = [self.form.status_of(one) for one in self.form.observables]
        status = max((each for each in statuses if each), key=lambda each: each.rank, default=None)
        value = self._domain_object("grouping", name=self.form.title, context="suspicious-activity", object_refs=refs)
        return self._made(value, _Told("", tier, sensitivity, status))

    def _domain_object(self, type_name: str, **members: Any) -> dict[str, Any]:
        return {"type": type_name, "id": f"{type_name}--{uuid.uuid4()}", **self._common(), "modified": self._now, **members}

    @property
    def _now(self) -> str:
        return moment_text(self.writing.now)

    def _common(self) -> dict[str, Any]:
        creator = {"created_by_ref": self.writing.identity_id} if self.writing.identity_id else {}
        return {"spec_version": "2.1", **creator, "created": self._now}

    def _made(self, value: dict[str, Any], told: _Told) -> Made:
        if told.tier not in self.markings:
            self.markings[told.tier] = marking_of(self.form.who_may_know, told.tier, self._common())
        marked = {"object_marking_refs": marking_refs(self.form.who_may_know, told.tier, self.markings[told.tier])}
        extensions = {**value.get("extensions", {}), OCSEA_CONTEXT: self._context(value["type"], told)}
        words = handling_words(self.form.who_may_know, told.tier, told.sensitivity)
        return Made({**value, **marked, "extensions": extensions}, told.origin, told.tier, told.sensitivity, words)

    def _context(self, type_name: str, told: _Told) -> dict[str, Any]:
        """Give the context; a relationship says no more than how it is handled."""
        form = self.form
        context: dict[str, Any] = {
            "extension_type": "property-extension",
            "harm_types": sorted(form.harm_types),
            "sensitivity": told.sensitivity.value,
            **({"subject_status": told.status.value} if told.status else {}),
        }
        if type_name == "relationship":
            return context
        context["surfaces"] = sorted(form.surfaces)
        if form.behaviours:
            context["behaviours"] = list(form.behaviours)
        words = {"provenance": form.provenance, "review": form.review, "assertion": form.assertion}
        context |= {name: word.value for name, word in words.items() if word is not None}
        if form.urgency and (told.is_urgent or form.urgency is not Urgency.IMMINENT_RISK):
            context["urgency"] = form.urgency.value
            if form.already_reported_to:
                context["already_reported_to"] = [_report(one) for one in form.already_reported_to]
        return context

    def _phases(self) -> dict[str, Any]:
        known = self.writing.catalogue.behaviours_by_code
        phases = {known[code].phase for code in self.form.behaviours}
        listed = [{"kill_chain_name": KILL_CHAIN, "phase_name": one.value} for one in Phase if one in phases]
        return {"kill_chain_phases": listed} if listed else {}

    def _certainty(self) -> Mapping[str, Any]:
        sure = self.form.how_sure
        confidence = sure.confidence
        if confidence is None and sure.band is not None:
            confidence = _BANDS[sure.band]
        if confidence is None and sure.credibility is not None:
            confidence = _CREDIBILITY.get(sure.credibility)
        labels = [f"source-reliability-{sure.reliability}"] if sure.reliability else []
        labels += [f"information-credibility-{sure.credibility}"] if sure.credibility else []
        return {
            **({} if confidence is None else {"confidence": confidence}),
            **({"labels": labels} if labels else {}),
        }


@dataclass(frozen=True, slots=True)
class _Told:
    """What is said of an object beside its own members; ``is_urgent``: it says so at imminent risk."""

    origin: str
    tier: Tier
    sensitivity: Sensitivity
    status: SubjectStatus | None
    is_urgent: bool = True


def _tier(observable: Observable, status: SubjectStatus | None) -> Tier:
    if protects(status):
        return Tier.PROTECTED
    return Tier.RESTRICTED if observable.kind is ObservableKind.KEYWORD_TERM else Tier.SHARED


def _report(one: Report) -> dict[str, str]:
    said = {"body": one.body, "reported_at": one.reported_at, "reference": one.reference}
    return {name: text for name, text in said.items() if text is not None}
