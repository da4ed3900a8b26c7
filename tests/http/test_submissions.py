from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from breakwater_client.trust.keys import PrivateKey
from tests.factories.exchanges import PLAIN_TOOLS, FakePartner, RunningExchange, Wanted
from tests.factories.stix_objects import indicator, marking, newer, report, stix_id


def results(answer: Any) -> list[dict[str, Any]]:
    assert answer.status == 201, answer.body
    found: list[dict[str, Any]] = answer.json["results"]
    return found


def test_a_submission_gets_its_results_its_receipt_and_a_place(running_on_both: RunningExchange) -> None:
    partner = running_on_both.enrol("Platform A")
    values = [indicator(), indicator(name="Línea, 電話")]
    answer = partner.submit(*values)
    assert answer.status == 201
    made = answer.json
    assert answer.headers["Location"] == f"/api/v1/submissions/{made['id']}"
    assert [(one["status"], one["id"], one["pointer"]) for one in made["results"]] == [
        ("stored", values[0]["id"], "/objects/0"),
        ("stored", values[1]["id"], "/objects/1"),
    ]
    first, second = (one["log_index"] for one in made["results"])
    assert second == first + 1
    signed = json.loads(base64.b64decode(made["receipt"]["payload"]))
    assert signed["submission"] == made["id"]
    assert [one["payload_digest"] for one in signed["objects"]] == [one["payload_digest"] for one in made["results"]]
    assert partner.get(answer.headers["Location"]).json == made


@pytest.mark.parametrize(
    "media_type",
    [
        "application/json",
        "application/stix+json;version=2.1",
        "application/taxii+json; version=2.1",
        'APPLICATION/TAXII+JSON ; Version="2.1"',
    ],
)
def test_three_media_types_are_read_whatever_their_parameters(platform: FakePartner, media_type: str) -> None:
    body = json.dumps({"objects": [platform.sign(indicator())]}).encode()
    assert results(platform.send("POST", "submissions", body=body, media_type=media_type))[0]["status"] == "stored"


@pytest.mark.parametrize("media_type", [None, "text/plain", "application/x-ndjson", "application/vnd.oasis.stix"])
def test_others_are_not(platform: FakePartner, media_type: str | None) -> None:
    answer = platform.send("POST", "submissions", body=b"{}", media_type=media_type)
    assert (answer.status, answer.code) == (415, "media-type-unsupported")


def test_a_bundle_is_read_like_an_envelope(platform: FakePartner) -> None:
    bundle = {"type": "bundle", "id": "bundle--0b8f7f8e-5a35-4b1c-9d68-0a7e8a2f4b11", "objects": [platform.sign(indicator())]}
    assert results(platform.post("submissions", bundle))[0]["status"] == "stored"


def test_one_bad_object_does_not_sink_the_others(platform: FakePartner, hotline: FakePartner) -> None:
    bad = platform.sign(indicator()) | {"name": "changed afterwards"}
    answer = platform.submit_signed([platform.sign(indicator()), bad, platform.sign(indicator())])
    assert [one["status"] for one in results(answer)] == ["stored", "refused", "stored"]
    refused = results(answer)[1]
    assert (refused["code"], refused["pointer"]) == ("signature-invalid", "/objects/1")
    assert refused["refusal_pointer"].startswith("/objects/1/extensions/")
    assert set(refused) == {"pointer", "status", "code", "detail", "refusal_pointer"}
    assert b"changed afterwards" not in answer.body
    assert len(hotline.pull_all()) == 2


def test_atomic_means_all_or_nothing(platform: FakePartner, hotline: FakePartner) -> None:
    answer = platform.submit_signed([platform.sign(indicator()), indicator()], atomic=True)
    assert [one["code"] for one in results(answer)] == ["submission-not-atomic", "signature-missing"]
    assert hotline.pull_all() == []
    assert [one["status"] for one in results(platform.submit(indicator(), indicator(), atomic=True))] == ["stored", "stored"]


