from __future__ import annotations

from tests.factories.exchanges import FakePartner
from tests.factories.stix_objects import indicator


def test_a_search_is_kept_asked_seen_and_removed(platform: FakePartner, hotline: FakePartner) -> None:
    purpose = {"Breakwater-Purpose": str(hotline.purpose)}
    asked = {"name": "corridors", "q": "saved corridor", "filters": {"owner": [platform.partner_id]}}
    made = hotline.post("searches", asked, headers=purpose | {"Idempotency-Key": "once"})
    assert made.status == 201
    assert hotline.post("searches", asked, headers=purpose | {"Idempotency-Key": "once"}).json == made.json
    assert hotline.post("searches", asked, headers=purpose).status == 409
    assert hotline.get("searches").json["searches"] == [made.json]
    path = f"searches/{made.json['id']}"
    stated = indicator(name="A saved corridor")
    assert platform.submit(stated, indicator(name="Another")).status == 201
    page = hotline.get(f"{path}/new", headers=purpose).json
    assert [one["id"] for one in page["objects"]] == [stated["id"]]
    assert (page["more"], page["complete"]) == (False, True)
    assert hotline.post(f"{path}/seen", {"next": page["next"]}, headers=purpose).json["seen_at"] is not None
    assert hotline.get(f"{path}/new", headers=purpose).json["objects"] == []
    assert platform.get(f"{path}/new", headers=purpose).status == 404
    assert hotline.post(f"{path}/removal", {}).json == {"id": made.json["id"]}
    assert hotline.get(f"{path}/new", headers=purpose).status == 404


def test_a_search_that_asks_for_a_person_is_not_kept(hotline: FakePartner) -> None:
    purpose = {"Breakwater-Purpose": str(hotline.purpose)}
    assert hotline.post("searches", {"name": "x", "q": "someone@example.org"}, headers=purpose).status == 400
    assert hotline.post("searches", {"name": "x", "q": "room"}, headers={"Breakwater-Purpose": ""}).status == 400
