from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest

from app.domain.vocabulary import Purpose
from breakwater_client.trust.canonical import canonical_bytes
from tests.factories.exchanges import FakePartner, RunningExchange, Wanted
from tests.factories.stix_objects import context, indicator, marking, newer, report

ABSENT = "indicator--0b8f7f8e-5a35-4b1c-9d68-0a7e8a2f4b11"


def ids(values: list[dict[str, Any]]) -> list[str]:
    return [value["id"] for value in values]


# --- the feed ---------------------------------------------------------------------------------------------------------------


def test_a_page_gives_exactly_the_bytes_that_were_signed(running_on_both: RunningExchange) -> None:
    publisher, reader = running_on_both.enrol("Platform A"), running_on_both.enrol("Hotline A")
    signed = [publisher.sign(indicator(name="Línea, 電話, \U0001f4a9", confidence=50, x_level=1.5)) for _ in range(3)]
    publisher.submit_signed(signed)
    page = reader.pull()
    assert page.status == 200
    expected = b",".join(canonical_bytes(value) for value in signed)
    assert (
        page.body
        == b'{"more":false,"next":"' + page.json["next"].encode() + b'","attestations":[],"objects":[' + expected + b"]}"
    )


def test_pages_follow_each_other_without_loss_or_double(running_on_both: RunningExchange) -> None:
    publisher, reader = running_on_both.enrol("Platform A"), running_on_both.enrol("Hotline A")
    values = [indicator() for _ in range(7)]
    publisher.submit(*values)
    for limit in (1, 3, 7, 8):
        assert ids(reader.pull_all(limit=limit)) == ids(values)


def test_more_and_next_say_how_to_go_on(platform: FakePartner, hotline: FakePartner) -> None:
    values = [indicator() for _ in range(3)]
    platform.submit(*values)
    first = hotline.pull(limit=2).json
    assert (first["more"], ids(first["objects"])) == (True, ids(values[:2]))
    second = hotline.pull(limit=2, next=first["next"]).json
    assert (second["more"], ids(second["objects"])) == (False, ids(values[2:]))
    assert hotline.pull(next=second["next"]).json == {"more": False, "next": second["next"], "attestations": [], "objects": []}
    late = indicator()
    platform.submit(late)
    assert ids(hotline.pull(next=second["next"]).json["objects"]) == [late["id"]]
    assert hotline.pull(limit=2, next=first["next"]).json["objects"][0]["id"] == values[2]["id"]


def test_the_default_is_a_hundred_objects(platform: FakePartner, hotline: FakePartner) -> None:
    platform.submit(*[indicator() for _ in range(101)])
    page = hotline.pull().json
    assert (len(page["objects"]), page["more"]) == (100, True)
    assert len(hotline.pull(limit=1000).json["objects"]) == 101


def test_a_page_tells_the_readers_own_dates(platform: FakePartner, hotline: FakePartner) -> None:
    platform.submit(indicator(), indicator())
    headers = hotline.pull().headers
    first, last = (datetime.fromisoformat(headers[f"X-Breakwater-Added-{which}"]) for which in ("First", "Last"))
    assert first < last
    assert ids(hotline.pull_all(added_after=headers["X-Breakwater-Added-First"])) == ids(hotline.pull_all())[1:]
    assert ids(hotline.pull_all(added_before=headers["X-Breakwater-Added-Last"])) == ids(hotline.pull_all())[:1]
    assert "X-Breakwater-Added-First" not in hotline.pull(added_after=headers["X-Breakwater-Added-Last"]).headers


@pytest.mark.parametrize("cursor", ["x", "AAAA", "A" * 512, "A" * 513, "..", "é", "", "=", "AAAA\n"])
def test_a_cursor_of_ones_own_making_is_refused(platform: FakePartner, cursor: str) -> None:
    answer = platform.pull(next=cursor)
    assert answer.status == 400
    assert answer.code in {"cursor-invalid", "request-invalid"}


