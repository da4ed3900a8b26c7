from __future__ import annotations

import json

from app.portal.finding.names import Names
from app.portal.finding.results import LONGEST_EXCERPT, results_of
from app.services.searching.search import FoundPage
from tests.factories.stix_objects import indicator, user_account


def test_each_object_is_a_line_in_words() -> None:
    value = indicator(description="Rooms. " * 100, revoked=True)
    bodies = [json.dumps(one).encode() for one in (value, user_account())]
    found = FoundPage(bodies, [], None, more=False, is_complete=True, may_ask=[value["id"]])
    first, second = results_of(found, Names())
    assert (first.kind, first.is_revoked, first.may_ask, first.harms) == (
        "Indicator",
        True,
        True,
        ["Live-streamed child sexual abuse"],
    )
    assert len(first.excerpt) == LONGEST_EXCERPT
    assert (second.kind, second.stated_at, second.may_ask) == ("Account", None, False)
