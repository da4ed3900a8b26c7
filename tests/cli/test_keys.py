"""Making, registering and fetching keys."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from app.cli.faults import ExitCode
from app.cli.loopback_server import loopback_server
from breakwater_client.signing.make_keys import public_keyid, read_private_key
from breakwater_client.trust.keys import PrivateKey
from tests.cli.desk import Desk, key_file, run, write_signed
from tests.factories.exchanges import Caller, FakePartner, Wanted, agreement_document
from tests.factories.scripted_exchange import JSON, Scripted
from tests.factories.stix_objects import indicator


def test_a_new_key_is_private_and_its_public_half_lies_beside_it(tmp_path: Path) -> None:
    made = json.loads(run("key", "new", "--out", tmp_path / "key.pem", "--json").stdout)
    private = tmp_path / "key.pem"
    assert stat.S_IMODE(private.stat().st_mode) == 0o600
    assert read_private_key(private.read_bytes()).public.keyid == made["keyid"]
    assert public_keyid((tmp_path / "key.pem.pub").read_bytes()) == made["keyid"]


def test_a_key_is_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / "key.pem").write_text("precious")
    refused = run("key", "new", "--out", tmp_path / "key.pem")
    assert refused.exit_code == ExitCode.REFUSED
    assert (tmp_path / "key.pem").read_text() == "precious"
    assert not (tmp_path / "key.pem.pub").exists()


def test_a_key_is_registered_with_proof_activated_and_revoked(desk: Desk, operator: Caller, tmp_path: Path) -> None:
    partner = desk.running.enrol("Platform with a new key", Wanted(has_key=False))
    file = key_file(partner, tmp_path)
    keyid = partner.key.public.keyid
    assert desk.json(partner, "key", "register", "--key", file)["state"] == "pending"
    assert desk.run(partner, "key", "activate", keyid).exit_code == ExitCode.NOT_ALLOWED
    assert desk.json(operator, "key", "activate", keyid)["state"] == "active"
    assert [one["key"]["state"] for one in desk.json(partner, "key", "list")["keys"]] == ["active"]
    assert desk.json(partner, "key", "revoke", keyid)["state"] == "revoked"
    assert desk.run(partner, "key", "register", "--key", file).exit_code == ExitCode.REFUSED


def test_a_p256_key_lives_its_whole_life_on_the_command_line(
    desk: Desk, operator: Caller, hotline: FakePartner, tmp_path: Path
) -> None:
    partner = desk.running.enrol("Laboratory", Wanted(has_key=False))
    made = json.loads(run("key", "new", "--algorithm", "p256", "--out", tmp_path / "key.pem", "--json").stdout)
    assert desk.json(partner, "key", "register", "--key", tmp_path / "key.pem")["algorithm"] == "p256"
    desk.json(operator, "key", "activate", made["keyid"])
    audience = desk.json(partner, "audience", "new", "--key", tmp_path / "key.pem", "--role", "any", "--jurisdiction", "any")
    agreement = agreement_document(partner.partner_id, audience["audience_id"])
    desk.running.agree(agreement)
    (tmp_path / "draft.json").write_text(json.dumps(indicator()))
    signing = ("--key", tmp_path / "key.pem", "--signer", partner.identity_id, "--out", tmp_path / "signed.json")
    assert run("sign", tmp_path / "draft.json", *signing).exit_code == 0
    assert [one["status"] for one in desk.json(partner, "submit", tmp_path / "signed.json")["objects"]] == ["stored"]
    desk.json(hotline, "pull", "--out", tmp_path / "inbox.ndjson", "--purpose", "detection")
    desk.json(hotline, "key", "fetch", tmp_path / "inbox.ndjson", "--out", tmp_path / "keys.json")
    verified = json.loads(run("verify", tmp_path / "inbox.ndjson", "--keys", tmp_path / "keys.json", "--json").stdout)
    assert [(one["level"], one["keyid"]) for one in verified["objects"]] == [("signed", made["keyid"])]


def test_registering_tells_what_to_do_next(desk: Desk, tmp_path: Path) -> None:
    partner = desk.running.enrol("Platform that reads", Wanted(has_key=False))
    told = desk.run(partner, "key", "register", "--key", key_file(partner, tmp_path)).stdout
    assert f"{partner.key.public.keyid} is pending." in told
    assert "operator" in told


def test_what_is_no_private_key_is_refused_before_anything_is_sent(desk: Desk, platform: FakePartner, tmp_path: Path) -> None:
    (tmp_path / "key.pem").write_bytes(platform.key.public.to_pem())
    refused = desk.run(platform, "key", "register", "--key", tmp_path / "key.pem")
    assert refused.exit_code == ExitCode.REFUSED
    assert "[key-not-accepted]" in refused.stderr


def test_another_partners_key_is_shown_by_the_id_that_a_signature_names(
    desk: Desk, platform: FakePartner, hotline: FakePartner
) -> None:
    found = desk.json(hotline, "key", "show", platform.key.public.keyid)
    assert found["owner"]["identity_id"] == platform.identity_id
    assert desk.run(hotline, "key", "show", platform.key.public.keyid).stdout.count(platform.identity_id) == 1
    assert desk.run(hotline, "key", "show", "0" * 64).exit_code == ExitCode.REFUSED


def test_the_keys_that_signatures_name_are_fetched_and_kept(
    desk: Desk, platform: FakePartner, hotline: FakePartner, tmp_path: Path
) -> None:
    out = tmp_path / "keys.json"
    desk.json(hotline, "key", "fetch", write_signed(platform, tmp_path / "a", indicator(), indicator()), "--out", out)
    assert desk.run(hotline, "key", "fetch", "--keyid", hotline.key.public.keyid, "--out", out).exit_code == 0
    kept = json.loads(out.read_bytes())["keys"]
    assert {one["owner"]["name"] for one in kept} == {"Platform A", "Hotline A"}
    assert len(kept) == 2


def test_files_without_signatures_have_no_keys_to_fetch(desk: Desk, platform: FakePartner, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps(indicator()))
    refused = desk.run(platform, "key", "fetch", tmp_path / "a.json", "--out", tmp_path / "keys.json")
    assert refused.exit_code == ExitCode.USAGE
    assert not (tmp_path / "keys.json").exists()


def test_an_empty_file_names_no_keys_and_is_no_failure(desk: Desk, platform: FakePartner, tmp_path: Path) -> None:
    (tmp_path / "inbox.ndjson").touch()
    result = desk.run(platform, "key", "fetch", tmp_path / "inbox.ndjson", "--out", tmp_path / "keys.json")
    assert result.exit_code == 0
    assert f"{tmp_path / 'inbox.ndjson'}: nothing to do" in result.stdout
    assert run("verify", tmp_path / "inbox.ndjson", "--keys", tmp_path / "keys.json").exit_code == 0
    assert desk.run(platform, "key", "fetch", "--out", tmp_path / "none.json").exit_code == ExitCode.USAGE


@pytest.mark.parametrize(("content", "exit_code"), [("{", ExitCode.REFUSED), (json.dumps(indicator()), ExitCode.USAGE)])
def test_what_is_wrong_with_a_file_is_told_with_its_name(
    desk: Desk, platform: FakePartner, tmp_path: Path, content: str, exit_code: ExitCode
) -> None:
    (tmp_path / "inbox.ndjson").touch()
    (tmp_path / "other.json").write_text(content)
    files = (tmp_path / "inbox.ndjson", tmp_path / "other.json")
    refused = desk.run(platform, "key", "fetch", *files, "--out", tmp_path / "keys.json")
    assert refused.exit_code == exit_code
    assert refused.stderr.startswith(f"error: {tmp_path / 'other.json'}: ")


NO_KEYS = [b"null", b"[]", b'{"keys": [1]}', b'{"keys": [{"key": {}}]}', b'{"keys": [{"key": {"keyid": 1}, "owner": null}]}']


@pytest.mark.parametrize("answer", NO_KEYS)
@pytest.mark.parametrize("asked", [("list",), ("list", "--json"), ("show", "a"), ("activate", "a"), ("register", "--key")])
def test_what_is_no_answer_about_keys_is_told(answer: bytes, asked: tuple[str, ...], tmp_path: Path) -> None:
    key = tmp_path / "key.pem"
    key.write_bytes(PrivateKey.generate().to_pem())
    given = (*asked, key) if asked[-1] == "--key" else asked
    with loopback_server(Scripted([("200 OK", JSON, answer)])) as url:
        told = run("key", *given, "--url", url, "--token", "bw_x")
    assert (told.exit_code, told.stdout) == (ExitCode.UNAVAILABLE, "")
    assert "is this the address of an exchange?" in told.stderr
