"""``import``: from files of neighbours' kinds to objects that the exchange takes."""

from __future__ import annotations

import json
from pathlib import Path

from app.cli.faults import ExitCode
from tests.cli.desk import Desk, key_file, objects_in, run
from tests.factories.exchanges import FakePartner
from tests.factories.neighbours_files import misp_event, signals_of
from tests.factories.observation_forms import form


def shared_form(folder: Path) -> Path:
    file = folder / "form.json"
    file.write_text(json.dumps({name: member for name, member in form().items() if name != "observables"}))
    return file


def test_a_table_is_imported_signed_and_submitted(desk: Desk, platform: FakePartner, tmp_path: Path) -> None:
    table, out, signed = (tmp_path / name for name in ("own.csv", "objects.ndjson", "signed.ndjson"))
    table.write_bytes(b"\xef\xbb\xbfkind;value\nsha256;" + b"ab" * 32 + b"\nurl;https://files.example.org/a\n")
    given = ("--form", shared_form(tmp_path), "--out", out, "--signer", platform.identity_id)
    told = json.loads(run("import", "csv", table, *given, "--json").stdout)
    assert (told["rows"], told["left"], told["written"]) == (2, 0, True)
    assert told["objects"] == len(objects_in(out))
    signing = ("--key", key_file(platform, tmp_path), "--signer", platform.identity_id, "--out", signed)
    assert run("sign", out, *signing).exit_code == 0
    assert desk.run(platform, "submit", signed).exit_code == 0
    indicators = [one["id"] for one in objects_in(out) if one["type"] == "indicator"]
    purpose = {"Breakwater-Purpose": "detection"}
    assert [platform.get(f"objects/{one}", headers=purpose).status for one in indicators] == [200, 200]


def test_what_is_left_out_is_told_and_nothing_is_written_unless_that_is_wanted(tmp_path: Path) -> None:
    table, out = tmp_path / "own.csv", tmp_path / "objects.ndjson"
    table.write_text(f"kind,value\nmd5,secret\nsha256,{'ab' * 32}\n")
    given = ("csv", table, "--form", shared_form(tmp_path), "--out", out)
    refused = run("import", *given)
    assert refused.exit_code == ExitCode.REFUSED
    assert "left out: line 2: " in refused.stdout
    assert "Nothing was written" in refused.stdout
    assert "secret" not in refused.output
    assert not out.exists()
    assert run("import", *given, "--skip-refused").exit_code == ExitCode.REFUSED
    assert objects_in(out)


def test_neighbours_files_are_imported(tmp_path: Path) -> None:
    event, signals, out = tmp_path / "event.json", tmp_path / "signals.csv", tmp_path / "objects.ndjson"
    event.write_text(json.dumps(misp_event(("url", "https://a.example.org/x"))))
    signals.write_bytes(signals_of(tmp_path, "-P", "--csv"))
    for kind, file, at_least in (("misp", event, 2), ("threatexchange", signals, 20)):
        done = run("import", kind, file, "--form", shared_form(tmp_path), "--out", out, "--skip-refused", "--json")
        assert json.loads(done.stdout)["rows"] >= at_least


def test_what_cannot_be_read_is_told_by_its_own_name(tmp_path: Path) -> None:
    table, empty, out = tmp_path / "own.csv", tmp_path / "empty", tmp_path / "objects.ndjson"
    table.write_text("kind,value\nurl,https://a.example.org/x\n")
    empty.write_text("[]")
    shared = shared_form(tmp_path)
    for options, named in (
        ((table, "--form", empty), empty),
        ((table, "--form", shared, "--keys", empty), empty),
        ((empty, "--form", shared), empty),
    ):
        refused = run("import", "csv", *options, "--out", out)
        assert refused.exit_code == ExitCode.REFUSED
        assert str(named) in refused.stderr
    assert not out.exists()
