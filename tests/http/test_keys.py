from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from app.domain.vocabulary import KeyAlgorithm, KeyUsage
from breakwater_client.extensions import SIGNATURE
from breakwater_client.trust.envelope import pae
from breakwater_client.trust.key_rotation import Rotation, sign_rotation
from breakwater_client.trust.keys import PrivateKey
from breakwater_client.trust.object_signature import signed_payload
from breakwater_client.trust.payload_type import PayloadType
from breakwater_client.trust.possession import prove_possession
from breakwater_client.trust.strict_base64 import decode_base64, encode_base64
from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.stix_objects import indicator

P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def registration(partner: FakePartner, key: PrivateKey | None = None, **changes: Any) -> dict[str, Any]:
    key = key or PrivateKey.generate()
    challenge = changes.get("challenge") or partner.post("keys/challenges").json["challenge"]
    proof = prove_possession(key, challenge, partner.partner_id)
    return {"public_key": key.public.to_pem().decode(), "challenge": challenge, "proof": proof} | changes


def rotation(partner: FakePartner, old: PrivateKey, new: PrivateKey, **terms: Any) -> dict[str, Any]:
    asked = Rotation(old.public.keyid, new.public.keyid, KeyUsage.OBJECT_SIGNING, partner.partner_id)
    return registration(partner, new) | {"rotation": sign_rotation(replace(asked, **terms), old)}


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


def test_no_partner_registers_a_key_of_the_exchange_itself(running_on_both: RunningExchange) -> None:
    partner = running_on_both.enrol("Platform A")
    for key in (running_on_both.exchange.keys.checkpoints, running_on_both.exchange.keys.statements):
        assert isinstance(key, PrivateKey)
        for usage in (KeyUsage.CHECKPOINT_COSIGNING, KeyUsage.OBJECT_SIGNING):
            refused = partner.post("keys", registration(partner, key, usage=usage.value))
            assert (refused.status, refused.json["code"]) == (409, "state-conflict")
            assert "the exchange's own" in refused.json["detail"]
        asked = rotation(partner, partner.key, key)
        assert partner.post(f"keys/{partner.key.public.keyid}/rotation", asked).status == 409
    assert running_on_both.operator.post(f"keys/{key.public.keyid}/activation").status == 404


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


# --- P-256 ------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def laboratory(running: RunningExchange) -> FakePartner:
    """A partner whose one active key is of P-256."""
    partner = running.enrol("Laboratory", has_key=False)
    partner.key = PrivateKey.generate(KeyAlgorithm.P256)
    registered = partner.register_key().json
    assert (registered["algorithm"], registered["state"]) == ("p256", "pending")
    assert running.operator.post(f"keys/{registered['keyid']}/activation").status == 200
    return partner


def encoded(curve: ec.EllipticCurve, prefix: str | None = None, form: PublicFormat = PublicFormat.UncompressedPoint) -> bytes:
    """The SubjectPublicKeyInfo of a new key: the library's, or a prefix before the point in another form."""
    key = ec.generate_private_key(curve).public_key()
    if prefix is None:
        return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return bytes.fromhex(prefix) + key.public_bytes(Encoding.X962, form)


P256_NAMED = "3059301306072a8648ce3d020106082a8648ce3d030107034200"
OTHER_KEYS = {
    "P-384": encoded(ec.SECP384R1()),
    "secp256k1": encoded(ec.SECP256K1()),
    "compressed": encoded(ec.SECP256R1(), "3039301306072a8648ce3d020106082a8648ce3d030107032200", PublicFormat.CompressedPoint),
    "another curve's point": encoded(ec.SECP256K1(), P256_NAMED),
    "no point": bytes.fromhex(P256_NAMED) + b"\x04" + bytes(64),
    "infinity": bytes.fromhex("3019301306072a8648ce3d020106082a8648ce3d03010703020000"),
    "trailing byte": encoded(ec.SECP256R1(), P256_NAMED) + b"\0",
}


