from __future__ import annotations

from app.domain.handling import Audience
from app.http.audience_payloads import AudiencesPayload
from app.services.list_pages import ListPage
from app.services.membership.register_audience import AudienceRecord

ENVELOPE = {"payloadType": "x", "payload": "", "signatures": []}


def test_a_page_holds_audiences_and_where_it_leads() -> None:
    record = AudienceRecord(Audience("audience--1", "owner", partners_in=frozenset({"b", "a"})), ENVELOPE)
    dumped = AudiencesPayload().dump(ListPage([record], 3, 3, "on", more=False, previous="back"))
    assert [(one["audience_id"], one["partners_in"]) for one in dumped["audiences"]] == [("audience--1", ["a", "b"])]
    assert (dumped["first"], dumped["count"], dumped["previous"]) == (3, 3, "back")
