from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from app.domain.vocabulary import MemberRole
from breakwater_client.instant import instant_text
from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.partner_requests import offer_of, request_of
from tests.factories.portal_visitors import Visitor, entered


@pytest.fixture
def officer(running: RunningExchange, agency: FakePartner) -> Visitor:
    return entered(running, agency, MemberRole.ANALYST)


@pytest.fixture
def kept(running: RunningExchange, agency: FakePartner, hotline: FakePartner) -> dict[str, Any]:
    """A request of the agency, stored, whose clock does not run yet."""
    until = instant_text(running.clock() + timedelta(days=60))
    value = request_of("preservation-request", [hotline.identity_id], running.clock(), preserve_until=until)
    assert agency.submit(value).status == 201
    return value


def test_the_clock_of_ones_own_request_is_started(officer: Visitor, kept: dict[str, Any], analyst: Visitor) -> None:
    path = "/answer/requests/start"
    assert kept["id"] in officer.get(path).text
    started = officer.post(path, {"stix_id": kept["id"], "clock": "us-2703-f"})
    assert started.status == 303
    where = started.headers["Location"].removeprefix("/portal")
    assert "Preservation of evidence pending process" in officer.get(where).words
    officer.get(path)
    assert officer.post(path, {"stix_id": kept["id"], "clock": "us-2703-f"}).headers["Location"] == f"/portal{where}"
    assert "Request to preserve" in analyst.get("/answer/requests").words


def test_what_cannot_be_started_is_said_at_its_field(officer: Visitor, kept: dict[str, Any], analyst: Visitor) -> None:
    path = "/answer/requests/start"
    for given, sentence in (
        ({"stix_id": "", "clock": ""}, "Choose one of your requests."),
        ({"stix_id": kept["id"], "clock": "no-clock"}, "There is no such clock"),
    ):
        officer.get(path)
        page = officer.post(path, given)
        assert (page.status, sentence in page.words) == (422, True)
    analyst.get(path)
    assert "Choose one of your requests." in analyst.post(path, {"stix_id": kept["id"], "clock": ""}).words, "it is another's"
    assert kept["id"] not in analyst.get(path).text


def test_access_is_asked_for_where_it_is_offered(
    running: RunningExchange, platform: FakePartner, analyst: Visitor, officer: Visitor
) -> None:
    offered = offer_of(running.clock())
    assert platform.submit(offered).status == 201
    path = f"/objects/{offered['id']}/access"
    assert f'href="/portal{path}"' in officer.get(f"/objects/{offered['id']}").text
    assert "Finding abuse on one's own service" in officer.get(path).words
    for given, sentence in (
        ({"purpose": "", "legal_basis": "x"}, "Say for which purpose."),
        ({"purpose": "audit", "legal_basis": "national-law:synthetic"}, "The offer does not consider this purpose."),
        ({"purpose": "investigation", "legal_basis": "because of somebody"}, "The legal basis is one word"),
    ):
        officer.get(path)
        page = officer.post(path, given)
        assert (page.status, sentence in page.words) == (422, True)
    asked = officer.post(path, {"purpose": "investigation", "legal_basis": "national-law:synthetic"})
    assert asked.status == 303
    owner = entered(running, platform, MemberRole.REVIEWER)
    assert "Request for access to an offer" in owner.get("/answer/requests").words
    one = owner.get(asked.headers["Location"].removeprefix("/portal"))
    assert "national-law:synthetic" in one.words
    given = {"outcome": "declined", "reference": "", "object_ids": "", "way": "", "reason": "not-now"}
    assert owner.post(asked.headers["Location"].removeprefix("/portal") + "/answer", given).status == 303
    assert "not now; ask again later" in officer.get(asked.headers["Location"].removeprefix("/portal")).words
    assert "not now; ask again later" not in analyst.get("/answer/requests").words


def test_what_is_not_offered_or_not_seen_is_not_there(running: RunningExchange, platform: FakePartner, officer: Visitor) -> None:
    hidden = offer_of(running.clock(), object_marking_refs=[platform.register_audience(partners_in=[platform.partner_id])])
    assert platform.submit(hidden).status in {200, 201}
    absent = f"/objects/{offer_of(running.clock())['id']}/access"
    for path in (f"/objects/{hidden['id']}/access", absent, "/objects/anything/access"):
        assert officer.get(path).status == 404
        officer.get("/account")
        assert officer.post(path, {"purpose": "investigation", "legal_basis": "national-law:synthetic"}).status == 404
    lesser = entered(running, platform, MemberRole.READ_ONLY)
    assert lesser.get(absent).status == lesser.get("/answer/requests/start").status == 403
