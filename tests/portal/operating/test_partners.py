from __future__ import annotations

import html

import pytest

from app.domain.vocabulary import StaffRole
from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.portal_onboarding import ENROLLED, administrator_link, approve, enrolled, once, proposed, with_key
from tests.factories.portal_visitors import Visitor, entered


def test_an_operator_brings_a_partner_in_step_by_step(running: RunningExchange, operator: Visitor, second: Visitor) -> None:
    partner_id = enrolled(operator)
    path = f"/exchange/partners/{partner_id}"
    assert "Add and make the link" in operator.get(path).words
    link = administrator_link(operator, partner_id)
    administrator = Visitor(running)
    assert administrator.accept(link, "administrator.a").status == 303
    assert "breakwater key register" in operator.get(path).words
    partner, keyid = with_key(running, partner_id)
    operator.get(f"/exchange/keys/{keyid}")
    told = " ".join(keyid[place : place + 4] for place in range(0, 64, 4)).upper()
    assert operator.post(f"/exchange/keys/{keyid}/activation", {"told": told}).status == 303
    audience = partner.register_audience(roles=["any"], jurisdictions=["any"])
    assert "1 audience is registered" in operator.get(path).words
    approval_id = proposed(operator, partner_id, default_audience_id=audience)
    assert "waits for a second operator" in operator.get(path).words
    assert "may exchange" not in operator.page.words
    assert approve(second, approval_id).status == 303
    assert "This organisation may exchange." in operator.get(path).words
    assert operator.get("/exchange").status == 200


def test_the_list_says_what_is_missing_to_operators_alone(operator: Visitor, auditor: Visitor, protection: Visitor) -> None:
    enrolled(operator)
    assert "an administrator, a signing key, an agreement in force" in operator.get("/exchange/partners").words
    for visitor in (auditor, protection):
        shown = visitor.get("/exchange/partners")
        assert (shown.status, "Synthetic Hotline" in shown.words) == (200, True)
        assert "missing" not in shown.words


def test_without_partners_the_list_says_what_to_do(empty: RunningExchange) -> None:
    assert "No partner yet" in entered(empty, None, StaffRole.OPERATOR).get("/exchange/partners").words


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("name", "", "1 to 100 characters"),
        ("name", "Platform", "enrolled already"),
        ("role", "bank", "Choose what kind"),
        ("jurisdiction", "Germany", "Two letters"),
        ("identity_id", "identity--x", "no id of a STIX identity"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_that_was_typed_is_lost(
    operator: Visitor, platform: FakePartner, field: str, value: str, sentence: str
) -> None:
    assert platform.name == "Platform"
    operator.get("/exchange/partners/new")
    answer = operator.post("/exchange/partners", {**ENROLLED, field: value})
    assert (answer.status, sentence in answer.words) == (422, True)
    kept = {**ENROLLED, field: value}["name"]
    assert f'value="{kept}"' in answer.text


def test_a_form_that_is_sent_twice_enrols_once(running: RunningExchange, operator: Visitor) -> None:
    given = {**ENROLLED, "once": once(operator.get("/exchange/partners/new"))}
    answers = []
    for _ in range(2):
        operator.get("/exchange/partners/new")
        answers.append(operator.post("/exchange/partners", given))
    assert [one.status for one in answers] == [303, 303]
    assert answers[0].headers["Location"] == answers[1].headers["Location"]
    assert len(running.operator.get("partners").json["partners"]) == 3


def test_who_only_looks_enrols_nobody(operator: Visitor, auditor: Visitor, protection: Visitor) -> None:
    partner_id = enrolled(operator)
    for visitor in (auditor, protection):
        assert visitor.get(f"/exchange/partners/{partner_id}").status == 200
        assert visitor.get("/exchange/partners/new").status == 403
        visitor.get("/account")
        assert visitor.post("/exchange/partners", dict(ENROLLED)).status == 403


def test_a_partner_that_is_not_there_is_not_found(operator: Visitor) -> None:
    assert operator.get("/exchange/partners/00000000-0000-4000-8000-000000000000").status == 404


def test_a_name_that_turns_the_direction_of_writing_is_refused_at_its_field(operator: Visitor) -> None:
    operator.get("/exchange/partners/new")
    given = {"name": "Helpline X\u202e<b>", "role": "hotline", "jurisdiction": "NL", "identity_id": ""}
    refused = operator.post("/exchange/partners", given)
    assert (refused.status, 'id="name-fault"' in refused.text) == (422, True), refused.words


def test_partners_are_found_by_name_id_kind_and_state(
    operator: Visitor, auditor: Visitor, platform: FakePartner, hotline: FakePartner, running: RunningExchange
) -> None:
    running.suspend(platform)
    for visitor in (operator, auditor):
        shown = visitor.get("/exchange/partners?words=hot")
        assert ("1 of 2 partners" in shown.words, hotline.partner_id in shown.text, platform.partner_id in shown.text) == (
            True,
            True,
            False,
        )
        assert 'value="hot"' in shown.text
        assert platform.partner_id in visitor.get("/exchange/partners?words=&role=&state=suspended").text
        assert hotline.partner_id not in visitor.page.text
        assert platform.partner_id not in visitor.get("/exchange/partners?role=hotline").text
        assert "No partner is like this" in visitor.get(f"/exchange/partners?words={platform.partner_id}&role=hotline").words
        for wrong in ("role=bank", "state=asleep", f"words={'x' * 101}"):
            assert visitor.get(f"/exchange/partners?{wrong}").status == 400
        assert visitor.get("/exchange/partners?next=nobody").status == 404


def test_the_second_page_of_partners_goes_on_with_what_was_asked(running: RunningExchange, operator: Visitor) -> None:
    for number in range(52):
        new = {"name": f"Synthetic {number:03}", "role": "ngo", "jurisdiction": "NL"}
        assert running.operator.post("partners", new).status == 201
    first = operator.get("/exchange/partners?role=ngo&words=synthetic")
    assert ("Synthetic 049" in first.words, "Synthetic 050" in first.words) == (True, False)
    further = html.unescape(first.text.partition('class="further"')[2].partition('href="/portal')[2].partition('"')[0])
    second = operator.get(further)
    assert ("Synthetic 049" in second.words, "Synthetic 050" in second.words, "Synthetic 051" in second.words) == (
        False,
        True,
        True,
    )
    assert ("Platform" in second.words, "Show more" in second.words) == (False, False)
    back = html.unescape(second.text.partition('class="further"')[2].partition('href="/portal')[2].partition('"')[0])
    assert (operator.get(back).words, "From the beginning" in first.words) == (first.words, False)
