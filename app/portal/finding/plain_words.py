"""Words of the exchange and of STIX as somebody reads them who knows neither.

Owns the words on the pages, but for those of types (``app/portal/plain_words.py``); the vocabularies themselves are
``docs/vocabulary.md``'s. Kept by ``tests/portal/finding/test_plain_words.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from app.domain.vocabulary import Assertion, OnwardShare, PermittedUse, Review, Sensitivity, SubjectStatus, Tlp
from app.portal.plain_words import TYPES

_WHOLE: Mapping[str, str] = MappingProxyType(
    {
        "ai-generated-csam": "AI-generated CSAM",
        "csam": "CSAM",
        "e2ee-messaging": "end-to-end encrypted messaging",
        "generative-ai": "generative AI",
        "le-confirmed": "confirmed by law enforcement",
        "live-streamed-csa": "live-streamed CSA",
        "sexual-extortion-content": "sexual extortion for content",
        "sexual-extortion-financial": "sexual extortion for money",
        "trafficking-related": "trafficking",
    }
)
KINDS: Mapping[str, str] = MappingProxyType(
    {
        "behaviour": "Behaviour",
        "harm": "Harm",
        "owner": "Publisher",
        "phase": "Phase",
        "surface": "Surface",
        "type": "Kind of object",
        "urgency": "Urgency",
    }
)
"""What a search can be narrowed by."""

TLP_WORDS: Mapping[Tlp, str] = MappingProxyType(
    {
        Tlp.CLEAR: "TLP:CLEAR (white): everybody may have it",
        Tlp.GREEN: "TLP:GREEN (green): your community may have it, the public may not",
        Tlp.AMBER: "TLP:AMBER (amber): your organisation and those it protects, as far as they need it",
        Tlp.AMBER_STRICT: "TLP:AMBER+STRICT (amber): your organisation alone, as far as it needs it",
        Tlp.RED: "TLP:RED (red): for you who read it here, and nobody else",
    }
)
USE_WORDS: Mapping[PermittedUse, str] = MappingProxyType(
    {
        PermittedUse.AGGREGATE_RESEARCH: "You may count it for research, without singling anybody out.",
        PermittedUse.CONTACT_FOR_INSTRUCTION: "Ask its publisher before you do anything with it.",
        PermittedUse.DETECT: "You may look for it in your own service.",
        PermittedUse.ENFORCE_AFTER_OWN_REVIEW: "You may act against an account, once people of yours have looked and agree.",
        PermittedUse.EXTERNALLY_VISIBLE_DIRECT_ACTIONS: "You may act in ways that those concerned notice.",
        PermittedUse.EXTERNALLY_VISIBLE_INDIRECT_ACTIONS: "You may act so that it is noticed outside, not on those concerned.",
        PermittedUse.HUMAN_REVIEW_ONLY: "Only people may decide on it: no program may.",
        PermittedUse.INTERNALLY_VISIBLE_ACTIONS: "You may act where nobody outside notices.",
        PermittedUse.LE_INVESTIGATION: "Law enforcement may investigate with it.",
        PermittedUse.NO_AUTOMATED_ENFORCEMENT: "No program may act against anybody on it alone.",
        PermittedUse.NO_MODEL_TRAINING: "No model may be trained with it.",
        PermittedUse.NO_SUBJECT_CONTACT: "Do not contact whoever it is about.",
        PermittedUse.NONE: "You may know it, and do nothing with it.",
        PermittedUse.SAFETY_DESIGN: "You may use it to make your service safer.",
    }
)
ONWARD_WORDS: Mapping[OnwardShare, str] = MappingProxyType(
    {
        OnwardShare.NONE: "Do not pass it on: it stays with those at your organisation who work with it.",
        OnwardShare.SAME_ORGANISATION: "You may pass it on within your organisation.",
        OnwardShare.LISTED: "You may pass it on to those whom its publisher lists.",
    }
)
SENSITIVITY_WORDS: Mapping[Sensitivity, str] = MappingProxyType(
    {
        Sensitivity.AGGREGATE: "It is about no person.",
        Sensitivity.BEHAVIOURAL: "It is about behaviour, and singles nobody out by itself.",
        Sensitivity.IDENTIFYING: "It can single a person out: take care of it accordingly.",
    }
)
SUBJECT_WORDS: Mapping[SubjectStatus, str] = MappingProxyType(
    {
        SubjectStatus.ADULT_BELIEVED: "The account is believed to be an adult's.",
        SubjectStatus.UNKNOWN: "Whose account it is, is not known.",
        SubjectStatus.COMPROMISED_ACCOUNT: "The account was taken over: whoever owns it may have done nothing.",
        SubjectStatus.MAY_BE_CHILD: "The account may be a child's own: protect, and never enforce.",
    }
)
REVIEW_WORDS: Mapping[Review, str] = MappingProxyType(
    {
        Review.UNREVIEWED: "No person has looked at it yet.",
        Review.HUMAN_REVIEWED: "A person of its publisher has looked at it.",
        Review.SECOND_REVIEWED: "Two persons of its publisher have looked at it.",
        Review.LE_CONFIRMED: "Law enforcement has confirmed it.",
    }
)
ASSERTION_WORDS: Mapping[Assertion, str] = MappingProxyType(
    {
        Assertion.INVESTIGATION_SEED: "a lead to look into",
        Assertion.NEGATIVE: "denies it",
        Assertion.POSITIVE: "states it",
    }
)


def type_words(name: str) -> str:
    """Give what a STIX type is called on the pages."""
    return TYPES.get(name) or plain(name).capitalize()


def plain(word: str) -> str:
    """Give a word of a vocabulary as a person writes it."""
    return _WHOLE.get(word) or word.replace("-", " ")


def shown_value(kind: str, value: str) -> str:
    """Give a value by which a search can be narrowed, but for publishers and behaviours, which have names."""
    return type_words(value) if kind == "type" else plain(value)
