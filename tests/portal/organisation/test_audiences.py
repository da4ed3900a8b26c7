from __future__ import annotations

from app.domain.vocabulary import MemberRole, StaffRole
from tests.factories.exchanges import FakePartner, RunningExchange, agreement_document
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


def test_a_new_one_is_registered_by_command(running: RunningExchange, platform: FakePartner) -> None:
    assert "breakwater audience new \\ --key" in entered(running, platform, MemberRole.ADMINISTRATOR).get(AUDIENCES).words


def test_people_of_the_exchange_find_nothing_here(running: RunningExchange) -> None:
    assert entered(running, None, StaffRole.OPERATOR).get(AUDIENCES).status == 404
