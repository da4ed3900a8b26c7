from __future__ import annotations

import hashlib
import json
from base64 import b64decode
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from app.domain.export import ExportState, Trouble
from app.domain.permissions import Permission
from app.domain.vocabulary import Channel, Purpose, StaffRole, Tlp
from app.services.exporting.keys import key_text
from app.storage import exports
from tests.factories.exchanges import PARTNER_SCOPES, Caller, FakePartner, RunningExchange, issue
from tests.factories.exports import Laid, lay_export
from tests.factories.stix_objects import indicator

NIGHTLY = {
    "name": "nightly",
    "purpose": "detection",
    "snapshots": "0 3 * * *",
    "deltas": "*/5 * * * *",
    "time_zone": "Europe/Amsterdam",
}
ABSENT = "00000000-0000-4000-8000-000000000000"
SAME = {"X-Request-Id": "same"}


def define(partner: Caller, **changes: Any) -> dict[str, Any]:
    answer = partner.post("exports", NIGHTLY | changes)
    assert answer.status == 201, answer.body
    made: dict[str, Any] = answer.json
    return made


def lay(running: RunningExchange, definition_id: str, number: int, *contents: bytes, **columns: Any) -> list[Laid]:
    with running.exchange.database.read() as connection:
        known = exports.definition_by_id(connection, definition_id)
    assert known is not None
    return lay_export(running.exchange, known, number, contents, **columns)


def test_an_export_is_defined_listed_shown_changed_run_and_ended(running_on_both: RunningExchange) -> None:
    running = running_on_both
    partner = running.enrol("NGO", tlp_ceiling=Tlp.AMBER)
    answer = partner.post("exports", NIGHTLY | {"filters": {"type": ["malware", "indicator"]}})
    made, path = answer.json, f"exports/{answer.json['id']}"
    assert answer.headers["Location"] == f"/api/v1/{path}"
    assert made == {**made, **NIGHTLY, "tlp_ceiling": "amber", "format": "stix-ndjson", "compression": "zstd", "target": "local"}
    assert (made["filters"], made["keep_days"], made["newest"]) == ({"type": ["indicator", "malware"]}, 7, None)
    assert made["next_due_at"] > made["created_at"]
    listed = partner.get("exports").json
    assert (listed["exports"], listed["first"], listed["count"], listed["more"]) == ([made], 1, 1, False)
    assert partner.get("exports", query={"next": listed["next"]}).json["exports"] == []
    assert partner.get("exports", query={"next": "A" * 40}).code == "cursor-invalid"
    assert partner.get(path).json == made
    changed = partner.patch(path, {"name": "weekly", "snapshots": "0 3 * * sun", "deltas": None, "paused": True}).json
    assert (changed["name"], changed["snapshots"], changed["deltas"]) == ("weekly", "0 3 * * sun", None)
    assert (changed["paused"], changed["next_due_at"]) == (True, None)
    assert partner.post(f"{path}/runs", {}).status == 409
    assert partner.patch(path, {"paused": False}).json["next_due_at"] is not None
    asked = partner.post(f"{path}/runs", {"snapshot": True})
    assert asked.status == 202
    assert asked.json["next_due_at"] <= running.clock().isoformat()
    ended = partner.delete(path)
    assert (ended.status, ended.json["next_due_at"]) == (200, None)
    assert partner.delete(path).json == ended.json
    assert partner.post(f"{path}/runs", {}).code == "state-conflict"
    assert partner.patch(path, {"name": "again"}).code == "state-conflict"


def test_one_key_defines_once_and_runs_once(running: RunningExchange, platform: FakePartner) -> None:
    del running
    first = platform.post("exports", NIGHTLY, headers={"Idempotency-Key": "one"})
    assert platform.post("exports", NIGHTLY, headers={"Idempotency-Key": "one"}).json == first.json
    assert platform.post("exports", NIGHTLY | {"name": "x"}, headers={"Idempotency-Key": "one"}).code == "idempotency-key-reused"
    assert platform.post("exports", NIGHTLY).status == 409


