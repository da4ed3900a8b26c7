from __future__ import annotations

from app.portal.finding.asked import Asked
from app.portal.finding.facets import MOST_VALUES, chips_of, facets_of
from app.portal.finding.names import Names
from app.services.searching.search import FoundCounts
from app.web.context import MOUNTED
from tests.factories.exchanges import RunningExchange

OWNER = "0b8f7f8e-5a35-4b1c-9d68-0a7e8a2f4b11"


def test_values_lead_to_the_narrower_search_and_chosen_ones_are_chips(running: RunningExchange) -> None:
    [portal] = running.app.extensions[MOUNTED]
    harms = {f"harm-{number}": 20 - number for number in range(MOST_VALUES + 3)}
    counted = FoundCounts(
        20, at_least=True, by_kind={"harm": harms, "owner": {OWNER: 20}, "type": {"indicator": 20}}, is_complete=True
    )
    asked = Asked("rooms", {"type": ("indicator",)})
    with portal.test_request_context():
        facets = {one.title: one for one in facets_of(counted, asked, Names({OWNER: "Synthetic Platform"}))}
        [chip] = chips_of(asked, Names())
    assert set(facets) == {"Harm", "Publisher"}
    assert (len(facets["Harm"].choices), facets["Harm"].more) == (MOST_VALUES, 3)
    assert facets["Publisher"].choices[0].words == "Synthetic Platform"
    assert f"owner={OWNER}" in facets["Publisher"].choices[0].address
    assert (chip.words, "type=" in chip.address) == ("Indicator", False)
