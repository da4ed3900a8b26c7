from __future__ import annotations

from app.domain.vocabulary import MemberRole, Role
from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.patterns import released
from tests.factories.portal_visitors import entered


def test_the_catalogues_word_and_released_numbers_stand_beside_each_other(running: RunningExchange) -> None:
    released(running)
    visitor = entered(running, running.enrol("Synthetic Researcher", role=Role.RESEARCHER), MemberRole.READ_ONLY)
    words = visitor.get("/patterns/countermeasures/CM-007").words
    for said in (
        "What it does to people's rights",
        "What remains",
        "Evidence",
        "OP-017",
        "24 organisations",
        "It helped: 12 organisations",
    ):
        assert said in words
    assert "OP-999" not in words
    assert "CM-022" in visitor.get("/patterns/countermeasures").words


def test_without_a_release_no_number_is_told(running: RunningExchange, platform: FakePartner) -> None:
    words = entered(running, platform, MemberRole.ANALYST).get("/patterns/countermeasures/CM-021").words
    assert "No number is released" in words
    assert "Against none by itself" in words


def test_what_the_catalogue_has_not_is_not_there(running: RunningExchange, platform: FakePartner) -> None:
    visitor = entered(running, platform, MemberRole.ANALYST)
    assert [visitor.get(f"/patterns/countermeasures/{code}").status for code in ("CM-999", "OP-017", "x")] == [404] * 3
