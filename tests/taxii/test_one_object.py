from __future__ import annotations

import pytest

from tests.factories.exchanges import FakePartner, RunningExchange, Wanted
from tests.factories.stix_objects import context, indicator, newer
from tests.factories.taxii import ask, of, pages, post_signed

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
