"""Verifying offline: verdicts, what they rest on, and exit codes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from app.cli.faults import ExitCode
from app.domain.export import Compression, ExportFormat
from tests.cli.desk import Desk, run, write_signed
from tests.factories.exchanges import PLAIN_TOOLS, FakePartner
from tests.factories.exported_versions import exported, written
from tests.factories.stix_objects import indicator


@pytest.fixture
def keys(desk: Desk, platform: FakePartner, hotline: FakePartner, tmp_path: Path) -> Path:
    """The platform's key, as the hotline fetched it."""
    out = tmp_path / "keys.json"
    desk.json(hotline, "key", "fetch", "--keyid", platform.key.public.keyid, "--out", out)
    return out


@pytest.fixture
def exchange_key(desk: Desk, platform: FakePartner, tmp_path: Path) -> Path:
    path = tmp_path / "exchange.pem"
    path.write_text(desk.api(platform).get("/exchange")["public_key"])
    return path


def verify(*arguments: object) -> tuple[int, dict[str, Any]]:
    result = run("verify", *arguments, "--json")
    return result.exit_code, json.loads(result.stdout)


def test_a_signed_object_is_verified_with_known_keys(platform: FakePartner, keys: Path, tmp_path: Path) -> None:
    file = write_signed(platform, tmp_path / "objects", indicator(), indicator())
    code, told = verify(file, "--keys", keys)
    assert code == 0
    assert told["verified"]
    assert [(one["level"], one["signer"], one["place"]) for one in told["objects"]] == [
        ("signed", platform.identity_id, "line 1"),
        ("signed", platform.identity_id, "line 2"),
    ]
    assert [step["number"] for step in told["steps"]["objects"]] == [1, 2, 3, 4, 5, 6, 7, 8]


def test_people_are_told_what_each_step_does_not_check(platform: FakePartner, keys: Path, tmp_path: Path) -> None:
    file = write_signed(platform, tmp_path / "objects", indicator())
    told = run("verify", file, "--keys", keys).stdout
    assert "not checked" in told
    assert "Everything verified." in told
    assert "not checked" not in run("verify", file, "--keys", keys, "--no-steps").stdout
    assert "steps" not in verify(file, "--keys", keys, "--no-steps")[1]


def test_ids_are_in_one_piece_where_no_terminal_is(platform: FakePartner, keys: Path, tmp_path: Path) -> None:
    value = indicator()
    (tmp_path / ("long-" * 12)).mkdir()
    file = write_signed(platform, tmp_path / ("long-" * 12) / "objects", value)
    told = run("verify", file, "--keys", keys, "--no-steps").stdout
    assert f" {value['id']} " in told
    assert f" ({file}) " in told
    assert platform.identity_id in told


def test_a_public_key_alone_needs_the_identity_that_it_belongs_to(platform: FakePartner, tmp_path: Path) -> None:
    file = write_signed(platform, tmp_path / "objects", indicator())
    (tmp_path / "pub.pem").write_bytes(platform.key.public.to_pem())
    assert verify(file, "--key", tmp_path / "pub.pem", "--signer", platform.identity_id)[0] == 0
    code, told = verify(file, "--key", tmp_path / "pub.pem")
    assert code == ExitCode.REFUSED
    assert told["objects"][0]["step"] == 4


def test_a_changed_object_fails_at_the_signature(platform: FakePartner, keys: Path, tmp_path: Path) -> None:
    value = platform.sign(indicator())
    (tmp_path / "object.json").write_text(json.dumps(value | {"confidence": 99}))
    code, told = verify(tmp_path / "object.json", "--keys", keys)
    assert code == ExitCode.REFUSED
    assert (told["objects"][0]["step"], told["objects"][0]["refusal"]["code"]) == (5, "signature-invalid")
    assert "NOT everything verified." in run("verify", tmp_path / "object.json", "--keys", keys).stdout


def test_without_keys_nothing_is_verified(platform: FakePartner, tmp_path: Path) -> None:
    file = write_signed(platform, tmp_path / "objects", indicator())
    code, told = verify(file)
    assert code == ExitCode.REFUSED
    assert told["objects"][0]["step"] == 3


def test_a_file_that_cannot_be_read_is_no_success(platform: FakePartner, keys: Path, tmp_path: Path) -> None:
    (tmp_path / "broken").write_text("{")
    good = write_signed(platform, tmp_path / "objects", indicator())
    code, told = verify(good, tmp_path / "broken", "--keys", keys)
    assert code == ExitCode.REFUSED
    assert told["unreadable"][0]["code"] == "json-syntax"
    assert "[json-syntax]" in run("verify", tmp_path / "broken", "--keys", keys).stdout


