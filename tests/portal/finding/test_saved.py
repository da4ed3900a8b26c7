"""Searches that are kept: what is new of one, once, and whose they are."""

from __future__ import annotations

from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.portal_finders import analyst_of, publish, reads_in_the_portal
from tests.factories.portal_visitors import Visitor
from tests.factories.stix_objects import indicator


def kept(analyst: Visitor, name: str = "Short rooms") -> str:
    """Keep a search, and give where its new objects stand."""
    analyst.get("/search?q=rooms")
    answer = analyst.post("/searches", {"name": name, "q": "rooms", "harm": ["live-streamed-csa"]})
    assert answer.status == 303, answer.words
    page = analyst.get("/searches")
    assert name in page.words
    return page.text.partition('<th scope="row"><a href="/portal')[2].partition('"')[0]


def test_what_is_new_is_shown_until_somebody_says_that_they_saw_it(publisher: FakePartner, analyst: Visitor) -> None:
    publish(publisher, indicator(name="Rooms of before"))
    place = kept(analyst)
    assert "Nothing new" in analyst.get(place).words
    publish(publisher, indicator(name="Rooms of today"))
    assert "Rooms of today" in analyst.get(place).words
    page = analyst.get(place)
    assert "Rooms of today" in page.words
    assert "Rooms of before" not in page.words
    position = page.text.partition('name="next" value="')[2].partition('"')[0]
    assert analyst.post(f"{place}/seen", {"next": position}).status == 303
    assert "Nothing new" in analyst.get(place).words


def test_a_name_that_is_taken_or_empty_is_refused_with_all_that_was_typed(analyst: Visitor) -> None:
    kept(analyst)
    for name in ("Short rooms", " "):
        answer = analyst.post("/searches", {"name": name, "q": "rooms", "harm": ["live-streamed-csa"]})
        assert answer.status == 422
        assert 'name="q" value="rooms"' in answer.text
        assert 'name="harm" value="live-streamed-csa"' in answer.text
        assert 'id="name-fault"' in answer.text


def test_a_search_is_forgotten_and_another_partners_is_absent(
    running: RunningExchange, platform: FakePartner, analyst: Visitor
) -> None:
    place = kept(analyst)
    stranger = analyst_of(running, reads_in_the_portal(running, platform))
    assert stranger.get(place).status == 404
    stranger.get("/searches")
    assert stranger.post(f"{place}/removal").status == 404
    assert stranger.post(f"{place}/seen", {"next": "x"}).status in {400, 404}
    analyst.get("/searches")
    assert analyst.post(f"{place}/removal").status == 303
    assert "No search is kept yet" in analyst.get("/searches").words
    assert analyst.get(place).status == 404


def test_what_is_kept_for_another_purpose_is_said_and_not_linked(analyst: Visitor) -> None:
    place = kept(analyst)
    analyst.post("/purpose", {"purpose": "safety-design", "back": "/"})
    page = analyst.get("/searches")
    assert "Read for this first" in page.words
    assert place not in page.text.replace(f"{place}/removal", "")
    assert analyst.get(place).status == 403


def test_a_name_is_looked_at_as_any_text_and_bad_words_are_told_at_the_field(analyst: Visitor) -> None:
    analyst.get("/search?q=rooms")
    answer = analyst.post("/searches", {"name": "Emma Smith, 12 years, lena@mail.example.org", "q": "rooms"})
    assert answer.status == 422
    assert 'id="name-fault"' in answer.text
    answer = analyst.post("/searches", {"name": "Rooms", "q": "lena@mail.example.org"})
    assert answer.status == 422
    assert 'id="name-fault"' in answer.text
    assert "POST" not in answer.words
    assert "No search is kept yet" in analyst.get("/searches").words
