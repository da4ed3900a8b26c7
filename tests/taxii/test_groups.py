"""Collections of sharing groups over TAXII: what the services keep is what partners see on the wire."""

from __future__ import annotations

import pytest

from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.stix_objects import indicator, newer, user_account
from tests.factories.taxii import COLLECTIONS, ask, ids, make_group, of, pages, post, post_signed

ABSENT = "0b8f7f8e-5a35-4b1c-9d68-0a7e8a2f4b11"


@pytest.fixture
def reader(running: RunningExchange) -> FakePartner:
    return running.enrol("Reader")


@pytest.fixture
def stranger(running: RunningExchange) -> FakePartner:
    return running.enrol("Stranger")


@pytest.fixture
def group(running: RunningExchange, platform: FakePartner, reader: FakePartner, hotline: FakePartner) -> str:
    return make_group(running, (platform, "rw"), (reader, "r"), (hotline, "w"))


def test_what_is_posted_to_a_group_reaches_its_readers_and_nobody_else(
    group: str, platform: FakePartner, reader: FakePartner, hotline: FakePartner, stranger: FakePartner
) -> None:
    first, second = indicator(), indicator()
    assert post_signed(platform, group, first).json["success_count"] == 1
    assert post_signed(hotline, group, second).json["success_count"] == 1
    for partner in (platform, reader):
        assert ids(ask(partner, of(group))) == ids(ask(partner, of(group, "manifest/"))) == [first["id"], second["id"]]
        assert [one["id"] for page in pages(partner, of(group), limit="1") for one in page] == [first["id"], second["id"]]
        assert ask(partner, of(group, f"objects/{first['id']}/versions/")).json["versions"] == [first["modified"]]
    assert ids(ask(reader, of("exchange"))) == [first["id"], second["id"]]
    assert ids(ask(stranger, of("exchange"))) == []
    assert ids(ask(hotline, of("exchange"))) == [second["id"]]


def test_rights_are_listed_as_they_are(group: str, platform: FakePartner, reader: FakePartner, hotline: FakePartner) -> None:
    for partner, expected in ((platform, (True, True)), (reader, (True, False)), (hotline, (False, True))):
        [listed] = [one for one in ask(partner, COLLECTIONS).json["collections"] if one["id"] == group]
        assert (listed["can_read"], listed["can_write"]) == expected
        assert listed == ask(partner, of(group, "")).json
        assert (ask(partner, of(group)).status == 200) == expected[0]
        assert (post_signed(partner, group, indicator()).status == 202) == expected[1]


def test_a_group_of_others_is_like_one_that_is_not_there(group: str, platform: FakePartner, stranger: FakePartner) -> None:
    value = indicator()
    post_signed(platform, group, value)
    same = {"X-Request-Id": "same"}
    for rest in ("", "objects/", "manifest/", f"objects/{value['id']}/", f"objects/{value['id']}/versions/"):
        for method in ("GET", "POST", "DELETE"):
            hidden, absent = (ask(stranger, of(one, rest), headers=same, method=method) for one in (group, ABSENT))
            assert (hidden.status, hidden.body) == (absent.status, absent.body)
            assert hidden.status in {404, 405}
            assert dict(hidden.headers.items()) == dict(absent.headers.items())


def test_the_same_again_is_no_effect_in_its_collection_and_one_in_another(
    running: RunningExchange, group: str, platform: FakePartner, reader: FakePartner
) -> None:
    other = make_group(running, (platform, "rw"), (reader, "r"), title="Circle B")
    signed = platform.sign(indicator())
    assert "message" not in post(platform, group, [signed]).json["successes"][0]
    assert post(platform, group, [signed]).json["successes"][0]["message"] == "already-stored"
    assert ids(ask(reader, of(other))) == []
    assert post(platform, other, [signed]).json["success_count"] == 1
    for collection in (group, other, "exchange"):
        assert ids(ask(reader, of(collection))) == [signed["id"]]


