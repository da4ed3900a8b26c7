from __future__ import annotations

from datetime import timedelta

from app.domain.vocabulary import StaffRole
from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.portal_onboarding import approve, once
from tests.factories.portal_visitors import Visitor, entered


def test_operators_and_auditors_see_the_exchanges_people(operator: Visitor, auditor: Visitor, protection: Visitor) -> None:
    assert "Operator A operator" in operator.get("/exchange/people").words
    assert "breakwater staff invite" in operator.page.words
    assert "Operator A operator" in auditor.get("/exchange/people").words
    assert auditor.get(f"/exchange/people/{operator.person_id}").status == 403
    assert protection.get("/exchange/people").status == 403


def test_taking_a_role_away_takes_one_and_giving_one_takes_two(
    running: RunningExchange, operator: Visitor, second: Visitor
) -> None:
    somebody = entered(running, None, StaffRole.AUDITOR, StaffRole.OPERATOR)
    path = f"/exchange/people/{somebody.person_id}"
    operator.get(path)
    assert operator.post(f"{path}/roles", {"roles": ["auditor"], "reason": ""}).status == 303
    assert somebody.get("/exchange/partners/new").status == 403
    operator.get(path)
    assert operator.post(f"{path}/roles", {"roles": ["auditor", "king"]}).status == 422
    assert operator.post(f"{path}/roles", {"roles": ["auditor", "operator"], "reason": ""}).status == 422
    answer = operator.post(f"{path}/roles", {"roles": ["auditor", "operator"], "reason": "Back again."})
    approval_id = answer.headers["Location"].rpartition("/")[2]
    assert approve(operator, approval_id, digest="0" * 64).status == 422
    assert approve(second, approval_id).status == 303
    assert somebody.get("/exchange/partners/new").status == 200


def test_who_left_opens_nothing_any_more(running: RunningExchange, operator: Visitor) -> None:
    somebody = entered(running, None, StaffRole.AUDITOR)
    path = f"/exchange/people/{somebody.person_id}"
    word = once(operator.get(path))
    assert operator.post(f"{path}/departure", {"once": word}).status == 303
    assert somebody.get("/exchange").status == 303
    assert "Left" in operator.get(path).words
    operator.get("/account")
    assert operator.post(f"{path}/roles", {"roles": ["auditor"]}).status == 422


def test_a_credential_is_ended(running: RunningExchange, operator: Visitor, platform: FakePartner, auditor: Visitor) -> None:
    assert auditor.get("/exchange/people/credentials").status == 403
    shown = operator.get("/exchange/people/credentials")
    assert "Platform" in shown.words
    found = running.operator.get("credentials").json["credentials"]
    credential_id = next(one["id"] for one in found if one["partner_id"] == platform.partner_id)
    assert operator.post(f"/exchange/people/credentials/{credential_id}/revocation").status == 303
    assert platform.get("policy/mine").status == 401
    operator.get("/exchange/people/credentials")
    running.clock.shift += timedelta(minutes=6)
    answer = operator.post(f"/exchange/people/credentials/{credential_id}/revocation")
    assert answer.headers["Location"].startswith("/portal/show-again?back=/exchange/people/credentials")
