"""The closed vocabularies in plain words, for people who know no STIX: each word with what it is called and a line of help.

Owns the words of this part's pages. Kept by ``tests/portal/sharing/test_plain_words.py``, which knows that none is missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from app.domain.draft import DraftState
from app.portal.words import gettext

Triples = list[tuple[str, str, str]]
Table = Mapping[str, tuple[str, str]]
"""Of each word what it is called, and a line of help (may be empty)."""

SUBJECTS: Table = MappingProxyType(
    {
        "may-be-child": (
            "May be a child's own",
            "In sexual extortion the account is often the child's. It goes to law enforcement and hotlines only.",
        ),
        "compromised-account": ("Taken over from somebody", "Protected in the same way: its holder is a victim, too."),
        "adult-believed": ("Believed to be an offender's, an adult's", "There is a reason to believe so, which you could give."),
        "unknown": ("Nobody can tell", "Say so rather than guess."),
    }
)
HARMS: Table = MappingProxyType(
    {
        "solicitation-of-children": ("Approaching children for sexual purposes", ""),
        "sexual-extortion-content": ("Sexual extortion for pictures or videos", ""),
        "sexual-extortion-financial": ("Sexual extortion for money", ""),
        "live-streamed-csa": ("Abuse that is streamed live", ""),
        "csam": ("Material that shows abuse", "Its circulation; never the material."),
        "ai-generated-csam": ("Such material, made with generative AI", ""),
        "network-facilitation": ("Networks that help offenders", ""),
        "trafficking-related": ("Trafficking", ""),
        "exploitation-in-travel-and-tourism": ("Exploitation in travel and tourism", ""),
    }
)
SURFACES: Table = MappingProxyType(
    {
        "direct-message": ("Direct messages", ""),
        "group-chat": ("Group chats", ""),
        "e2ee-messaging": ("End-to-end encrypted messages", ""),
        "social-feed": ("Social feed", ""),
        "short-video": ("Short videos", ""),
        "live-stream": ("Live streams", ""),
        "video-call": ("Video calls", ""),
        "voice": ("Voice", ""),
        "comments": ("Comments", ""),
        "forum": ("Forum", ""),
        "gaming": ("Games", ""),
        "virtual-world": ("Virtual worlds", ""),
        "dating": ("Dating", ""),
        "cloud": ("Cloud storage", ""),
        "file-hosting": ("File hosting", ""),
        "hosting": ("Web hosting", ""),
        "search": ("Search", ""),
        "recommendation": ("Recommendations", ""),
        "app-store": ("App stores", ""),
        "generative-ai": ("Generative AI", ""),
        "payments": ("Payments", ""),
        "unknown": ("Not known", ""),
    }
)
KINDS: Table = MappingProxyType(
    {
        "handle": ("Handle (name of an account)", ""),
        "account-id": ("Number of an account", ""),
        "url": ("Web address", ""),
        "invite-link": ("Invitation to a group or room", ""),
        "domain": ("Domain name", ""),
        "ip": ("IP address", ""),
        "room-or-stream-id": ("Room or stream", ""),
        "wallet": ("Wallet", ""),
        "phone": ("Telephone (token)", ""),
        "email": ("Mail address (token)", ""),
        "device": ("Device (token)", ""),
        "payment-handle-hmac": ("Payment handle (token)", ""),
        "keyword-term": ("Term", ""),
        "text-rule": ("Rule for text", ""),
        "behavioural-rule": ("Rule for behaviour", ""),
        "sha256": ("Hash, SHA-256", ""),
        "sha1": ("Hash, SHA-1", ""),
        "md5": ("Hash, MD5", ""),
        "pdq": ("Hash, PDQ", ""),
        "vpdq": ("Hash, vPDQ", ""),
        "photodna": ("Hash, PhotoDNA", ""),
        "netclean": ("Hash, NetClean", ""),
        "videntifier": ("Hash, Videntifier", ""),
        "safer": ("Hash, Safer", ""),
    }
)
ROLES: Table = MappingProxyType(
    {
        "indicator": ("To be detected", ""),
        "context": ("Part of the picture only", ""),
    }
)
BANDS: Table = MappingProxyType(
    {
        "high": ("Sure", "Several things fit together, or you saw it yourself."),
        "medium": ("Fairly sure", "It is likely; other explanations are possible."),
        "low": ("Not very sure", "There are signs; others should look themselves."),
        "none": ("Not at all: it is only a lead", ""),
    }
)
RELIABILITY: Table = MappingProxyType(
    {
        "a": ("A: reliable", ""),
        "b": ("B: usually reliable", ""),
        "c": ("C: fairly reliable", ""),
        "d": ("D: not usually reliable", ""),
        "e": ("E: unreliable", ""),
        "f": ("F: cannot be judged", ""),
    }
)
CREDIBILITY: Table = MappingProxyType(
    {
        "1": ("1: confirmed", ""),
        "2": ("2: probably true", ""),
        "3": ("3: possibly true", ""),
        "4": ("4: doubtful", ""),
        "5": ("5: improbable", ""),
        "6": ("6: cannot be judged", ""),
    }
)
URGENCY: Table = MappingProxyType(
    {
        "imminent-risk": ("A child may be in danger now", "Call first: this exchange is no emergency line."),
        "active-contact": ("Somebody is in contact with a child", ""),
        "active-network": ("A network is active", ""),
        "contextual": ("No hurry: it helps to understand", ""),
        "historic": ("It is over", ""),
    }
)
PROVENANCE: Table = MappingProxyType(
    {
        "user-report": ("A report by a user", ""),
        "trusted-flagger": ("A report by a trusted flagger or hotline", ""),
        "investigation": ("Your own investigation", ""),
        "law-enforcement": ("Law enforcement", ""),
        "hash-match": ("A match of a hash", ""),
        "classifier": ("A classifier", ""),
        "behavioural-rule": ("A rule that watches behaviour", ""),
        "financial": ("Payments", ""),
    }
)
TLP: Table = MappingProxyType(
    {
        "red": ("RED: these people only", "Read in this portal by the named organisations; no machine is given it."),
        "amber+strict": ("AMBER+STRICT: the reader's organisation only", "The usual choice."),
        "amber": ("AMBER: the reader's organisation and its clients who need it", ""),
        "green": ("GREEN: the community", "Not for anything that leads to a person."),
        "clear": ("CLEAR: anybody", "Not for anything that leads to a person."),
    }
)
PURPOSES: Table = MappingProxyType(
    {
        "detection": ("To detect it on their own services", ""),
        "investigation": ("To investigate", ""),
        "victim-protection": ("To protect victims", ""),
        "safety-design": ("To build safer services", ""),
        "research-aggregate": ("For research, in numbers only", ""),
        "audit": ("For audits", ""),
    }
)
USES: Table = MappingProxyType(
    {
        "detect": ("Detect it", ""),
        "enforce-after-own-review": ("Act against accounts after a review of their own", ""),
        "le-investigation": ("Investigate as law enforcement", ""),
        "safety-design": ("Build safer services", ""),
        "no-automated-enforcement": ("Never act automatically", ""),
        "human-review-only": ("Show it to people who review, and use it in no other way", ""),
        "no-subject-contact": ("Never contact whoever the account belongs to", ""),
        "no-model-training": ("Train no models with it", ""),
        "aggregate-research": ("Research in numbers", ""),
        "contact-for-instruction": ("Ask you first", ""),
        "internally-visible-actions": ("Do what is seen only within their own organisation", ""),
        "externally-visible-indirect-actions": ("Do what others may notice indirectly", ""),
        "externally-visible-direct-actions": ("Do what others see", ""),
        "none": ("Nothing but reading", ""),
    }
)
ONWARD: Table = MappingProxyType(
    {
        "none": ("Nobody: it stays with those at the reader's organisation who work with it", ""),
        "same-organisation": ("Others in the reader's organisation", ""),
        "listed": ("Whom the reader's agreement lists", ""),
    }
)
PHASES: Table = MappingProxyType(
    {
        "presence-and-persona": ("Presence and persona", ""),
        "contact-seeking": ("Seeking contact", ""),
        "trust-building": ("Building trust", ""),
        "isolation-and-platform-migration": ("Isolating, and moving to other services", ""),
        "solicitation": ("Solicitation", ""),
        "coercion-and-control": ("Coercion and control", ""),
        "live-abuse-facilitation": ("Enabling live abuse", ""),
        "payment-and-monetisation": ("Payments and making money", ""),
        "capture-and-redistribution": ("Recording and spreading", ""),
        "evasion-and-return": ("Evading, and coming back", ""),
    }
)
MEMBER_KINDS: Table = MappingProxyType(
    {
        "any": ("all organisations", ""),
        "hotline": ("hotlines", ""),
        "law-enforcement": ("law enforcement", ""),
        "ngo": ("NGOs", ""),
        "payment-provider": ("payment providers", ""),
        "platform": ("platforms", ""),
        "regulator": ("regulators", ""),
        "researcher": ("researchers", ""),
    }
)
STATES: Table = MappingProxyType(
    {
        DraftState.OPEN: ("Being written", "warning"),
        DraftState.IN_REVIEW: ("With the second reader", ""),
        DraftState.RETURNED: ("Came back", "problem"),
        DraftState.APPROVED: ("Waits for the signature", ""),
        DraftState.SENT: ("Sent", "good"),
    }
)
"""Of drafts; in the place of help the badge's colour."""


def called(table: Table, word: str) -> str:
    """Give what a word is called; one that is in no list as it is."""
    return gettext(table[word][0]) if word in table else word


def triples(table: Table) -> Triples:
    """Give words, what they are called and their help, for boxes."""
    return [(word, gettext(name), gettext(more) if more else "") for word, (name, more) in table.items()]


def pairs(table: Table, only: Iterable[str] | None = None) -> list[tuple[str, str]]:
    """Give words and what they are called, for lists to choose from; ``only`` some of them."""
    wanted = set(table if only is None else only)
    return [(word, gettext(name)) for word, (name, _) in table.items() if word in wanted]
