from __future__ import annotations

from app.domain.vocabulary import Channel, Purpose
from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.portal_finders import publish
from tests.factories.portal_visitors import Visitor
from tests.factories.stix_objects import indicator


def test_the_ledger_has_the_portal_and_the_purpose_of_the_session(
    running: RunningExchange, publisher: FakePartner, analyst: Visitor
) -> None:
    stix_id = publish(publisher, indicator())
    analyst.get("/account")
    analyst.post("/purpose", {"purpose": "victim-protection", "back": "/"})
    assert analyst.get(f"/objects/{stix_id}").status == 200
    [row] = publisher.get("disclosures", query={"object": stix_id}).json["disclosures"]
    assert (row["channel"], row["purpose"]) == (Channel.PORTAL, Purpose.VICTIM_PROTECTION)
    assert running.exchange is not None