@pytest.mark.parametrize("value", ["yes", "1", "TRUE", "", "t"])
def test_atomic_is_true_or_false_and_nothing_else(platform: FakePartner, value: str) -> None:
    answer = platform.post("submissions", {"objects": [platform.sign(indicator())]}, query={"atomic": value})
    assert (answer.status, answer.code) == (400, "request-invalid")
    assert platform.pull_all() == []


def test_the_same_object_again_is_already_stored(platform: FakePartner) -> None:
    signed = platform.sign(indicator())
    first, second = (results(platform.submit_signed([signed]))[0] for _ in range(2))
    assert second == first | {"status": "already-stored"}


def test_an_old_id_with_other_content_is_a_conflict_and_the_first_stays(platform: FakePartner, hotline: FakePartner) -> None:
    value = indicator()
    platform.submit(value)
    refused = results(platform.submit(value | {"name": "Another thing"}))[0]
    assert (refused["code"], refused["refusal_pointer"]) == ("version-conflict", "/objects/0/modified")
    assert [one["name"] for one in hotline.pull_all()] == [value["name"]]
    assert results(platform.submit(newer(value, name="Another thing")))[0]["status"] == "stored"


def test_a_forged_signature_is_refused(platform: FakePartner, hotline: FakePartner) -> None:
    forger = FakePartner(platform.transport, platform.token, key=PrivateKey.generate(), identity_id=platform.identity_id)
    assert results(forger.submit(indicator()))[0]["code"] == "key-not-active"
    signed_by_another = hotline.sign(indicator())
    assert results(platform.submit_signed([signed_by_another]))[0]["code"] == "key-not-active"
    as_another = FakePartner(platform.transport, platform.token, key=platform.key, identity_id=hotline.identity_id)
    assert results(as_another.submit(indicator()))[0]["code"] == "signer-mismatch"


def test_a_submission_is_its_partners_alone(running: RunningExchange, platform: FakePartner, hotline: FakePartner) -> None:
    place = platform.submit(indicator()).headers["Location"]
    headers = {"X-Request-Id": "same"}
    assert platform.get(place).status == 200
    hidden = hotline.get(place, headers=headers)
    absent = hotline.get("submissions/0b8f7f8e-5a35-4b1c-9d68-0a7e8a2f4b11", headers=headers)
    assert (hidden.status, hidden.body) == (404, absent.body)
    assert running.operator.get(place).status == 403


def test_only_who_may_submit_reads_submissions(running: RunningExchange) -> None:
    reader = running.enrol("Platform B", Wanted(scopes=frozenset({"objects:read"})))  # type: ignore[arg-type]  # the word is the member
    assert reader.post("submissions", {"objects": []}).code == "permission-missing"
    assert reader.get("submissions/x").code == "permission-missing"


@pytest.mark.parametrize(
    ("document", "pointer"),
    [
        ({}, ""),
        ([], ""),
        ({"objects": []}, "/objects"),
        ({"objects": {}}, ""),
        ({"type": "bundle", "objects": [{}], "more": True}, "/more"),
        ({"type": "indicator", "objects": [{}]}, "/type"),
    ],
)
def test_what_is_no_envelope_is_refused_as_a_whole(platform: FakePartner, document: object, pointer: str) -> None:
    answer = platform.post("submissions", document)
    assert (answer.status, answer.code, answer.json["pointer"]) == (400, "request-invalid", pointer)


def test_what_is_no_object_is_refused_by_itself(platform: FakePartner) -> None:
    answer = platform.post("submissions", {"objects": [5, platform.sign(indicator()), []], "more": False, "next": "x"})
    assert answer.status == 201
    assert [one["status"] for one in answer.json["results"]] == ["refused", "stored", "refused"]
    assert [one.get("refusal_pointer") for one in answer.json["results"]] == ["/objects/0", None, "/objects/2"]


def test_a_partner_without_agreement_stores_nothing(running: RunningExchange) -> None:
    partner = running.enrol("Platform A", agreement=None)
    assert [one["code"] for one in results(partner.submit(indicator()))] == ["agreement-not-in-force"]