def test_a_cursor_is_good_for_its_caller_purpose_and_filters_alone(platform: FakePartner, hotline: FakePartner) -> None:
    platform.submit(indicator(), indicator())
    cursor = hotline.pull(limit=1).json["next"]
    assert hotline.pull(limit=1, next=cursor).status == 200
    assert platform.pull(next=cursor).code == "cursor-invalid"
    assert hotline.pull(next=cursor, type="indicator").code == "cursor-invalid"
    assert hotline.get("disclosures", query={"next": cursor}).code == "cursor-invalid"
    hotline.purpose = Purpose.INVESTIGATION
    assert hotline.pull(next=cursor).code == "cursor-invalid"


# --- filters ----------------------------------------------------------------------------------------------------------------

FILTERED = {
    "first": indicator(confidence=80, modified="2026-01-05T10:00:00.000Z", valid_until="2026-02-01T00:00:00Z"),
    "second": indicator(
        confidence=20,
        modified="2026-01-06T10:00:00.0001Z",
        extensions=context(harm_types=["csam"], surfaces=["gaming"]),
        kill_chain_phases=[{"kill_chain_name": "ocsea-disruption", "phase_name": "solicitation"}],
    ),
    "third": report(["indicator--0b8f7f8e-5a35-4b1c-9d68-0a7e8a2f4b11"]),
}
FILTERED["second"]["valid_from"] = "2026-01-20T00:00:00Z"

FILTERS: list[tuple[dict[str, Any], set[str]]] = [
    ({}, {"first", "second", "third"}),
    ({"type": "report"}, {"third"}),
    ({"type": ["report", "indicator"]}, {"first", "second", "third"}),
    ({"type": "url"}, set()),
    ({"id": FILTERED["first"]["id"]}, {"first"}),
    ({"id": [FILTERED["first"]["id"], FILTERED["third"]["id"]]}, {"first", "third"}),
    ({"id": ABSENT}, set()),
    ({"harm": "csam"}, {"second"}),
    ({"harm": ["csam", "live-streamed-csa"]}, {"first", "second", "third"}),
    ({"surface": "gaming"}, {"second"}),
    ({"surface": "voice"}, set()),
    ({"phase": "solicitation"}, {"second"}),
    ({"phase": "live-abuse-facilitation", "harm": "live-streamed-csa"}, {"first"}),
    ({"phase": "solicitation", "harm": "live-streamed-csa"}, set()),
    ({"confidence_min": 20}, {"first", "second"}),
    ({"confidence_min": 21}, {"first"}),
    ({"confidence_min": 0}, {"first", "second"}),
    ({"modified_after": "2026-01-06T10:00:00.0001Z"}, set()),
    ({"modified_after": "2026-01-06T10:00:00.00009Z"}, {"second"}),
    ({"modified_before": "2026-01-06T10:00:00Z"}, {"first", "third"}),
    ({"valid_at": "2026-01-10T00:00:00Z"}, {"first"}),
    ({"valid_at": "2026-01-25T00:00:00Z"}, {"first", "second"}),
    ({"valid_at": "2026-02-01T00:00:00Z"}, {"second"}),
    ({"added_after": "2026-01-01T00:00:00Z"}, {"first", "second", "third"}),
    ({"added_before": "2026-01-01T00:00:00Z"}, set()),
    ({"owner": "0b8f7f8e-5a35-4b1c-9d68-0a7e8a2f4b11"}, set()),
]


def test_filters_narrow_as_they_say(running_on_both: RunningExchange) -> None:
    publisher, reader = running_on_both.enrol("Platform A"), running_on_both.enrol("Hotline A")
    answer = publisher.submit(*FILTERED.values())
    assert [one["status"] for one in answer.json["results"]] == ["stored"] * 3, answer.body
    names = {value["id"]: name for name, value in FILTERED.items()}
    for query, expected in [*FILTERS, ({"owner": publisher.partner_id}, {"first", "second", "third"})]:
        assert {names[one] for one in ids(reader.pull_all(**query))} == expected, query


