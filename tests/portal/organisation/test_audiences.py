from __future__ import annotations

import re

from app.domain.vocabulary import MemberRole, StaffRole
from tests.factories.exchanges import FakePartner, RunningExchange, agreement_document
from tests.factories.page_passages import leads
from tests.factories.portal_visitors import entered

AUDIENCES = "/organisation/audiences"


def test_whom_each_audience_admits_is_said_in_words_the_default_one_first(
    running: RunningExchange, platform: FakePartner, hotline: FakePartner
) -> None:
    running.agree(agreement_document(hotline.partner_id, hotline.audience_id) | {"is_listed": True})
    named = platform.register_audience(partners_in=[hotline.partner_id])
    kinds = platform.register_audience(roles=["hotline", "law-enforcement"], jurisdictions=["DE"])
    foreign = hotline.register_audience(partners_in=[platform.partner_id])
    page = entered(running, platform, MemberRole.ANALYST).get(AUDIENCES)
    assert page.text.index(platform.audience_id) < min(page.text.index(named), page.text.index(kinds))
    assert "All organisations Default" in page.words
    assert "Hotlines, law enforcement (DE)" in page.words
    assert f"Hotline {named}" in page.words
    assert foreign not in page.text


def test_many_audiences_stand_on_pages_each_with_the_default_one(
    running: RunningExchange, platform: FakePartner, hotline: FakePartner
) -> None:
    foreign = hotline.register_audience(partners_in=[platform.partner_id])
    known = {platform.register_audience(partners_in=[hotline.partner_id]) for _ in range(52)}
    analyst = entered(running, platform, MemberRole.ANALYST)
    first = analyst.get(AUDIENCES)
    second = analyst.get(dict(leads(first, "More audiences"))["next"])
    assert ("1 to 50 of 53" in first.words, "51 to 53 of 53" in second.words) == (True, True)
    on_each = [set(re.findall(r"<code>(audience--[^<]*)</code>", shown.text)) for shown in (first, second)]
    assert on_each[0] | on_each[1] == known | {platform.audience_id}
    assert on_each[0] & on_each[1] == {platform.audience_id}
    assert foreign not in first.text + second.text
    assert analyst.get(dict(leads(second, "More audiences"))["prev"]).words == first.words
    assert analyst.get(f"{AUDIENCES}?next=x").status == 400


def test_a_new_one_is_registered_by_command(running: RunningExchange, platform: FakePartner) -> None:
    assert "breakwater audience new \\ --key" in entered(running, platform, MemberRole.ADMINISTRATOR).get(AUDIENCES).words


def test_people_of_the_exchange_find_nothing_here(running: RunningExchange) -> None:
    assert entered(running, None, StaffRole.OPERATOR).get(AUDIENCES).status == 404
