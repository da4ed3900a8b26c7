from __future__ import annotations

import json

import pytest

from app.domain.vocabulary import MemberRole, Purpose, Role, StaffRole
from app.services.signing_in.sessions import find_session, read_for
from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.patterns import publish, released, reported, sighted
from tests.factories.pictures import parsed
from tests.factories.portal_readers import let_read
from tests.factories.portal_visitors import Visitor, entered


@pytest.fixture
def analyst(running: RunningExchange, platform: FakePartner) -> Visitor:
    let_read(running, platform)
    return entered(running, platform, MemberRole.ANALYST)


def test_sightings_that_one_sees_stand_in_the_matrix_and_in_its_downloads(
    running: RunningExchange, platform: FakePartner, hotline: FakePartner
) -> None:
    let_read(running, platform)
    sighted(running, hotline, publish(platform, "OP-017", "OP-016"), (1, 2))
    fresh = entered(running, platform, MemberRole.ANALYST)
    words = fresh.get("/patterns").words
    assert words.count("3 sightings \N{BLACK UP-POINTING TRIANGLE} up") == 2
    assert "no sighting" in words
    layer = json.loads(fresh.get("/patterns/navigator-layer.json").text)
    scores = {one["techniqueID"]: one["score"] for one in layer["techniques"]}
    assert (scores["OP-016"], scores["OP-017"], scores["OP-001"]) == (3, 3, 0)
    picture = fresh.get("/patterns/matrix.svg?surface=live-stream")
    assert picture.headers["Content-Type"].startswith("image/svg+xml")
    assert picture.headers["Content-Disposition"] == 'attachment; filename="patterns.svg"'
    assert [one.text for one in parsed(picture.text).iter() if one.text == "3 sightings"] == ["3 sightings"] * 2
    stranger = entered(running, hotline, MemberRole.ANALYST)
    assert "sightings \N{BLACK UP-POINTING TRIANGLE}" not in stranger.get("/patterns").words


def test_it_is_narrowed_by_surface_and_harm(analyst: Visitor) -> None:
    everything, narrowed = analyst.get("/patterns").words, analyst.get("/patterns?surface=payments&harm=live-streamed-csa").words
    assert "OP-001" in everything
    assert "OP-001" not in narrowed
    assert "OP-018" in narrowed
    assert analyst.get("/patterns?surface=moon").status == 400
    assert analyst.get("/patterns?surface=payments&surface=voice").status == 400
    assert analyst.get("/patterns?numbers=all").status == 400


def test_what_was_released_is_for_everybody_and_says_from_when(running: RunningExchange, platform: FakePartner) -> None:
    reported(running, 12, "OP-017", "OP-012")
    released(running)
    regulator = entered(running, running.enrol("Synthetic Regulator", role=Role.REGULATOR), MemberRole.READ_ONLY)
    staff = entered(running, None, StaffRole.AUDITOR)
    for visitor in (regulator, staff):
        words = visitor.get("/patterns").words
        assert "12 organisations" in words
        assert "too few to tell" in words
        assert "Release 1, " in words
        assert "no sighting" not in words
        assert visitor.get("/patterns?numbers=visible").status == 403
    assert "12 organisations" in entered(running, platform, MemberRole.ANALYST).get("/patterns?numbers=released").words


def test_before_a_release_and_a_purpose_there_is_the_catalogue_and_what_to_do(
    running: RunningExchange, platform: FakePartner
) -> None:
    visitor = entered(running, platform, MemberRole.DATA_PROTECTION)
    words = visitor.get("/patterns").words
    assert "No numbers: none have been released yet." in words
    assert "no number" in words
    assert "OP-025" in words


def test_a_read_is_on_the_ledger_by_the_purpose_of_the_session(
    running: RunningExchange, platform: FakePartner, hotline: FakePartner, analyst: Visitor
) -> None:
    stix_id = publish(platform, "OP-017")
    sighted(running, hotline, stix_id, (1,))
    read_for(running.exchange, find_session(running.exchange, analyst.secret), Purpose.SAFETY_DESIGN)
    analyst.get("/patterns")
    told = hotline.get("disclosures").json["disclosures"]
    assert [(one["purpose"], one["channel"], one["extent"]) for one in told][-1:] == [("safety-design", "portal", "existence")]
