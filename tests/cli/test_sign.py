"""Signing files: what is signed, what stays, and where it goes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import stix2

from app.cli import object_sources
from app.cli.faults import ExitCode
from breakwater_client.documents.published import tlp_markings
from breakwater_client.extensions import SIGNATURE
from breakwater_client.trust.keys import PrivateKey
from breakwater_client.trust.object_signature import read_signature, verify_object
from tests.cli.desk import run
from tests.factories.stix_objects import indicator

SIGNER = "identity--8c4f2f6e-6d2b-4f0e-9a35-0c8f3b1f7a10"
BUNDLE = "bundle--b4b9c1f0-2f1a-4c7a-9e55-0a7a3f6f0d11"


@pytest.fixture
def key(tmp_path: Path) -> PrivateKey:
    made = PrivateKey.generate()
    (tmp_path / "key.pem").write_bytes(made.to_pem())
    return made


def sign(folder: Path, name: str, *arguments: str) -> Any:
    result = run("sign", folder / name, "--key", folder / "key.pem", "--signer", SIGNER, *arguments)
    assert result.exit_code == 0, result.output
    return result


def verifies(value: dict[str, Any], key: PrivateKey) -> bool:
    return bool(verify_object(value, read_signature(value), key.public))


def test_a_signed_object_survives_the_stix2_library(tmp_path: Path, key: PrivateKey) -> None:
    (tmp_path / "object.json").write_text(json.dumps(indicator(created="2026-01-05T10:00:00Z", modified="2026-01-05T10:00:00Z")))
    signed = json.loads(sign(tmp_path, "object.json").stdout)
    assert verifies(signed, key)
    assert verifies(json.loads(stix2.parse(signed, allow_custom=True).serialize()), key)


def test_a_bundle_stays_the_bundle_it_was(tmp_path: Path, key: PrivateKey) -> None:
    tlp = tlp_markings()[0]
    objects = [indicator(x_example={"kept": [1.5, None, "Å"]}), tlp]
    (tmp_path / "bundle.json").write_text(json.dumps({"type": "bundle", "id": BUNDLE, "objects": objects}))
    result = sign(tmp_path, "bundle.json", "--out", str(tmp_path / "signed.json"))
    signed = json.loads((tmp_path / "signed.json").read_bytes())
    assert (signed["type"], signed["id"], signed["objects"][1]) == ("bundle", BUNDLE, tlp)
    assert signed["objects"][0]["x_example"] == {"kept": [1.5, None, "Å"]}
    assert verifies(signed["objects"][0], key)
    assert "1 signed, 1 published objects left as they are" in result.stderr


def test_ndjson_stays_ndjson(tmp_path: Path, key: PrivateKey) -> None:
    (tmp_path / "objects.ndjson").write_text("".join(json.dumps(indicator()) + "\n" for _ in range(3)))
    lines = sign(tmp_path, "objects.ndjson").stdout.splitlines()
    assert len(lines) == 3
    assert all(verifies(json.loads(line), key) for line in lines)


def test_an_object_comes_from_standard_input_too(tmp_path: Path, key: PrivateKey) -> None:
    arguments = ("sign", "-", "--key", tmp_path / "key.pem", "--signer", SIGNER)
    result = run(*arguments, given=json.dumps(indicator()).encode())
    assert verifies(json.loads(result.stdout), key)


def test_counts_are_json_where_it_was_asked_for(tmp_path: Path, key: PrivateKey) -> None:
    (tmp_path / "object.json").write_text(json.dumps(indicator()))
    result = sign(tmp_path, "object.json", "--out", str(tmp_path / "signed.json"), "--json")
    expected = {"signed": 1, "left_unsigned": 0, "keyid": key.public.keyid, "out": str(tmp_path / "signed.json")}
    assert json.loads(result.stdout) == expected
    onto_output = sign(tmp_path, "object.json", "--json")
    assert SIGNATURE in json.loads(onto_output.stdout)["extensions"]
    assert json.loads(onto_output.stderr)["signed"] == 1


def test_the_spelling_stays_if_that_is_asked_for(tmp_path: Path, key: PrivateKey) -> None:
    (tmp_path / "object.json").write_text(json.dumps(indicator(created="2026-01-05T10:00:00Z")))
    signed = json.loads(sign(tmp_path, "object.json", "--as-is").stdout)
    assert signed["created"] == "2026-01-05T10:00:00Z"
    assert verifies(signed, key)


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (indicator(created_by_ref="identity--11111111-1111-4111-8111-111111111111"), "signer-mismatch"),
        ([1], "request-invalid"),
    ],
)
def test_what_cannot_be_signed_leaves_no_file(tmp_path: Path, key: PrivateKey, value: Any, code: str) -> None:
    assert key
    (tmp_path / "object.json").write_text(json.dumps(value))
    arguments = ("--key", tmp_path / "key.pem", "--signer", SIGNER, "--out", tmp_path / "signed.json")
    refused = run("sign", tmp_path / "object.json", *arguments)
    assert refused.exit_code == ExitCode.REFUSED
    assert f"[{code}]" in refused.stderr
    assert refused.stderr.startswith(f"error: {tmp_path / 'object.json'}: ")
    assert not (tmp_path / "signed.json").exists()


def test_a_file_that_cannot_be_signed_whole_leaves_what_was_there(tmp_path: Path, key: PrivateKey) -> None:
    assert key
    (tmp_path / "a.ndjson").write_text(f'{json.dumps(indicator())}\n{{"x": 1, "x": 2}}\n')
    (tmp_path / "signed.ndjson").write_text("what was there")
    arguments = ("sign", tmp_path / "a.ndjson", "--key", tmp_path / "key.pem", "--signer", SIGNER)
    refused = run(*arguments, "--out", tmp_path / "signed.ndjson")
    assert refused.exit_code == ExitCode.REFUSED
    assert f"{tmp_path / 'a.ndjson'}: line 2: " in refused.stderr
    assert (tmp_path / "signed.ndjson").read_text() == "what was there"
    assert run(*arguments).stdout == ""
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.ndjson", "key.pem", "signed.ndjson"]


def test_a_file_may_be_signed_in_its_place(tmp_path: Path, key: PrivateKey, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(object_sources, "MAPPED_FROM_BYTES", 0)
    (tmp_path / "a.ndjson").write_text(f"{json.dumps(indicator())}\n{json.dumps(indicator())}\n")
    sign(tmp_path, "a.ndjson", "--out", str(tmp_path / "a.ndjson"))
    assert [verifies(json.loads(line), key) for line in (tmp_path / "a.ndjson").read_text().splitlines()] == [True, True]


def test_an_empty_file_is_nothing_to_sign(tmp_path: Path, key: PrivateKey) -> None:
    assert key
    (tmp_path / "inbox.ndjson").touch()
    result = sign(tmp_path, "inbox.ndjson", "--out", str(tmp_path / "signed.ndjson"))
    assert result.stderr == f"{tmp_path / 'inbox.ndjson'}: nothing to do, the file holds no objects.\n"
    assert (tmp_path / "signed.ndjson").read_bytes() == b""
