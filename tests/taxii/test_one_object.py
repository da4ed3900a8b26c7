from __future__ import annotations

import pytest

from app.domain.permissions import Permission
from tests.factories.exchanges import Answer, FakePartner, RunningExchange, Wanted, issue
from tests.factories.stix_objects import context, indicator, newer
from tests.factories.taxii import TAXII, ask, of, pages, post, post_signed

ABSENT = "indicator--0b8f7f8e-5a35-4b1c-9d68-0a7e8a2f4b11"


def by_id(stix_id: str, collection: str = "exchange", rest: str = "") -> str:
    return of(collection, f"objects/{stix_id}/{rest}")


def test_an_object_is_its_newest_version_unless_others_are_asked_for(running_on_both: RunningExchange) -> None:
    publisher, reader = running_on_both.enrol("Platform A"), running_on_both.enrol("Hotline A")
    first = indicator()
    second = newer(first)
    post_signed(publisher, "exchange", first, indicator(), second)
    for query, expected in (
        ({}, [second]),
        ({"match[version]": "all"}, [first, second]),
        ({"match[version]": "first"}, [first]),
        ({"match[version]": first["modified"]}, [first]),
        ({"match[spec_version]": "2.1"}, [second]),
        ({"match[spec_version]": "2.0"}, []),
        ({"match[version]": "2020-01-01T00:00:00Z"}, []),
        ({"added_after": "2999-01-01T00:00:00Z"}, []),
    ):
        answer = ask(reader, by_id(first["id"]), query)
        assert answer.status == 200
        assert [one["modified"] for one in answer.json.get("objects", [])] == [one["modified"] for one in expected], query
    assert ask(reader, by_id(first["id"], rest="versions/")).json == {
        "more": False,
        "versions": [first["modified"], second["modified"]],
    }


def test_versions_come_in_pages(platform: FakePartner, hotline: FakePartner) -> None:
    first = indicator()
    values = [first, *(newer(first, modified=f"2026-01-06T10:00:0{number}.000Z") for number in range(4))]
    post_signed(platform, "exchange", *values)
    found, query = [], {"limit": "2"}
    while True:
        told = ask(hotline, by_id(first["id"], rest="versions/"), query).json
        found += told["versions"]
        if not told["more"]:
            break
        query["next"] = told["next"]
    assert found == [value["modified"] for value in values]
    all_of_it = pages(hotline, by_id(first["id"]), **{"limit": "2", "match[version]": "all"})
    assert [one["modified"] for page in all_of_it for one in page] == found


def test_a_cursor_of_one_object_is_not_good_for_another(platform: FakePartner) -> None:
    one, other = indicator(), indicator()
    post_signed(platform, "exchange", one, newer(one), other, newer(other))
    for rest, query in (("", {"match[version]": "all", "limit": "1"}), ("versions/", {"limit": "1"})):
        cursor = ask(platform, by_id(one["id"], rest=rest), query).json["next"]
        assert ask(platform, by_id(one["id"], rest=rest), {"next": cursor}).status == 200
        answer = ask(platform, by_id(other["id"], rest=rest), {"next": cursor})
        assert (answer.status, answer.json["error_code"]) == (400, "cursor-invalid")


def test_each_owner_states_its_own_version(running: RunningExchange, platform: FakePartner, hotline: FakePartner) -> None:
    value = indicator()
    for partner in (platform, hotline):
        assert post_signed(partner, "exchange", value | {"name": partner.name}).json["success_count"] == 1
    reader = running.enrol("Agency A")
    assert {one["name"] for one in ask(reader, by_id(value["id"])).json["objects"]} == {platform.name, hotline.name}
    assert ask(reader, by_id(value["id"], rest="versions/")).json["versions"] == [value["modified"]]


def test_hidden_absent_and_malformed_ids_get_the_same_bytes(running_on_both: RunningExchange) -> None:
    publisher = running_on_both.enrol("Platform A")
    reader = running_on_both.enrol("Hotline A", Wanted(agreement={"read": {"publisher_roles": ["hotline"]}}))
    value = indicator()
    post_signed(publisher, "exchange", value)
    for rest in ("", "versions/"):
        assert ask(publisher, by_id(value["id"], rest=rest)).status == 200
        answers = [
            ask(reader, by_id(one, rest=rest), headers={"X-Request-Id": "same"})
            for one in (value["id"], ABSENT, "nonsense", "x%00y", "%C3%A9", "*")
        ]
        assert {one.status for one in answers} == {404}
        assert len({one.body for one in answers}) == len({tuple(one.headers.items()) for one in answers}) == 1


def test_what_is_not_in_a_view_is_not_there(platform: FakePartner) -> None:
    value = indicator(extensions=context(harm_types=["csam"]))
    post_signed(platform, "exchange", value)
    for rest in ("", "versions/"):
        assert ask(platform, by_id(value["id"], "harm-csam", rest)).status == 200
        assert ask(platform, by_id(value["id"], "harm-trafficking-related", rest)).status == 404


