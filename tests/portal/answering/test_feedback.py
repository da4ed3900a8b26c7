from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from app.domain.vocabulary import MemberRole
from app.portal.answering.feedback_form import FIELDS
from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.feedback import feedback_on_mine
from tests.factories.portal_readers import sign_as_partner
from tests.factories.portal_visitors import Visitor, entered
from tests.factories.stix_objects import indicator


@pytest.fixture
def shared(platform: FakePartner) -> dict[str, Any]:
    value = indicator(name="Repeated rooms")
    assert platform.submit(value).status == 201
    return value


def filled(**given: str) -> dict[str, str]:
    return dict.fromkeys(FIELDS, "") | given


@pytest.mark.parametrize(
    "case",
    [
        ({"kind": "sighting", "count": "0"}, "sighting"),
        ({"kind": "outcome", "outcome": "actioned"}, "sighting"),
        ({"kind": "opinion", "opinion": "agree"}, "opinion"),
        ({"kind": "mark", "mark": "ingested"}, "note"),
        ({"kind": "dispute", "dispute": "outdated", "evidence": "human-review"}, "opinion"),
    ],
)
def test_each_kind_reaches_the_publisher_once_it_is_signed(
    platform: FakePartner, hotline: FakePartner, analyst: Visitor, shared: dict[str, Any], case: tuple[dict[str, str], str]
) -> None:
    given, told = case
    path = f"/objects/{shared['id']}/feedback"
    assert "Repeated rooms" in analyst.get(path).words
    for _ in range(2):
        analyst.get(path)
        assert analyst.post(path, filled(**given)).status == 303
    assert analyst.get(path).words.count("Waits for your organisation's signature") == 1, "twice is once"
    assert feedback_on_mine(platform) == []
    sign_as_partner(analyst.running, hotline, shared["id"])
    assert [one["type"] for one in feedback_on_mine(platform)] == [told]
    assert "Signed and sent" in analyst.get(path).words


def test_what_is_wrong_is_said_at_its_field(analyst: Visitor, shared: dict[str, Any]) -> None:
    path = f"/objects/{shared['id']}/feedback"
    analyst.get(path)
    page = analyst.post(path, filled(kind="sighting", count="often"))
    assert (page.status, "Say how often as a number" in page.words, 'value="often"' in page.text) == (422, True, True)


def test_what_is_hidden_is_absent_and_ones_own_is_not_disputed(
    running: RunningExchange, platform: FakePartner, hotline: FakePartner, analyst: Visitor, shared: dict[str, Any]
) -> None:
    own = entered(running, platform, MemberRole.ANALYST)
    path = f"/objects/{shared['id']}/feedback"
    assert "corrects or recalls it" in own.get(path).words
    wrong = filled(kind="dispute", dispute="outdated", evidence="human-review")
    refused = own.post(path, wrong)
    assert (refused.status, "states this itself" in refused.words) == (422, True)
    hidden = indicator(object_marking_refs=[platform.register_audience(partners_in=[platform.partner_id])])
    platform.submit(hidden)
    for stix_id in (hidden["id"], "nothing"):
        assert analyst.get(f"/objects/{stix_id}/feedback").status == 404
        analyst.get("/account")
        assert analyst.post(f"/objects/{stix_id}/feedback", filled(kind="mark", mark="ingested")).status == 404
    for role in (MemberRole.READ_ONLY, MemberRole.REVIEWER):
        assert entered(running, hotline, role).get(path).status == 403


def test_saying_something_asks_again_who_one_is(running: RunningExchange, analyst: Visitor, shared: dict[str, Any]) -> None:
    path = f"/objects/{shared['id']}/feedback"
    analyst.get(path)
    running.clock.shift += timedelta(minutes=6)
    asked = analyst.post(path, filled(kind="mark", mark="ingested"))
    assert asked.asks_again
    assert "Nothing has been done yet" in asked.words
    assert analyst.get(path).status == 200, "opening the form asks nothing"
