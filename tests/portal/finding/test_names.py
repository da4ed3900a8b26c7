from __future__ import annotations

from app.portal.finding.names import Names
from tests.factories.exchanges import FakePartner
from tests.factories.portal_finders import publish
from tests.factories.portal_visitors import Visitor
from tests.factories.stix_objects import indicator


def test_who_may_not_be_named_is_told_from_others_by_the_beginning_of_an_id() -> None:
    names = Names({"identity--1": "Synthetic Platform"})
    assert names.partner("identity--1") == "Synthetic Platform"
    assert names.partner("identity--0b8f7f8e-5a35") == "Partner 0b8f7f8e…"
    assert names.partner(None) == "Nobody named"
    assert names.behaviour("OP-999") == "OP-999"


def test_a_publisher_that_is_not_listed_is_not_named(publisher: FakePartner, analyst: Visitor) -> None:
    publish(publisher, indicator())
    words = analyst.get("/search?q=rooms").words
    assert f"Partner {publisher.identity_id.rpartition('--')[2][:8]}" in words or publisher.name in words