@pytest.mark.parametrize(
    ("changes", "status", "pointer"),
    [
        ({"snapshots": "99 * * * *"}, 400, "/snapshots"),
        ({"deltas": "@hourly"}, 400, "/deltas"),
        ({"snapshots": None, "deltas": None}, 400, "/snapshots"),
        ({"time_zone": "../../etc/passwd"}, 400, "/time_zone"),
        ({"target": "elsewhere"}, 400, "/target"),
        ({"purpose": None}, 400, "/purpose"),
        ({"keep_days": 0}, 400, "/keep_days"),
        ({"filters": {"type": []}}, 400, "/filters/type"),
        ({"filters": {"next": "x"}}, 400, "/filters/next"),
        ({"encryption_key": key_text(bytes(32))}, 422, "/encryption_key"),
        ({"encryption_key": "short"}, 400, "/encryption_key"),
        ({"tlp_ceiling": "red"}, 403, "/tlp_ceiling"),
        ({"credential_id": ABSENT}, 400, "/credential_id"),
    ],
)
def test_what_makes_no_export_is_refused_where_it_is_wrong(
    platform: FakePartner, changes: dict[str, Any], status: int, pointer: str
) -> None:
    answer = platform.post("exports", NIGHTLY | changes)
    assert (answer.status, answer.json.get("pointer")) == (status, pointer)
    assert not [
        one for one in changes.values() if isinstance(one, str) and len(one) > len("red") and one in answer.json["detail"]
    ]
    assert platform.get("exports").json["exports"] == []


def test_what_is_anothers_is_absent(running: RunningExchange, platform: FakePartner, hotline: FakePartner) -> None:
    mine = define(platform)
    [file] = lay(running, mine["id"], 1, b"content")
    routes = (
        ("GET", "", None),
        ("PATCH", "", {"name": "mine"}),
        ("DELETE", "", None),
        ("GET", "/runs", None),
        ("POST", "/runs", {}),
        ("GET", "/runs/1", None),
        ("GET", "/manifest", None),
        ("GET", "/manifests/1", None),
        ("GET", f"/files/{file.name}", None),
    )
    for method, rest, document in routes:
        hidden = hotline.send(method, f"exports/{mine['id']}{rest}", document=document, headers=SAME)
        absent = hotline.send(method, f"exports/{ABSENT}{rest}", document=document, headers=SAME)
        assert (hidden.status, hidden.body) == (404, absent.body), (method, rest)
    assert hotline.get("exports").json["exports"] == []
    assert platform.get(f"exports/{mine['id']}").json["name"] == "nightly"


def test_staff_see_how_far_exports_are_and_nothing_of_what_is_in_them(running: RunningExchange, platform: FakePartner) -> None:
    mine = define(platform, filters={"type": ["malware"]})
    path = f"exports/{mine['id']}"
    [file] = lay(running, mine["id"], 1, b"content", state=ExportState.WAITING, trouble=Trouble.STORAGE_FULL, published_at=None)
    lay(running, mine["id"], 2, b"content")
    for staff in (running.operator, running.staff(StaffRole.AUDITOR, Permission)):
        [seen] = staff.get("exports").json["exports"]
        assert (seen["id"], seen["partner_id"], seen["filters"], seen["newest"]["number"]) == (
            mine["id"],
            platform.partner_id,
            None,
            2,
        )
        assert [(one["number"], one["state"], one["trouble"]) for one in staff.get(f"{path}/runs").json["runs"]] == [
            (2, "published", None),
            (1, "waiting", "storage-full"),
        ]
        assert staff.get(f"{path}/runs/2").json["files"] is None
        for rest in ("manifest", "manifests/2", f"files/{file.name}"):
            assert staff.get(f"{path}/{rest}").status == 403
        assert staff.post("exports", NIGHTLY).status == 403
        assert staff.patch(path, {"paused": True}).status == 403
        assert staff.delete(path).status == 403
        assert staff.post(f"{path}/runs", {}).status == 403


def test_runs_are_listed_in_pages_with_their_files(running: RunningExchange, platform: FakePartner) -> None:
    mine = define(platform)
    path = f"exports/{mine['id']}"
    for number in range(1, 6):
        files = lay(running, mine["id"], number, b"a" * number, b"bb")
    first = platform.get(f"{path}/runs", query={"limit": 3}).json
    assert [one["number"] for one in first["runs"]] == [5, 4, 3]
    rest = platform.get(f"{path}/runs", query={"limit": 3, "before": first["next"]}).json
    assert ([one["number"] for one in rest["runs"]], rest["next"]) == ([2, 1], None)
    shown = platform.get(f"{path}/runs/5").json
    assert [one["name"] for one in shown["files"]] == [one.name for one in files]
    assert shown["files"][0] == {**shown["files"][0], "size": 5, "part": "snapshot", "counts": {"indicator": 1}, "gone": False}
    for number in ("6", "0", "05", "x", "-1"):
        assert platform.get(f"{path}/runs/{number}").status == 404
    assert platform.get(path).json["newest"]["number"] == 5


