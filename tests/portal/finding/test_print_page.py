"""On paper: what it says, the marking in words, the figures of its proof, when and for whom; and no navigation."""

from __future__ import annotations

from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.ledger_rows import newest_row, version_ids_of
from tests.factories.portal_finders import named_for, publish
from tests.factories.portal_visitors import Visitor
from tests.factories.stix_objects import TLP_RED, indicator, report, user_account
from tests.portal.finding.test_proof_page import checkpoint


def test_a_case_file_has_all_of_it(
    running: RunningExchange, publisher: FakePartner, hotline: FakePartner, analyst: Visitor
) -> None:
    stix_id = publish(publisher, indicator(object_marking_refs=[TLP_RED]))
    checkpoint(running)
    before = newest_row(running).number
    page = analyst.get(f"/objects/{stix_id}/print")
    assert page.status == 200, page.words
    for words in (
        "TLP:RED",
        "Only people of the named organisations",
        stix_id,
        publisher.key.public.keyid,
        "Synthetic analyst",
        hotline.name,
        "UTC",
        "finding abuse on one's own service",
        "Place in the log",
    ):
        assert words in page.words
    assert "<nav" not in page.text
    assert "<form" not in page.text
    assert "https://rooms.example.org" not in page.text
    assert (newest_row(running).number, newest_row(running).version_ids) == (before + 1, version_ids_of(running, stix_id))


def test_a_collection_has_the_values_of_what_it_holds(publisher: FakePartner, hotline: FakePartner, analyst: Visitor) -> None:
    mark = [named_for(publisher, hotline)]
    account = user_account("room-keeper-1", object_marking_refs=mark)
    publish(publisher, account)
    stix_id = publish(publisher, report([account["id"]], object_marking_refs=mark))
    assert "room-keeper-1" in analyst.get(f"/objects/{stix_id}").words
    assert "room-keeper-1" in analyst.get(f"/objects/{stix_id}/print").words
