"""Who would see what somebody is entering, before it is complete: by the handling that the form says so far.

Owns which handlings a form comes to; who sees them is ``explaining.simulate``'s, which counts each question. Kept by
``tests/services/drafting/test_preview.py``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum, unique
from typing import Any, TypeVar

from app.domain.composed import Composed, Tier
from app.domain.draft import Draft
from app.domain.observation import ACCOUNT_LINKED, WhoMayKnow
from app.domain.partner import Principal
from app.domain.permissions import Permission
from app.domain.vocabulary import Harm, Purpose, Sensitivity, SubjectStatus, Tlp
from app.policy.clauses import PROTECTED_SUBJECTS
from app.services.drafting.keep import author_of
from app.services.drafting.posting import named_group, why_not_posted
from app.services.exchange import Exchange
from app.services.explaining.handling_to_be import HandlingToBe
from app.services.explaining.simulate import Simulated, SimulationRequest, simulate
from app.stix.composed_handling import terms_of

_Word = TypeVar("_Word", bound=StrEnum)


@unique
class PartKind(StrEnum):
    """What of a report one answer is about."""

    REPORT = "report"
    TRACES = "traces"
    PROTECTED = "protected"


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a report, and whom it would reach (``Simulated`` with a reach, or why it is refused)."""

    kind: PartKind
    simulated: Simulated


@dataclass(frozen=True, slots=True)
class TierReach:
    """Objects of one tier and sensitivity: how many they are, and what would become of one like them."""

    tier: Tier
    sensitivity: Sensitivity
    count: int
    simulated: Simulated


def preview(exchange: Exchange, principal: Principal, document: dict[str, Any]) -> list[Part]:
    """Say whom a form (unverified, of any completeness) would reach so far: the report, and the traces of people in it.

    Raises:
        ExhaustedError: the organisation has asked as often today as it may.
        ForbiddenError: the caller may not draft, or not ask about policy.
    """
    author_of(principal)
    return _parts(exchange, principal, document)


def preview_of_frozen(exchange: Exchange, principal: Principal, draft: Draft) -> list[Part]:
    """Say whom a draft that was handed over would reach, for whoever may read it; raises as ``preview``."""
    author_of(principal, Permission.DRAFTS_READ)
    return _parts(exchange, principal, draft.document)


def _parts(exchange: Exchange, principal: Principal, document: dict[str, Any]) -> list[Part]:
    group_id, partner = named_group(document), principal.partner
    with exchange.database.read() as connection:
        astray = why_not_posted(connection, partner.partner_id if partner else "", group_id)
    if astray is not None:
        return [Part(kind, Simulated(refusal=astray)) for kind, _ in handlings_of(document)]
    return [
        Part(kind, simulate(exchange, principal, SimulationRequest(handling=stated, group_id=group_id))[0])
        for kind, stated in handlings_of(document)
    ]


def handlings_of(document: dict[str, Any]) -> Iterator[tuple[PartKind, HandlingToBe]]:
    """Give the handlings that a form comes to so far."""
    yield PartKind.REPORT, _handling(document, Tier.SHARED, Sensitivity.BEHAVIOURAL, None)
    kinds = {one.get("kind") for one in document.get("observables", ())}
    if not kinds & ACCOUNT_LINKED:
        return
    status = _word(SubjectStatus, document.get("subject_status"))
    if status in PROTECTED_SUBJECTS:
        yield PartKind.PROTECTED, _handling(document, Tier.PROTECTED, Sensitivity.IDENTIFYING, status)
    else:
        yield PartKind.TRACES, _handling(document, Tier.SHARED, Sensitivity.IDENTIFYING, status)


def reach_of(exchange: Exchange, principal: Principal, composed: Composed) -> list[TierReach]:
    """Say whom composed objects would reach, for each handling among them once; what is refused of any of them comes first.

    Raises as ``preview``.
    """
    author_of(principal)
    request = SimulationRequest(objects=composed.objects, group_id=composed.group_id)
    found: dict[tuple[Tier, Sensitivity], list[Simulated]] = {}
    for made, simulated in zip(composed.made, simulate(exchange, principal, request), strict=True):
        if made.value["type"] != "marking-definition" or simulated.refusal is not None:
            found.setdefault((made.tier, made.sensitivity), []).append(simulated)
    return [TierReach(*key, len(each), _telling(each)) for key, each in sorted(found.items(), key=lambda pair: pair[0][0].rank)]


def _telling(each: list[Simulated]) -> Simulated:
    return next((one for one in each if one.refusal is not None), each[0])


def _handling(document: dict[str, Any], tier: Tier, sensitivity: Sensitivity, status: SubjectStatus | None) -> HandlingToBe:
    terms = terms_of(_who(document), tier)
    harms = _words(Harm, document.get("what", {}).get("harm_types", ()))
    return HandlingToBe(terms.tlp, sensitivity, harms, status, terms.purposes or None, terms.audience_id)


def _who(document: dict[str, Any]) -> WhoMayKnow:
    said = document.get("who_may_know", {})
    return WhoMayKnow(
        tlp=_word(Tlp, said.get("tlp")) or Tlp.AMBER_STRICT,
        audience_id=said.get("audience_id"),
        protected_audience_id=said.get("protected_audience_id"),
        purposes=_words(Purpose, said.get("purposes", ())) or None,
    )


def _word(words: type[_Word], text: object) -> _Word | None:
    return next((one for one in words if one == text), None)


def _words(words: type[_Word], texts: Iterable[object]) -> frozenset[_Word]:
    return frozenset(one for one in words if one in set(texts))
