from __future__ import annotations

from datetime import timedelta

import pytest

from app.domain.vocabulary import StaffRole
from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.portal_onboarding import approve, enrolled, proposed
from tests.factories.portal_visitors import Visitor, entered


@pytest.fixture
def approval_id(operator: Visitor) -> str:
    return proposed(operator, enrolled(operator))


def test_another_operator_sees_what_it_does_and_approves_exactly_that(second: Visitor, approval_id: str) -> None:
    shown = second.get(f"/exchange/approvals/{approval_id}")
    assert "Version of an agreement: Synthetic Hotline, version 1" in shown.words
    assert "It lets somebody see, submit or learn more." in shown.words
    assert "All of it is new" in shown.words
    assert "by Operator A" in shown.words
    assert "What Synthetic Hotline would see of what is stored now" in shown.words
    assert approve(second, approval_id).status == 303
    assert "Approve exactly this" not in second.get(f"/exchange/approvals/{approval_id}").words
    answer = second.post(f"/exchange/approvals/{approval_id}/approval", {"digest": "0" * 64, "reason": "Again."})
    assert (answer.status, "cannot be decided any more" in answer.words) == (422, True)


def test_who_proposed_it_never_approves_it_and_may_take_it_back(operator: Visitor, second: Visitor, approval_id: str) -> None:
    shown = operator.get(f"/exchange/approvals/{approval_id}")
    assert ("You proposed this" in shown.words, "Approve exactly this" in shown.words) == (True, False)
    digest = second.get(f"/exchange/approvals/{approval_id}").text.partition('name="digest" value="')[2][:64]
    answer = operator.post(f"/exchange/approvals/{approval_id}/approval", {"digest": digest, "reason": "Mine."})
    assert (answer.status, "another person must" in answer.words) == (422, True)
    assert operator.post(f"/exchange/approvals/{approval_id}/rejection", {"reason": "A mistake."}).status == 303
    assert "Taken back" in operator.get(f"/exchange/approvals/{approval_id}").words


def test_another_document_than_the_one_that_was_shown_is_not_approved(second: Visitor, approval_id: str) -> None:
    answer = approve(second, approval_id, digest="0" * 64, reason="I looked at another one.")
    assert (answer.status, "not the digest" in answer.words, "I looked at another one." in answer.words) == (422, True, True)
    assert approve(second, approval_id, reason="").status == 422


def test_who_only_looks_decides_nothing(auditor: Visitor, protection: Visitor, approval_id: str) -> None:
    for visitor in (auditor, protection):
        shown = visitor.get(f"/exchange/approvals/{approval_id}")
        assert (shown.status, "This is for persons of the exchange with the role operator." in shown.words) == (200, True)
        assert "<textarea" not in shown.text
    assert approve(auditor, approval_id).status == 403
    assert approve(protection, approval_id, digest="0" * 64).status == 422


def test_whoever_finds_the_screen_open_approves_nothing(running: RunningExchange, second: Visitor, approval_id: str) -> None:
    second.get(f"/exchange/approvals/{approval_id}")
    running.clock.shift += timedelta(minutes=6)
    assert "show first that it is you" in second.get(f"/exchange/approvals/{approval_id}").words
    assert approve(second, approval_id).asks_again


def test_a_rejected_one_is_in_the_history_and_not_among_those_that_wait(second: Visitor, approval_id: str) -> None:
    assert approval_id in second.get("/exchange/approvals").text
    second.get(f"/exchange/approvals/{approval_id}")
    assert second.post(f"/exchange/approvals/{approval_id}/rejection", {"reason": ""}).status == 422
    second.get(f"/exchange/approvals/{approval_id}")
    given = {"digest": "0" * 64, "reason": "Too wide."}
    assert second.post(f"/exchange/approvals/{approval_id}/rejection", given).status == 303
    assert approval_id not in second.get("/exchange/approvals").text
    for state in ("rejected", "all"):
        assert approval_id in second.get(f"/exchange/approvals?state={state}").text
    assert "Nothing here" in second.get("/exchange/approvals?state=approved").words


def test_one_whose_proposer_left_is_not_approved(running: RunningExchange, approval_id: str, second: Visitor) -> None:
    proposer = running.operator.get(f"approvals/{approval_id}").json["proposed_by"]
    assert running.operator.post(f"persons/{proposer}/departure").status == 200
    answer = approve(second, approval_id)
    assert (answer.status, "has to be proposed anew" in answer.words) == (422, True)


def test_whoever_lost_the_role_meanwhile_decides_nothing(running: RunningExchange, approval_id: str) -> None:
    late = entered(running, None, StaffRole.OPERATOR, StaffRole.AUDITOR)
    late.get(f"/exchange/approvals/{approval_id}")
    assert running.operator.patch(f"persons/{late.person_id}", {"staff_roles": ["auditor"]}).status == 200
    assert late.post(f"/exchange/approvals/{approval_id}/approval", {"reason": "Agreed."}).status == 403


def test_what_is_not_there_is_not_found(operator: Visitor, platform: FakePartner) -> None:
    assert operator.get(f"/exchange/approvals/{platform.partner_id}").status == 404


def test_who_decided_and_when_stands_there_for_all_staff(
    operator: Visitor, second: Visitor, auditor: Visitor, approval_id: str
) -> None:
    assert approve(second, approval_id, reason="I looked at it.").status == 303
    for visitor in (operator, auditor):
        assert ", by Operator B: I looked at it." in visitor.get(f"/exchange/approvals/{approval_id}").words
    assert ", by you: I looked at it." in second.get(f"/exchange/approvals/{approval_id}").words


def test_the_second_person_sees_which_hold_would_be_lifted(
    running: RunningExchange, platform: FakePartner, protection: Visitor, second: Visitor
) -> None:
    protection.get("/exchange/holds")
    assert protection.post("/exchange/holds", {"reference": "NL-2026-17", "owner_id": platform.partner_id}).status == 303
    [hold] = running.operator.get("holds").json["holds"]
    protection.get(f"/exchange/holds/{hold['id']}/lifting")
    answer = protection.post(f"/exchange/holds/{hold['id']}/lifting", {"reason": "The order ended."})
    shown = second.get(answer.headers["Location"].removeprefix("/portal"))
    assert "Reference of the order NL-2026-17" in shown.words
    assert "What it holds all of Platform" in shown.words
    assert "Whose affair Platform" in shown.words
    assert hold["id"] not in shown.words
