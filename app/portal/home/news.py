"""What the first page tells beside what waits: what is new for the reader, and what their contributions led to.

Owns that the page shows itself whatever of this cannot be read just now. Kept by ``tests/portal/home/test_news.py``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.domain.errors import ExhaustedError, ForbiddenError
from app.domain.object_vocabulary import FeedbackKind
from app.domain.permissions import Permission
from app.policy.administration import why_forbidden
from app.portal.charts.drawing import Chart
from app.portal.finding.defanged import defanged
from app.portal.home.charted import charted
from app.portal.plain_words import type_words
from app.portal.reading import own_reader, reads_already
from app.portal.refusing import plain_sentence
from app.portal.vocabulary.answers import COUNTED_FEEDBACK, COUNTED_FEEDBACK_KINDS
from app.portal.words import ngettext
from app.services.reading.readers import Reader
from app.services.waiting.what_followed import Followed, what_followed
from app.services.waiting.what_is_new import New, what_is_new
from app.web.context import exchange, principal


@dataclass(frozen=True, slots=True)
class ShownNew:
    """A new object: its id, what kind of thing it is, what it is called (None: nothing), when it came, how many it holds."""

    stix_id: str
    kind: str
    name: str | None
    added_at: datetime
    holds: int


@dataclass(frozen=True, slots=True)
class News:
    """What is told; ``failed`` is why nothing of it could be read just now."""

    new: Sequence[ShownNew] = ()
    more: bool = False
    said: Sequence[str] = ()
    followed: Followed | None = None
    chart: Chart | None = None
    failed: str | None = None


def news() -> News | None:
    """Give what is new for who is signed in; None where they do not read, or have not chosen yet for what."""
    if why_forbidden(principal(), Permission.OBJECTS_READ) is not None or not reads_already():
        return None
    try:
        return _read(own_reader())
    except (ExhaustedError, ForbiddenError) as exc:
        return News(failed=plain_sentence(exc))


def _read(reader: Reader) -> News:
    found, followed = what_is_new(exchange(), reader), what_followed(exchange(), reader)
    chart = charted(followed, exchange().clock())
    return News([_shown(one) for one in found.shown], found.more, sentences(followed), followed, chart)


def _shown(one: New) -> ShownNew:
    return ShownNew(one.stix_id, type_words(one.stix_id), defanged(one.name) if one.name else None, one.added_at, one.holds)


def sentences(followed: Followed) -> list[str]:
    """Say how often what was said, the words with a sentence of their own first."""
    found = [_said(forms, followed.by_word[word]) for word, forms in COUNTED_FEEDBACK.items() if followed.by_word.get(word)]
    rest: Counter[str] = Counter()
    for word, count in followed.by_word.items():
        if word not in COUNTED_FEEDBACK:
            rest[word.partition(":")[0]] += count
    return found + [_said(forms, rest[kind]) for kind, forms in COUNTED_FEEDBACK_KINDS.items() if rest[FeedbackKind(kind)]]


def _said(forms: tuple[str, str], count: int) -> str:
    return ngettext(*forms, count) % {"num": count}
