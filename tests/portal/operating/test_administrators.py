from __future__ import annotations

from datetime import timedelta

from tests.factories.exchanges import RunningExchange
from tests.factories.portal_onboarding import administrator_link, enrolled
from tests.factories.portal_visitors import Visitor


def test_a_link_is_shown_once_and_a_new_one_ends_it(running: RunningExchange, operator: Visitor) -> None:
    partner_id = enrolled(operator)
    first = administrator_link(operator, partner_id)
    shown = operator.get(f"/exchange/partners/{partner_id}")
    assert first.rpartition("/")[2] not in shown.text
    person_id = shown.text.partition('name="person_id" value="')[2].partition('"')[0]
    answer = operator.post(f"/exchange/partners/{partner_id}/invitation", {"person_id": person_id})
    assert "Administrator A" in answer.words
    visitor = Visitor(running)
    assert visitor.get(first.partition("/portal")[2]).status == 404


def test_a_second_administrator_is_the_partners_own_to_add(operator: Visitor) -> None:
    partner_id = enrolled(operator)
    administrator_link(operator, partner_id)
    operator.get(f"/exchange/partners/{partner_id}")
    answer = operator.post(f"/exchange/partners/{partner_id}/administrator", {"name": "Administrator B"})
    assert (answer.status, "its other persons are its own to keep" in answer.words) == (422, True)


def test_a_name_that_is_none_is_shown_again(operator: Visitor) -> None:
    partner_id = enrolled(operator)
    operator.get(f"/exchange/partners/{partner_id}")
    answer = operator.post(f"/exchange/partners/{partner_id}/administrator", {"name": "A\x07"})
    assert (answer.status, "A name has 1 to 100 characters." in answer.words) == (422, True)


def test_whoever_finds_the_screen_open_invites_nobody(running: RunningExchange, operator: Visitor) -> None:
    partner_id = enrolled(operator)
    operator.get(f"/exchange/partners/{partner_id}")
    running.clock.shift += timedelta(minutes=6)
    answer = operator.post(f"/exchange/partners/{partner_id}/administrator", {"name": "Administrator A"})
    assert answer.asks_again


def test_a_person_who_is_not_there_is_not_found(operator: Visitor) -> None:
    partner_id = enrolled(operator)
    operator.get(f"/exchange/partners/{partner_id}")
    assert operator.post(f"/exchange/partners/{partner_id}/invitation", {"person_id": partner_id}).status == 404
