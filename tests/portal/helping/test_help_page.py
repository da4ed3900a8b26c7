from __future__ import annotations

import re

import pytest

from app.domain.vocabulary import MemberRole, StaffRole
from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.portal_visitors import Visitor, entered


@pytest.mark.parametrize("role", [MemberRole.ADMINISTRATOR, MemberRole.READ_ONLY, StaffRole.OPERATOR])
def test_every_step_of_the_tour_opens(running: RunningExchange, platform: FakePartner, role: MemberRole | StaffRole) -> None:
    visitor = entered(running, platform if isinstance(role, MemberRole) else None, role)
    tour = visitor.get("/help").text.partition('class="tour"')[2].partition("</ol>")[0]
    links = re.findall(r'href="/portal([^"]+)"', tour)
    assert len(links) >= 3
    for link in links:
        assert visitor.get(link).status == 200, link


def test_every_page_leads_to_help_and_holds_the_keys_for_whoever_is_signed_in(
    running: RunningExchange, platform: FakePartner
) -> None:
    visitor = entered(running, platform, MemberRole.ANALYST)
    for path in ("/", "/account", "/help"):
        text = visitor.get(path).text
        assert 'href="/portal/help"' in text
        assert '<dialog id="short-keys"' in text
        assert "shortcuts.js" in text
    assert "shortcuts.js" not in Visitor(running).get("/sign-in").text
