"""What stands around an object: connections both ways, what contains it, and what is not seen of either."""

from __future__ import annotations

from typing import Any

from app.stix.catalogue_objects import behaviour_id
from tests.factories.exchanges import FakePartner
from tests.factories.portal_finders import publish
from tests.factories.portal_visitors import Visitor
from tests.factories.stix_objects import CREATED, context, indicator, report, stix_id


def connection(source: str, target: str, words: str = "indicates") -> dict[str, Any]:
    """Give a relationship."""
    common = {
        "type": "relationship",
        "spec_version": "2.1",
        "id": stix_id("relationship"),
        "created": CREATED,
        "modified": CREATED,
    }
    return common | {"relationship_type": words, "source_ref": source, "target_ref": target, "extensions": context()}


def test_connections_stand_on_the_page_of_both_ends(publisher: FakePartner, analyst: Visitor) -> None:
    first, second = indicator(name="Rooms A"), indicator(name="Rooms B")
    contained = report([first["id"]])
    publish(publisher, first, second, connection(first["id"], second["id"], "related-to"), contained)
    at_first = analyst.get(f"/objects/{first['id']}")
    assert "Rooms B" in at_first.words
    assert contained["name"] in at_first.words
    assert "contains this" in at_first.words
    assert "Rooms A (Indicator" in analyst.get(f"/objects/{second['id']}").words
    assert "This contains Rooms A" in analyst.get(f"/objects/{contained['id']}").words


def test_an_end_that_is_not_seen_is_not_shown_and_not_told_from_absent(publisher: FakePartner, analyst: Visitor) -> None:
    first = indicator(name="Rooms A")
    publish(publisher, first, connection(first["id"], stix_id("indicator"), "related-to"))
    assert "something not shown" in analyst.get(f"/objects/{first['id']}").words


def test_what_the_catalogue_has_is_named_and_leads_to_its_page(publisher: FakePartner, analyst: Visitor) -> None:
    first = indicator(name="Rooms A")
    publish(publisher, first, connection(first["id"], behaviour_id("OP-017")))
    page = analyst.get(f"/objects/{first['id']}")
    assert "OP-017 Repeated short-lived rooms (Behaviour, the catalogue)" in page.words
    assert 'href="/portal/patterns/behaviours/OP-017"' in page.text
    assert "something not shown" not in page.words
