from __future__ import annotations

from tests.factories.exchanges import FakePartner
from tests.factories.portal_visitors import Visitor

SOMETHING = "user-account--0a1b2c3d-0000-5000-8000-0123456789ab"


def test_auditors_and_data_protection_see_who_asked(
    platform: FakePartner, operator: Visitor, auditor: Visitor, protection: Visitor
) -> None:
    assert "Nobody asked" in auditor.get("/exchange/questions").words
    asked = platform.post("policy/simulation", {"handling": {"tlp": "amber"}})
    assert asked.status == 200
    for visitor in (auditor, protection):
        assert "Platform Questions who would see something" in visitor.get("/exchange/questions").words
        assert "Nobody asked" in visitor.post("/exchange/questions", {"stix_id": SOMETHING}).words
        assert visitor.get(f"/exchange/questions?partner_id={platform.partner_id}&next=0").status == 200
    visitor = protection
    visitor.get("/exchange/questions")
    assert visitor.post("/exchange/questions", {"stix_id": ""}).status == 400
    assert operator.get("/exchange/questions").status == 403
