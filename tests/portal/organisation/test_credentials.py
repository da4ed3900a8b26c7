from __future__ import annotations

import hashlib
import re
import uuid
from datetime import timedelta
from typing import Any

import pytest

from app.domain.partner import ServiceAccount
from app.domain.vocabulary import MemberRole
from app.storage import credentials, members
from tests.factories.exchanges import Caller, FakePartner, RunningExchange
from tests.factories.page_passages import leads
from tests.factories.policy_values import credential
from tests.factories.portal_visitors import Page, Visitor, entered

CREDENTIALS = "/organisation/credentials"
USUAL: dict[str, Any] = {
    "account": "feed reader",
    "person_id": "",
    "scopes": ["objects:read"],
    "purpose": "detection",
    "tlp_ceiling": "amber",
    "days": "30",
    "once": None,
}


@pytest.fixture
def administrator(running: RunningExchange, platform: FakePartner) -> Visitor:
    return entered(running, platform, MemberRole.ADMINISTRATOR)


def issue(administrator: Visitor, **changes: Any) -> Page:
    administrator.get(f"{CREDENTIALS}/new")
    return administrator.post(f"{CREDENTIALS}/new", USUAL | changes)


def token_of(shown: Page) -> str:
    found = re.search(r"<code class=\"token\">(bw_[^<]*)</code>", shown.text)
    assert found is not None, shown.words
    return found[1]


def tokens(running: RunningExchange, platform: FakePartner, number: int, *, ended: bool = False) -> list[str]:
    now, word = running.clock(), "ended" if ended else "counts"
    with running.exchange.database.write() as connection:
        account = ServiceAccount(str(uuid.uuid4()), word, platform.partner_id)
        members.add_service_account(connection, account)
        for place in range(number):
            held = credential(
                credential_id=str(uuid.uuid4()),
                name=f"{word} {place:03}",
                partner_id=platform.partner_id,
                account_id=account.account_id,
                created_at=now + timedelta(seconds=place),
                expires_at=now + timedelta(days=10),
                revoked_at=now if ended else None,
            )
            credentials.add_credential(connection, held, hashlib.sha256(held.credential_id.encode()).digest())
    return [f"{word} {place:03}" for place in reversed(range(number))]


def test_many_credentials_stand_on_pages_that_lead_on_and_back(
    running: RunningExchange, platform: FakePartner, administrator: Visitor
) -> None:
    counting, ended = tokens(running, platform, 60), tokens(running, platform, 60, ended=True)
    first = administrator.get(CREDENTIALS)
    assert re.findall(r"(?:counts|ended) \d{3}", first.words) == [*counting[:50], *ended[:50]]
    assert "1 to 50 of 61" in first.words
    assert "60 that ended" in first.words
    assert "1 session of the portal is open" in first.words
    second = administrator.get(dict(leads(first, "More credentials"))["next"])
    assert re.findall(r"(?:counts|ended) \d{3}", second.words) == [*counting[50:], *ended[:50]]
    third = administrator.get(dict(leads(second, "More credentials that ended"))["next"])
    assert re.findall(r"(?:counts|ended) \d{3}", third.words) == [*counting[50:], *ended[50:]]
    administrator.get(dict(leads(third, "More credentials"))["prev"])
    assert administrator.get(dict(leads(administrator.page, "More credentials that ended"))["prev"]).words == first.words
    for name in ("next", "ended"):
        assert administrator.get(f"{CREDENTIALS}?{name}=x").status == 400


def test_a_token_is_shown_once_serves_and_is_revoked(
    running: RunningExchange, administrator: Visitor, caplog: pytest.LogCaptureFixture
) -> None:
    shown = issue(administrator)
    token = token_of(shown)
    holder = Caller(running.transport, token)
    assert holder.get("objects", headers={"Breakwater-Purpose": "detection"}).status == 200
    assert holder.get("keys").status == 403
    assert token not in administrator.get(CREDENTIALS).text
    assert token not in caplog.text
    [path] = set(re.findall(r"/organisation/credentials/[0-9a-f-]{36}(?=\">feed reader)", administrator.page.text))
    assert token not in administrator.get(path).text
    assert "read what is shared with the organisation" in administrator.page.words
    for wrong in ("", "x" * 501, "Ask somebody@example.org"):
        answer = administrator.post(f"{path}/revocation", {"issued_too": "", "reason": wrong})
        assert (answer.status, 'id="reason-fault"' in answer.text) == (422, True), answer.words
    assert administrator.post(f"{path}/revocation", {"issued_too": "", "reason": "Nobody uses it."}).status == 303
    assert "Revoked" in administrator.get(path).words
    assert "Why it was revoked Nobody uses it." in administrator.page.words
    assert holder.get("objects", headers={"Breakwater-Purpose": "detection"}).status == 401


def test_a_token_outlives_the_session_by_which_it_was_issued(running: RunningExchange, administrator: Visitor) -> None:
    holder = Caller(running.transport, token_of(issue(administrator, days="365")))
    running.clock.shift += timedelta(days=364)
    assert administrator.get(CREDENTIALS).status == 303
    assert holder.get("objects", headers={"Breakwater-Purpose": "detection"}).status == 200
    running.clock.shift += timedelta(days=1)
    assert holder.get("objects", headers={"Breakwater-Purpose": "detection"}).status == 401


