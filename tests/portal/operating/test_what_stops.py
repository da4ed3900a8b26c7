"""Keeps the counts before a partner is stopped; their sentences are in ``test_partner_states`` and ``test_agreements``."""

from __future__ import annotations

from tests.factories.exchanges import FakePartner
from tests.factories.portal_visitors import Visitor


def test_nothing_of_another_partner_is_counted(platform: FakePartner, hotline: FakePartner, operator: Visitor) -> None:
    new = {"name": "nightly", "snapshots": "0 3 * * *", "purpose": "detection"}
    assert hotline.post("exports", new).status == 201
    shown = operator.get(f"/exchange/partners/{platform.partner_id}/state").words
    assert "of the organisation open nothing any more" not in shown
    assert "that it defined are neither written nor given" not in shown
    assert "1 token, key or session that is open now" in shown
