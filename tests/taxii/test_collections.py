from __future__ import annotations

import pytest

from app.domain.permissions import Permission
from app.domain.vocabulary import Harm, Purpose
from tests.factories.exchanges import FakePartner, RunningExchange, agreement_document, issue
from tests.factories.taxii import COLLECTIONS, ask, of


def test_collections_are_listed_with_what_the_caller_may_do(platform: FakePartner) -> None:
    listed = ask(platform, COLLECTIONS).json["collections"]
    assert [one["alias"] for one in listed] == ["exchange", "catalogue", *sorted(f"harm-{harm}" for harm in Harm)]
    first = listed[0]
    assert first.keys() == {"id", "title", "description", "alias", "can_read", "can_write", "media_types"}
    assert (first["can_read"], first["can_write"]) == (True, True)
    assert first["media_types"] == ["application/stix+json;version=2.1"]
    assert {(one["can_read"], one["can_write"]) for one in listed[1:]} == {(True, False)}


def test_one_collection_is_the_one_of_the_list_by_id_and_by_alias(platform: FakePartner) -> None:
    for one in ask(platform, COLLECTIONS).json["collections"]:
        for name in (one["id"], one["alias"]):
            assert ask(platform, of(name, "")).json == one


def test_who_may_do_nothing_has_no_collections(running: RunningExchange, platform: FakePartner) -> None:
    platform.token = issue(running.operator, platform, {Permission.OBJECTS_SUBMIT})
    no_writing = agreement_document(platform.partner_id, platform.audience_id, write={"assurances": []})
    assert running.operator.post("agreements", no_writing).status == 201
    assert ask(platform, COLLECTIONS).json == {}
    assert ask(platform, of("exchange", "")).status == 404


def test_without_a_purpose_nothing_is_readable_and_the_list_says_so(platform: FakePartner) -> None:
    platform.purpose = None
    listed = ask(platform, COLLECTIONS).json["collections"]
    assert [one["alias"] for one in listed if one["can_read"]] == ["catalogue"]
    assert listed[0]["can_write"]


@pytest.mark.parametrize("stated", ["curiosity", ""])
def test_an_unknown_purpose_is_refused(platform: FakePartner, stated: str) -> None:
    answer = ask(platform, COLLECTIONS, headers={"Breakwater-Purpose": stated})
    assert (answer.status, answer.json["error_code"]) == (400, "request-invalid")


def test_another_purpose_than_the_fixed_one_is_refused(running: RunningExchange, platform: FakePartner) -> None:
    platform.token = issue(running.operator, platform, purpose=Purpose.DETECTION)
    platform.purpose = Purpose.INVESTIGATION
    assert ask(platform, COLLECTIONS).json["error_code"] == "purpose-not-permitted"
