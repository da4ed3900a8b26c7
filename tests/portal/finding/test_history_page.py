"""Versions from outside: each with what it changed, and no more of them than the reader sees."""

from __future__ import annotations

from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.ledger_rows import newest_row, version_ids_of
from tests.factories.portal_finders import analyst_of, publish
from tests.factories.portal_visitors import Visitor
from tests.factories.stix_objects import indicator, marking, newer


def test_each_version_says_what_it_changed_and_the_ledger_has_all_of_them(
    running: RunningExchange, publisher: FakePartner, analyst: Visitor
) -> None:
    value = indicator()
    publish(publisher, value)
    publish(publisher, newer(value, name="Rooms, said better"))
    page = analyst.get(f"/objects/{value['id']}/versions")
    assert "<del>Repeated short-lived rooms</del>" in page.text
    assert "<ins>Rooms, said better</ins>" in page.text
    assert "The first version that you see" in page.words
    assert newest_row(running).version_ids == version_ids_of(running, value["id"])


def test_a_version_that_is_hidden_is_not_shown_and_not_compared_with(
    running: RunningExchange, publisher: FakePartner, analyst: Visitor
) -> None:
    nobody = marking(publisher.register_audience())
    publish(publisher, nobody)
    value = indicator(name="Kept to ourselves", object_marking_refs=[nobody["id"]])
    publish(publisher, value)
    assert analyst.get(f"/objects/{value['id']}/versions").status == 404
    own = analyst_of(running, publisher).get(f"/objects/{value['id']}/versions")
    assert "Kept to ourselves" in own.words


def test_long_histories_go_on_on_further_pages(publisher: FakePartner, analyst: Visitor) -> None:
    value = indicator()
    publish(publisher, value)
    for number in range(1, 23):
        publish(publisher, newer(value, modified=f"2026-02-{number:02}T10:00:00.000Z", name=f"Rooms {number}"))
    first = analyst.get(f"/objects/{value['id']}/versions")
    assert first.text.count("<li>\n  <h2>") == 20
    address = first.text.partition('class="further"><a class="button" href="/portal')[2].partition('"')[0].replace("&amp;", "&")
    further = analyst.get(address)
    assert further.text.count("<li>\n  <h2>") == 3
    assert "The first version that you see" in further.words
    assert analyst.get(f"/objects/{value['id']}/versions?upto=never").status == 404


def test_several_publishers_have_their_own_histories(publisher: FakePartner, hotline: FakePartner, analyst: Visitor) -> None:
    value = indicator()
    publish(publisher, value)
    publish(hotline, value | {"name": "Rooms, said by another"})
    pages = [analyst.get(f"/objects/{value['id']}/versions?owner={one.partner_id}") for one in (publisher, hotline)]
    assert "Rooms, said by another" in pages[1].words
    assert "Several publishers state it" in pages[0].words
    assert analyst.get(f"/objects/{value['id']}/versions?owner=nobody").status == 404