def test_a_form_that_is_sent_twice_issues_one_and_shows_it_once(administrator: Visitor) -> None:
    administrator.get(f"{CREDENTIALS}/new")
    form = administrator.page
    token = token_of(administrator.post(f"{CREDENTIALS}/new", USUAL))
    administrator.page = form
    again = administrator.post(f"{CREDENTIALS}/new", USUAL)
    assert again.status == 200
    assert token not in again.text
    assert "was sent before" in again.words
    assert len(re.findall(r">feed reader</a>", administrator.get(CREDENTIALS).text)) == 1


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"scopes": []}, "at least one thing"),
        ({"scopes": ["objects:own"]}, "at least one thing"),
        ({"scopes": ["work:write"]}, "may not hold all"),
        ({"scopes": ["persons:write"]}, "may not hold all"),
        ({"account": ""}, "one of the two"),
        ({"account": "x" * 101}, "1 to 100 characters"),
        ({"days": "0"}, "1 to 365 days"),
        ({"days": "366"}, "1 to 365 days"),
        ({"days": "many"}, "1 to 365 days"),
        ({"purpose": "curiosity"}, "of the list"),
        ({"tlp_ceiling": "purple"}, "of the list"),
    ],
)
def test_what_is_no_token_is_shown_again_with_what_was_typed(administrator: Visitor, changes: dict[str, Any], fault: str) -> None:
    refused = issue(administrator, **changes)
    assert refused.status == 422
    assert fault in refused.words
    assert "bw_" not in refused.text


def test_a_members_token_holds_no_more_than_their_roles(
    running: RunningExchange, platform: FakePartner, administrator: Visitor
) -> None:
    member = entered(running, platform, MemberRole.READ_ONLY)
    given = {"account": "", "person_id": member.person_id}
    assert issue(administrator, **given, scopes=["objects:submit"]).status == 422
    assert token_of(issue(administrator, **given))
    assert issue(administrator, account="both", person_id=member.person_id).status == 422


def test_another_organisations_are_not_there(running: RunningExchange, hotline: FakePartner, administrator: Visitor) -> None:
    theirs = hotline.get("credentials").json["credentials"][0]["id"]
    stranger = entered(running, hotline, MemberRole.ANALYST)
    assert administrator.get(f"{CREDENTIALS}/{theirs}").status == 404
    administrator.get(CREDENTIALS)
    assert administrator.post(f"{CREDENTIALS}/{theirs}/revocation", {"issued_too": "yes"}).status == 404
    assert issue(administrator, account="", person_id=stranger.person_id).status == 404
    assert hotline.get("credentials").status == 200


def test_what_was_issued_with_a_token_is_revoked_with_it_if_asked(
    running: RunningExchange, platform: FakePartner, administrator: Visitor
) -> None:
    token = token_of(issue(administrator, scopes=["credentials:write", "credentials:read", "objects:read"], purpose=""))
    first = Caller(running.transport, token)
    made = first.post("credentials", {"account": "second", "scopes": ["objects:read"], "tlp_ceiling": "amber"})
    assert made.status == 201, made.body
    second = Caller(running.transport, made.json["token"])
    administrator.get(CREDENTIALS)
    [path] = set(re.findall(r"/organisation/credentials/[0-9a-f-]{36}(?=\">feed reader)", administrator.page.text))
    assert "1 credential was issued with it" in administrator.get(path).words
    assert administrator.post(f"{path}/revocation", {"issued_too": "yes", "reason": "It leaked."}).status == 303
    assert second.get("objects", headers={"Breakwater-Purpose": "detection"}).status == 401
    assert platform.get("keys").status == 200


def test_nothing_is_issued_or_revoked_without_a_step_up(running: RunningExchange, administrator: Visitor) -> None:
    running.clock.shift += timedelta(minutes=6)
    assert administrator.get(f"{CREDENTIALS}/new").headers["Location"].startswith("/portal/show-again")
    administrator.get(CREDENTIALS)
    assert administrator.post(f"{CREDENTIALS}/new", USUAL | {"once": "x"}).asks_again


@pytest.mark.parametrize("role", [one for one in MemberRole if one is not MemberRole.ADMINISTRATOR])
def test_who_keeps_no_credentials_sees_none(running: RunningExchange, platform: FakePartner, role: MemberRole) -> None:
    visitor = entered(running, platform, role)
    assert visitor.get(CREDENTIALS).status == 403
    assert visitor.get(f"{CREDENTIALS}/new").status == 403
    assert visitor.post(f"{CREDENTIALS}/new", USUAL | {"once": "x"}).status == 403


def test_a_token_holds_exactly_what_was_ticked(platform: FakePartner, administrator: Visitor) -> None:
    form = administrator.get(f"{CREDENTIALS}/new").text
    assert 'name="scopes"' in form
    assert not [one for one in re.findall(r"<input[^>]*name=\"scopes\"[^>]*>", form) if "checked" in one], "nothing comes unasked"
    ticked = ["keys:read", "objects:read"]
    shown = issue(administrator, account="exactly", scopes=ticked)
    listed = shown.text.partition('<ul class="allowed">')[2].partition("</ul>")[0]
    assert listed.count("<li>") == 2
    [held] = [one for one in platform.get("credentials").json["credentials"] if one["name"] == "exactly"]
    assert sorted(held["scopes"]) == ticked