def test_manifests_are_given_by_number_and_the_newest(running: RunningExchange, platform: FakePartner) -> None:
    mine = define(platform)
    path = f"exports/{mine['id']}"
    assert platform.get(f"{path}/manifest").status == 404
    for number in (1, 2):
        lay(running, mine["id"], number, b"x")
    lay(running, mine["id"], 3, b"x", state=ExportState.WRITING, manifest=None, published_at=None)
    assert platform.get(f"{path}/manifest").json == platform.get(f"{path}/manifests/2").json == {"payload": "2"}
    assert platform.get(f"{path}/manifests/1").json == {"payload": "1"}
    assert platform.get(f"{path}/manifests/3").status == 404
    assert platform.get(f"{path}/runs/3").json["files"] == []


def test_who_reads_less_than_the_export_sees_it_and_is_given_nothing(running: RunningExchange, platform: FakePartner) -> None:
    mine = define(platform)
    path = f"exports/{mine['id']}"
    [file] = lay(running, mine["id"], 1, b"x")
    for terms in (
        {"tlp_ceiling": Tlp.GREEN},
        {"purpose": Purpose.AUDIT},
        {"scopes": PARTNER_SCOPES - {Permission.OBJECTS_READ}},
    ):
        lesser = Caller(running.transport, issue(running.operator, platform, **terms))
        assert lesser.get(path).status == 200
        assert lesser.get(f"{path}/runs/1").json["files"] is None
        for rest in ("manifest", "manifests/1", f"files/{file.name}"):
            assert lesser.get(f"{path}/{rest}").status == 403, (terms, rest)


def test_a_key_is_told_as_it_was_given(platform: FakePartner) -> None:
    key = key_text(X25519PrivateKey.generate().public_key().public_bytes_raw())
    made = define(platform, encryption_key=key)
    assert made["encryption_key"] == key
    assert platform.patch(f"exports/{made['id']}", {"encryption_key": None}).json["encryption_key"] is None


def test_a_suspended_partner_is_given_nothing(running: RunningExchange, platform: FakePartner) -> None:
    mine = define(platform)
    [file] = lay(running, mine["id"], 1, b"x")
    running.suspend(platform)
    for rest in ("", f"/files/{file.name}"):
        assert platform.get(f"exports/{mine['id']}{rest}").code == "partner-not-active"


def test_the_whole_way_from_a_definition_to_what_is_gone(running_on_both: RunningExchange) -> None:
    running = running_on_both
    readable = {"read": {"channels": [Channel.REST, Channel.EXPORT]}}
    publisher, partner = running.enrol("Platform"), running.enrol("NGO", agreement=readable)
    values = [indicator() for _ in range(3)]
    publisher.submit(*values)
    path = f"exports/{define(partner, tlp_ceiling='amber', compression='none')['id']}"
    assert partner.post(f"{path}/runs", {}).status == 202
    running.do_all_work()
    run = partner.get(f"{path}/runs/1").json
    assert (run["state"], run["has_snapshot"], run["has_delta"]) == ("published", True, False)
    [file] = [one for one in run["files"] if one["part"] == "snapshot"]
    content = partner.get(f"{path}/files/{file['name']}").body
    assert hashlib.sha256(content).hexdigest() == file["sha256"]
    assert {json.loads(line)["id"] for line in content.splitlines()} == {value["id"] for value in values}
    payload = json.loads(b64decode(partner.get(f"{path}/manifest").json["payload"]))
    assert [one["sha256"] for one in payload["files"]] == [one["sha256"] for one in run["files"]]
    assert publisher.post(f"objects/{values[0]['id']}/withdrawal", {}).status == 201
    gone = partner.get(f"{path}/files/{file['name']}", headers={"Range": "bytes=0-1"})
    assert (gone.status, gone.code) == (410, "export-file-gone")
    assert partner.get(path).json["snapshot_wanted"]
    running.do_all_work()
    assert partner.post(f"{path}/runs", {}).status == 202
    running.do_all_work()
    second = partner.get(f"{path}/runs/2").json
    assert (second["state"], second["has_snapshot"]) == ("published", True)
    files = [partner.get(f"{path}/files/{one['name']}").body for one in second["files"] if one["part"] == "snapshot"]
    assert {json.loads(line)["id"] for line in b"".join(files).splitlines()} >= {value["id"] for value in values[1:]}
    assert values[0]["id"] not in {json.loads(line)["id"] for line in b"".join(files).splitlines()}
    assert partner.get(f"{path}/runs/1").json["files"][0]["gone"]
    assert partner.delete(path).status == 200
    running.do_all_work()
    assert list(running.exchange.depots["local"].names("")) == []
