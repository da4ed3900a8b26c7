"""``export verify``: what it takes, what it refuses with which exit code, and what it remembers."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.cli.faults import ExitCode
from breakwater_client.trust.keys import PrivateKey
from tests.cli.desk import run
from tests.factories.export_manifests import DEFINITION, PARTNER
from tests.factories.export_servers import export_server
from tests.factories.written_exports import PUBLISHER, ExportWriter, Written, indicator, notice, tombstone

KEY = PrivateKey.generate()


@pytest.fixture
def writer(tmp_path: Path) -> ExportWriter:
    writer = ExportWriter(tmp_path / "exports")
    (tmp_path / "exchange.pem").write_bytes(writer.key.public.to_pem())
    (tmp_path / "publisher.pem").write_bytes(KEY.public.to_pem())
    one = indicator(1, KEY)
    writer.write(Written(snapshot=[one, indicator(2)]))
    writer.write(Written(delta=[indicator(3, KEY)], tombstones=[tombstone(one)], recalls=[notice(1, one)]))
    return writer


def verify(writer: ExportWriter, *arguments: object, of: Path | None = None) -> tuple[int, dict[str, Any]]:
    trusted = ("--exchange-key", writer.folder.parent / "exchange.pem")
    result = run("export", "verify", of or writer.folder, *trusted, *arguments, "--json")
    return result.exit_code, json.loads(result.stdout or result.stderr)


def test_a_folder_of_exports_is_verified(writer: ExportWriter) -> None:
    code, told = verify(writer, "--partner", PARTNER, "--definition", DEFINITION)
    assert (code, told["verified"], len(told["steps"])) == (0, True, 8)
    assert [(one["number"], one["objects"], len(one["recalls"])) for one in told["exports"]] == [
        (1, {"indicator": 2}, 0),
        (2, {"indicator": 1}, 1),
    ]
    assert verify(writer, of=writer.folder / "00000001")[0] == 0
    assert verify(writer, of=writer.folder.parent)[0] == 0


def test_people_are_told_what_is_not_shown(writer: ExportWriter) -> None:
    trusted = ("--exchange-key", writer.folder.parent / "exchange.pem")
    told = run("export", "verify", writer.folder, *trusted).stdout
    assert "not shown" in told
    assert "Everything verifies." in told
    assert "not shown" not in run("export", "verify", writer.folder, *trusted, "--no-steps").stdout


def test_publishers_signatures_are_verified_on_request(writer: ExportWriter) -> None:
    publisher = ("--publishers", "--key", writer.folder.parent / "publisher.pem", "--signer", PUBLISHER)
    code, told = verify(writer, *publisher)
    assert (code, told["exports"][0]["failures"][0]["code"]) == (ExitCode.REFUSED, "signature-missing")
    code, told = verify(writer, *publisher, "--unsigned-from", PUBLISHER)
    assert (code, [one["levels"] for one in told["exports"]]) == (0, [{"signed": 1, "channel-attested": 1}, {"signed": 1}])
    code, told = verify(writer, "--publishers")
    assert (code, told["verified"], told["exports"][1]["failures"][0]["step"]) == (ExitCode.REFUSED, False, 3)
    trusted = ("--exchange-key", writer.folder.parent / "exchange.pem")
    assert "FAILED, step 3" in run("export", "verify", writer.folder, *trusted, "--publishers", "--no-steps").stdout


def test_what_was_accepted_holds_the_next_run_to_it(writer: ExportWriter) -> None:
    state = writer.folder.parent / "accepted.json"
    assert verify(writer, "--state", state)[0] == 0
    assert json.loads(state.read_text())["number"] == 2
    kept = state.read_bytes()
    older = writer.folder.parent / "older"
    shutil.copytree(writer.folder / "00000001", older / "00000001")
    code, told = verify(writer, "--state", state, of=older)
    assert (code, told["error"]["code"], told["error"]["step"]) == (ExitCode.ROLLED_BACK, "export-rolled-back", 5)
    writer.write(Written(delta=[]))
    writer.write(Written(delta=[]))
    withheld = writer.folder.parent / "withheld"
    shutil.copytree(writer.folder / "00000004", withheld / "00000004")
    code, told = verify(writer, "--state", state, of=withheld)
    assert (code, told["error"]["code"]) == (ExitCode.REFUSED, "export-chain-broken")
    assert state.read_bytes() == kept
    assert verify(writer, "--state", state)[0] == 0
    assert json.loads(state.read_text())["number"] == 4
    state.write_bytes(kept.replace(b'"manifest_sha256": "', b'"manifest_sha256": "0'))
    assert verify(writer, "--state", state)[0] == ExitCode.FORKED
    state.write_bytes(b"{}")
    assert verify(writer, "--state", state)[0] == ExitCode.REFUSED


def test_a_frozen_export_is_refused(writer: ExportWriter) -> None:
    ended = datetime.now(UTC)
    writer.write(Written(delta=[]), as_of=writer.manifests[-1].as_of, expires_at=ended + timedelta(microseconds=1))
    code, told = verify(writer)
    assert (code, told["error"]["code"], told["error"]["step"]) == (ExitCode.REFUSED, "export-expired", 6)


def test_another_partners_export_is_refused(writer: ExportWriter) -> None:
    code, told = verify(writer, "--partner", DEFINITION)
    assert (code, told["error"]["code"], told["error"]["step"]) == (ExitCode.REFUSED, "export-of-another", 4)


def test_a_file_that_is_cut_off_is_named(writer: ExportWriter) -> None:
    [file] = writer.folder.glob("00000002/*-delta-*")
    file.write_bytes(file.read_bytes()[:-1])
    code, told = verify(writer)
    assert (code, told["error"]["code"], told["error"]["step"]) == (ExitCode.REFUSED, "export-different", 7)
    assert file.name in told["error"]["detail"]


def test_who_trusts_nobody_or_shows_no_export_is_told_so(writer: ExportWriter, tmp_path: Path) -> None:
    result = run("export", "verify", writer.folder)
    assert result.exit_code == ExitCode.USAGE
    assert "Say which key" in result.stderr
    (tmp_path / "empty").mkdir()
    assert verify(writer, of=tmp_path / "empty")[1]["error"]["code"] == "no-export"


def test_a_mirror_is_verified_by_the_directory_that_it_accepted(tmp_path: Path) -> None:
    writer, mirror = ExportWriter(tmp_path / "exchange"), tmp_path / "mirror"
    writer.write(Written(snapshot=[indicator(1)]))
    with export_server(writer) as server:
        connection = ("--url", server.url, "--token", "token", "--directory-key", server.directory_key.public.keyid)
        assert run("export", "pull", DEFINITION, "--into", mirror, *connection).exit_code == 0
    told = run("export", "verify", mirror, "--json")
    assert (told.exit_code, json.loads(told.stdout)["own_directory"]) == (0, str(mirror / "directory.json"))
    shown = run("export", "verify", mirror, "--no-steps").stdout
    assert "directory that this mirror accepted last" in " ".join(shown.split())
    told = run("export", "verify", mirror, "--accepted-directory", mirror / "directory.json", "--json")
    assert (told.exit_code, json.loads(told.stdout)["own_directory"]) == (0, None)
    for keyid, code in ((server.directory_key.public.keyid, 0), (KEY.public.keyid, ExitCode.REFUSED)):
        told = run("export", "verify", mirror, "--directory-key", keyid, "--json")
        assert (told.exit_code, code or json.loads(told.stdout)["verified"]) == (code, code or True)
    # another key of the exchange than the mirror's is the one that counts
    (tmp_path / "other.pem").write_bytes(KEY.public.to_pem())
    assert run("export", "verify", mirror, "--exchange-key", tmp_path / "other.pem").exit_code == ExitCode.REFUSED
    # what is no mirror brings no keys of its own
    (mirror / "mirror.db").unlink()
    refused = run("export", "verify", mirror)
    assert (refused.exit_code, "Say which key" in refused.stderr) == (ExitCode.USAGE, True)
