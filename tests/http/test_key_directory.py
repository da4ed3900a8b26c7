from __future__ import annotations

from breakwater_client.trust.key_directory import Pinned, open_directory
from tests.factories.exchanges import FakePartner, RunningExchange


def test_the_directory_is_served_signed_and_with_its_tag(running_on_both: RunningExchange) -> None:
    platform = running_on_both.enrol("Platform A")
    answer = platform.get("key-directory")
    assert answer.status == 200
    pinned = Pinned(frozenset({running_on_both.exchange.keys.directory.public.keyid}))
    directory = open_directory(answer.json, pinned, running_on_both.clock())
    listed = directory.find(platform.key.public.keyid)
    assert listed is not None
    assert listed.owner == platform.identity_id
    tag = answer.headers["ETag"]
    again = platform.get("key-directory", headers={"If-None-Match": tag})
    assert (again.status, again.body, again.headers["ETag"]) == (304, b"", tag)


def test_everybody_sees_the_same_bytes(running: RunningExchange, platform: FakePartner, hotline: FakePartner) -> None:
    assert platform.get("key-directory").body == hotline.get("key-directory").body == running.operator.get("key-directory").body


def test_versions_are_served_by_their_number_alone(platform: FakePartner) -> None:
    first = platform.get("key-directory/versions/1")
    assert (first.status, first.json["payloadType"]) == (200, "application/vnd.breakwater.key-directory+json")
    for number in ("0", "-1", "1.0", "x", "²", "99", "9" * 10, "9" * 400, "01x"):
        assert platform.get(f"key-directory/versions/{number}").status == 404


def test_keys_that_count_are_a_web_key_set(platform: FakePartner) -> None:
    answer = platform.get("key-directory/jwks")
    assert answer.status == 200
    [own] = [one for one in answer.json["keys"] if one["kid"] == platform.key.public.keyid]
    assert (own["kty"], own["crv"], own["use"], own["owner"]) == ("OKP", "Ed25519", "sig", platform.identity_id)


def test_a_key_is_active_in_it_once_it_was_activated(running: RunningExchange) -> None:
    partner = running.enrol("Platform C", has_key=False)
    before = partner.get("key-directory").headers["ETag"]
    keyid = partner.register_key().json["keyid"]
    assert partner.get("key-directory").headers["ETag"] == before
    running.operator.post(f"keys/{keyid}/activation")
    assert keyid in {one["kid"] for one in partner.get("key-directory/jwks").json["keys"]}
