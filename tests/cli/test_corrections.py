"""Correcting from the command line."""

from __future__ import annotations

import json
from pathlib import Path

from app.cli.faults import ExitCode
from tests.cli.desk import Desk, key_file
from tests.factories.exchanges import FakePartner
from tests.factories.stix_objects import indicator


def test_a_correction_is_published_with_its_reason(desk: Desk, tmp_path: Path) -> None:
    partner: FakePartner = desk.running.enrol("Owner who corrects")
    value = indicator()
    partner.submit(value)
    file, key = tmp_path / "object.json", key_file(partner, tmp_path)
    file.write_text(json.dumps(value | {"name": "Right at last"}))
    arguments = ("correct", file, "--reason", "wrong-identifier", "--key", key, "--signer", partner.identity_id)
    said = desk.run(partner, *arguments)
    assert said.exit_code == 0, said.output
    found = partner.object(value["id"]).json["objects"][0]
    assert found["name"] == "Right at last"
    assert "wrong-identifier" in json.dumps(found["extensions"])
    [recall] = desk.json(partner, "recalls")["recalls"]
    assert (recall["kind"], recall["told"]) == ("correction", [])


def test_what_cannot_be_corrected_is_said(desk: Desk, tmp_path: Path) -> None:
    partner = desk.running.enrol("Owner who cannot")
    file, key = tmp_path / "object.json", key_file(partner, tmp_path)
    value = indicator()
    for stated in ([], {name: held for name, held in value.items() if name != "extensions"}, value | {"type": "nonsense"}):
        file.write_text(json.dumps(stated))
        arguments = ("correct", file, "--reason", "outdated", "--key", key, "--signer", partner.identity_id)
        assert desk.run(partner, *arguments).exit_code != 0
    for content in (b"", b"no JSON", b"\xff", b"[" * 100_000, json.dumps(value | {"extensions": []}).encode()):
        file.write_bytes(content)
        refused = desk.run(partner, *arguments, "--json")
        assert refused.exit_code == ExitCode.USAGE, refused.exception
        assert json.loads(refused.stderr)["error"]["code"] in {"json-syntax", "usage"}
