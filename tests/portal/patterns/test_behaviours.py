from __future__ import annotations

import pytest

from app.domain.vocabulary import MemberRole, Role, StaffRole
from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.patterns import publish, released, sighted
from tests.factories.portal_readers import let_read
from tests.factories.portal_visitors import entered


def test_it_says_what_it_is_and_how_often_we_see_it(
    running: RunningExchange, platform: FakePartner, hotline: FakePartner
) -> None:
    let_read(running, platform)
    sighted(running, hotline, publish(platform, "OP-017"), (2, 0, 1))
    page = entered(running, platform, MemberRole.ANALYST).get("/patterns/behaviours/OP-017")
    assert "Repeated short-lived rooms" in page.words
    for said in ("What it is", "Signs to look for", "Live stream", "CM-007", "Sources"):
        assert said in page.words
    assert "3 in all, at most 2" in page.words
    assert page.text.count('<td class="number"><bdi>') == 13


def test_what_helped_elsewhere_is_told_of_a_surface(running: RunningExchange, platform: FakePartner) -> None:
    released(running)
    visitor = entered(running, platform, MemberRole.ANALYST)
    assert "Choose a surface" in visitor.get("/patterns/behaviours/OP-017").words
    words = visitor.get("/patterns/behaviours/OP-017?surface=live-stream").words
    assert "Release 1 of" in words
    assert "12 organisations" in words
    elsewhere = visitor.get("/patterns/behaviours/OP-012?surface=direct-message").words
    assert "The nearest places where something is: OP-017 Repeated short-lived rooms , Live stream: CM-007" in elsewhere


def test_before_a_release_it_says_when_there_will_be_numbers(running: RunningExchange, platform: FakePartner) -> None:
    words = entered(running, platform, MemberRole.ANALYST).get("/patterns/behaviours/OP-017?surface=live-stream").words
    assert "Nothing has been released yet" in words


def test_whoever_reads_no_objects_reads_the_catalogue(running: RunningExchange) -> None:
    regulator = running.enrol("Synthetic Regulator", role=Role.REGULATOR)
    for visitor in (entered(running, regulator, MemberRole.ANALYST), entered(running, None, StaffRole.AUDITOR)):
        words = visitor.get("/patterns/behaviours/OP-017").words
        assert "Repeated short-lived rooms" in words
        assert "No single sightings are shown to you" in words


@pytest.mark.parametrize("code", ["OP-999", "CM-007", "op-017", "%3Cscript%3E"])
def test_what_the_catalogue_has_not_is_not_there(running: RunningExchange, platform: FakePartner, code: str) -> None:
    assert entered(running, platform, MemberRole.ANALYST).get(f"/patterns/behaviours/{code}").status == 404