@pytest.mark.parametrize("spki", OTHER_KEYS.values(), ids=OTHER_KEYS)
def test_another_curve_or_encoding_is_no_key(platform: FakePartner, spki: bytes) -> None:
    pem = f"-----BEGIN PUBLIC KEY-----\n{encode_base64(spki)}\n-----END PUBLIC KEY-----\n"
    refused = platform.post("keys", registration(platform, public_key=pem))
    assert (refused.status, refused.code) == (422, "key-not-accepted")
    assert encode_base64(spki)[-12:] not in refused.body.decode()


def sent_with(partner: FakePartner, value: dict[str, Any], sig: bytes) -> dict[str, Any]:
    """Submit a signed object with other signature bytes, and give its result."""
    [entry] = value["extensions"][SIGNATURE]["signatures"]
    extension = value["extensions"][SIGNATURE] | {"signatures": [entry | {"sig": encode_base64(sig)}]}
    changed = value | {"extensions": value["extensions"] | {SIGNATURE: extension}}
    result: dict[str, Any] = partner.submit_signed([changed]).json["results"][0]
    return result


def sig_of(value: dict[str, Any]) -> bytes:
    sig = decode_base64(value["extensions"][SIGNATURE]["signatures"][0]["sig"])
    assert sig is not None
    return sig


def test_a_p256_key_signs_objects_and_audiences(laboratory: FakePartner, hotline: FakePartner) -> None:
    assert laboratory.register_audience(roles=["any"], jurisdictions=["any"]).startswith("audience--")
    value = laboratory.sign(indicator())
    assert [one["status"] for one in laboratory.submit_signed([value]).json["results"]] == ["stored"]
    assert laboratory.object(value["id"]).json["objects"] == [value]
    found = hotline.get(f"keys/{laboratory.key.public.keyid}").json["key"]
    assert (found["algorithm"], found["public_key"]) == ("p256", laboratory.key.public.to_pem().decode())


def test_the_other_form_of_a_p256_signature_is_the_same_object_and_replaces_nothing(laboratory: FakePartner) -> None:
    value = laboratory.sign(indicator())
    sig = sig_of(value)
    other = sig[:32] + (P256_ORDER - int.from_bytes(sig[32:])).to_bytes(32)
    first = sent_with(laboratory, value, sig)
    again = sent_with(laboratory, value, other)
    assert (first["status"], again["status"]) == ("stored", "already-stored")
    assert first["payload_digest"] == again["payload_digest"]
    assert laboratory.object(value["id"]).json["objects"] == [value]


@pytest.mark.parametrize("sig", [bytes(64), bytes(32) + b"\1" * 32, b"\1" * 32 + bytes(32), b"\xff" * 64, b"", b"\1" * 70])
def test_what_is_no_p256_signature_is_refused_at_its_place(laboratory: FakePartner, sig: bytes) -> None:
    refused = sent_with(laboratory, laboratory.sign(indicator()), sig)
    assert (refused["code"], refused["refusal_pointer"].split("/")[-1]) == ("signature-invalid", "sig")


def test_a_signature_of_one_algorithm_under_the_keyid_of_the_other_is_refused(
    running: RunningExchange, laboratory: FakePartner
) -> None:
    p256, ed25519 = laboratory.key, PrivateKey.generate()
    beside = rotation(laboratory, p256, ed25519, retire_at=running.clock() + timedelta(days=1))
    assert laboratory.post(f"keys/{p256.public.keyid}/rotation", beside).status == 201
    for named, signing in ((p256, ed25519), (ed25519, p256)):
        laboratory.key = named
        value = laboratory.sign(indicator())
        payload = pae(PayloadType.STIX_OBJECT, signed_payload(value))
        assert sent_with(laboratory, value, signing.sign(payload))["code"] == "signature-invalid"
        assert sent_with(laboratory, value, named.sign(payload))["status"] == "stored"


