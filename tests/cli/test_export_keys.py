"""The key to which exports are sealed, and what is in one sealed file."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from app.cli.faults import ExitCode
from breakwater_client.trust.export_manifest import sign_manifest
from breakwater_client.trust.export_seal import Sealer, seal_info
from breakwater_client.trust.keys import PrivateKey
from tests.cli.desk import run
from tests.factories.export_manifests import DEFINITION, EXCHANGE, exported, first_manifest

NAME = "00000001-snapshot-0001.ndjson.hpke"


@pytest.fixture
def sealed(tmp_path: Path) -> Path:
    """One export of one sealed file, and the key beside it."""
    told = json.loads(run("export", "new-key", "--out", tmp_path / "opening.key", "--json").stdout)
    path = tmp_path / NAME
    with path.open("wb") as file:
        sealer = Sealer(file, base64.b64decode(told["public_key"]), seal_info(EXCHANGE, DEFINITION, 1, NAME))
        sealer.write(b"what nobody else reads\n")
        sealer.close()
    manifest = first_manifest(encryption_key=told["public_key"], files=(exported(NAME, path.read_bytes()),))
    (tmp_path / "manifest.json").write_text(json.dumps(sign_manifest(manifest, PrivateKey.generate())))
    return path


def test_a_key_is_made_for_its_owner_alone(sealed: Path) -> None:
    key = sealed.parent / "opening.key"
    assert key.stat().st_mode & 0o777 == 0o600
    words = (key.read_text().split(), Path(f"{key}.pub").read_text().split())
    assert [word for word, _ in words] == ["breakwater-export-private-key", "breakwater-export-public-key"]
    assert [len(base64.b64decode(content)) for _, content in words] == [32, 32]
    assert run("export", "new-key", "--out", key).exit_code == ExitCode.REFUSED


def test_a_sealed_file_is_opened(sealed: Path) -> None:
    (sealed.parent / "open").mkdir()
    options = ("--key", sealed.parent / "opening.key", "--into", sealed.parent / "open")
    result = run("export", "decrypt", sealed, *options, "--json")
    [opened] = json.loads(result.stdout)["files"]
    assert Path(opened) == sealed.parent / "open" / "00000001-snapshot-0001.ndjson"
    assert Path(opened).read_bytes() == b"what nobody else reads\n"


def test_what_is_not_sealed_to_this_key_under_this_name_leaves_nothing(sealed: Path) -> None:
    run("export", "new-key", "--out", sealed.parent / "other.key")
    (sealed.parent / "open").mkdir()
    other = sealed.with_name("00000001-snapshot-0002.ndjson.hpke")
    other.write_bytes(sealed.read_bytes())
    wrong = [(sealed, "other.key"), (other, "opening.key"), (sealed.parent / "manifest.json", "opening.key")]
    for file, key in [*wrong, (sealed, "manifest.json")]:
        result = run("export", "decrypt", file, "--key", sealed.parent / key, "--into", sealed.parent / "open")
        assert result.exit_code == ExitCode.REFUSED
    assert not list((sealed.parent / "open").iterdir())


def test_a_file_that_was_cut_off_leaves_nothing(sealed: Path) -> None:
    (sealed.parent / "open").mkdir()
    sealed.write_bytes(sealed.read_bytes()[:-1])
    options = ("--key", sealed.parent / "opening.key", "--into", sealed.parent / "open")
    assert run("export", "decrypt", sealed, *options).exit_code == ExitCode.REFUSED
    assert not list((sealed.parent / "open").iterdir())
