"""Submitting: reports, receipts, and going on after an interruption."""

from __future__ import annotations

import base64
import json
import uuid
from pathlib import Path

import pytest

from app.cli import envelopes
from app.cli.envelopes import Envelope
from app.cli.faults import ExitCode
from app.cli.loopback_server import loopback_server
from app.cli.submit import Sending
from tests.cli.desk import Desk, Faltering, run, write_signed
from tests.factories.exchanges import FakePartner, Wanted
from tests.factories.stix_objects import indicator


def statuses(document: dict[str, list[dict[str, str]]]) -> list[str]:
    return [one["status"] for one in document["objects"]]


def test_each_object_gets_its_result_by_file_and_line(desk: Desk, platform: FakePartner, tmp_path: Path) -> None:
    good, unsigned = indicator(), indicator()
    file = tmp_path / "objects.ndjson"
    file.write_text(json.dumps(platform.sign(good)) + "\n\n" + json.dumps(unsigned) + "\n")
    result = desk.run(platform, "submit", file, "--json")
    assert result.exit_code == ExitCode.REFUSED
    first, second = json.loads(result.stdout)["objects"]
    assert (first["file"], first["place"], first["status"], first["id"]) == (str(file), "line 1", "stored", good["id"])
    assert (second["place"], second["status"], second["code"]) == ("line 3", "refused", "signature-missing")
    assert second["pointer"].startswith("/extensions/")


def test_people_see_what_was_refused_and_why(desk: Desk, platform: FakePartner, tmp_path: Path) -> None:
    (tmp_path / "object.json").write_text(json.dumps(indicator()))
    told = desk.run(platform, "submit", tmp_path / "object.json").stdout
    assert "[signature-missing]" in told
    assert "1 refused" in told
    assert "--fresh" in told


def test_an_empty_file_is_nothing_to_submit(desk: Desk, platform: FakePartner, tmp_path: Path) -> None:
    (tmp_path / "empty.ndjson").touch()
    result = desk.run(platform, "submit", tmp_path / "empty.ndjson")
    assert (result.exit_code, result.stdout) == (0, f"{tmp_path / 'empty.ndjson'}: nothing to do, no objects.\n")


def test_objects_that_are_there_already_are_no_failure(desk: Desk, platform: FakePartner, tmp_path: Path) -> None:
    file = write_signed(platform, tmp_path / "a", indicator())
    assert statuses(desk.json(platform, "submit", file)) == ["stored"]
    assert statuses(desk.json(platform, "submit", file)) == ["stored"], "the same request has the same answer"
    assert statuses(desk.json(platform, "submit", file, "--fresh")) == ["already-stored"]


def test_receipts_are_kept_by_the_id_of_their_submission(desk: Desk, platform: FakePartner, tmp_path: Path) -> None:
    file = write_signed(platform, tmp_path / "a", indicator())
    [submission] = desk.json(platform, "submit", file, "--receipts", tmp_path / "r")["submissions"]
    envelope = json.loads((tmp_path / "r" / f"{submission['id']}.json").read_bytes())
    assert json.loads(base64.b64decode(envelope["payload"]))["submission"] == submission["id"]


def test_an_atomic_submission_is_refused_as_a_whole(desk: Desk, platform: FakePartner, tmp_path: Path) -> None:
    file = tmp_path / "objects.ndjson"
    file.write_text(json.dumps(platform.sign(indicator())) + "\n" + json.dumps(indicator()) + "\n")
    result = desk.run(platform, "submit", file, "--atomic", "--json")
    assert result.exit_code == ExitCode.REFUSED
    assert statuses(json.loads(result.stdout)) == ["refused", "refused"]


def test_a_submission_that_lost_its_answer_is_repeated_and_nothing_is_taken_twice(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(envelopes, "MOST_OBJECTS", 2)
    partner, reader = desk.running.enrol("Platform that is interrupted"), desk.running.enrol("Its reader")
    values = [indicator() for _ in range(5)]
    file = write_signed(partner, tmp_path / "objects", *values)
    with loopback_server(Faltering(desk.running.app, "POST", 1, does_its_work=True)) as url:
        interrupted = Desk(url, desk.running).run(partner, "submit", file)
    assert interrupted.exit_code == ExitCode.UNAVAILABLE
    assert "2 objects are answered already; run the same command again" in interrupted.stderr
    assert statuses(desk.json(partner, "submit", file)) == ["stored"] * 5
    pulled = [one["id"] for one in reader.pull_all(owner=partner.partner_id)]
    assert pulled == [value["id"] for value in values]


def test_an_exchange_that_is_away_from_the_start_is_told_plainly(platform: FakePartner, tmp_path: Path) -> None:
    file = write_signed(platform, tmp_path / "objects", indicator())
    result = run("submit", file, "--url", "https://127.0.0.1:1", "--token", "bw_x")
    assert result.exit_code == ExitCode.UNAVAILABLE
    assert result.stderr.count("\n") == 1


def test_a_partner_without_an_agreement_is_refused_and_may_ask_anew(desk: Desk, tmp_path: Path) -> None:
    partner = desk.running.enrol("Platform without an agreement", Wanted(agreement=None))
    file = write_signed(partner, tmp_path / "objects", indicator())
    assert "[agreement-not-in-force]" in desk.run(partner, "submit", file).stdout


def test_keys_are_the_contents_the_callers_or_new_ones() -> None:
    envelope = Envelope(b"{}", ())
    assert Sending().key_of(envelope, 1) == envelope.idempotency_key
    assert [Sending(key="mine").key_of(envelope, number) for number in (1, 2)] == ["mine", "mine.2"]
    fresh = Sending(fresh=True)
    assert uuid.UUID(fresh.key_of(envelope, 1)) != uuid.UUID(fresh.key_of(envelope, 1))


def test_ones_own_key_with_another_body_is_a_conflict(desk: Desk, platform: FakePartner, tmp_path: Path) -> None:
    first, second = (write_signed(platform, tmp_path / name, indicator()) for name in "ab")
    assert desk.run(platform, "submit", first, "--idempotency-key", "mine").exit_code == 0
    refused = desk.run(platform, "submit", second, "--idempotency-key", "mine")
    assert refused.exit_code == ExitCode.REFUSED
    assert "[idempotency-key-reused]" in refused.stderr


def test_a_long_report_shows_people_only_what_was_refused(desk: Desk, platform: FakePartner, tmp_path: Path) -> None:
    file = tmp_path / "objects.ndjson"
    signed = [json.dumps(platform.sign(indicator())) for _ in range(51)]
    file.write_text("\n".join([*signed, json.dumps(indicator())]))
    told = desk.run(platform, "submit", file).stdout
    assert "line 52" in told
    assert "line 51 " not in told
    assert "1 refused, 51 stored" in told
