"""The catalogue: countermeasures, what is known of them, what became of them, and proposals.

Kept by ``tests/portal/vocabulary/test_vocabulary.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from app.domain.catalogue_proposal import EntryKind, ProposalState
from app.domain.object_vocabulary import Cost, EvidenceGrade, ResponseLevel, SafetyPrinciple
from app.domain.prevention import AdoptionState, EffectBand, Measure, Trend

WORDS: Mapping[type[StrEnum], Mapping[StrEnum, str]] = {
    Cost: {Cost.LOW: "low", Cost.MEDIUM: "medium", Cost.HIGH: "high"},
    EvidenceGrade: {
        EvidenceGrade.NONE: "none",
        EvidenceGrade.EXPERT: "judgement of experts",
        EvidenceGrade.OBSERVATIONAL: "observation",
        EvidenceGrade.EXPERIMENTAL: "experiment",
    },
    SafetyPrinciple: {
        SafetyPrinciple.SERVICE_PROVIDER_RESPONSIBILITY: "responsibility of the service",
        SafetyPrinciple.USER_EMPOWERMENT_AND_AUTONOMY: "empowerment and autonomy of users",
        SafetyPrinciple.TRANSPARENCY_AND_ACCOUNTABILITY: "transparency and accountability",
    },
    ResponseLevel: {
        ResponseLevel.POLICY_AND_GOVERNANCE: "policy and governance",
        ResponseLevel.CRIMINAL_JUSTICE: "criminal justice",
        ResponseLevel.VICTIM_SUPPORT: "support of victims",
        ResponseLevel.SOCIETY_AND_CULTURE: "society and culture",
        ResponseLevel.INDUSTRY: "industry",
        ResponseLevel.RESEARCH_AND_INSIGHT: "research and insight",
    },
    AdoptionState: {
        AdoptionState.ADOPTED: "adopted",
        AdoptionState.PLANNED: "planned",
        AdoptionState.ENDED: "ended",
    },
    EffectBand: {
        EffectBand.STRONG: "much less of it",
        EffectBand.MODERATE: "less of it",
        EffectBand.SLIGHT: "slightly less of it",
        EffectBand.NONE: "no difference",
        EffectBand.ADVERSE: "more of it",
        EffectBand.UNKNOWN: "not known",
    },
    Measure: {
        Measure.REPORTED: "reported it",
        Measure.ON_SURFACE: "on this surface",
        Measure.ADOPTED: "have it",
        Measure.HELPED: "it helped",
        Measure.HELPED_MUCH: "it helped much",
        Measure.NOT_HELPED: "it did not help",
        Measure.ADVERSE: "it made things worse",
    },
    Trend: {
        Trend.UP: "up",
        Trend.FLAT: "steady",
        Trend.DOWN: "down",
        Trend.UNKNOWN: "no trend yet",
    },
    EntryKind: {EntryKind.BEHAVIOUR: "behaviour", EntryKind.COUNTERMEASURE: "countermeasure"},
    ProposalState: {
        ProposalState.OPEN: "waits for reviewers",
        ProposalState.ACCEPTED: "accepted: waits for the next release",
        ProposalState.RELEASED: "released",
        ProposalState.REJECTED: "rejected",
        ProposalState.OUTDATED: "outdated: its entry has changed",
        ProposalState.WITHDRAWN: "taken back",
    },
}
"""In the order in which they are offered."""
HELP: Mapping[type[StrEnum], Mapping[StrEnum, str]] = {
    EvidenceGrade: {
        EvidenceGrade.NONE: "Nobody has looked.",
        EvidenceGrade.EXPERT: "Those who know the matter hold that it helps.",
        EvidenceGrade.OBSERVATIONAL: "Numbers before and after were compared.",
        EvidenceGrade.EXPERIMENTAL: "Groups with and without it were compared.",
    },
}