def test_taking_back_in_a_group_ends_its_posting_there_and_withdraws_what_is_nowhere_else(
    running: RunningExchange, group: str, platform: FakePartner, reader: FakePartner
) -> None:
    other = make_group(running, (platform, "rw"), (reader, "r"), title="Circle B")
    signed = platform.sign(indicator())
    for collection in (group, other):
        post(platform, collection, [signed])
    path = f"objects/{signed['id']}/"
    assert ask(platform, of(group, path), method="DELETE").status == 200
    for partner in (platform, reader):
        assert ask(partner, of(group, path)).status == 404
        assert ids(ask(partner, of(other))) == [signed["id"]]
    assert ask(platform, of(group, path), method="DELETE").status == 404
    assert ask(platform, of(other, path), method="DELETE").status == 200
    for partner in (platform, reader):
        assert ask(partner, of("exchange", path)).status == 404
    assert post(platform, group, [signed]).json["failures"][0]["message"].startswith("version-withdrawn")


def test_in_a_group_versions_are_taken_back_as_they_are_named(group: str, platform: FakePartner) -> None:
    first = indicator()
    post_signed(platform, group, first, newer(first))
    path = of(group, f"objects/{first['id']}/")
    assert ask(platform, path, {"match[version]": "2020-01-01T00:00:00Z"}, method="DELETE").status == 404
    assert ask(platform, path, {"match[version]": "last"}, method="DELETE").status == 200
    assert [one["modified"] for one in ask(platform, path, {"match[version]": "all"}).json["objects"]] == [first["modified"]]


def test_what_is_in_the_exchange_too_stays_there(group: str, platform: FakePartner, stranger: FakePartner) -> None:
    signed = platform.sign(indicator())
    for collection in ("exchange", group):
        assert post(platform, collection, [signed]).json["success_count"] == 1
    assert ask(platform, of(group, f"objects/{signed['id']}/"), method="DELETE").status == 200
    assert ids(ask(platform, of(group))) == []
    assert ids(ask(stranger, of("exchange"))) == [signed["id"]]


def test_taking_back_in_the_exchange_takes_it_out_of_groups(group: str, platform: FakePartner, reader: FakePartner) -> None:
    value = indicator()
    post_signed(platform, group, value)
    assert ask(platform, of("exchange", f"objects/{value['id']}/"), method="DELETE").status == 200
    assert ids(ask(reader, of(group))) == []


def test_anothers_object_in_a_group_is_not_taken_back(
    running: RunningExchange, platform: FakePartner, hotline: FakePartner
) -> None:
    shared = make_group(running, (platform, "rw"), (hotline, "rw"))
    value = indicator()
    post_signed(platform, shared, value)
    path = f"objects/{value['id']}/"
    for query in ({}, {"match[version]": "2020-01-01T00:00:00Z"}):
        assert ask(hotline, of(shared, path), query, method="DELETE").status == 404
    assert ask(hotline, of(shared, f"objects/indicator--{ABSENT}/"), method="DELETE").status == 404
    assert ids(ask(platform, of(shared))) == [value["id"]]


def test_a_cursor_of_one_group_is_not_good_in_another(
    running: RunningExchange, group: str, platform: FakePartner, reader: FakePartner
) -> None:
    other = make_group(running, (platform, "rw"), (reader, "r"), title="Circle B")
    for collection in (group, other):
        post_signed(platform, collection, indicator(), indicator())
    cursor = ask(reader, of(group), {"limit": "1"}).json["next"]
    for collection in (other, "exchange"):
        assert ask(reader, of(collection), {"next": cursor}).json["error_code"] == "cursor-invalid"


def test_who_passes_an_object_on_names_no_readers_for_it_behind_its_publisher(
    running: RunningExchange, hotline: FakePartner, reader: FakePartner
) -> None:
    relay = running.enrol("Relay", agreement={"write": {"passes_on": [hotline.partner_id]}})
    behind, with_it = (
        make_group(running, (relay, "rw"), (reader, "r"), *also, title=title)
        for also, title in (((), "Behind"), (((hotline, "rw"),), "With it"))
    )
    account = hotline.sign(user_account("somebody"))
    refused = post(relay, behind, [account]).json
    assert refused["failures"][0]["message"].startswith("group-excluded")
    assert refused["success_count"] == 0
    assert ids(ask(reader, of(behind))) == ids(ask(reader, of("exchange"))) == []
    assert post(relay, with_it, [account]).json["success_count"] == 1
    assert ids(ask(reader, of(with_it))) == [account["id"]]
    assert ask(hotline, of(with_it, f"objects/{account['id']}/"), method="DELETE").status == 200
    assert ids(ask(reader, of(with_it))) == []
