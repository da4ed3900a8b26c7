from __future__ import annotations

from app.services.drafting.pick import behaviours_to_pick, choices
from tests.factories.drafting import desks
from tests.factories.members import started_hub


def test_behaviours_are_found_by_all_words_and_chosen_ones_stay(sqlite_url: str) -> None:
    with started_hub(sqlite_url) as hub:
        every = behaviours_to_pick(hub.exchange)
        assert len(every) > 20
        found = behaviours_to_pick(hub.exchange, "REPEATED short-lived")
        assert [one.code for one in found] == ["OP-017"]
        assert [one.code for one in behaviours_to_pick(hub.exchange, "no such words", ["OP-001"])] == ["OP-001"]
        assert behaviours_to_pick(hub.exchange, "no such words") == []
        names = {one.name for one in behaviours_to_pick(hub.exchange, "video")}
        assert "Solicitation of a live session" in names, "by a word that is akin"


def test_audiences_and_groups_are_ones_own(sqlite_url: str) -> None:
    with started_hub(sqlite_url) as hub:
        ours, theirs = desks(hub), desks(hub, "Hotline")
        can = choices(hub.exchange, ours.author)
        assert [one.audience.audience_id for one in can.audiences] == [ours.partner.everybody]
        assert can.groups == []
        assert theirs.partner.id not in can.organisations