def test_nothing_to_verify_is_no_success(bundle: Path, keys: Path) -> None:
    assert verify(bundle, "--keys", keys)[0] == ExitCode.REFUSED


def test_an_empty_file_is_nothing_to_do(platform: FakePartner, keys: Path, tmp_path: Path) -> None:
    (tmp_path / "inbox.ndjson").touch()
    result = run("verify", tmp_path / "inbox.ndjson", "--keys", keys)
    assert result.exit_code == 0
    assert result.stdout == f"{tmp_path / 'inbox.ndjson'}: nothing to do, the file holds no objects.\n"
    code, told = verify(tmp_path / "inbox.ndjson", "--keys", keys)
    assert (code, told["empty"], told["objects"]) == (0, [str(tmp_path / "inbox.ndjson")], [])
    bad = tmp_path / "object.json"
    bad.write_text(json.dumps(platform.sign(indicator()) | {"confidence": 99}))
    assert verify(tmp_path / "inbox.ndjson", bad, "--keys", keys)[0] == ExitCode.REFUSED


def test_the_state_of_a_key_is_told_as_it_was_when_fetched(desk: Desk, platform: FakePartner, keys: Path, tmp_path: Path) -> None:
    assert desk
    known = json.loads(keys.read_bytes())
    known["keys"][0]["key"]["state"] = "revoked"
    keys.write_text(json.dumps(known))
    file = write_signed(platform, tmp_path / "objects", indicator())
    assert verify(file, "--keys", keys)[1]["objects"][0]["key_state"] == "revoked"
    assert "the key is revoked at" in run("verify", file, "--keys", keys).stdout


def test_a_receipt_is_verified_and_its_objects_are_found_in_it(
    desk: Desk, platform: FakePartner, keys: Path, exchange_key: Path, tmp_path: Path
) -> None:
    file = write_signed(platform, tmp_path / "objects", indicator())
    desk.json(platform, "submit", file, "--receipts", tmp_path / "receipts")
    [receipt] = (tmp_path / "receipts").iterdir()
    other = write_signed(platform, tmp_path / "others", indicator())
    code, told = verify(file, receipt, other, "--keys", keys, "--exchange-key", exchange_key)
    assert code == 0
    found = {one["file"]: (one["receipted"], one["log_index"]) for one in told["objects"]}
    assert found[str(file)] == (True, told["receipts"][0]["receipt"]["objects"][0]["log_index"])
    assert found[str(other)] == (False, None)
    words = run("verify", file, receipt, other, "--keys", keys, "--exchange-key", exchange_key).stdout
    assert "by receipt" in words
    assert "in none of the receipts" in words
    assert "submission-receipt" in words


def test_a_receipt_that_was_changed_or_is_anothers_fails(
    desk: Desk, platform: FakePartner, exchange_key: Path, tmp_path: Path
) -> None:
    file = write_signed(platform, tmp_path / "objects", indicator())
    desk.json(platform, "submit", file, "--receipts", tmp_path / "receipts")
    [receipt] = (tmp_path / "receipts").iterdir()
    (tmp_path / "pub.pem").write_bytes(platform.key.public.to_pem())
    assert verify(receipt, "--exchange-key", tmp_path / "pub.pem")[0] == ExitCode.REFUSED
    envelope = json.loads(receipt.read_bytes())
    receipt.write_text(json.dumps(envelope | {"payload": "e30="}))
    assert verify(receipt, "--exchange-key", exchange_key)[0] == ExitCode.REFUSED
    assert run("verify", receipt).exit_code == ExitCode.REFUSED


