"""The main job end to end, over a real gunicorn on both databases, as outside partners do it."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
import stix2

from breakwater_client.extensions import OCSEA_CONTEXT
from breakwater_client.trust.envelope import open_envelope
from breakwater_client.trust.keys import load_public_key
from breakwater_client.trust.object_signature import read_signature, verify_object
from breakwater_client.trust.payload_type import PayloadType
from tests.factories.sandboxes import ON_BOTH, Caller, Sandbox
from tests.factories.stix_objects import CREATED, context, indicator, newer, user_account
from tests.factories.taxii_accounts import Account

pytestmark = ON_BOTH


@pytest.fixture
def publisher(sandbox: Sandbox) -> Caller:
    return sandbox.partner("platform-a")


@pytest.fixture
def reader(sandbox: Sandbox) -> Caller:
    return sandbox.partner("platform-b")


def _verified_by(reader: Caller, value: dict[str, Any]) -> bytes:
    entry = read_signature(value)
    answer = reader.get(f"/keys/{entry.keyid}").json()
    assert entry.signer == answer["owner"]["identity_id"]
    return verify_object(value, entry, load_public_key(answer["key"]["public_key"].encode()))


def test_what_one_partner_signs_another_pulls_and_verifies(publisher: Caller, reader: Caller) -> None:
    value = publisher.sign(indicator(name="Räume, die kurz offen sind · 短命的房间", x_example_note={"kept": [1, 2.5, None]}))
    (result,) = publisher.submit(value, sign=False)
    assert result["status"] == "stored"
    (pulled,) = reader.get(f"/objects/{value['id']}").json()["objects"]
    assert pulled == value
    assert _verified_by(reader, pulled).hex() == result["payload_digest"]
    assert value in reader.pull_all(type="indicator")


def test_the_receipt_is_signed_by_the_exchange_and_names_the_log_index(sandbox: Sandbox, publisher: Caller) -> None:
    value = publisher.sign(indicator())
    answer = publisher.post("/submissions", {"objects": [value]}).json()
    public = load_public_key(Path(sandbox.facts["exchange"]["public_key"]).read_bytes())
    assert public.keyid == sandbox.facts["exchange"]["keyid"]
    payload = json.loads(open_envelope(answer["receipt"], PayloadType.RECEIPT, {public.keyid: public}).payload)
    assert payload["exchange"] == sandbox.facts["exchange"]["id"]
    (entry,) = payload["objects"]
    assert (entry["id"], entry["decision"]) == (value["id"], "stored")
    again = publisher.get(f"/objects/{value['id']}/receipt").json()
    single = json.loads(open_envelope(again, PayloadType.RECEIPT, {public.keyid: public}).payload)
    assert single["log_index"] == entry["log_index"]
    assert publisher.get(f"/submissions/{answer['id']}").json() == answer


def test_a_partner_without_entitlement_gets_nothing_and_learns_nothing(sandbox: Sandbox, publisher: Caller) -> None:
    (result,) = publisher.submit(indicator())
    researcher = sandbox.partner("researcher-a")
    assert researcher.pull_all() == []
    hidden = researcher.get(f"/objects/{result['id']}")
    absent = researcher.get("/objects/indicator--00000000-0000-4000-8000-000000000000")
    malformed = researcher.get("/objects/nonsense")
    bodies = [{**answer.json(), "request_id": None} for answer in (hidden, absent, malformed)]
    assert bodies[0] == bodies[1] == bodies[2]
    assert [answer.status_code for answer in (hidden, absent, malformed)] == [404, 404, 404]
    assert sandbox.partner("suspended-a").get("/objects").status_code == 403


def test_identifying_data_reaches_law_enforcement_and_not_platforms_by_role(sandbox: Sandbox, publisher: Caller) -> None:
    account = user_account(f"walk-{random.random()}")
    (result,) = publisher.submit(account)
    assert result["status"] == "stored", result
    assert sandbox.partner("platform-b").get(f"/objects/{account['id']}").status_code == 404
    assert publisher.get(f"/objects/{account['id']}").status_code == 200


def test_every_answer_is_on_the_publishers_ledger(publisher: Caller, reader: Caller) -> None:
    (result,) = publisher.submit(indicator())
    assert publisher.get("/disclosures", params={"object": result["id"]}).json()["disclosures"] == []
    reader.get(f"/objects/{result['id']}")
    reader.pull_all()
    rows = publisher.get("/disclosures", params={"object": result["id"]}).json()["disclosures"]
    assert [row["recipient_name"] for row in rows] == ["platform-b", "platform-b"]
    assert {row["purpose"] for row in rows} == {reader.facts["purpose"]}
    named = [[(one["id"], one["version"]) for one in row["objects"]] for row in rows]
    assert all((result["id"], result["version"]) in one for one in named)


def test_a_bundle_of_a_thousand_authored_with_stix2_comes_out_as_it_went_in(publisher: Caller, reader: Caller) -> None:
    rng = random.Random(7)
    authored = [
        stix2.Indicator(
            name=f"Session feature {number}: čtvrtá zpráva",
            pattern=f"[url:value = 'https://rooms.example.org/{rng.getrandbits(64)}']",
            pattern_type="stix",
            valid_from=CREATED,
            indicator_types=["anomalous-activity"],
            extensions={OCSEA_CONTEXT: context()[OCSEA_CONTEXT]},
            allow_custom=True,
        )
        for number in range(1000)
    ]
    signed = [publisher.sign(json.loads(one.serialize())) for one in authored]
    bundle = {"type": "bundle", "id": "bundle--4a1f0d5e-33ef-4d0e-9c0b-6a0c0c3d1f5e", "objects": signed}
    answer = publisher.post("/submissions", bundle)
    assert {one["status"] for one in answer.json()["results"]} == {"stored"}
    pulled = {one["id"]: one for one in reader.pull_all(limit=300)}
    assert all(pulled[one["id"]] == one for one in signed)
    again = publisher.post("/submissions", bundle)
    assert {one["status"] for one in again.json()["results"]} == {"already-stored"}


def test_forged_tampered_and_prohibited_objects_are_refused_one_by_one(sandbox: Sandbox, publisher: Caller) -> None:
    good = publisher.sign(indicator())
    forged = sandbox.partner("platform-b").sign(indicator())
    tampered = publisher.sign(indicator()) | {"name": "Something else"}
    prohibited = publisher.sign(indicator(description="data:image/jpeg;base64,/9j/4AAQSkZJRgABAQEAYABgAAD"))
    unsigned = indicator()
    results = publisher.submit(good, forged, tampered, prohibited, unsigned, sign=False)
    assert [one.get("code") for one in results] == [
        None,
        "key-not-active",
        "signature-invalid",
        "content-forbidden",
        "signature-missing",
    ]
    assert all("Something else" not in json.dumps(one) and "data:image" not in json.dumps(one) for one in results)


def test_a_reader_who_follows_its_cursor_gets_each_version_once(publisher: Caller, reader: Caller) -> None:
    cursor = reader.get("/objects", params={"limit": 1000}).json()
    while cursor["more"]:
        cursor = reader.get("/objects", params={"limit": 1000, "next": cursor["next"]}).json()
    first = indicator()
    publisher.submit(first)
    publisher.submit(newer(first))
    page = reader.get("/objects", params={"limit": 1000, "next": cursor["next"]}).json()
    assert [(one["id"], one["modified"]) for one in page["objects"]] == [
        (first["id"], CREATED),
        (first["id"], "2026-01-06T10:00:00.000Z"),
    ]
    empty = reader.get("/objects", params={"limit": 1000, "next": page["next"]}).json()
    assert (empty["objects"], empty["more"], empty["next"]) == ([], False, page["next"])


RARE = "trafficking-related"
_POLLED = "collections/exchange/objects/"


def _end_of(reader: Caller, account: Account) -> tuple[str, str | None]:
    """Read to the end, by REST and by TAXII. Gives the cursor to go on from, and the date, if anything came."""
    page: dict[str, Any] = {"more": True}
    while page["more"]:
        page = reader.get("/objects", params={"limit": 1000, "next": page.get("next")}).json()
    envelope, answer = {"more": True}, None
    while envelope.get("more"):
        answer = account.get(_POLLED, account.basic(), limit=1000, next=envelope.get("next"))
        envelope = answer.json()
    assert answer is not None
    return page["next"], answer.headers.get("X-TAXII-Date-Added-Last")


def _go_on(reader: Caller, account: Account, cursors: tuple[str, str]) -> tuple[list[str], list[str]]:
    """Go on reading from two cursors, by REST and by TAXII. Gives the ids that came."""
    page = reader.get("/objects", params={"limit": 1000, "next": cursors[0]}).json()
    envelope = account.get(_POLLED, account.basic(), limit=1000, next=cursors[1]).json()
    return [one["id"] for one in page["objects"]], [one["id"] for one in envelope.get("objects", ())]


def test_a_change_of_an_agreement_holds_at_once_on_every_worker_for_cursors_tags_and_taxii(
    sandbox: Sandbox, publisher: Caller
) -> None:
    reader, account, operator = sandbox.partner("agency-b"), sandbox.account("agency-b"), sandbox.operator()
    agreements = operator.get("/agreements", params={"partner_id": reader.facts["id"]}).json()["agreements"]
    terms = {name: agreements[-1][name] for name in ("partner_id", "read", "write", "default_handling")}
    without = [harm for harm in terms["read"]["harm_types"] if harm != RARE]
    values = [indicator(stated=context(harm_types=[RARE])) for _ in range(4)]
    ids, path = [one["id"] for one in values], f"/objects/{values[0]['id']}"
    cursor, date = _end_of(reader, account)
    publisher.submit(*values)
    tag = reader.get(path).headers["ETag"]
    half = account.get(_POLLED, account.basic(), limit=2, added_after=date).json()
    cursors = (cursor, half["next"])
    assert _go_on(reader, account, cursors) == (ids, ids[2:])
    narrow = terms | {"read": terms["read"] | {"harm_types": without}}
    assert operator.post("/agreements", narrow).status_code == 201
    for _ in range(6):  # each request is a connection of its own, to either worker
        assert _go_on(reader, account, cursors) == ([], [])
        assert reader.get(path, headers={"If-None-Match": tag}).status_code == 404
    sandbox.agree(terms)
    for _ in range(2):  # what was taken and given back comes anew, to whoever had read it, too
        assert _go_on(reader, account, cursors) == (ids, ids)
        assert reader.get(path, headers={"If-None-Match": tag}).status_code == 304
