from __future__ import annotations

import re
from typing import Any

import pytest

from app.domain.vocabulary import MemberRole
from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.page_passages import leads
from tests.factories.portal_visitors import Visitor, entered

CONTACTS = "/organisation/contacts"
DUTY: dict[str, Any] = {"label": "duty officer", "email": "duty@example.org", "phone": "+1 555 0100", "once": None}


@pytest.fixture
def administrator(running: RunningExchange, platform: FakePartner) -> Visitor:
    return entered(running, platform, MemberRole.ADMINISTRATOR)


def test_a_contact_is_added_once_tried_and_erased(administrator: Visitor) -> None:
    administrator.get(CONTACTS)
    form = administrator.page
    assert administrator.post(CONTACTS, DUTY).status == 303
    administrator.page = form
    assert administrator.post(CONTACTS, DUTY).status == 303
    assert administrator.get(CONTACTS).text.count("duty@example.org") == 1
    contact_id = re.search(r'name="contact_id" value="([^"]*)"', administrator.page.text)
    assert contact_id is not None
    assert administrator.post(f"{CONTACTS}/test", {"contact_id": contact_id[1]}).status == 422, "this exchange sends no mail"
    administrator.get(CONTACTS)
    assert administrator.post(f"{CONTACTS}/removal", {"contact_id": contact_id[1]}).status == 303
    assert "Nobody is on duty" in administrator.get(CONTACTS).words
    assert administrator.post(f"{CONTACTS}/removal", {"contact_id": contact_id[1]}).status == 404


@pytest.mark.parametrize("wrong", [{"label": ""}, {"email": "nobody"}, {"phone": "call me"}])
def test_what_is_no_contact_is_shown_again(administrator: Visitor, wrong: dict[str, str]) -> None:
    administrator.get(CONTACTS)
    refused = administrator.post(CONTACTS, DUTY | wrong)
    assert refused.status == 422
    assert "One thing keeps this from going on" in refused.words


def test_another_organisations_contacts_are_not_there(hotline: FakePartner, administrator: Visitor) -> None:
    made = hotline.post("contacts", {"label": "theirs", "email": "theirs@example.org"}).json["id"]
    assert "theirs" not in administrator.get(CONTACTS).text
    for form in ("removal", "test"):
        administrator.get(CONTACTS)
        assert administrator.post(f"{CONTACTS}/{form}", {"contact_id": made}).status == 404


@pytest.mark.parametrize("role", [MemberRole.ANALYST, MemberRole.READ_ONLY, MemberRole.DATA_PROTECTION])
def test_who_may_look_and_who_may_change(running: RunningExchange, platform: FakePartner, role: MemberRole) -> None:
    visitor = entered(running, platform, role)
    assert visitor.get(CONTACTS).status == (403 if role is MemberRole.DATA_PROTECTION else 200)
    assert visitor.post(CONTACTS, {"label": "x"}).status == 403


def test_many_groups_stand_on_pages_that_lead_on_and_back(
    running: RunningExchange, platform: FakePartner, hotline: FakePartner
) -> None:
    for number in range(22):
        given = {"title": f"Ring {number:02}", "description": "", "shares_history": False}
        assert platform.post("sharing-groups", given).status == 201
    assert hotline.post("sharing-groups", {"title": "Hidden", "description": "", "shares_history": False}).status == 201
    analyst = entered(running, platform, MemberRole.ANALYST)
    first = analyst.get("/organisation/groups")
    assert ("1 to 20 of 22" in first.words, "Hidden" in first.words) == (True, False)
    second = analyst.get(dict(leads(first, "More groups"))["next"])
    assert re.findall(r"Ring \d\d", first.words + second.words) == [f"Ring {number:02}" for number in range(22)]
    path = dict(leads(second, "More groups"))["prev"]
    assert analyst.get(path).words == first.words
    assert analyst.get("/organisation/groups?next=x").status == 400
    stranger = entered(running, hotline, MemberRole.ANALYST)
    assert stranger.get(dict(leads(first, "More groups"))["next"]).status == 400


def test_groups_are_listed_to_who_is_in_them(running: RunningExchange, platform: FakePartner, hotline: FakePartner) -> None:
    made = platform.post("sharing-groups", {"title": "Synthetic group", "description": "A matter.", "shares_history": False})
    assert made.status == 201, made.body
    analyst = entered(running, platform, MemberRole.ANALYST)
    assert "Synthetic group" in analyst.get("/organisation/groups").words
    assert "Your organisation manages it." in analyst.page.words
    assert "Synthetic group" not in entered(running, hotline, MemberRole.ANALYST).get("/organisation/groups").words
