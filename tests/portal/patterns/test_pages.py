from __future__ import annotations

from app.domain.vocabulary import MemberRole
from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.portal_visitors import entered


def test_pages_lead_to_each_other_and_say_where_one_is(running: RunningExchange, platform: FakePartner) -> None:
    visitor = entered(running, platform, MemberRole.READ_ONLY)
    shown = visitor.get("/patterns/countermeasures").text
    assert '<a href="/portal/patterns/countermeasures" aria-current="page">Countermeasures</a>' in shown
    assert '<a href="/portal/patterns">Matrix</a>' in shown
    assert '<a href="/portal/patterns" aria-current="page">Patterns</a>' in shown
