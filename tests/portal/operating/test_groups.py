from __future__ import annotations

import re
from datetime import timedelta

from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.page_passages import leads
from tests.factories.portal_onboarding import once
from tests.factories.portal_visitors import Visitor
from tests.factories.stix_objects import indicator


def _made(operator: Visitor, platform: FakePartner, hotline: FakePartner) -> str:
    word = once(operator.get("/exchange/groups/new"))
    given = {"title": "Synthetic ring", "description": "", "readers": [platform.partner_id], "writers": [hotline.partner_id]}
    answer = operator.post("/exchange/groups", {**given, "once": word})
    assert answer.status == 303, answer.words
    return answer.headers["Location"].removeprefix("/portal")


def _members(running: RunningExchange, path: str) -> dict[str, tuple[bool, bool]]:
    found = running.operator.get(f"sharing-groups/{path.rpartition('/')[2]}").json["members"]
    return {one["partner_id"]: (one["can_read"], one["can_write"]) for one in found}


def test_many_groups_stand_on_pages_that_lead_on_and_back(operator: Visitor, platform: FakePartner) -> None:
    for number in range(49):
        made = platform.post("sharing-groups", {"title": f"Ring {number:02}", "description": "", "shares_history": False})
        assert made.status == 201, made.json
    assert "49 in all" in operator.get("/exchange/groups").words
    for number in range(49, 52):
        once_more = {"title": f"Ring {number}", "description": "", "readers": [platform.partner_id], "writers": []}
        word = once(operator.get("/exchange/groups/new"))
        assert operator.post("/exchange/groups", {**once_more, "once": word}).status == 303
    first = operator.get("/exchange/groups")
    assert (re.findall(r"Ring \d\d", first.words), "1 to 50 of 52" in first.words) == (
        [f"Ring {number:02}" for number in range(50)],
        True,
    )
    second = operator.get(dict(leads(first, "More groups"))["next"])
    assert re.findall(r"Ring \d\d", second.words) == ["Ring 50", "Ring 51"]
    assert operator.get(dict(leads(second, "More groups"))["prev"]).words == first.words
    assert operator.get("/exchange/groups?next=x").status == 400


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
    assert answer.asks_again
    assert len(_members(running, path)) == 2


def test_before_somebody_is_taken_out_the_page_says_how_much_and_how_many_that_is(
    operator: Visitor, platform: FakePartner, hotline: FakePartner
) -> None:
    path = _made(operator, platform, hotline)
    shown = operator.get(path).words
    assert "0 objects are posted here now." in shown
    assert "2 members are in it and stay, but for whom you take out." in shown
    assert "1 member reads here, and fetches it." in shown
    group_id = path.rpartition("/")[2]
    body = {"objects": [hotline.sign(indicator())]}
    assert hotline.post("submissions", body, query={"group": group_id}).json["results"][0]["status"] == "stored"
    assert "1 object is posted here now." in operator.get(path).words