def test_operators_do_not_register_keys(running: RunningExchange) -> None:
    assert running.operator.post("keys/challenges").status == 403
    assert running.operator.post("keys", {}).status == 403


# --- rotation, compromise, recovery -----------------------------------------------------------------------------------------


def test_a_key_is_rotated_without_an_operator(platform: FakePartner) -> None:
    old, new = platform.key, PrivateKey.generate()
    answer = platform.post(f"keys/{old.public.keyid}/rotation", rotation(platform, old, new))
    assert (answer.status, answer.json["state"], answer.json["replaces"]) == (201, "active", old.public.keyid)
    assert answer.headers["Location"] == f"/api/v1/keys/{new.public.keyid}"
    assert platform.get(f"keys/{old.public.keyid}").json["key"]["state"] == "retired"
    assert platform.submit(indicator()).json["results"][0]["code"] == "key-not-active"
    platform.key = new
    assert platform.submit(indicator()).json["results"][0]["status"] == "stored"


def test_a_rotation_that_another_key_signed_is_refused(platform: FakePartner) -> None:
    old, new = platform.key, PrivateKey.generate()
    document = rotation(platform, old, new) | {"rotation": rotation(platform, new, new)["rotation"]}
    answer = platform.post(f"keys/{old.public.keyid}/rotation", document)
    assert (answer.status, answer.code) == (422, "signature-invalid")


def test_a_further_key_takes_two_operators(running: RunningExchange, platform: FakePartner) -> None:
    keyid = platform.post("keys", registration(platform)).json["keyid"]
    refused = running.operator.post(f"keys/{keyid}/activation")
    assert (refused.status, refused.code) == (403, "approval-needed")
    proposed = running.operator.post(f"keys/{keyid}/recovery", {"reason": "The safe burned down."})
    assert (proposed.status, proposed.json["kind"], proposed.json["subject"]) == (201, "key-recovery", keyid)


def test_a_key_is_retired_at_a_moment_to_come(running: RunningExchange, platform: FakePartner) -> None:
    path = f"keys/{platform.key.public.keyid}"
    at = (running.clock() + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    assert platform.post(f"{path}/retirement", {"retire_at": at}).json["state"] == "active"
    running.clock.shift = timedelta(hours=2)
    assert platform.get(path).json["key"]["state"] == "retired"


@pytest.mark.parametrize("since", [None, "yesterday", "2026-01-01", "9999-01-01T00:00:00Z"])
def test_a_report_says_since_when(platform: FakePartner, since: str | None) -> None:
    document = {} if since is None else {"since": since}
    answer = platform.post(f"keys/{platform.key.public.keyid}/compromise", document)
    assert (answer.status, answer.code) == (400, "request-invalid")


def test_what_a_stolen_key_signed_is_gone_and_its_directory_entry_says_so(
    running: RunningExchange, platform: FakePartner, hotline: FakePartner
) -> None:
    value = indicator()
    assert platform.submit(value).json["results"][0]["status"] == "stored"
    assert hotline.object(value["id"]).status == 200
    keyid = platform.key.public.keyid
    answer = platform.post(f"keys/{keyid}/compromise", {"since": "2026-01-01T00:00:00Z"})
    assert (answer.status, answer.json["withdrawn"], answer.json["key"]["state"]) == (200, 1, "compromised")
    assert [len(answer.json[name]) for name in ("successors", "credentials", "audiences")] == [0, 0, 1]
    assert hotline.object(value["id"]).status == 404
    assert keyid not in {one["kid"] for one in hotline.get("key-directory/jwks").json["keys"]}
    [recall] = answer.json["recalls"]
    assert platform.get(f"recalls/{recall}").json["reason"] == "key-compromise"
    assert hotline.post(f"keys/{hotline.key.public.keyid[::-1]}/compromise", {"since": "2026-01-01T00:00:00Z"}).status == 404
    running.do_all_work()
    [notice] = [one for one in hotline.pull_all() if one["type"] == "recall-notice"]
    assert notice["reason"] == "key-compromise"
