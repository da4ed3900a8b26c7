"""What an object says: harm, place, phase, urgency, whose the account is, who has looked, where it is known from, how sure.

Kept by ``tests/portal/vocabulary/test_vocabulary.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from app.domain.observation import ConfidenceBand, SourceReliability
from app.domain.vocabulary import Assertion, Assurance, Harm, Phase, Provenance, Review, SubjectStatus, Surface, Urgency

WORDS: Mapping[type[StrEnum], Mapping[StrEnum, str]] = {
    Harm: {
        Harm.SOLICITATION_OF_CHILDREN: "solicitation (grooming) of children",
        Harm.SEXUAL_EXTORTION_CONTENT: "sexual extortion of children for content",
        Harm.SEXUAL_EXTORTION_FINANCIAL: "sexual extortion of children for money",
        Harm.LIVE_STREAMED_CSA: "live-streamed child sexual abuse",
        Harm.CSAM: "child sexual abuse material",
        Harm.AI_GENERATED_CSAM: "AI-generated child sexual abuse material",
        Harm.NETWORK_FACILITATION: "networks that enable abuse",
        Harm.TRAFFICKING_RELATED: "trafficking of children",
        Harm.EXPLOITATION_IN_TRAVEL_AND_TOURISM: "sexual exploitation of children in travel and tourism",
    },
    Surface: {
        Surface.DIRECT_MESSAGE: "direct message",
        Surface.GROUP_CHAT: "group chat",
        Surface.E2EE_MESSAGING: "end-to-end encrypted messaging",
        Surface.SOCIAL_FEED: "social feed",
        Surface.SHORT_VIDEO: "short video",
        Surface.LIVE_STREAM: "live stream",
        Surface.VIDEO_CALL: "video call",
        Surface.VOICE: "voice",
        Surface.COMMENTS: "comments",
        Surface.FORUM: "forum",
        Surface.GAMING: "gaming",
        Surface.VIRTUAL_WORLD: "virtual world",
        Surface.DATING: "dating",
        Surface.CLOUD: "cloud storage",
        Surface.FILE_HOSTING: "file hosting",
        Surface.HOSTING: "web hosting",
        Surface.SEARCH: "search",
        Surface.RECOMMENDATION: "recommendations",
        Surface.APP_STORE: "app store",
        Surface.GENERATIVE_AI: "generative AI",
        Surface.PAYMENTS: "payments",
        Surface.UNKNOWN: "surface not known",
    },
    Phase: {
        Phase.PRESENCE_AND_PERSONA: "presence and persona",
        Phase.CONTACT_SEEKING: "contact seeking",
        Phase.TRUST_BUILDING: "trust building",
        Phase.ISOLATION_AND_PLATFORM_MIGRATION: "isolation and move to other services",
        Phase.SOLICITATION: "solicitation",
        Phase.COERCION_AND_CONTROL: "coercion and control",
        Phase.LIVE_ABUSE_FACILITATION: "facilitation of live abuse",
        Phase.PAYMENT_AND_MONETISATION: "payment and monetisation",
        Phase.CAPTURE_AND_REDISTRIBUTION: "capture and redistribution",
        Phase.EVASION_AND_RETURN: "evasion and return",
    },
    Urgency: {
        Urgency.IMMINENT_RISK: "a child may be in danger now",
        Urgency.ACTIVE_CONTACT: "somebody is in contact with a child",
        Urgency.ACTIVE_NETWORK: "a network is active",
        Urgency.CONTEXTUAL: "no hurry: it helps to understand",
        Urgency.HISTORIC: "it is over",
    },
    SubjectStatus: {
        SubjectStatus.MAY_BE_CHILD: "may be a child's own",
        SubjectStatus.COMPROMISED_ACCOUNT: "taken over from somebody",
        SubjectStatus.ADULT_BELIEVED: "believed to be an adult's",
        SubjectStatus.UNKNOWN: "not known whose",
    },
    Review: {
        Review.UNREVIEWED: "no person has looked at it yet",
        Review.HUMAN_REVIEWED: "a person of its publisher has looked at it",
        Review.SECOND_REVIEWED: "two persons of its publisher have looked at it",
        Review.LE_CONFIRMED: "law enforcement has confirmed it",
    },
    Provenance: {
        Provenance.USER_REPORT: "a report by a user",
        Provenance.TRUSTED_FLAGGER: "a report by a trusted flagger or hotline",
        Provenance.INVESTIGATION: "an investigation of its publisher",
        Provenance.LAW_ENFORCEMENT: "law enforcement",
        Provenance.HASH_MATCH: "a match of a hash",
        Provenance.CLASSIFIER: "a classifier",
        Provenance.BEHAVIOURAL_RULE: "a rule for behaviour",
        Provenance.FINANCIAL: "payments",
    },
    Assertion: {
        Assertion.POSITIVE: "states it",
        Assertion.INVESTIGATION_SEED: "gives it as a lead to look into",
        Assertion.NEGATIVE: "denies it",
    },
    ConfidenceBand: {
        ConfidenceBand.HIGH: "sure",
        ConfidenceBand.MEDIUM: "fairly sure",
        ConfidenceBand.LOW: "not very sure",
        ConfidenceBand.NONE: "only a lead",
    },
    SourceReliability: {
        SourceReliability.A: "A: reliable",
        SourceReliability.B: "B: usually reliable",
        SourceReliability.C: "C: fairly reliable",
        SourceReliability.D: "D: not usually reliable",
        SourceReliability.E: "E: unreliable",
        SourceReliability.F: "F: cannot be judged",
    },
    Assurance: {
        Assurance.CHANNEL_ATTESTED: "without the publisher's signature",
        Assurance.PUBLISHER_SIGNED: "signed by the publisher",
    },
}
"""In the order in which they are offered."""
HELP: Mapping[type[StrEnum], Mapping[StrEnum, str]] = {
    Harm: {
        Harm.SEXUAL_EXTORTION_CONTENT: "Pictures or videos are demanded.",
        Harm.SEXUAL_EXTORTION_FINANCIAL: "Money, or what is worth money, is demanded.",
        Harm.CSAM: "Its circulation; never the material.",
        Harm.NETWORK_FACILITATION: "People or services that help others to abuse.",
    },
    Surface: {
        Surface.E2EE_MESSAGING: "Only those who write can read it.",
        Surface.CLOUD: "Where people keep files of their own.",
        Surface.FILE_HOSTING: "Where files are left for others to fetch.",
        Surface.HOSTING: "Servers that websites of others run on.",
        Surface.RECOMMENDATION: "What a service suggests by itself.",
    },
    Urgency: {Urgency.IMMINENT_RISK: "Call first: this exchange is no emergency line."},
    SubjectStatus: {
        SubjectStatus.MAY_BE_CHILD: "In sexual extortion the account is often the child's: protect, and never enforce. It goes "
        "to law enforcement and hotlines only.",
        SubjectStatus.COMPROMISED_ACCOUNT: "Its holder may have done nothing: it is protected in the same way.",
        SubjectStatus.ADULT_BELIEVED: "There is a reason to believe so, which its publisher could give.",
    },
    Provenance: {
        Provenance.CLASSIFIER: "A program that estimates what something is.",
        Provenance.BEHAVIOURAL_RULE: "A program that watches what accounts do.",
    },
    ConfidenceBand: {
        ConfidenceBand.HIGH: "Several things fit together, or it was seen at first hand.",
        ConfidenceBand.MEDIUM: "It is likely; other explanations are possible.",
        ConfidenceBand.LOW: "There are signs; others should look themselves.",
        ConfidenceBand.NONE: "Nothing is known but that it is worth looking into.",
    },
}
CREDIBILITY: Mapping[str, str] = {
    "1": "1: confirmed",
    "2": "2: probably true",
    "3": "3: possibly true",
    "4": "4: doubtful",
    "5": "5: improbable",
    "6": "6: cannot be judged",
}
"""The Admiralty scale's number for a piece of information, which is no vocabulary of the exchange."""
