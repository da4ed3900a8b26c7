"""A notice as a page shows it: what it asks in words, the time that is left, and what was answered of each version.

Kept by ``tests/portal/answering/test_shown_notices.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.domain.recall import Outcome, RecalledVersion, settles
from app.domain.vocabulary import OverdueRecall
from app.portal.plain_words import called, sentence_of, type_words
from app.portal.time_left import TimeLeft, time_left
from app.services.recalling.look_up_notices import NoticeRecord


@dataclass(frozen=True, slots=True)
class ShownVersion:
    """A version that is called back: what it is, what was answered of it and in words (empty for nothing).

    ``is_settled``: nothing more is waited for.
    """

    version: RecalledVersion
    kind: str
    outcome: Outcome | None
    is_settled: bool
    said: str


@dataclass(frozen=True, slots=True)
class ShownNotice:
    """A notice in words. ``what`` names the kinds of what it calls back, ``state`` is one of open, late and answered."""

    record: NoticeRecord
    title: str
    why: str
    ask: str
    short_ask: str
    what: Sequence[str]
    versions: Sequence[ShownVersion]
    left: TimeLeft

    @property
    def state(self) -> str:
        """What became of it."""
        if self.record.addressee.answered_at is not None:
            return "answered"
        return "late" if self.record.is_late else "open"

    @property
    def costs_access(self) -> bool:
        """Whether being late lets nothing of others be seen any more."""
        return self.record.if_overdue is OverdueRecall.LOSE_ACCESS and not self.record.recall.kind.is_question

    @property
    def may_hold(self) -> bool:
        """Whether it may be answered by keeping a copy on a legal basis."""
        return not self.record.recall.kind.is_question


def shown_notice(record: NoticeRecord, now: datetime) -> ShownNotice:
    """Give a notice as its page shows it."""
    recall = record.recall
    versions = [_shown_version(one, record, now) for one in record.versions]
    return ShownNotice(
        record,
        called(recall.kind),
        called(recall.reason),
        sentence_of(recall.act),
        called(recall.act),
        sorted({one.kind for one in versions}),
        versions,
        time_left(record.addressee.due_at, now),
    )


def _shown_version(version: RecalledVersion, record: NoticeRecord, now: datetime) -> ShownVersion:
    said = next((one for one in record.outcomes if one.recalled_id == version.version_id), None)
    in_time = said is not None and (said.held_until is None or said.held_until > now)
    is_settled = said is not None and in_time and settles(record.recall.act, said.outcome)
    words = called(said.outcome) if said else ""
    return ShownVersion(version, type_words(version.stix_id), said, is_settled, words)
