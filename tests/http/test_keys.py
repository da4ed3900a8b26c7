from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from app.crypto.keys import PrivateKey
from app.crypto.possession import prove_possession
from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.stix_objects import indicator


def registration(partner: FakePartner, key: PrivateKey | None = None, **changes: Any) -> dict[str, Any]:
    key = key or PrivateKey.generate()
    challenge = changes.get("challenge") or partner.post("keys/challenges").json["challenge"]
    proof = prove_possession(key, challenge, partner.partner_id)
    return {"public_key": key.public.to_pem().decode(), "challenge": challenge, "proof": proof} | changes


def test_a_key_counts_once_an_operator_has_activated_it(running_on_both: RunningExchange) -> None:
    partner = running_on_both.enrol("Platform A", has_key=False)
    registered = partner.register_key()
    assert registered.status == 201
    key = registered.json
    assert (key["keyid"], key["state"]) == (partner.key.public.keyid, "pending")
    assert key["public_key"] == partner.key.public.to_pem().decode()
    assert registered.headers["Location"] == f"/api/v1/keys/{key['keyid']}"
    refused = partner.submit(indicator()).json["results"]
    assert [one["code"] for one in refused] == ["key-not-active"]
    activated = running_on_both.operator.post(f"keys/{key['keyid']}/activation")
    assert (activated.status, activated.json["state"]) == (200, "active")
    assert [one["status"] for one in partner.submit(indicator()).json["results"]] == ["stored"]


def test_whoever_verifies_finds_key_and_owner_by_the_full_id(platform: FakePartner, hotline: FakePartner) -> None:
    found = hotline.get(f"keys/{platform.key.public.keyid}").json
    assert found["key"]["state"] == "active"
    assert found["owner"] == {"id": platform.partner_id, "name": platform.name, "identity_id": platform.identity_id}
    assert hotline.get(f"keys/{platform.key.public.keyid[:-1]}").status == 404


def test_a_pending_key_is_its_partners_and_the_operators_alone(
    running: RunningExchange, platform: FakePartner, hotline: FakePartner
) -> None:
    keyid = platform.post("keys", registration(platform)).json["keyid"]
    assert [who.get(f"keys/{keyid}").status for who in (platform, running.operator, hotline)] == [200, 200, 404]


def test_partners_list_their_own_keys_and_operators_all(
    running: RunningExchange, platform: FakePartner, hotline: FakePartner
) -> None:
    def listed(document: Any) -> list[str]:
        return [one["key"]["keyid"] for one in document["keys"]]

    assert listed(platform.get("keys").json) == [platform.key.public.keyid]
    assert listed(running.operator.get("keys").json) == [platform.key.public.keyid, hotline.key.public.keyid]


def test_a_challenge_serves_once_and_one_partner(platform: FakePartner, hotline: FakePartner) -> None:
    document = registration(platform)
    stolen = registration(hotline, challenge=document["challenge"])
    assert hotline.post("keys", stolen).code == "key-possession-unproven"
    assert platform.post("keys", document).status == 201
    answer = platform.post("keys", registration(platform, challenge=document["challenge"]))
    assert (answer.status, answer.code) == (422, "key-possession-unproven")


def test_a_challenge_expires(running: RunningExchange, platform: FakePartner) -> None:
    document = registration(platform)
    running.clock.shift = timedelta(minutes=11)
    assert platform.post("keys", document).code == "key-possession-unproven"


@pytest.mark.parametrize("proof", ["", "AAAA", "no base64!", "A" * 88, "é"])
def test_a_wrong_proof_proves_nothing(platform: FakePartner, proof: str) -> None:
    answer = platform.post("keys", registration(platform, proof=proof))
    assert (answer.status, answer.code) == (422, "key-possession-unproven")


@pytest.mark.parametrize("pem", ["", "x", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", "é", "\n" * 4096])
def test_what_is_no_fit_key_is_refused(platform: FakePartner, pem: str) -> None:
    answer = platform.post("keys", registration(platform, public_key=pem))
    assert (answer.status, answer.code) == (422, "key-not-accepted")


def test_a_private_key_is_refused_and_not_repeated(platform: FakePartner) -> None:
    pem = PrivateKey.generate().to_pem().decode()
    answer = platform.post("keys", registration(platform, public_key=pem))
    assert answer.code == "key-not-accepted"
    assert pem.splitlines()[1].encode() not in answer.body


def test_a_key_is_registered_once_by_whomever(platform: FakePartner, hotline: FakePartner) -> None:
    answer = hotline.post("keys", registration(hotline, platform.key))
    assert (answer.status, answer.code) == (409, "state-conflict")


def test_a_key_is_activated_once(running: RunningExchange, platform: FakePartner) -> None:
    answer = running.operator.post(f"keys/{platform.key.public.keyid}/activation")
    assert (answer.status, answer.code) == (409, "state-conflict")


def test_a_revoked_key_signs_no_more_and_revoking_again_is_no_error(running: RunningExchange, platform: FakePartner) -> None:
    path = f"keys/{platform.key.public.keyid}/revocation"
    for who in (platform, running.operator):
        assert who.post(path).json["state"] == "revoked"
    assert platform.submit(indicator()).json["results"][0]["code"] == "key-not-active"


def test_nobody_revokes_anothers_key(platform: FakePartner, hotline: FakePartner) -> None:
    assert hotline.post(f"keys/{platform.key.public.keyid}/revocation").status == 404
    assert platform.get(f"keys/{platform.key.public.keyid}").json["key"]["state"] == "active"


def test_operators_do_not_register_keys(running: RunningExchange) -> None:
    assert running.operator.post("keys/challenges").status == 403
    assert running.operator.post("keys", {}).status == 403
