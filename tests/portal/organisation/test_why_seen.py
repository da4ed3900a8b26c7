from __future__ import annotations

import pytest

from app.domain.vocabulary import MemberRole
from tests.factories.exchanges import FakePartner, RunningExchange, agreement_document
from tests.factories.portal_visitors import Visitor, entered
from tests.factories.stix_objects import indicator, marking, stix_id

WHY = "/organisation/why"


@pytest.fixture
def analyst(running: RunningExchange, platform: FakePartner) -> Visitor:
    return entered(running, platform, MemberRole.ANALYST)


def asked(object_id: str, reader: FakePartner | None = None, **more: str) -> str:
    words = {"purpose": "detection", "channel": "rest"} | more
    about = f"{WHY}?object={object_id}&partner={reader.partner_id if reader else ''}"
    return about + "".join(f"&{name}={value}" for name, value in words.items())


def test_why_others_see_ones_own_or_not_is_told_by_voice_and_clause(
    running: RunningExchange, analyst: Visitor, platform: FakePartner, hotline: FakePartner
) -> None:
    running.agree(agreement_document(hotline.partner_id, hotline.audience_id) | {"is_listed": True})
    nobody = marking(platform.register_audience(partners_in=[platform.partner_id]))
    seen, hidden = indicator(), indicator(object_marking_refs=[nobody["id"]])
    assert platform.submit(seen, nobody, hidden).status == 201
    words = analyst.get(asked(seen["id"], hotline)).words
    assert "Hotline sees it" in words
    assert "the audience admits their role and country" in words
    words = analyst.get(asked(hidden["id"], hotline)).words
    assert "Hotline does not see it" in words
    assert "the audience does not admit it" in words
    assert "Whose word it is The publisher" in words
    assert "it is their own" in analyst.get(asked(hidden["id"])).words


def test_others_objects_are_as_absent_whether_they_are_hidden_seen_or_not_there(
    analyst: Visitor, platform: FakePartner, hotline: FakePartner
) -> None:
    nobody = marking(hotline.register_audience(partners_in=[hotline.partner_id]))
    seen, hidden = indicator(), indicator(object_marking_refs=[nobody["id"]])
    assert hotline.submit(seen, nobody, hidden).status == 201
    assert platform.object(seen["id"]).status == 200
    pages = {}
    for one in (seen["id"], hidden["id"], stix_id("indicator")):
        page = analyst.get(asked(one))
        pages[page.status, page.words.replace(one, "")] = one
    [(status, words)] = pages
    assert status == 404
    assert "Nothing to tell about this id" in words


def test_members_that_are_not_told_of_are_as_absent(analyst: Visitor, platform: FakePartner) -> None:
    value = indicator()
    assert platform.submit(value).status == 201
    page = analyst.get(f"{WHY}?object={value['id']}&partner=nobody&purpose=detection")
    assert page.status == 404
    assert "Nothing to tell" in page.words


def test_what_cannot_be_asked_is_said_at_its_field(analyst: Visitor) -> None:
    page = analyst.get(asked("rooms", purpose="curiosity", channel="pigeon"))
    assert page.status == 422
    assert 'value="rooms"' in page.text
    for name in ("object", "purpose", "channel"):
        assert f'id="{name}-fault"' in page.text


def test_the_agreement_leads_here_and_nothing_is_asked_by_opening_it(analyst: Visitor) -> None:
    assert f'href="/portal{WHY}"' in analyst.get("/organisation/agreement").text
    assert "Three must agree before anybody sees anything" in analyst.get(WHY).words


def test_asking_uses_up_no_look_ups(analyst: Visitor) -> None:
    def used() -> str:
        return analyst.get("/organisation/agreement").words.partition("Observables looked up")[2][:12]

    before = used()
    analyst.get(asked(stix_id("url")))
    assert used() == before
