from __future__ import annotations

from app.services.drafting.pick import behaviours_to_pick, choices
from tests.factories.drafting import desks
from tests.factories.members import started_hub


def test_behaviours_in_force_can_be_picked(sqlite_url: str) -> None:
    with started_hub(sqlite_url) as hub:
        codes = [one.code for one in behaviours_to_pick(hub.exchange)]
        assert len(codes) > 20
        assert codes == sorted(set(codes))


def test_audiences_and_groups_are_ones_own(sqlite_url: str) -> None:
    with started_hub(sqlite_url) as hub:
        ours, theirs = desks(hub), desks(hub, "Hotline")
        can = choices(hub.exchange, ours.author)
        assert [one.audience.audience_id for one in can.audiences] == [ours.partner.everybody]
        assert can.groups == []
        assert theirs.partner.id not in can.organisations
