from __future__ import annotations

from app.domain.vocabulary import MemberRole
from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.portal_visitors import entered


def test_one_administrator_alone_is_a_warning(running: RunningExchange, platform: FakePartner) -> None:
    first = entered(running, platform, MemberRole.ADMINISTRATOR)
    assert "One administrator alone" in first.get("/organisation").words
    entered(running, platform, MemberRole.ADMINISTRATOR)
    assert "One administrator alone" not in first.get("/organisation").words
