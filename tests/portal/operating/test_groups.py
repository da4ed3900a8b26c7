from __future__ import annotations

from datetime import timedelta

from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.portal_onboarding import once
from tests.factories.portal_visitors import Visitor


def _made(operator: Visitor, platform: FakePartner, hotline: FakePartner) -> str:
    word = once(operator.get("/exchange/groups/new"))
    given = {"title": "Synthetic ring", "description": "", "readers": [platform.partner_id], "writers": [hotline.partner_id]}
    answer = operator.post("/exchange/groups", {**given, "once": word})
    assert answer.status == 303, answer.words
    return answer.headers["Location"].removeprefix("/portal")


def _members(running: RunningExchange, path: str) -> dict[str, tuple[bool, bool]]:
    found = running.operator.get(f"sharing-groups/{path.rpartition('/')[2]}").json["members"]
    return {one["partner_id"]: (one["can_read"], one["can_write"]) for one in found}


def test_an_operator_makes_a_group_and_changes_who_is_in_it(
    running: RunningExchange, operator: Visitor, platform: FakePartner, hotline: FakePartner
) -> None:
    assert "No group yet" in operator.get("/exchange/groups").words
    path = _made(operator, platform, hotline)
    assert _members(running, path) == {platform.partner_id: (True, False), hotline.partner_id: (False, True)}
    assert "and nothing that was before" in operator.get(path).words
    assert "Synthetic ring" in operator.get("/exchange/groups").words
    operator.get(path)
    given = {"partner_id": platform.partner_id, "can_read": "yes", "can_write": "yes"}
    assert operator.post(f"{path}/members", given).status == 303
    assert _members(running, path)[platform.partner_id] == (True, True)
    operator.get(path)
    answer = operator.post(f"{path}/members", {"partner_id": platform.partner_id})
    assert (answer.status, "reads, writes or does both" in answer.words) == (422, True)
    assert operator.post(f"{path}/removal", {"partner_id": platform.partner_id}).status == 303
    assert list(_members(running, path)) == [hotline.partner_id]
    operator.get(path)
    assert operator.post(f"{path}/key").status == 303
    operator.get(path)
    answer = operator.post(f"{path}/key")
    assert (answer.status, "less than ten minutes old" in answer.words) == (422, True)
    answer = operator.post(f"{path}/deletion", {"title": "something else"})
    assert (answer.status, "Type the title" in answer.words) == (422, True)
    assert operator.post(f"{path}/deletion", {"title": "Synthetic ring"}).status == 303
    assert operator.get(path).status == 404


def test_a_title_that_is_taken_or_none_is_said_and_nothing_is_lost(
    operator: Visitor, platform: FakePartner, hotline: FakePartner
) -> None:
    _made(operator, platform, hotline)
    for title, sentence in (("Synthetic ring", "is taken"), ("with.dots", "no dots"), ("", "1 to 100 characters")):
        operator.get("/exchange/groups/new")
        answer = operator.post(
            "/exchange/groups", {"title": title, "description": "Kept words", "readers": [platform.partner_id]}
        )
        assert (answer.status, sentence in answer.words, 'value="Kept words"' in answer.text) == (422, True, True), title


def test_of_a_partners_own_group_operators_only_take_away(operator: Visitor, platform: FakePartner, hotline: FakePartner) -> None:
    members = [{"partner_id": one.partner_id, "can_read": True, "can_write": True} for one in (platform, hotline)]
    made = platform.post("sharing-groups", {"title": "Own", "shares_history": True, "members": members[:1]}).json
    path = f"/exchange/groups/{made['id']}"
    assert "Add an organisation" not in operator.get(path).words
    answer = operator.post(f"{path}/members", {"partner_id": hotline.partner_id, "can_read": "yes"})
    assert (answer.status, platform.get(f"sharing-groups/{made['id']}").json["members"]) == (422, made["members"])
    assert operator.post(f"{path}/removal", {"partner_id": platform.partner_id}).status == 303


def test_whoever_finds_the_screen_open_changes_nobody(
    running: RunningExchange, operator: Visitor, platform: FakePartner, hotline: FakePartner, auditor: Visitor
) -> None:
    path = _made(operator, platform, hotline)
    assert auditor.get("/exchange/groups").status == 403
    operator.get(path)
    running.clock.shift += timedelta(minutes=6)
    answer = operator.post(f"{path}/removal", {"partner_id": platform.partner_id})
    assert answer.headers["Location"] == f"/portal/show-again?back={path}"
    assert len(_members(running, path)) == 2
