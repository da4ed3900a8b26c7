"""Searching from outside: what is found, what narrows it, and what is refused at its field."""

from __future__ import annotations

import html
import re
from urllib.parse import quote

from sqlalchemy import update

from app.domain.vocabulary import Purpose
from app.services.signing_in.sessions import find_session
from app.storage.tables import portal_session
from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.ledger_rows import count_of_rows
from tests.factories.portal_finders import analyst_of, publish, reads_in_the_portal
from tests.factories.portal_visitors import Visitor
from tests.factories.stix_objects import context, indicator, marking


def addresses(visitor: Visitor, words: str) -> list[str]:
    """Give where links whose words hold a text lead, below the portal."""
    found = re.findall(r'<a[^>]* href="([^"]*)"[^>]*>(.*?)</a>', visitor.page.text, re.DOTALL)
    return [html.unescape(address).removeprefix("/portal") for address, inside in found if words in re.sub("<[^>]*>", "", inside)]


def test_words_find_what_the_reader_may_see_and_links_narrow_it(publisher: FakePartner, analyst: Visitor) -> None:
    rooms = publish(publisher, indicator())
    publish(publisher, indicator(name="Rooms elsewhere", stated=context(harm_types=["trafficking-related"])))
    analyst.get("/search")
    answer = analyst.post("/search", {"q": "rooms"})
    assert (answer.status, answer.headers["Location"]) == (303, "/portal/search?q=rooms")
    found = analyst.get("/search?q=rooms")
    assert "2 objects" in found.words
    assert "Repeated short-lived rooms" in found.words
    assert f"/objects/{rooms}" in found.text
    [narrower] = addresses(analyst, "Live-streamed child sexual abuse")
    narrowed = analyst.get(narrower)
    assert "1 object" in narrowed.words
    assert "Rooms elsewhere" not in narrowed.words
    [wider] = [one for one in addresses(analyst, "Live-streamed child sexual abuse") if "harm" not in one]
    assert "2 objects" in analyst.get(wider).words


def test_what_looks_like_a_person_is_refused_at_its_field_and_stands_in_no_address(analyst: Visitor) -> None:
    analyst.get("/search")
    for asked in ("somebody@example.org", "https://rooms.example.org/1", "192.0.2.7", "+44 20 5550 1234"):
        answer = analyst.post("/search", {"q": asked})
        assert answer.status == 422
        assert "look it up below" in answer.words
        assert 'id="q-fault"' in answer.text
        assert "Location" not in answer.headers


def test_an_address_with_a_person_in_it_is_refused_and_not_repeated(analyst: Visitor) -> None:
    answer = analyst.get("/search?q=somebody%40example.org")
    assert answer.status == 422
    assert "somebody@example.org" not in answer.text


def test_nothing_asked_is_nothing_given_and_teaches(running: RunningExchange, publisher: FakePartner, analyst: Visitor) -> None:
    publish(publisher, indicator())
    before = count_of_rows(running)
    page = analyst.get("/search")
    assert "Where to begin" in page.words
    assert "Repeated short-lived rooms" not in page.words
    assert count_of_rows(running) == before
    assert "Repeated short-lived rooms" in analyst.get("/search?show=newest").words
    assert "Nothing that you may see says that" in analyst.get("/search?q=unheard").words


def test_what_is_hidden_is_neither_found_nor_counted(
    running: RunningExchange, hotline: FakePartner, publisher: FakePartner, analyst: Visitor
) -> None:
    publish(publisher, indicator())
    another = running.enrol("Synthetic Platform B")
    assert another.submit(indicator(name="Rooms of another", object_marking_refs=[_nobody(another)])).json["results"]
    found = analyst.get("/search?q=rooms")
    assert "1 object" in found.words
    assert "Rooms of another" not in found.words
    assert hotline.name


def _nobody(partner: FakePartner) -> str:
    value = marking(partner.register_audience())
    publish(partner, value)
    stix_id: str = value["id"]
    return stix_id


def test_further_pages_go_on_and_are_not_counted_anew(running: RunningExchange, publisher: FakePartner, analyst: Visitor) -> None:
    publish(publisher, *[indicator(name=f"Rooms {number}") for number in range(23)])
    first = analyst.get("/search?q=rooms&type=indicator")
    assert addresses(analyst, "From the beginning") == []
    [more] = addresses(analyst, "Show more")
    before = count_of_rows(running)
    further = analyst.get(more)
    assert further.text.count('<p class="kind">') == 3
    assert "Narrow it" not in further.words
    assert count_of_rows(running) == before + 1
    [begun] = addresses(analyst, "From the beginning")
    assert analyst.get(begun).text.count('<p class="kind">') == first.text.count('<p class="kind">') == 20
    assert analyst.get("/search?q=other&next=" + more.rpartition("next=")[2]).status == 400


def test_an_observable_is_looked_up_in_every_spelling_and_counted(publisher: FakePartner, analyst: Visitor) -> None:
    publish(publisher, indicator())
    page = analyst.get("/search")
    assert "may ask 2000 more today" in page.words
    given = {"kind": "url", "value": "hxxps://rooms.example[.]org/1", "service": "", "next": ""}
    found = analyst.post("/search/observable", given)
    assert found.status == 200
    assert "Repeated short-lived rooms" in found.words
    assert "hxxps://rooms[.]example[.]org/1" not in found.headers.get("Location", "")
    [left] = re.findall(r"may ask (\d+) more today", found.words)
    assert int(left) < 2000


def test_an_observable_that_is_none_is_refused_at_its_field_with_what_was_typed(analyst: Visitor) -> None:
    analyst.get("/search")
    answer = analyst.post("/search/observable", {"kind": "sha256", "value": "abc", "service": "", "next": ""})
    assert answer.status == 422
    assert 'id="value-fault"' in answer.text
    assert 'value="abc"' in answer.text
    assert analyst.post("/search/observable", {"kind": "", "value": "abc", "service": "", "next": ""}).status == 422


def test_a_spent_budget_is_said_with_when_it_goes_on(
    running: RunningExchange, publisher: FakePartner, hotline: FakePartner
) -> None:
    publish(publisher, indicator(), indicator(name="Rooms B"))
    analyst = analyst_of(running, reads_in_the_portal(running, hotline, volume={"versions_per_day": 1}))
    assert analyst.get("/search?q=lived").status == 429
    assert analyst.page.headers["Retry-After"]


def test_without_a_purpose_one_is_led_to_choose_it(running: RunningExchange, analyst: Visitor) -> None:
    found = find_session(running.exchange, analyst.secret)
    assert found.session.purpose is Purpose.DETECTION
    _without_purpose(running, analyst)
    for path in ("/search", "/searches", "/objects/indicator--6b9e4c8a-1111-4a4a-8a4a-000000000001"):
        answer = analyst.get(path)
        assert (answer.status, answer.headers["Location"]) == (303, f"/portal/?back={quote(path)}")


def _without_purpose(running: RunningExchange, visitor: Visitor) -> None:
    with running.exchange.database.write() as connection:
        connection.execute(update(portal_session).values(purpose=None))
    assert visitor.secret
