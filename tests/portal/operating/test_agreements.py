from __future__ import annotations

from datetime import timedelta

from app.domain.vocabulary import MemberRole
from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.portal_onboarding import approve, enrolled, once, proposed
from tests.factories.portal_visitors import Visitor, entered
from tests.factories.stix_objects import indicator

WHY = "Answers to recalls were late for a month."


def _in_force(partner: FakePartner) -> int | None:
    agreement = partner.get("policy/mine").json["agreement"]
    return None if agreement is None else int(agreement["version"])


def test_an_agreement_reads_as_plain_words_for_all_staff(
    platform: FakePartner, operator: Visitor, auditor: Visitor, protection: Visitor
) -> None:
    for visitor in (operator, auditor, protection):
        assert "Platform" in visitor.get("/exchange/agreements").words
        shown = visitor.get(f"/exchange/partners/{platform.partner_id}/agreement")
        assert "Agreement with Platform, version 1" in shown.words
        assert "Up to the label TLP:AMBER+STRICT" in shown.words
    assert "Write the next version" not in protection.page.words


def test_without_one_the_page_says_so(operator: Visitor) -> None:
    partner_id = enrolled(operator)
    assert "None yet" in operator.get(f"/exchange/partners/{partner_id}/agreement").words
    assert "none yet" in operator.get("/exchange/agreements").words
    assert operator.get(f"/exchange/partners/{partner_id}/agreement/stopping").status == 404


def test_versions_are_compared(running: RunningExchange, platform: FakePartner, operator: Visitor) -> None:
    path = f"/exchange/partners/{platform.partner_id}/agreement"
    operator.get(f"{path}/stopping")
    assert operator.post(f"{path}/suspension", {"reason": WHY}).status == 303
    shown = operator.get(f"{path}/changes?before=1&after=2")
    assert "Suspended no yes Allows less" in shown.words
    assert "This lets nobody see, submit or learn more." in shown.words
    assert "Nothing changed" in operator.get(f"{path}/changes?before=1&after=1").words
    assert operator.get(f"{path}/changes?before=1&after=9").status == 404
    assert operator.get(f"{path}/changes?before=x&after=1").status == 400
    assert operator.get(f"{path}?version=1").status == 200
    assert operator.get(f"{path}?version=9").status == 404
    assert running.operator.get("agreements").status == 200


def test_one_operator_suspends_and_two_let_it_live_again(platform: FakePartner, operator: Visitor, second: Visitor) -> None:
    path = f"/exchange/partners/{platform.partner_id}/agreement"
    word = once(operator.get(f"{path}/stopping"))
    assert operator.post(f"{path}/suspension", {"once": word, "reason": WHY}).status == 303
    assert _in_force(platform) is None
    operator.get(path)
    assert "suspended: allows nothing" in operator.get(f"{path}?version=2").words
    operator.get(f"{path}/stopping")
    assert operator.post(f"{path}/suspension", {"once": word, "reason": WHY}).status == 303, "the same form makes nothing twice"
    operator.get(f"{path}/stopping")
    answer = operator.post(f"{path}/suspension", {"reason": WHY})
    assert (answer.status, "suspended already" in answer.words) == (422, True)
    assert operator.post(f"{path}/resumption", {"reason": ""}).status == 422
    answer = operator.post(f"{path}/resumption", {"reason": "It was looked into."})
    assert approve(second, answer.headers["Location"].rpartition("/")[2]).status == 303
    assert _in_force(platform) == 3


def test_one_operator_ends_it(platform: FakePartner, operator: Visitor) -> None:
    path = f"/exchange/partners/{platform.partner_id}/agreement"
    operator.get(f"{path}/stopping")
    assert operator.post(f"{path}/end", {"end_reason": WHY}).status == 303
    assert _in_force(platform) is None
    assert "There is nothing to stop" in operator.get(f"{path}/stopping").words
    operator.get("/account")
    answer = operator.post(f"{path}/end", {"end_reason": WHY})
    assert (answer.status, "has ended" in answer.words) == (422, True)


def test_it_is_asked_first_who_sits_there(running: RunningExchange, platform: FakePartner, operator: Visitor) -> None:
    path = f"/exchange/partners/{platform.partner_id}/agreement"
    operator.get(f"{path}/stopping")
    running.clock.shift += timedelta(minutes=6)
    for part in ("suspension", "end", "resumption"):
        assert operator.post(f"{path}/{part}").asks_again
        operator.get("/account")
    assert _in_force(platform) == 1


def test_what_was_approved_can_be_compared_with_what_is_in_force(
    running: RunningExchange, platform: FakePartner, operator: Visitor, second: Visitor
) -> None:
    approval_id = proposed(operator, platform.partner_id)
    digest = second.get(f"/exchange/approvals/{approval_id}").text.partition('name="digest" value="')[2][:64]
    assert approve(second, approval_id).status == 303
    shown = operator.get(f"/exchange/partners/{platform.partner_id}/agreement?version=2")
    assert f"Digest of what was approved {digest}" in shown.words
    assert f"/exchange/approvals/{approval_id}" in shown.text
    theirs = entered(running, platform, MemberRole.ADMINISTRATOR).get("/organisation/agreement?version=2").words
    assert f"Digest of what the two approved: {digest}" in theirs
    assert "Digest of the version as signed: " in theirs


def test_why_it_was_stopped_is_asked_kept_and_shown_to_staff(
    platform: FakePartner, hotline: FakePartner, operator: Visitor, auditor: Visitor
) -> None:
    assert hotline.submit(indicator()).status == 201
    path = f"/exchange/partners/{platform.partner_id}/agreement"
    shown = operator.get(f"{path}/stopping")
    assert "1 version of others' objects that it sees now is not seen any more." in shown.words
    assert "1 token, key or session is concerned." in shown.words
    assert "0 exports" not in shown.words
    for part, field in (("suspension", "reason"), ("end", "end_reason")):
        for wrong in ("", " ", "x" * 501, "Write to somebody@example.org"):
            answer = operator.post(f"{path}/{part}", {field: wrong})
            assert (answer.status, f'id="{field}-fault"' in answer.text) == (422, True), answer.words
            assert "somebody@" not in answer.text, "what must never be here is not filled in again"
    assert _in_force(platform) == 1
    assert operator.post(f"{path}/suspension", {"reason": WHY}).status == 303
    for visitor in (operator, auditor):
        assert f"agreement suspended (version 2) {WHY}" in visitor.get(path).words
        assert WHY in visitor.get(path.removesuffix("/agreement")).words
    operator.get(f"{path}/stopping")
    assert operator.post(f"{path}/end", {"end_reason": f"{WHY} Again."}).status == 303
    assert f"agreement ended (version 3) {WHY} Again. Operator A" in operator.get(path).words
