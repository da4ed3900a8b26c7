"""Recalls, requests between organisations, feedback, corrections: what is said and what was done.

Kept by ``tests/portal/vocabulary/test_vocabulary.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from app.domain.object_vocabulary import (
    ContestOutcome,
    ContestReason,
    CorrectionReason,
    CountBand,
    DisputeEvidence,
    DisputeReason,
    FeedbackKind,
    FeedbackMark,
    FeedbackOutcome,
    HeldBasis,
    OpinionWord,
    RecallAct,
    RecallKind,
    RecallOutcome,
    RecallReason,
)
from app.domain.partner_request import DeclineReason, GrantWay, RequestKind, RequestOutcome

WORDS: Mapping[type[StrEnum], Mapping[StrEnum, str]] = {
    RecallKind: {
        RecallKind.CONTEST: "somebody says that a person is wrongly listed",
        RecallKind.CORRECTION: "it was corrected",
        RecallKind.DISPUTE: "it is disputed",
        RecallKind.WITHDRAWAL: "it was taken back",
    },
    RecallReason: {
        RecallReason.ERROR: "it was wrong",
        RecallReason.WITHDRAWN: "its publisher stands by it no more",
        RecallReason.CONTESTED: "somebody says that it is wrong",
        RecallReason.LEGAL_ORDER: "a court or an authority ordered it",
        RecallReason.ERASURE: "a person had their data erased",
        RecallReason.KEY_COMPROMISE: "the key that signed it was stolen or lost",
    },
    RecallAct: {
        RecallAct.STOP_USING: "stop using it",
        RecallAct.DELETE: "delete it",
        RecallAct.REVIEW: "look at it again",
    },
    RecallOutcome: {
        RecallOutcome.DELETED: "deleted",
        RecallOutcome.NOT_HELD: "not held",
        RecallOutcome.STOPPED_USING: "not used any more",
        RecallOutcome.HELD: "kept because it must be",
    },
    ContestOutcome: {
        ContestOutcome.CORRECTED: "changed or removed",
        ContestOutcome.KEPT: "kept after another look",
        ContestOutcome.NOT_HELD: "not held",
    },
    HeldBasis: {
        HeldBasis.LEGAL_CLAIM: "to make or defend a legal claim",
        HeldBasis.LEGAL_OBLIGATION: "a law demands it",
        HeldBasis.PRESERVATION_ORDER: "an order to preserve it",
        HeldBasis.VITAL_INTERESTS: "somebody's life or safety",
    },
    ContestReason: {
        ContestReason.ACCOUNT_TAKEN_OVER: "the account was taken over",
        ContestReason.MISTAKEN_IDENTITY: "it is about somebody else",
        ContestReason.NOT_UNLAWFUL: "what it is about is not unlawful",
        ContestReason.OUTDATED: "it is not so any more",
    },
    CorrectionReason: {
        CorrectionReason.WRONG_CLASSIFICATION: "it was said to be something else than it is",
        CorrectionReason.OUTDATED: "it was true, and is no more",
        CorrectionReason.WRONG_IDENTIFIER: "it named the wrong account, address or number",
        CorrectionReason.WRONG_PERSON: "it was about the wrong person",
        CorrectionReason.DUPLICATE: "it says the same as something else of its publisher",
    },
    RequestKind: {
        RequestKind.ACCESS: "request for access to an offer",
        RequestKind.INFORMATION: "request for information",
        RequestKind.PRESERVATION: "request to preserve",
    },
    RequestOutcome: {
        RequestOutcome.PROVIDED: "more was told",
        RequestOutcome.PRESERVED: "preserved",
        RequestOutcome.GRANTED: "access was given",
        RequestOutcome.NOT_HELD: "nothing is held",
        RequestOutcome.DECLINED: "declined",
    },
    GrantWay: {
        GrantWay.HANDLING: "by a new version that they may see",
        GrantWay.SHARING_GROUP: "by a place in a sharing group",
    },
    DeclineReason: {
        DeclineReason.BASIS_INSUFFICIENT: "the legal basis does not suffice",
        DeclineReason.NEED_NOT_SHOWN: "it does not show why it is needed",
        DeclineReason.NOT_HELD: "it is held no more",
        DeclineReason.NOT_NOW: "not now; ask again later",
        DeclineReason.NOT_OURS_TO_SHARE: "it is somebody else's to share",
    },
    FeedbackKind: {
        FeedbackKind.SIGHTING: "sighting",
        FeedbackKind.OUTCOME: "what came of it",
        FeedbackKind.OPINION: "opinion",
        FeedbackKind.DISPUTE: "dispute",
        FeedbackKind.MARK: "how far somebody is with it",
    },
    FeedbackOutcome: {
        FeedbackOutcome.ACTIONED: "acted on, after a review by people",
        FeedbackOutcome.REPORTED: "reported to a hotline, or where the law says",
        FeedbackOutcome.REFERRED: "passed to law enforcement or a financial-intelligence unit",
        FeedbackOutcome.NO_MATCH: "looked for, and nothing matched",
        FeedbackOutcome.MATCH_NOT_VIOLATING: "matched what breaks no rule",
        FeedbackOutcome.FALSE_POSITIVE: "matched what it does not mean",
    },
    OpinionWord: {
        OpinionWord.STRONGLY_AGREE: "strongly agree",
        OpinionWord.AGREE: "agree",
        OpinionWord.NEUTRAL: "neither agree nor disagree",
        OpinionWord.DISAGREE: "disagree",
        OpinionWord.STRONGLY_DISAGREE: "strongly disagree",
    },
    DisputeReason: {
        DisputeReason.MISTAKEN_IDENTITY: "it is about somebody else",
        DisputeReason.NOT_VIOLATING: "what it is about breaks no rule",
        DisputeReason.OUTDATED: "it is not so any more",
        DisputeReason.WRONG_CLASSIFICATION: "it is something else than it says",
        DisputeReason.WRONG_IDENTIFIER: "the identifier is wrong",
    },
    DisputeEvidence: {
        DisputeEvidence.HUMAN_REVIEW: "a review by people",
        DisputeEvidence.TECHNICAL_ANALYSIS: "logs or measurements",
        DisputeEvidence.ACCOUNT_HOLDER_STATEMENT: "what whoever holds the account says",
        DisputeEvidence.LEGAL_DECISION: "a decision of a court or an authority",
        DisputeEvidence.NONE_GIVEN: "nothing that is told",
    },
    FeedbackMark: {
        FeedbackMark.INGESTED: "in use",
        FeedbackMark.REVIEWED: "looked at by people",
    },
    CountBand: {
        CountBand.FEW: "fewer than ten",
        CountBand.TENS: "tens",
        CountBand.HUNDREDS: "hundreds",
        CountBand.THOUSANDS: "a thousand or more",
    },
}
"""In the order in which they are offered."""
HELP: Mapping[type[StrEnum], Mapping[StrEnum, str]] = {
    RecallAct: {
        RecallAct.STOP_USING: "A copy may be left; nothing uses it, also with those to whom it was passed on.",
        RecallAct.DELETE: "Delete every copy, also with those to whom it was passed on, unless a law says otherwise.",
        RecallAct.REVIEW: "People look again, and say what they found.",
    },
    RecallOutcome: {
        RecallOutcome.DELETED: "No copy is left, here or with those to whom we passed it on.",
        RecallOutcome.NOT_HELD: "We had no copy any more, or never kept one.",
        RecallOutcome.STOPPED_USING: "A copy is left, and nothing uses it.",
        RecallOutcome.HELD: "It is not used. Say on which basis, and until when.",
    },
    ContestOutcome: {
        ContestOutcome.CORRECTED: "People looked, and it was wrong, or may be.",
        ContestOutcome.KEPT: "People looked again, and stand by it.",
        ContestOutcome.NOT_HELD: "There was nothing left to look at.",
    },
    RequestOutcome: {
        RequestOutcome.PROVIDED: "Name those of our objects that say more, if there are any.",
        RequestOutcome.PRESERVED: "It is kept until the request says, or an order follows.",
        RequestOutcome.GRANTED: "The exchange opens nothing: widen first, then say so.",
        RequestOutcome.NOT_HELD: "We looked, and there is nothing.",
        RequestOutcome.DECLINED: "Whoever asks is told that you do.",
    },
}
SIGHTINGS: Mapping[str, str] = {"seen": "looked for, and seen", "not-seen": "looked for, and not seen"}
"""What a sighting says by its count."""
COUNTED_FEEDBACK: Mapping[str, tuple[str, str]] = {
    "sighting:seen": ("%(num)s time looked for, and seen", "%(num)s times looked for, and seen"),
    "sighting:not-seen": ("%(num)s time looked for, and not seen", "%(num)s times looked for, and not seen"),
    "outcome:actioned": ("%(num)s time acted on, after a review by people", "%(num)s times acted on, after a review by people"),
    "outcome:reported": (
        "%(num)s time reported to a hotline, or where the law says",
        "%(num)s times reported to a hotline, or where the law says",
    ),
    "outcome:referred": (
        "%(num)s time passed to law enforcement or a financial-intelligence unit",
        "%(num)s times passed to law enforcement or a financial-intelligence unit",
    ),
    "outcome:no-match": ("%(num)s time looked for, and nothing matched", "%(num)s times looked for, and nothing matched"),
    "outcome:match-not-violating": ("%(num)s time matched what breaks no rule", "%(num)s times matched what breaks no rule"),
    "outcome:false-positive": ("%(num)s time matched what it does not mean", "%(num)s times matched what it does not mean"),
    "mark:ingested": ("%(num)s time in use", "%(num)s times in use"),
    "mark:reviewed": ("%(num)s time looked at by people", "%(num)s times looked at by people"),
}
"""The same words of feedback with a number before them, in the order in which they are shown."""
COUNTED_FEEDBACK_KINDS: Mapping[FeedbackKind, tuple[str, str]] = {
    FeedbackKind.SIGHTING: ("%(num)s sighting", "%(num)s sightings"),
    FeedbackKind.OUTCOME: ("%(num)s word on what came of it", "%(num)s words on what came of it"),
    FeedbackKind.OPINION: ("%(num)s opinion", "%(num)s opinions"),
    FeedbackKind.DISPUTE: ("%(num)s dispute", "%(num)s disputes"),
    FeedbackKind.MARK: ("%(num)s word on how far somebody is with it", "%(num)s words on how far somebody is with it"),
}
