from __future__ import annotations

from typing import Any

from app.domain.errors import Code
from app.services.drafting.posting import GROUP_PLACE, named_group, why_not_posted
from tests.factories.drafting import desks
from tests.factories.groups import let_in, make_group, put_out
from tests.factories.members import started_hub


def test_a_form_of_any_completeness_names_a_group_or_none() -> None:
    assert named_group({"who_may_know": {"group_id": "x"}}) == "x"
    less: list[dict[str, Any]] = [{}, {"who_may_know": {}}, {"who_may_know": {"group_id": 7}}]
    assert [named_group(one) for one in less] == [None, None, None]


def test_a_group_is_posted_to_by_who_writes_in_it_now_and_all_others_are_told_the_same(sqlite_url: str) -> None:
    with started_hub(sqlite_url) as hub:
        ours = desks(hub)
        partner = ours.partner
        group_id, hidden = make_group(hub, partner), make_group(hub)

        def told(named: str | None) -> object:
            with hub.exchange.database.read() as connection:
                return why_not_posted(connection, partner.id, named)

        assert (told(None), told(group_id)) == (None, None)
        absent = told("none")
        assert (getattr(absent, "code", None), getattr(absent, "pointer", None)) == (Code.GROUP_NOT_WRITABLE, GROUP_PLACE)
        assert told(hidden) == absent
        let_in(hub, group_id, partner, can_write=False)
        assert told(group_id) == absent
        put_out(hub, group_id, partner)
        assert told(group_id) == absent