@pytest.mark.parametrize(
    "query",
    [
        {"type": ""},
        {"type": "Indicator"},
        {"type": "indicator,report"},
        {"type": ["indicator", "%"]},
        {"id": "indicator"},
        {"id": "'; DROP TABLE object_version; --"},
        {"owner": "Platform A"},
        {"harm": "harm"},
        {"surface": "Gaming"},
        {"phase": ""},
        {"confidence_min": "-1"},
        {"confidence_min": "101"},
        {"confidence_min": "9" * 5000},
        {"confidence_min": "٣"},
        {"added_after": "yesterday"},
        {"added_before": "2026-13-01T00:00:00Z"},
        {"modified_after": "2026-01-01"},
        {"valid_at": "9999-99-99T99:99:99Z"},
        {"limit": "0"},
        {"limit": "1001"},
        {"limit": "1.0"},
        {"limit": "\x00"},
        {"id": [f"indicator--0b8f7f8e-5a35-4b1c-9d68-{number:012x}" for number in range(101)]},
    ],
)
def test_a_malformed_filter_is_an_error_and_never_wider(platform: FakePartner, query: dict[str, Any]) -> None:
    platform.submit(indicator())
    answer = platform.pull(**query)
    assert (answer.status, answer.code) == (400, "request-invalid")
    given = [part for values in query.values() for part in (values if isinstance(values, list) else [values])]
    assert not any(len(part) > 4 and part in answer.json["detail"] for part in given)


# --- purpose ----------------------------------------------------------------------------------------------------------------


def test_reading_needs_a_purpose(platform: FakePartner) -> None:
    answer = platform.get("objects")
    assert (answer.status, answer.code) == (400, "purpose-missing")


@pytest.mark.parametrize("stated", ["", "curiosity", "Detection", "detection, investigation", "é"])
def test_an_unknown_purpose_is_none(platform: FakePartner, stated: str) -> None:
    answer = platform.get("objects", headers={"Breakwater-Purpose": stated})
    assert (answer.status, answer.code) == (400, "request-invalid")
    assert not stated or stated not in answer.json["detail"].partition("is one of")[0]


def test_a_purpose_fixed_on_the_credential_is_the_only_one(running: RunningExchange) -> None:
    partner = running.enrol("Platform A", Wanted(purpose=Purpose.DETECTION))
    assert partner.get("objects").status == 200
    assert partner.pull().status == 200
    answer = partner.get("objects", headers={"Breakwater-Purpose": "investigation"})
    assert (answer.status, answer.code) == (403, "purpose-not-permitted")


# --- by id ------------------------------------------------------------------------------------------------------------------


def test_an_object_by_id_is_its_newest_version(running_on_both: RunningExchange) -> None:
    publisher, reader = running_on_both.enrol("Platform A"), running_on_both.enrol("Hotline A")
    value = indicator()
    signed = [publisher.sign(value), publisher.sign(newer(value, name="Second"))]
    publisher.submit_signed(signed)
    answer = reader.object(value["id"])
    assert answer.status == 200
    assert answer.body == b'{"attestations":[],"objects":[' + canonical_bytes(signed[1]) + b"]}"
    versions = reader.read(f"/{value['id']}/versions").json["versions"]
    assert [(one["owner"], one["version"]) for one in versions] == [
        (publisher.partner_id, value["modified"]),
        (publisher.partner_id, "2026-01-06T10:00:00.000Z"),
    ]
    first = reader.read(f"/{value['id']}/versions/{quote(value['modified'])}")
    assert first.body == b'{"attestations":[],"objects":[' + canonical_bytes(signed[0]) + b"]}"
    assert reader.read(f"/{value['id']}/versions/2026-01-07T10:00:00.000Z").status == 404


