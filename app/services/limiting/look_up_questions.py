"""Looking up questions about persons: for auditors and data-protection persons of the exchange.

Owns who may ask. To ask who asked about an id is no answer about the id itself: an id that nobody stated gives the same list.
Kept by ``tests/services/limiting/test_look_up_questions.py``.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.events import Event, EventRecord
from app.domain.partner import Principal
from app.domain.permissions import Permission
from app.domain.usage import Question
from app.services.authenticate import require
from app.services.exchange import Exchange
from app.storage import events, questions
from app.storage.questions import Asked

__all__ = ["Asked", "QuestionPage", "list_questions", "questions_about"]


@dataclass(frozen=True, slots=True)
class QuestionPage:
    """Questions, oldest first; ``next`` goes on after the last of them (None: there was none)."""

    questions: list[Question]
    next: str | None
    more: bool


def list_questions(exchange: Exchange, principal: Principal, asked: Asked, limit: int) -> QuestionPage:
    """List questions, oldest first: who asked, when and why, and not about what.

    Raises:
        ForbiddenError: the caller may not read questions.
    """
    require(principal, Permission.QUESTIONS_READ)
    with exchange.database.read() as connection:
        return _page(questions.list_questions(connection, asked, limit + 1), limit)


def questions_about(exchange: Exchange, principal: Principal, stix_id: str, asked: Asked, limit: int) -> QuestionPage:
    """List the questions about one id, oldest first; that it was looked for is an event, without the id.

    Raises as ``list_questions``.
    """
    require(principal, Permission.QUESTIONS_READ)
    with exchange.database.write() as connection:
        record = EventRecord(Event.QUESTION_SEARCH, exchange.clock(), credential_id=principal.credential.credential_id)
        events.add_events(connection, [record])
    with exchange.database.read() as connection:
        return _page(questions.questions_about(connection, stix_id, asked, limit + 1), limit)


def _page(found: list[Question], limit: int) -> QuestionPage:
    shown = found[:limit]
    return QuestionPage(shown, str(shown[-1].question_id) if shown else None, more=len(found) > limit)
