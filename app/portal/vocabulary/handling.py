"""Under which terms something is shared: label, nearness to persons, use, passing on, ways of reading, purposes, borders.

Kept by ``tests/portal/vocabulary/test_vocabulary.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from app.domain.composed import Tier
from app.domain.vocabulary import (
    Channel,
    Extent,
    OnwardShare,
    OverdueRecall,
    PermittedUse,
    Profile,
    Purpose,
    Sensitivity,
    Tlp,
    TransferBasis,
)

WORDS: Mapping[type[StrEnum], Mapping[StrEnum, str]] = {
    Tlp: {
        Tlp.RED: "TLP:RED",
        Tlp.AMBER_STRICT: "TLP:AMBER+STRICT",
        Tlp.AMBER: "TLP:AMBER",
        Tlp.GREEN: "TLP:GREEN",
        Tlp.CLEAR: "TLP:CLEAR",
    },
    Sensitivity: {
        Sensitivity.AGGREGATE: "numbers only",
        Sensitivity.BEHAVIOURAL: "about behaviour",
        Sensitivity.IDENTIFYING: "leading to a person",
    },
    PermittedUse: {
        PermittedUse.DETECT: "detect it",
        PermittedUse.ENFORCE_AFTER_OWN_REVIEW: "act on it after a review by one's own people",
        PermittedUse.LE_INVESTIGATION: "investigate it as law enforcement",
        PermittedUse.SAFETY_DESIGN: "make services safer with it",
        PermittedUse.NO_AUTOMATED_ENFORCEMENT: "never let a program act on it alone",
        PermittedUse.HUMAN_REVIEW_ONLY: "let people alone decide on it",
        PermittedUse.NO_SUBJECT_CONTACT: "never contact whoever it is about",
        PermittedUse.NO_MODEL_TRAINING: "train no model with it",
        PermittedUse.AGGREGATE_RESEARCH: "count it for research",
        PermittedUse.CONTACT_FOR_INSTRUCTION: "ask its publisher first",
        PermittedUse.INTERNALLY_VISIBLE_ACTIONS: "act where nobody outside notices",
        PermittedUse.EXTERNALLY_VISIBLE_INDIRECT_ACTIONS: "act so that others may notice indirectly",
        PermittedUse.EXTERNALLY_VISIBLE_DIRECT_ACTIONS: "act so that those concerned notice",
        PermittedUse.NONE: "know it and do nothing with it",
    },
    OnwardShare: {
        OnwardShare.NONE: "nobody",
        OnwardShare.SAME_ORGANISATION: "others in the reader's organisation",
        OnwardShare.LISTED: "those whom its publisher lists",
    },
    Purpose: {
        Purpose.DETECTION: "finding abuse on one's own service",
        Purpose.INVESTIGATION: "investigating a case",
        Purpose.VICTIM_PROTECTION: "protecting a child",
        Purpose.SAFETY_DESIGN: "making a service safer by design",
        Purpose.RESEARCH_AGGREGATE: "research on counts alone",
        Purpose.AUDIT: "checking what was shared and why",
    },
    Channel: {
        Channel.PORTAL: "this portal",
        Channel.REST: "programs (REST)",
        Channel.TAXII: "programs (TAXII)",
        Channel.EXPORT: "bulk exports",
        Channel.WEBHOOK: "webhooks",
    },
    Extent: {
        Extent.CONTENT: "content",
        Extent.IDS: "ids alone",
        Extent.EXISTENCE: "that there is something",
    },
    Profile: {
        Profile.OCSEA: "objects in the exchange's own profile",
        Profile.STIX: "any STIX 2.1 objects",
    },
    TransferBasis: {
        TransferBasis.ADEQUACY: "an adequacy decision",
        TransferBasis.APPROPRIATE_SAFEGUARDS: "appropriate safeguards",
        TransferBasis.LAW_ENFORCEMENT_COOPERATION: "co-operation of law enforcement",
        TransferBasis.PUBLIC_INTEREST: "the public interest",
        TransferBasis.VITAL_INTERESTS: "vital interests of a person",
        TransferBasis.NOT_STATED: "no basis that was stated",
    },
    OverdueRecall: {
        OverdueRecall.ALARM: "the operators are alarmed",
        OverdueRecall.LOSE_ACCESS: "the partner reads nothing of others until it has answered",
    },
    Tier: {
        Tier.SHARED: "whom its label, purposes and audience admit",
        Tier.RESTRICTED: "more narrowly: a term, passed on to nobody",
        Tier.PROTECTED: "law enforcement and hotlines only; nothing detects it",
    },
}
"""In the order in which they are offered."""
DUTIES = frozenset(
    {
        PermittedUse.NO_AUTOMATED_ENFORCEMENT,
        PermittedUse.HUMAN_REVIEW_ONLY,
        PermittedUse.NO_SUBJECT_CONTACT,
        PermittedUse.NO_MODEL_TRAINING,
        PermittedUse.CONTACT_FOR_INSTRUCTION,
    }
)
"""Those among the uses that allow nothing: they say what a reader must or must never do."""
HELP: Mapping[type[StrEnum], Mapping[StrEnum, str]] = {
    Tlp: {
        Tlp.RED: "Only people of the named organisations, who read it in this portal. No program is given it.",
        Tlp.AMBER_STRICT: "The reader's organisation alone, as far as people there need it. The usual choice.",
        Tlp.AMBER: "The reader's organisation and those whom it protects, as far as they need it.",
        Tlp.GREEN: "The reader's community, and not the public. Not for anything that leads to a person.",
        Tlp.CLEAR: "Everybody. Not for anything that leads to a person.",
    },
    Sensitivity: {
        Sensitivity.AGGREGATE: "It is about no person.",
        Sensitivity.BEHAVIOURAL: "It singles nobody out by itself.",
        Sensitivity.IDENTIFYING: "It can single a person out: take care of it accordingly.",
    },
    PermittedUse: {
        PermittedUse.DETECT: "Look for it on one's own service.",
        PermittedUse.ENFORCE_AFTER_OWN_REVIEW: "People look first, and agree.",
        PermittedUse.HUMAN_REVIEW_ONLY: "No program decides on it.",
        PermittedUse.AGGREGATE_RESEARCH: "Nobody is singled out.",
        PermittedUse.CONTACT_FOR_INSTRUCTION: "Before anything is done with it.",
    },
    OnwardShare: {
        OnwardShare.NONE: "It stays with those at the reader's organisation who work with it.",
    },
    Channel: {Channel.WEBHOOK: "They say no more than that it is time to pull."},
}