def test_each_owner_states_its_own_version(running: RunningExchange, platform: FakePartner, hotline: FakePartner) -> None:
    value = indicator()
    for partner in (platform, hotline):
        assert partner.submit(value | {"name": partner.name}).json["results"][0]["status"] == "stored"
    reader = running.enrol("Agency A")
    assert {one["name"] for one in reader.object(value["id"]).json["objects"]} == {platform.name, hotline.name}


def test_a_tag_saves_the_bytes_until_something_changes(platform: FakePartner, hotline: FakePartner) -> None:
    value = indicator()
    platform.submit(value)
    tag = hotline.object(value["id"]).headers["ETag"]
    same = hotline.object(value["id"], **{"If-None-Match": tag})
    assert (same.status, same.body, same.headers["ETag"]) == (304, b"", tag)
    platform.submit(newer(value))
    changed = hotline.object(value["id"], **{"If-None-Match": tag})
    assert changed.status == 200
    assert changed.headers["ETag"] != tag


def test_hidden_absent_and_malformed_ids_get_the_same_bytes(running_on_both: RunningExchange) -> None:
    publisher, reader = running_on_both.enrol("Platform A"), running_on_both.enrol("Hotline A", Wanted(agreement=None))
    value = indicator()
    publisher.submit(value)
    assert publisher.object(value["id"]).status == 200
    for rest in ("", "/versions", f"/versions/{value['modified']}", "/receipt"):
        hidden, absent, malformed = (
            reader.read(f"/{stix_id}{rest}", headers={"X-Request-Id": "same"}) for stix_id in (value["id"], ABSENT, "x%00y")
        )
        assert hidden.status == 404
        assert hidden.body == absent.body == malformed.body
        assert dict(hidden.headers.items()) == dict(absent.headers.items()) == dict(malformed.headers.items())


def test_a_tag_does_not_tell_of_what_is_hidden(platform: FakePartner, running: RunningExchange) -> None:
    value = indicator()
    platform.submit(value)
    stranger = running.enrol("Hotline B", Wanted(agreement=None))
    assert stranger.object(value["id"], **{"If-None-Match": "*"}).status == 404


# --- receipts ---------------------------------------------------------------------------------------------------------------


def test_an_owner_gets_the_receipt_of_its_object(platform: FakePartner, hotline: FakePartner) -> None:
    value = indicator()
    platform.submit(value, newer(value))
    path = f"objects/{value['id']}/receipt"
    newest = platform.get(path)
    assert newest.json["payloadType"] == "application/vnd.breakwater.receipt+json"
    assert platform.get(path).body == newest.body
    first = platform.get(path, query={"version": value["modified"]})
    assert first.json["payload"] != newest.json["payload"]
    assert platform.get(path, query={"version": "never"}).status == 404
    assert platform.get(path, query={"version": "a b"}).status == 400
    assert hotline.get(path).status == 404


# --- who reads --------------------------------------------------------------------------------------------------------------


def test_suspended_ended_and_foreign_callers_read_nothing(running: RunningExchange, platform: FakePartner) -> None:
    platform.submit(indicator())
    assert running.operator.get("objects", headers={"Breakwater-Purpose": "audit"}).status == 403
    running.suspend(platform)
    assert platform.pull().code == "partner-not-active"


def test_an_embargoed_object_comes_when_it_is_released(
    running: RunningExchange, platform: FakePartner, hotline: FakePartner
) -> None:
    release_at = (running.clock() + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    embargo = marking(platform.audience_id, tlp="amber", release_at=release_at)
    value = indicator(object_marking_refs=[embargo["id"]])
    answer = platform.submit(embargo, value)
    assert [one["status"] for one in answer.json["results"]] == ["stored", "stored"], answer.body
    assert value["id"] not in ids(hotline.pull_all())
    assert hotline.object(value["id"]).status == 404
    own = platform.read(f"/{value['id']}/versions").json["versions"]
    assert [one["added_at"] for one in own] == [None]
    running.clock.shift = timedelta(hours=2)
    running.do_all_work()
    assert value["id"] in ids(hotline.pull_all())
