from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.partner import Principal
from app.domain.subject_request import SubjectAct, SubjectGround, SubjectRequest, SubjectRight, SubjectState
from app.domain.vocabulary import MemberRole, StaffRole
from app.policy.subject_requests import ABOUT_FINDINGS, Sight, sight_of, why_not_close, why_not_extend, why_not_now
from tests.factories.policy_values import NOW, member_principal, partner_principal, staff_principal

OPEN = SubjectRequest("r", "DP-1", SubjectRight.ACCESS, NOW, NOW, SubjectState.OPEN, "person-a", NOW)
LOOKING, LOOKED_UP = (replace(OPEN, state=state) for state in (SubjectState.LOOKING, SubjectState.LOOKED_UP))
ANSWERED = replace(LOOKED_UP, answered_at=NOW)
CLOSED = replace(ANSWERED, state=SubjectState.CLOSED)


@pytest.mark.parametrize(
    ("principal", "sight"),
    [
        (staff_principal(StaffRole.DATA_PROTECTION), Sight(selectors=True, findings=True)),
        (staff_principal(StaffRole.OPERATOR), Sight(selectors=False, findings=True)),
        (staff_principal(StaffRole.AUDITOR), Sight(selectors=False, findings=False)),
        (staff_principal(), Sight(selectors=False, findings=False)),
        (member_principal(MemberRole.DATA_PROTECTION), Sight(selectors=False, findings=False)),
        (partner_principal(), Sight(selectors=False, findings=False)),
    ],
)
def test_who_is_shown_what(principal: Principal, sight: Sight) -> None:
    assert sight_of(principal) == sight


@pytest.mark.parametrize(
    ("request_", "act", "ground", "refused"),
    [
        (OPEN, SubjectAct.LOOKUP, None, None),
        (LOOKED_UP, SubjectAct.LOOKUP, None, None),
        (LOOKING, SubjectAct.LOOKUP, None, "The look-up is under way."),
        (LOOKED_UP, SubjectAct.ANSWER, SubjectGround.HELD, None),
        (LOOKED_UP, SubjectAct.ANSWER, SubjectGround.LAW_ENFORCEMENT, None),
        (LOOKED_UP, SubjectAct.ANSWER, None, "This ground does not belong to this act."),
        (LOOKED_UP, SubjectAct.ANSWER, SubjectGround.EXCESSIVE, "This ground does not belong to this act."),
        (LOOKED_UP, SubjectAct.ERASURE, SubjectGround.HELD, "This ground does not belong to this act."),
        (OPEN, SubjectAct.ANSWER, SubjectGround.HELD, "Nothing was looked up yet."),
        (LOOKING, SubjectAct.ERASURE, None, "Nothing was looked up yet."),
        (LOOKED_UP, SubjectAct.ERASURE, None, None),
        (OPEN, SubjectAct.RESTRICTION, None, "Nothing was looked up yet."),
        (OPEN, SubjectAct.RECTIFICATION, SubjectGround.OUTDATED, "Nothing was looked up yet."),
        (LOOKED_UP, SubjectAct.RECTIFICATION, None, "This ground does not belong to this act."),
        (LOOKED_UP, SubjectAct.RECTIFICATION, SubjectGround.HELD, "This ground does not belong to this act."),
        (ANSWERED, SubjectAct.RECTIFICATION, SubjectGround.MISTAKEN_IDENTITY, None),
        (LOOKED_UP, SubjectAct.LIFTING, None, None),
        (OPEN, SubjectAct.REJECTION, SubjectGround.EXCESSIVE, None),
        (OPEN, SubjectAct.REJECTION, SubjectGround.HELD, "This ground does not belong to this act."),
        (ANSWERED, SubjectAct.ANSWER, SubjectGround.HELD, "Whoever asked was answered already."),
        (ANSWERED, SubjectAct.REJECTION, SubjectGround.EXCESSIVE, "Whoever asked was answered already."),
        (ANSWERED, SubjectAct.ERASURE, None, None),
        (CLOSED, SubjectAct.LOOKUP, None, "This request is closed."),
        (CLOSED, SubjectAct.LIFTING, None, None),
        (replace(CLOSED, wiped_at=NOW), SubjectAct.LIFTING, None, "This request is closed."),
    ],
)
def test_what_may_be_done_when(
    request_: SubjectRequest, act: SubjectAct, ground: SubjectGround | None, refused: str | None
) -> None:
    assert why_not_now(request_, act, ground) == refused


def test_a_deadline_is_extended_once_and_in_time() -> None:
    passed = "The first deadline has passed: whoever asked had to be told before that."
    assert why_not_extend(OPEN, NOW) is None
    assert why_not_extend(OPEN, NOW + timedelta(microseconds=1)) == passed
    extended = why_not_extend(replace(OPEN, extended_at=NOW), NOW)
    assert extended == "The deadline was extended before, and it is extended once."
    assert why_not_extend(ANSWERED, NOW) == "Whoever asked was answered already."


def test_what_was_answered_is_closed_once() -> None:
    assert why_not_close(ANSWERED) is None
    assert why_not_close(OPEN) == "Whoever asked was not answered yet."
    assert why_not_close(CLOSED) == "This request is closed."
    assert why_not_close(replace(ANSWERED, state=SubjectState.LOOKING)) == "The look-up is under way."


def test_versions_that_were_found_are_erased_corrected_restricted_and_freed() -> None:
    other = {SubjectAct.ANSWER, SubjectAct.LOOKUP, SubjectAct.REJECTION}
    assert set(SubjectAct) - ABOUT_FINDINGS == other
