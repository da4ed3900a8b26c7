from __future__ import annotations

from app.domain.vocabulary import MemberRole
from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.portal_readers import let_read, recall
from tests.factories.portal_visitors import entered


def test_a_decision_is_shown_as_waiting_until_the_key_has_signed(
    running: RunningExchange, platform: FakePartner, hotline: FakePartner
) -> None:
    let_read(running, platform, hotline)
    visitor = entered(running, hotline, MemberRole.REVIEWER)
    path = f"/answer/recalls/{recall(running, platform, hotline)['id']}"
    assert "Waits for your organisation's signature" not in visitor.get(path).words
    assert visitor.post(path, {"outcome": "deleted", "basis": "", "until": ""}).status == 303
    assert '<span class="badge warning">Waits for your organisation&#39;s signature</span>' in visitor.get(path).text