@pytest.mark.parametrize(
    ("rest", "name"),
    [("", "match[id]"), ("", "match[type]"), *(("versions/", f"match[{name}]") for name in ("id", "type", "version"))],
)
def test_filters_that_the_resource_does_not_have_are_refused(platform: FakePartner, rest: str, name: str) -> None:
    value = indicator()
    post_signed(platform, "exchange", value)
    answer = ask(platform, by_id(value["id"], rest=rest), {name: "last"})
    assert (answer.status, answer.json["error_code"]) == (400, "request-invalid")


# --- taking back ------------------------------------------------------------------------------------------------------------


def remove(partner: FakePartner, stix_id: str, collection: str = "exchange", **query: str) -> Answer:
    return ask(partner, by_id(stix_id, collection), query, method="DELETE")


def versions_of(partner: FakePartner, stix_id: str) -> list[str]:
    answer = ask(partner, by_id(stix_id), {"match[version]": "all"})
    return [one["modified"] for one in answer.json.get("objects", [])]


def test_an_object_is_withdrawn_everywhere_in_all_its_versions(platform: FakePartner, hotline: FakePartner) -> None:
    value = indicator()
    post_signed(platform, "exchange", value, newer(value))
    answer = remove(platform, value["id"])
    assert (answer.status, answer.json, answer.headers["Content-Type"]) == (200, {}, TAXII)
    for partner in (platform, hotline):
        for rest in ("", "versions/"):
            assert ask(partner, by_id(value["id"], rest=rest)).status == 404
        assert ask(partner, of("exchange")).body == b"{}"
        assert partner.object(value["id"]).status == 404
    assert remove(platform, value["id"]).status == 404


@pytest.mark.parametrize(
    ("wanted", "left"),
    [("last", [0, 1]), ("first", [1, 2]), ("first,last", [1]), ("all", None), ("2026-01-06T11:00:00+01:00", [0, 2])],
)
def test_versions_are_withdrawn_as_they_are_named(platform: FakePartner, wanted: str, left: list[int] | None) -> None:
    first = indicator()
    values = [first, newer(first), newer(first, modified="2026-01-07T10:00:00.000Z")]
    post_signed(platform, "exchange", *values)
    assert remove(platform, first["id"], **{"match[version]": wanted}).status == 200
    if left is None:
        assert ask(platform, by_id(first["id"])).status == 404
    else:
        assert versions_of(platform, first["id"]) == [values[number]["modified"] for number in left]


def test_what_nothing_is_named_of_is_not_found_and_stays(platform: FakePartner) -> None:
    value = indicator()
    post_signed(platform, "exchange", value)
    for query in ({"match[version]": "2020-01-01T00:00:00Z"}, {"match[spec_version]": "2.0"}):
        assert remove(platform, value["id"], **query).status == 404
    for name in ("match[id]", "limit", "added_after"):
        assert remove(platform, value["id"], **{name: "1"}).status == 400
    assert remove(platform, value["id"], **{"match[version]": "newest"}).status == 400
    assert versions_of(platform, value["id"]) == [value["modified"]]


def test_unknown_hidden_malformed_and_others_ids_are_not_found(running_on_both: RunningExchange) -> None:
    publisher, other = running_on_both.enrol("Platform A"), running_on_both.enrol("Hotline A")
    stranger = running_on_both.enrol("Hotline B", Wanted(agreement={"read": {"publisher_roles": ["hotline"]}}))
    value = indicator()
    post_signed(publisher, "exchange", value)
    same = {"X-Request-Id": "same"}
    answers = [ask(stranger, by_id(one), method="DELETE", headers=same) for one in (value["id"], ABSENT, "nonsense", "x%00y")]
    answers.append(ask(other, by_id(value["id"]), method="DELETE", headers=same))
    assert {one.status for one in answers} == {404}
    assert len({one.body for one in answers}) == 1
    assert versions_of(publisher, value["id"]) == [value["modified"]]


def test_taking_back_needs_both_rights_and_no_view(running: RunningExchange, platform: FakePartner) -> None:
    value = indicator(extensions=context(harm_types=["csam"]))
    post_signed(platform, "exchange", value)
    assert remove(platform, value["id"], "harm-csam").status == 403
    both = platform.token
    for only in (Permission.OBJECTS_READ, Permission.OBJECTS_SUBMIT):
        platform.token = issue(running.operator, platform, {only})
        assert remove(platform, value["id"]).json["error_code"] == "permission-missing"
    platform.token = both
    assert versions_of(platform, value["id"]) == [value["modified"]]


def test_what_was_withdrawn_and_is_posted_again_is_a_failure(platform: FakePartner) -> None:
    signed = platform.sign(indicator())
    post(platform, "exchange", [signed])
    remove(platform, signed["id"])
    told = post(platform, "exchange", [signed]).json
    assert (told["success_count"], told["failures"][0]["message"].partition(":")[0]) == (0, "version-withdrawn")
    assert ask(platform, by_id(signed["id"])).status == 404
