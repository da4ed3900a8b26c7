"""How the catalogue changes, told once from end to end: proposed, kept clean, reviewed, released, read, gone by at the door."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from app.stix.catalogue_objects import behaviour_id
from tests.factories.catalogue_changes import House, house, judge, proposal_document, retirement, reworded
from tests.factories.exchanges import Answer, RunningExchange, running_exchange
from tests.factories.stix_objects import context, indicator
from tests.factories.taxii import ask, of, post_signed

FIRST = behaviour_id("OP-001")


@pytest.fixture
def running(database_url: str) -> Iterator[RunningExchange]:
    with running_exchange(database_url) as running:
        yield running


def naming(*codes: str) -> dict[str, Any]:
    return indicator(stated=context(behaviours=[*codes]))


def refused_with(answer: Answer) -> tuple[int, str]:
    return answer.status, answer.code


def test_a_change_reaches_everybody_and_what_is_retired_is_named_no_more(running: RunningExchange) -> None:
    home: House = house(running)
    partner = home.proposer

    # Whoever writes down how something is done is refused before anybody reads it.
    operational = reworded("OP-001") | {"definition": "They meet on rooms.example.org. An hour of it costs 20 dollars there."}
    told = partner.post("catalogue/proposals", proposal_document(text=operational))
    assert (*refused_with(told), told.json["pointer"]) == (422, "catalogue-text-refused", "/text/definition")

    # Two organisations that are not the proposer's approve; neither it nor one of them twice.
    changed = home.propose()
    assert refused_with(judge(home.own_reviewer, changed)) == (403, "second-person-needed")
    assert judge(home.first, changed).json["state"] == "open"
    assert refused_with(judge(home.first, changed)) == (403, "second-person-needed")
    assert judge(home.second, changed).json["state"] == "accepted"

    # Until the release nothing changes; afterwards everybody reads it, and who polls is given what changed and nothing else.
    last = ask(partner, of("catalogue")).headers["X-TAXII-Date-Added-Last"]
    before = running.anybody.get("catalogue")
    assert home.operator.post("catalogue/release", {}).json["release"] == 2
    after = running.anybody.get("catalogue", headers={"If-None-Match": before.headers["ETag"]})
    assert (after.status, after.json["release"]) == (200, 2)
    [polled] = ask(partner, of("catalogue"), {"added_after": last}).json["objects"]
    assert (polled["id"], polled["name"]) == (FIRST, reworded("OP-001")["name"])
    assert running.anybody.get("catalogue/releases/1").body == before.body

    # A code that was retired is told with what stands for it, over REST and over TAXII; so is one that never was.
    assert partner.submit(naming("OP-003")).json["results"][0]["status"] == "stored"
    home.release(retirement("OP-003", "OP-001", based_on=2))
    for code, expected in (("OP-003", "behaviour-retired"), ("OP-999", "behaviour-unknown")):
        [result] = partner.submit(naming("OP-001", code)).json["results"]
        assert (result["status"], result["code"]) == ("refused", expected)
        assert str(result["refusal_pointer"]).endswith("/behaviours/1")
        assert ("OP-001" in result["detail"]) == (code == "OP-003")
        posted = post_signed(partner, "exchange", naming(code)).json
        assert (posted["failure_count"], posted["failures"][0]["message"].partition(":")[0]) == (1, expected)
    revoked = ask(partner, of("catalogue", f"objects/{behaviour_id('OP-003')}/")).json["objects"][0]
    assert revoked["revoked"] is True

    # It is not given again either.
    again = partner.post("catalogue/proposals", proposal_document("OP-003", based_on=3))
    assert refused_with(again) == (409, "state-conflict")
