"""What a page says in the place of a code: one word for each word of a closed vocabulary, the same on every page.

Owns the lookup, in the language of the page; the words are in ``app/portal/vocabulary``. Kept by
``tests/portal/test_plain_words.py``, and by ``tests/portal/vocabulary/test_vocabulary.py``, which knows that no word is missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import TypeVar

from app.domain.object_vocabulary import DisputeReason, FeedbackKind, FeedbackMark, FeedbackOutcome, OpinionWord
from app.domain.observation import ConfidenceBand
from app.domain.vocabulary import ANY, PermittedUse, Role, SubjectStatus
from app.portal.vocabulary import (
    alarms,
    answers,
    handling,
    objects,
    observables,
    organisations,
    patterns,
    permissions,
    policy,
    states,
    types,
)
from app.portal.words import gettext, ngettext

_ROOMS = (alarms, answers, handling, objects, observables, organisations, patterns, permissions, policy, states)
Word = TypeVar("Word", bound=StrEnum)
Tables = Mapping[type[StrEnum], Mapping[StrEnum, str]]


def _gathered(name: str) -> Tables:
    return {kind: words for room in _ROOMS for kind, words in getattr(room, name, {}).items()}


WORDS = _gathered("WORDS")
"""The word of each code, by vocabularies, as it stands within a sentence."""
HELP = _gathered("HELP")
"""A line of help for those that need one."""
BADGES = _gathered("BADGES")
"""How states look: good, warning or problem; those left out are plain."""
_FEEDBACK: Mapping[FeedbackKind, type[StrEnum]] = {
    FeedbackKind.DISPUTE: DisputeReason,
    FeedbackKind.MARK: FeedbackMark,
    FeedbackKind.OPINION: OpinionWord,
    FeedbackKind.OUTCOME: FeedbackOutcome,
}
_BAND_FROM = ((70, ConfidenceBand.HIGH), (30, ConfidenceBand.MEDIUM), (1, ConfidenceBand.LOW), (0, ConfidenceBand.NONE))
"""STIX 2.1, appendix A: None, Low, Med, High."""


def spoken(value: object) -> str:
    """Give a word of a vocabulary as it stands within a sentence; what is in none, with blanks for hyphens."""
    known = WORDS.get(type(value), {}).get(value) if isinstance(value, StrEnum) else None
    return gettext(known or str(value).replace("-", " "))


def called(value: object) -> str:
    """Give a word of a vocabulary as it stands alone: it begins with a capital."""
    return capital(spoken(value))


def capital(words: str) -> str:
    """Give words that begin with a capital; what follows stays as it is."""
    return words[:1].upper() + words[1:]


def said(kind: type[StrEnum], text: str) -> str:
    """Give what a text of an object or a form is called, if it is of a vocabulary; another one with blanks for hyphens."""
    return called(kind(text) if text in set(kind) else text)


def all_said(kind: type[StrEnum], texts: Iterable[str]) -> str:
    """Give what several texts are called, as one line."""
    return capital(", ".join(spoken(kind(one) if one in set(kind) else one) for one in texts))


def help_of(word: StrEnum) -> str:
    """Give the line of help of a word; empty for one that needs none."""
    words = HELP.get(type(word), {}).get(word)
    return gettext(words) if words else ""


def sentence_of(word: StrEnum) -> str:
    """Give a word and its help as sentences."""
    return f"{called(word)}. {help_of(word)}".rstrip()


def badge_of(state: StrEnum) -> str:
    """Give how a state looks."""
    return BADGES.get(type(state), {}).get(state, "")


def offered(kind: type[Word]) -> list[Word]:
    """Give the words of a vocabulary in the order in which they are offered."""
    return [kind(one) for one in WORDS[kind]]


def pairs(words: Iterable[StrEnum]) -> list[tuple[str, str]]:
    """Give words with what they are called, for a list to choose from."""
    return [(one.value, called(one)) for one in words]


def choices(words: Iterable[StrEnum]) -> list[tuple[str, str, str]]:
    """Give words with what they are called and their help, for boxes."""
    return [(one.value, called(one), help_of(one)) for one in words]


def listed(values: Iterable[object]) -> str:
    """Give several of them as they stand within a sentence, in the order of their vocabulary where they have one."""
    found = list(values)
    if ANY in found:
        return gettext("any")
    kind = next((type(one) for one in found if isinstance(one, StrEnum)), None)
    order = [str(one) for one in kind] if kind else []
    return ", ".join(map(spoken, sorted(found, key=lambda one: (order.index(str(one)) if str(one) in order else -1, str(one)))))


def uses_said(uses: Iterable[PermittedUse], others: str) -> list[str]:
    """Give what ``others`` (as *They*) may do with something, and what they must or must never do, each as a sentence."""
    found = sorted(uses, key=list(PermittedUse).index)
    told = (
        (gettext("%(who)s may: %(uses)s."), [one for one in found if one not in handling.DUTIES]),
        (gettext("%(who)s must: %(uses)s."), [one for one in found if one in handling.DUTIES]),
    )
    return [sentence % {"who": others, "uses": listed(some)} for sentence, some in told if some]


def several(role: str) -> str:
    """Give what organisations of a role are called together, within a sentence; of any, that it is all of them."""
    return gettext("all organisations") if role == ANY else ngettext(*organisations.COUNTED_ROLES[Role(role)], 2)


def sure(confidence: int) -> str:
    """Give how sure a publisher is, in words and as the number of STIX (0 to 100)."""
    band = next(word for least, word in _BAND_FROM if confidence >= least)
    return gettext("%(words)s (%(number)s of 100)") % {"words": called(band), "number": confidence}


def feedback_said(kind: FeedbackKind, word: str) -> str:
    """Give what feedback of a kind says with a word."""
    if kind is FeedbackKind.SIGHTING:
        return capital(gettext(answers.SIGHTINGS.get(word, word)))
    return said(_FEEDBACK[kind], word)


def account_words(status: SubjectStatus) -> str:
    """Give whose an account is believed to be, as sentences."""
    return gettext("The account: %(words)s.") % {"words": spoken(status)} + (f" {help_of(status)}" if help_of(status) else "")


def type_words(stix_id: str) -> str:
    """Give what kind of thing an id (or a type) names; of a type without words its own name."""
    name = stix_id.partition("--")[0]
    known = types.COUNTED_TYPES.get(name)
    return capital(ngettext(*known, 1) if known else name.replace("-", " "))


def counted_types(counts: Mapping[str, int]) -> list[str]:
    """Give how many there are of each type, as *2 accounts*; what has no words is counted together, at the end."""
    known = types.COUNTED_TYPES
    told = [f"{count} {ngettext(*known[kind], count)}" for kind, count in counts.items() if kind in known]
    others = sum(count for kind, count in counts.items() if kind not in known)
    return [*told, f"{others} {ngettext('other thing', 'other things', others)}"] if others else told
