from __future__ import annotations

import re
from datetime import timedelta

from app.domain.vocabulary import MemberRole, StaffRole
from tests.factories.exchanges import Caller, FakePartner, RunningExchange
from tests.factories.page_passages import leads
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


def test_many_people_and_many_credentials_stand_on_pages(running: RunningExchange, operator: Visitor) -> None:
    for number in range(55):
        entered(running, None, StaffRole.AUDITOR, name=f"Newcomer {number:02}")
    for path, label in (("/exchange/people", "More people"), ("/exchange/people/credentials", "More credentials")):
        first = operator.get(path)
        assert dict(leads(first, label)).keys() == {"next"}
        assert re.search(r"1 to 50 of (\d+)", first.words)
        second = operator.get(dict(leads(first, label))["next"])
        count = re.search(r"51 to (\d+) of (\d+)", second.words)
        assert count is not None
        assert count[1] == count[2]
        names = [re.findall(r"Newcomer \d\d", one.words) for one in (first, second)]
        assert sorted(set(names[0]) | set(names[1])) == [f"Newcomer {number:02}" for number in range(55)]
        assert not set(names[0]) & set(names[1])
        assert operator.get(dict(leads(second, label))["prev"]).words == first.words
        assert operator.get(f"{path}?next=x").status == 400


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
    path = f"/exchange/people/credentials/{credential_id}"
    assert f'href="/portal{path}"' in shown.text
    assert "0 open credentials were issued with it" in operator.get(path).words
    for wrong in ("", "x" * 501, "It is +31 20 555 0100"):
        answer = operator.post(f"{path}/revocation", {"reason": wrong})
        assert (answer.status, 'id="reason-fault"' in answer.text) == (422, True), answer.words
    assert operator.post(f"{path}/revocation", {"reason": "The token was seen in a repository."}).status == 303
    assert platform.get("policy/mine").status == 401
    assert "It was ended" in operator.get(path).words
    for visitor in (operator, auditor):
        shown = visitor.get(f"/exchange/partners/{platform.partner_id}")
        assert f"credential ended {credential_id} The token was seen in a repository." in shown.words
    administrator = entered(running, platform, MemberRole.ADMINISTRATOR)
    shown = administrator.get(f"/organisation/credentials/{credential_id}")
    assert "Why it was revoked The token was seen in a repository. the exchange's own people" in shown.words
    assert operator.get("/exchange/people/credentials/00000000-0000-4000-8000-000000000000").status == 404
    operator.get("/exchange/people/credentials")
    running.clock.shift += timedelta(minutes=6)
    answer = operator.post(f"/exchange/people/credentials/{credential_id}/revocation")
    assert answer.asks_again


def test_what_came_of_a_credential_is_counted_and_ended_with_it_if_asked(
    running: RunningExchange, operator: Visitor, platform: FakePartner
) -> None:
    account = {"account": "second", "scopes": ["objects:read"], "tlp_ceiling": "amber"}
    made = platform.post("credentials", account).json
    first = made["credential"]["issued_by"]
    shown = operator.get(f"/exchange/people/credentials/{first}")
    assert "1 open credential was issued with it" in shown.words
    given = {"reason": "A laptop was stolen.", "issued_too": "yes"}
    assert operator.post(f"/exchange/people/credentials/{first}/revocation", given).status == 303
    held = Caller(running.transport, made["token"])
    assert held.get("objects", headers={"Breakwater-Purpose": "detection"}).status == 401
    reasons = running.operator.get(f"partners/{platform.partner_id}/reasons").json["reasons"]
    assert {one["subject"] for one in reasons} == {first, made["credential"]["id"]}


def test_before_somebody_leaves_or_loses_a_role_the_page_says_how_many_hold_it(
    running: RunningExchange, operator: Visitor
) -> None:
    somebody = entered(running, None, StaffRole.AUDITOR)
    shown = operator.get(f"/exchange/people/{somebody.person_id}").words
    assert shown.count("1 token or session of theirs is open now.") == 2
    assert shown.count("In office as auditor: 1, this person among them.") == 2


def test_before_an_operator_goes_the_page_says_what_ends_that_they_made(running: RunningExchange, operator: Visitor) -> None:
    colleague = entered(running, None, StaffRole.OPERATOR)
    shown = operator.get(f"/exchange/people/{colleague.person_id}").words
    assert shown.count("no invitation and no token that they made for anybody else is open") == 2