# --- unsigned, and passed on ----------------------------------------------------------------------------------------------------


def plain(**changes: Any) -> dict[str, Any]:
    value = indicator(**changes)
    del value["extensions"]
    return value


def test_a_partner_with_plain_tools_submits_unsigned_and_readers_get_the_attestation(running_on_both: RunningExchange) -> None:
    legacy = running_on_both.enrol("Legacy A", agreement=PLAIN_TOOLS)
    reader = running_on_both.enrol("Platform B")
    value = plain(created_by_ref=stix_id("identity"), x_foreign={"kept": [1.0, "ü"]})
    [stored] = results(legacy.submit_signed([value]))
    assert stored["status"] == "stored"
    page = reader.pull().json
    assert page["objects"] == [value]
    [attestation] = page["attestations"]
    said = json.loads(base64.b64decode(attestation["payload"]))
    assert (said["id"], said["identity"], said["payload_digest"]) == (value["id"], legacy.identity_id, stored["payload_digest"])
    by_id = reader.object(value["id"])
    assert by_id.json == {"attestations": [attestation], "objects": [value]}
    assert reader.object(value["id"], If_None_Match=by_id.headers["ETag"]).status in {200, 304}
    assert reader.read(f"/{value['id']}/versions/{value['modified']}").json["attestations"] == [attestation]


def test_who_has_not_agreed_on_it_cannot_submit_unsigned(platform: FakePartner) -> None:
    [refused] = results(platform.submit_signed([plain()]))
    assert (refused["status"], refused["code"]) == ("refused", "signature-missing")
    assert platform.pull().json["objects"] == []


def test_another_publishers_object_is_passed_on_only_as_agreed(running: RunningExchange, platform: FakePartner) -> None:
    value = platform.sign(indicator())
    stranger = running.enrol("Hotline B")
    assert results(stranger.submit_signed([value]))[0]["code"] == "key-not-active"
    relay = running.enrol("Hotline C", agreement={"write": {"passes_on": [platform.partner_id]}})
    assert results(relay.submit_signed([value]))[0]["status"] == "stored"
    [version] = stranger.read(f"/{value['id']}/versions").json["versions"]
    assert version["owner"] == platform.partner_id
    assert results(platform.submit_signed([value]))[0]["status"] == "already-stored"
    assert relay.get(f"objects/{value['id']}/receipt").status == 404
    assert platform.get(f"objects/{value['id']}/receipt").status == 200


def test_a_person_is_refused_unless_law_enforcement_alone_is_reached(platform: FakePartner) -> None:
    person = {"name": "Synthetic person", "identity_class": "individual"}
    value = {name: plain()[name] for name in ("spec_version", "created", "modified")} | person
    answer = platform.submit(value | {"type": "identity", "id": stix_id("identity")})
    [refused] = results(answer)
    assert (refused["status"], refused["code"]) == ("refused", "person-data-forbidden")
    assert b"Synthetic person" not in answer.body


def test_who_submits_is_told_what_narrowed_its_object_if_it_can_see_it(running_on_both: RunningExchange) -> None:
    hotline, other = running_on_both.enrol("Hotline A"), running_on_both.enrol("Platform B")
    label = marking(other.register_audience(partners_in=[hotline.partner_id]))
    seen, hidden = indicator(object_marking_refs=[label["id"]]), indicator()
    assert [one["status"] for one in results(other.submit(label, seen))] == ["stored"] * 2
    secret = marking(other.register_audience(partners_in=[other.partner_id]))
    assert [one["status"] for one in results(other.submit(secret, hidden | {"object_marking_refs": [secret["id"]]}))]
    own = indicator()
    made = hotline.submit(own, report([seen["id"], hidden["id"], own["id"]])).json
    assert [one.get("narrowed_by") for one in made["results"]] == [None, [seen["id"]]]
    assert hotline.get(f"submissions/{made['id']}").json == made
    told = json.loads(base64.b64decode(made["receipt"]["payload"]))["objects"]
    assert [one.get("narrowed_by") for one in told] == [None, [seen["id"]]]


