"""For an object's owner: who sees it and why, who was told, and what became of its recalls; absent for everybody else."""

from __future__ import annotations

from app.domain.vocabulary import MemberRole
from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.portal_finders import analyst_of, named_for, publish, reads_in_the_portal
from tests.factories.portal_visitors import Visitor
from tests.factories.stix_objects import indicator


def test_the_owner_is_told_who_sees_it_and_who_was_told(
    running: RunningExchange, publisher: FakePartner, hotline: FakePartner, analyst: Visitor
) -> None:
    stix_id = publish(publisher, indicator(object_marking_refs=[named_for(publisher, hotline)]))
    reviewer = analyst_of(running, publisher, MemberRole.REVIEWER)
    assert "Nobody was given it yet" in reviewer.get(f"/objects/{stix_id}/readers").words
    assert analyst.get(f"/objects/{stix_id}").status == 200
    page = reviewer.get(f"/objects/{stix_id}/readers")
    assert hotline.name in page.words
    assert "portal" in page.words
    assert "Finding abuse on one's own service" in page.words


def test_recalls_and_answers_are_shown_also_once_it_is_gone(
    running: RunningExchange, publisher: FakePartner, hotline: FakePartner, analyst: Visitor
) -> None:
    stix_id = publish(publisher, indicator())
    assert analyst.get(f"/objects/{stix_id}").status == 200
    assert publisher.post(f"objects/{stix_id}/withdrawal", {"reason": "error"}).status in {200, 201, 202}
    running.do_all_work()
    page = analyst_of(running, publisher, MemberRole.ADMINISTRATOR).get(f"/objects/{stix_id}/readers")
    assert "it was wrong" in page.words
    assert hotline.name in page.words
    assert "To be answered by" in page.words


def test_an_analyst_of_the_owner_sees_who_may_see_it_and_not_who_was_told(
    running: RunningExchange, publisher: FakePartner, analyst: Visitor
) -> None:
    stix_id = publish(publisher, indicator())
    page = analyst_of(running, publisher).get(f"/objects/{stix_id}/readers")
    assert page.status == 200
    assert "Reviewers, administrators" in page.words
    assert "/readers" in analyst_of(running, publisher).get(f"/objects/{stix_id}").text
    assert "/readers" not in analyst.get(f"/objects/{stix_id}").text


def test_for_everybody_else_it_is_absent(running: RunningExchange, publisher: FakePartner, analyst: Visitor) -> None:
    stix_id = publish(publisher, indicator())
    assert analyst.get(f"/objects/{stix_id}/readers").status == 404
    stranger = running.enrol("Synthetic Platform B")
    assert analyst_of(running, reads_in_the_portal(running, stranger)).get(f"/objects/{stix_id}/readers").status == 404
