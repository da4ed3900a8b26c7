from __future__ import annotations

from app.domain.vocabulary import MemberRole
from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.portal_visitors import entered


def test_pages_beside_are_those_that_somebody_may_open(running: RunningExchange, hotline: FakePartner) -> None:
    for role, has_recalls in ((MemberRole.ANALYST, True), (MemberRole.READ_ONLY, False)):
        visitor = entered(running, hotline, role)
        beside = visitor.get("/answer").text.partition('class="beside"')[2].partition("</nav>")[0]
        assert ("/portal/answer/recalls" in beside) is has_recalls
        for path in [part.partition('"')[0] for part in beside.split('href="/portal')[1:]]:
            assert visitor.get(path).status == 200, (role, path)
