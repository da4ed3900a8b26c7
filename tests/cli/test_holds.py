"""``hold place``, ``hold list`` and ``hold lift``."""

from __future__ import annotations

from app.domain.permissions import Permission
from app.domain.vocabulary import StaffRole
from tests.cli.desk import Desk
from tests.factories.exchanges import FakePartner


def test_a_hold_is_placed_listed_and_proposed_to_be_lifted(desk: Desk, hotline: FakePartner) -> None:
    operator = desk.running.staff(StaffRole.OPERATOR, Permission)
    assert "Nothing is held." in desk.run(operator, "hold", "list").stdout
    placed = desk.json(operator, "hold", "place", "--owner", hotline.partner_id, "--reference", "court-1")
    assert placed["id"] in desk.run(operator, "hold", "list").stdout
    proposed = desk.run(operator, "hold", "lift", placed["id"], "--reason", "The court let it go.")
    assert "another operator or data-protection person decides" in proposed.stdout
    assert desk.run(operator, "hold", "place", "--reference", "court-1").exit_code != 0
