from __future__ import annotations

import pytest

from app.domain.vocabulary import MemberRole, Role, StaffRole
from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.portal_visitors import Visitor, entered

ADOPTION = {"countermeasure": "CM-007", "surface": "live-stream", "state": "adopted", "since": "2025-06-01", "until": ""}
EFFECT = {
    "countermeasure": "CM-007",
    "surface": "live-stream",
    "behaviour": "OP-017",
    "band": "strong",
    "evidence": "observational",
    "observed_from": "2025-06-01",
    "observed_until": "2025-09-01",
}


@pytest.fixture
def analyst(running: RunningExchange, platform: FakePartner) -> Visitor:
    return entered(running, platform, MemberRole.ANALYST)


def declare(visitor: Visitor, what: str, given: dict[str, str]) -> int:
    visitor.get(f"/patterns/declarations/{what}")
    return visitor.post(f"/patterns/declarations/{what}", given).status


def hidden(visitor: Visitor, name: str) -> str:
    found = visitor.get("/patterns/declarations").text.partition(f'name="{name}" value="')[2]
    return found.partition('"')[0]


def test_what_was_adopted_and_what_came_of_it_is_said_and_taken_back(analyst: Visitor) -> None:
    assert "Nothing declared yet" in analyst.get("/patterns/declarations").words
    assert declare(analyst, "adoption", ADOPTION) == 303
    assert declare(analyst, "effect", EFFECT) == 303
    words = analyst.get("/patterns/declarations").words
    assert "CM-007 Eligibility and audience limits for live-streams Live stream Adopted 1 Jun 2025" in words
    assert "OP-017 Repeated short-lived rooms CM-007 Live stream Much less of it Observation" in words
    assert analyst.post("/patterns/declarations/effect/removal", {"effect_id": hidden(analyst, "effect_id")}).status == 303
    assert "No effect declared yet" in analyst.get("/patterns/declarations").words
    assert analyst.post("/patterns/declarations/adoption/removal", {"adoption_id": hidden(analyst, "adoption_id")}).status == 303
    assert "Nothing declared yet" in analyst.get("/patterns/declarations").words


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"countermeasure": "CM-999"}, "countermeasure"),
        ({"surface": "moon"}, "surface"),
        ({"state": ""}, "state"),
        ({"since": "1 June"}, "since"),
        ({"since": "2999-01-01"}, "since"),
        ({"until": "2025-07-01"}, "until"),
    ],
)
def test_what_cannot_be_is_shown_again_with_its_fault(analyst: Visitor, changes: dict[str, str], place: str) -> None:
    assert declare(analyst, "adoption", ADOPTION | changes) == 422
    assert f'href="#{place}"' in analyst.page.text
    assert f'id="{place}-fault"' in analyst.page.text
    assert '<option value="CM-007" selected>' in analyst.page.text or place == "countermeasure"


def test_an_effect_is_of_what_was_adopted(analyst: Visitor) -> None:
    assert declare(analyst, "effect", EFFECT) == 422
    assert "Declare first that you have adopted" in analyst.page.words
    for changes in ({"band": "huge"}, {"evidence": ""}, {"behaviour": "OP-999"}, {"observed_from": "x"}):
        assert declare(analyst, "effect", EFFECT | changes) == 422


def test_a_countermeasures_page_leads_here_with_its_code(analyst: Visitor) -> None:
    page = analyst.get("/patterns/countermeasures/CM-007")
    assert "/patterns/declarations/adoption?countermeasure=CM-007" in page.text
    assert '<option value="CM-007" selected>' in analyst.get("/patterns/declarations/adoption?countermeasure=CM-007").text


def test_another_organisation_reads_nothing_of_it_and_takes_nothing_back(
    running: RunningExchange, analyst: Visitor, hotline: FakePartner
) -> None:
    declare(analyst, "adoption", ADOPTION)
    adoption_id = hidden(analyst, "adoption_id")
    other = entered(running, hotline, MemberRole.ANALYST)
    assert "Nothing declared yet" in other.get("/patterns/declarations").words
    theirs = other.post("/patterns/declarations/adoption/removal", {"adoption_id": adoption_id})
    other.get("/patterns/declarations")
    none = other.post("/patterns/declarations/adoption/removal", {"adoption_id": "00000000-0000-4000-8000-000000000000"})
    assert (theirs.status, none.status) == (404, 404)


def test_who_declares_nothing_is_not_asked_to(running: RunningExchange, platform: FakePartner) -> None:
    reading = entered(running, platform, MemberRole.READ_ONLY)
    assert "Say what you have adopted" not in reading.get("/patterns/declarations").words
    assert declare(reading, "adoption", ADOPTION) == 403
    regulator = entered(running, running.enrol("Synthetic Regulator", role=Role.REGULATOR), MemberRole.ANALYST)
    for visitor in (regulator, entered(running, None, StaffRole.OPERATOR)):
        assert "/patterns/declarations" not in visitor.get("/patterns/countermeasures/CM-007").text
        assert visitor.get("/patterns/declarations").status == 403
        assert visitor.get("/patterns/declarations/adoption").status == 403
