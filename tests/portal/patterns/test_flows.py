from __future__ import annotations

from app.domain.vocabulary import MemberRole, Role, StaffRole
from app.portal.patterns.flows import drawn
from app.services.ledger.flows_between_roles import RoleFlow, RoleFlows
from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.patterns import publish
from tests.factories.policy_values import NOW
from tests.factories.portal_visitors import entered


def test_a_partner_sees_where_its_own_objects_went(running: RunningExchange, platform: FakePartner, hotline: FakePartner) -> None:
    reviewer = entered(running, platform, MemberRole.REVIEWER)
    assert "Nothing is counted yet." in reviewer.get("/patterns/flows").words
    publish(platform, "OP-017")
    assert hotline.pull_all()
    page = reviewer.get("/patterns/flows")
    assert "Where our own objects went in the last 28 days" in page.words
    assert "Most goes from \u2068We\u2069 to \u2068Hotlines\u2069: 1." in page.words
    assert "Nothing is counted yet." in entered(running, hotline, MemberRole.ADMINISTRATOR).get("/patterns/flows").words


def test_staff_see_roles_and_no_names(running: RunningExchange, platform: FakePartner, hotline: FakePartner) -> None:
    publish(platform, "OP-017")
    hotline.pull_all()
    page = entered(running, None, StaffRole.AUDITOR).get("/patterns/flows")
    assert "Whose objects went to whom" in page.words
    assert "Most goes from \u2068Platforms\u2069 to \u2068Hotlines\u2069: 1." in page.words
    assert platform.partner_id not in page.text


def test_it_takes_the_right_to_read_the_ledger(running: RunningExchange, platform: FakePartner) -> None:
    analyst = entered(running, platform, MemberRole.ANALYST)
    assert analyst.get("/patterns/flows").status == 403
    assert "/patterns/flows" not in analyst.get("/patterns").text


def test_the_table_says_the_numbers_in_full() -> None:
    told = drawn(RoleFlows([RoleFlow(Role.PLATFORM, Role.LAW_ENFORCEMENT, 12_345)], NOW, is_cut=False))
    assert list(told.rows) == [("Platforms", "Law enforcement", "12,345")]
