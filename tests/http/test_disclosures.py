from __future__ import annotations

import pytest

from app.domain.vocabulary import Purpose
from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.stix_objects import indicator

ABSENT = "indicator--0b8f7f8e-5a35-4b1c-9d68-0a7e8a2f4b11"


def test_an_owner_sees_who_was_given_what_and_why(running_on_both: RunningExchange) -> None:
    owner, reader = running_on_both.enrol("Platform A"), running_on_both.enrol("Hotline A")
    first, second = indicator(), indicator()
    owner.submit(first, second)
    reader.pull()
    reader.purpose = Purpose.INVESTIGATION
    reader.object(first["id"])
    page = owner.get("disclosures").json
    assert page["more"] is False
    rows = [{name: value for name, value in row.items() if name != "disclosed_at"} for row in page["disclosures"]]
    seen = {"publisher_id": owner.partner_id, "erased": False, "ground": "role-and-jurisdiction", "groups": []}
    given = [seen | {"id": one["id"], "version": one["modified"]} for one in (first, second)]
    known = {"recipient_id": reader.partner_id, "recipient_name": "Hotline A", "channel": "rest", "agreement_version": 1}
    known |= {"extent": "content", "credential_id": None}
    assert rows == [
        known | {"purpose": "detection", "objects": given},
        known | {"purpose": "investigation", "objects": given[:1]},
    ]


def test_an_answer_with_nothing_in_it_is_no_disclosure(platform: FakePartner, hotline: FakePartner) -> None:
    hotline.pull()
    hotline.object(ABSENT)
    assert platform.get("disclosures").json["disclosures"] == []


def test_others_see_only_what_is_theirs(platform: FakePartner, hotline: FakePartner) -> None:
    platform.submit(indicator())
    hotline.pull()
    assert hotline.get("disclosures").json["disclosures"] == []


def test_one_object_can_be_asked_about(platform: FakePartner, hotline: FakePartner) -> None:
    values = [indicator(), indicator()]
    platform.submit(*values)
    hotline.pull()
    [row] = platform.get("disclosures", query={"object": values[1]["id"]}).json["disclosures"]
    assert [one["id"] for one in row["objects"]] == [values[1]["id"]]
    assert platform.get("disclosures", query={"object": ABSENT}).json["disclosures"] == []


def test_the_ledger_is_read_page_by_page(platform: FakePartner, hotline: FakePartner) -> None:
    platform.submit(indicator())
    for _ in range(3):
        hotline.pull()
    first = platform.get("disclosures", query={"limit": 2}).json
    assert (len(first["disclosures"]), first["more"]) == (2, True)
    second = platform.get("disclosures", query={"limit": 2, "next": first["next"]}).json
    assert (len(second["disclosures"]), second["more"]) == (1, False)


def test_no_row_tells_how_many_others_there_are(platform: FakePartner, hotline: FakePartner) -> None:
    platform.submit(indicator())
    hotline.pull()
    [row] = platform.get("disclosures").json["disclosures"]
    assert "number" not in row


@pytest.mark.parametrize("query", [{"next": "x"}, {"limit": "0"}, {"object": "x"}, {"objects": ABSENT}])
def test_a_malformed_question_is_refused(platform: FakePartner, query: dict[str, str]) -> None:
    assert platform.get("disclosures", query=query).status == 400


def test_staff_have_no_disclosures_of_their_own(running: RunningExchange) -> None:
    assert running.operator.get("disclosures").status == 403


def test_staff_look_for_whoevers_objects_and_add_up_a_breach(running: RunningExchange) -> None:
    owner, reader = running.enrol("Platform A"), running.enrol("Hotline A")
    value = indicator()
    owner.submit(value)
    reader.pull()
    [row] = running.operator.post("disclosures/search", {"id": value["id"]}).json["disclosures"]
    assert [one["id"] for one in row["objects"]] == [value["id"]]
    asked = {"credential_id": row["credential_id"], "publisher_id": owner.partner_id}
    report = running.operator.post("disclosures/breach-report", asked).json
    assert (report["recipient_id"], report["credential_ids"]) == (reader.partner_id, [])
    [part] = report["publishers"]
    assert report["files"] == []
    assert (part["publisher_name"], part["versions"], [one["id"] for one in part["listed"]]) == ("Platform A", 1, [value["id"]])
    assert running.operator.post("disclosures/breach-report", {"credential_id": ABSENT[-36:]}).status == 404
    assert owner.post("disclosures/search", {}).status == 403


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_of_a_head_it_is_told_that_there_was_something(platform: FakePartner, hotline: FakePartner, method: str) -> None:
    value = indicator()
    platform.submit(value)
    assert hotline.send(method, f"objects/{value['id']}", headers={"Breakwater-Purpose": "detection"}).status == 200
    [row] = platform.get("disclosures").json["disclosures"]
    assert row["extent"] == {"GET": "content", "HEAD": "existence"}[method]
