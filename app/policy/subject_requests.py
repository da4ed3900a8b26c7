"""Requests of the persons that data are about: who is shown what of them, and what may be done when.

Owns the rules; that two persons act is ``app/policy/approvals.py``. Kept by ``tests/policy/test_subject_requests.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from app.domain.partner import Principal
from app.domain.subject_request import ANSWERING, CORRECTING, REJECTING, SubjectAct, SubjectGround, SubjectRequest, SubjectState
from app.policy.administration import kinds_of
from app.policy.scopes import PrincipalKind

_GROUNDS: Mapping[SubjectAct, frozenset[SubjectGround]] = MappingProxyType(
    {SubjectAct.ANSWER: ANSWERING, SubjectAct.RECTIFICATION: CORRECTING, SubjectAct.REJECTION: REJECTING}
)
_SETTLING = frozenset({SubjectAct.ANSWER, SubjectAct.REJECTION})
_AFTER_LOOKING = frozenset({SubjectAct.ANSWER, SubjectAct.ERASURE, SubjectAct.RECTIFICATION, SubjectAct.RESTRICTION})
ABOUT_FINDINGS = frozenset({SubjectAct.ERASURE, SubjectAct.LIFTING, SubjectAct.RECTIFICATION, SubjectAct.RESTRICTION})
"""What is done to versions that were found: to those that are named, or to all of them."""


@dataclass(frozen=True, slots=True)
class Sight:
    """What a caller is shown of requests beside states, dates and counts."""

    selectors: bool
    findings: bool


def sight_of(principal: Principal) -> Sight:
    """Give what the caller is shown: data protection everything, operators what was found, auditors neither."""
    kinds = kinds_of(principal)
    protects = PrincipalKind.DATA_PROTECTION in kinds
    return Sight(selectors=protects, findings=protects or PrincipalKind.OPERATOR in kinds)


def why_not_now(request: SubjectRequest, act: SubjectAct, ground: SubjectGround | None) -> str | None:
    """Give the sentence by which an act is refused as the request stands, or None: it may be proposed and carried out."""
    if request.state is SubjectState.CLOSED and (act is not SubjectAct.LIFTING or request.wiped_at is not None):
        return "This request is closed."
    if (act in _GROUNDS) != (ground is not None) or (ground is not None and ground not in _GROUNDS[act]):
        return "This ground does not belong to this act."
    if act is SubjectAct.LOOKUP and request.state is SubjectState.LOOKING:
        return "The look-up is under way."
    if act in _AFTER_LOOKING and request.state is not SubjectState.LOOKED_UP:
        return "Nothing was looked up yet."
    if act in _SETTLING and request.answered_at is not None:
        return "Whoever asked was answered already."
    return None


def why_not_extend(request: SubjectRequest, now: datetime) -> str | None:
    """Give the sentence by which a longer deadline is refused, or None: once, and before the first has passed (art. 12(3))."""
    if request.is_settled:
        return "Whoever asked was answered already."
    if request.extended_at is not None:
        return "The deadline was extended before, and it is extended once."
    return None if now <= request.deadline else "The first deadline has passed: whoever asked had to be told before that."


def why_not_close(request: SubjectRequest) -> str | None:
    """Give the sentence by which closing is refused, or None: whoever asked was answered, or told that nothing is done."""
    if request.state is SubjectState.CLOSED:
        return "This request is closed."
    if request.state is SubjectState.LOOKING:
        return "The look-up is under way."
    return None if request.answered_at is not None else "Whoever asked was not answered yet."