def test_unsigned_objects_are_verified_with_what_the_exchange_attests(desk: Desk, exchange_key: Path, tmp_path: Path) -> None:
    legacy = desk.running.enrol("Legacy A", agreement=PLAIN_TOOLS)
    values = [indicator(name=f"Nr {number}") for number in range(3)]
    assert legacy.submit_signed(values).status == 201
    out = tmp_path / "pulled.ndjson"
    desk.json(legacy, "pull", "--out", out, "--purpose", "detection", "--owner", legacy.partner_id, "--limit", 2)
    beside = out.with_name("pulled.ndjson.attestations")
    code, told = verify(out, "--exchange-key", exchange_key, "--attestations", beside)
    assert (code, told["verified"]) == (0, True)
    assert [(one["level"], one["signer"]) for one in told["objects"]] == [("channel-attested", legacy.identity_id)] * 3
    (tmp_path / "theirs.pem").write_bytes(legacy.key.public.to_pem())
    known = ("--key", tmp_path / "theirs.pem", "--signer", legacy.identity_id)
    signs = verify(out, "--exchange-key", exchange_key, "--attestations", beside, *known)
    assert (signs[0], {one["refusal"]["code"] for one in signs[1]["objects"]}) == (ExitCode.REFUSED, {"signature-missing"})
    assert (
        verify(out, "--exchange-key", exchange_key, "--attestations", beside, *known, "--unsigned-from", legacy.identity_id)[0]
        == 0
    )
    assert verify(out)[0] == ExitCode.REFUSED
    assert run("verify", out, "--attestations", beside).exit_code == ExitCode.USAGE
    lines = beside.read_bytes().splitlines()
    beside.write_bytes(b"\n".join([*lines[:2], lines[2].replace(b'"sig":"', b'"sig":"AAAA')]))
    assert run("verify", out, "--exchange-key", exchange_key, "--attestations", beside).exit_code != 0


def test_a_pull_into_a_folder_keeps_attestations_beside_each_page(desk: Desk, exchange_key: Path, tmp_path: Path) -> None:
    legacy = desk.running.enrol("Legacy B", agreement=PLAIN_TOOLS)
    assert legacy.submit_signed([indicator()]).status == 201
    out = tmp_path / "pages"
    desk.json(legacy, "pull", "--out", out, "--purpose", "detection", "--owner", legacy.partner_id)
    assert sorted(path.name for path in out.iterdir()) == ["objects-00000001.ndjson", "objects-00000001.ndjson.attestations"]
    page = out / "objects-00000001.ndjson"
    assert verify(page, "--exchange-key", exchange_key, "--attestations", f"{page}.attestations")[0] == 0


# --- with the exchange's own directory ----------------------------------------------------------------------------------------


@pytest.fixture
def directory(desk: Desk, platform: FakePartner, tmp_path: Path) -> Path:
    path = tmp_path / "directory.json"
    path.write_text(json.dumps(desk.api(platform).get("/key-directory")))
    return path


def test_all_keys_come_from_the_directory(desk: Desk, platform: FakePartner, directory: Path, tmp_path: Path) -> None:
    file = write_signed(platform, tmp_path / "objects", indicator())
    desk.json(platform, "submit", file, "--receipts", tmp_path / "receipts")
    [receipt] = (tmp_path / "receipts").iterdir()
    pin = desk.running.exchange.keys.directory.public
    (tmp_path / "pin.pem").write_bytes(pin.to_pem())
    for trusted in (
        ("--directory-key", pin.keyid),
        ("--directory-key", tmp_path / "pin.pem"),
        ("--accepted-directory", directory),
    ):
        code, told = verify(file, receipt, directory, "--directory", directory, *trusted)
        assert (code, told["verified"]) == (0, True), told
        assert [(one["level"], one["key_state"], one["receipted"]) for one in told["objects"]] == [("signed", "active", True)]
        assert told["directories"][0]["version"] >= 1
    assert verify(file, receipt, "--accepted-directory", directory)[0] == 0
    words = run("verify", file, directory, "--accepted-directory", directory).stdout
    assert "directory of exchange" in words


def test_a_directory_that_nobody_vouches_for_is_no_source_of_keys(platform: FakePartner, directory: Path, tmp_path: Path) -> None:
    file = write_signed(platform, tmp_path / "objects", indicator())
    assert run("verify", file, "--directory", directory).exit_code == ExitCode.USAGE
    assert run("verify", file, "--directory", directory, "--directory-key", "absent.pem").exit_code == ExitCode.USAGE
    result = run("verify", file, "--directory", directory, "--directory-key", platform.key.public.keyid)
    assert result.exit_code == ExitCode.REFUSED
    assert "[directory-chain-broken]" in result.stderr
    assert verify(directory)[1]["unreadable"][0]["step"] == 2


@pytest.mark.parametrize("form", ExportFormat)
def test_files_of_an_export_are_verified_in_every_form(
    form: ExportFormat, platform: FakePartner, keys: Path, tmp_path: Path
) -> None:
    versions = [exported(platform.sign(indicator())) for _ in range(3)]
    [content] = written(form, versions, Compression.ZSTD).values()
    (tmp_path / "export").write_bytes(content)
    code, told = verify(tmp_path / "export", "--keys", keys)
    assert code == 0
    assert [one["level"] for one in told["objects"]] == ["signed"] * 3
    (tmp_path / "export").write_bytes(content[:-3])
    assert verify(tmp_path / "export", "--keys", keys)[0] == ExitCode.REFUSED