def test_of_what_is_passed_on_nothing_is_told_about_its_publishers_view(running: RunningExchange, platform: FakePartner) -> None:
    source = running.enrol("Hotline B")
    label = marking(source.register_audience(partners_in=[platform.partner_id]))
    secret = indicator(object_marking_refs=[label["id"]])
    assert source.submit(label, secret).status == 201
    relay = running.enrol("Hotline C", agreement={"write": {"passes_on": ["any"]}})
    [result] = results(relay.submit_signed([platform.sign(report([secret["id"]]))]))
    assert (result["status"], "narrowed_by" in result) == ("stored", False)


def test_names_as_long_as_stix_allows_are_kept_on_both_databases(running_on_both: RunningExchange) -> None:
    partner = running_on_both.enrol("Legacy A", agreement=PLAIN_TOOLS)
    name = "x-" + "-".join(["a", "name", "as", "long", "as", "the", "specification", "lets", "it", "be"] * 5)[:240] + "-end"
    phase = {"kill_chain_name": "ocsea-disruption", "phase_name": name}
    extension = {"extension-definition--9b2b6c3e-2a44-4f0c-8d11-6a3f5b7c9d01": {"extension_type": "new-sdo"}}
    common = {member: plain()[member] for member in ("spec_version", "created", "modified")}
    values = [
        common | {"type": name, "id": stix_id(name), "extensions": extension},
        plain(kill_chain_phases=[phase]),
    ]
    assert [one["status"] for one in results(partner.submit_signed(values))] == ["stored"] * 2
    assert partner.pull().json["objects"] == values
    assert len(partner.pull(type=name).json["objects"]) == 1


def test_who_passes_on_by_both_profiles_keeps_to_the_publishers(running: RunningExchange, platform: FakePartner) -> None:
    write = {"profiles": ["ocsea", "stix"], "passes_on": ["any"]}
    relay = running.enrol("Hotline B", agreement={"write": write})
    note = {"type": "note", "id": stix_id("note"), "content": "Seen again", "object_refs": [stix_id("indicator")]}
    common = {member: plain()[member] for member in ("spec_version", "created", "modified")}
    [stored] = results(relay.submit_signed([platform.sign(common | note)]))
    assert stored["status"] == "stored"
    [refused] = results(relay.submit_signed([platform.sign(plain())]))
    assert refused["code"] == "profile-violation"


def test_objects_go_to_a_sharing_group_in_which_one_may_write(running_on_both: RunningExchange) -> None:
    partner, reader, outside = (running_on_both.enrol(name) for name in ("Writer", "Reader", "Stranger"))
    rights = ((partner, {"can_read": False, "can_write": True}), (reader, {"can_read": True, "can_write": False}))
    members = [{"partner_id": one.partner_id, **each} for one, each in rights]
    group = running_on_both.operator.post("sharing-groups", {"title": "Desk", "shares_history": True, "members": members}).json[
        "id"
    ]
    value = indicator()
    body = {"objects": [partner.sign(value)]}
    headers = {"Idempotency-Key": "posted"}
    first, again = (partner.post("submissions", body, query={"group": group}, headers=headers) for _ in range(2))
    assert [one["status"] for one in results(first)] == ["stored"]
    assert again.json == first.json
    assert partner.post("submissions", body, headers=headers).code == "idempotency-key-reused"
    running_on_both.do_all_work()
    assert [[one["id"] for one in member.pull_all()] for member in (reader, outside)] == [[value["id"]], []]
    assert reader.post("submissions", body, query={"group": group}).code == "group-not-writable"
    answers = [
        outside.post("submissions", body, query={"group": one}, headers={"X-Request-Id": "same"})
        for one in (group, "00000000-0000-4000-8000-000000000000", "nonsense", "")
    ]
    assert {(one.status, one.code, one.body) for one in answers} == {(404, "not-found", answers[0].body)}
