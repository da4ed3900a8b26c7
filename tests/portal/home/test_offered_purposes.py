from __future__ import annotations

from app.domain.vocabulary import MemberRole, Purpose, Role
from app.portal.home.offered_purposes import USUAL
from tests.factories.exchanges import RunningExchange
from tests.factories.portal_readers import READING
from tests.factories.portal_visitors import invited


def test_each_role_reads_first_for_something() -> None:
    assert set(USUAL) == set(Role)


def test_ones_own_purpose_stands_chosen_and_what_the_agreement_does_not_allow_is_marked(running: RunningExchange) -> None:
    both = [Purpose.DETECTION, Purpose.VICTIM_PROTECTION]
    hotline = running.enrol("Synthetic line", role=Role.HOTLINE, agreement={"read": READING | {"purposes": both}})
    only = running.enrol("Synthetic shop", role=Role.HOTLINE, agreement={"read": READING | {"purposes": both[:1]}})
    for partner, first in ((hotline, "victim-protection"), (only, "detection")):
        administrator = running.person(partner, running.operator, MemberRole.ADMINISTRATOR)
        visitor = invited(running, administrator, MemberRole.ANALYST, f"analyst.{first}")
        with_none = visitor.get("/")
        assert f'<option value="{first}" selected>' in with_none.text
    assert "Protecting a child (not in your agreement)" in with_none.words
    assert "Investigating a case (not in your agreement)" in with_none.words
    assert "Finding abuse on our own service (not" not in with_none.words
