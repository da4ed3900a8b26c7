"""Words of the vocabulary as people say them. English; templates put it through gettext.

Kept by ``tests/portal/patterns/test_plain_words.py``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType

from app.domain.prevention import Measure, Trend
from app.domain.vocabulary import Harm, Role, Surface

_SAID: tuple[tuple[StrEnum, str], ...] = (
    (Harm.AI_GENERATED_CSAM, "AI-generated child sexual abuse material"),
    (Harm.CSAM, "Child sexual abuse material"),
    (Harm.LIVE_STREAMED_CSA, "Live-streamed child sexual abuse"),
    (Harm.SEXUAL_EXTORTION_CONTENT, "Sexual extortion of children for content"),
    (Harm.SEXUAL_EXTORTION_FINANCIAL, "Sexual extortion of children for money"),
    (Harm.SOLICITATION_OF_CHILDREN, "Solicitation (grooming) of children"),
    (Role.HOTLINE, "Hotlines"),
    (Role.NGO, "Non-governmental organisations"),
    (Role.PAYMENT_PROVIDER, "Payment providers"),
    (Role.PLATFORM, "Platforms"),
    (Role.REGULATOR, "Regulators"),
    (Role.RESEARCHER, "Researchers"),
    (Surface.E2EE_MESSAGING, "End-to-end encrypted messaging"),
    (Surface.GENERATIVE_AI, "Generative AI"),
    (Surface.UNKNOWN, "Surface not known"),
    (Measure.ADOPTED, "have it"),
    (Measure.ADVERSE, "it made things worse"),
    (Measure.HELPED, "it helped"),
    (Measure.HELPED_MUCH, "it helped much"),
    (Measure.NOT_HELPED, "it did not help"),
    (Trend.DOWN, "down"),
    (Trend.FLAT, "steady"),
    (Trend.UNKNOWN, "no trend yet"),
    (Trend.UP, "up"),
)
_OTHERWISE: Mapping[tuple[type[StrEnum], str], str] = MappingProxyType({(type(word), word.value): said for word, said in _SAID})
"""By their vocabularies too: two have a word in common, and mean different things by it."""


def plain(word: StrEnum) -> str:
    """Give a word of the vocabulary as people say it."""
    return _OTHERWISE.get((type(word), word.value), word.value.replace("-", " ").capitalize())


def pairs(words: Iterable[StrEnum]) -> list[tuple[str, str]]:
    """Give words with how they are said, in the order of the latter: for a list to choose from."""
    return sorted(((one.value, plain(one)) for one in words), key=lambda pair: pair[1].casefold())
