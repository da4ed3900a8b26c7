"""Submitting: reports, receipts, and going on after an interruption."""

from __future__ import annotations

import base64
import json
import os
import signal
import subprocess
import sys
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from app.cli.envelopes import Envelope
from app.cli.faults import ExitCode
from app.cli.loopback_server import loopback_server
from app.cli.submit import Sending
from breakwater_client.talking import packing
from tests.cli.desk import Desk, Faltering, run, write_signed
from tests.factories.exchanges import FakePartner, Wanted
from tests.factories.stix_objects import indicator

ROOT = Path(__file__).parents[2]


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


def test_standard_input_is_read_like_a_file(desk: Desk, platform: FakePartner, tmp_path: Path) -> None:
    signed = json.dumps(platform.sign(indicator())).encode()
    environment = {"BREAKWATER_URL": desk.url, "BREAKWATER_TOKEN": platform.token or ""}
    report = tmp_path / "report.ndjson"
    for options, status in ((["--dry-run"], "passed"), ([], "stored"), ([], "already-stored")):
        result = run("submit", "-", "--json", "--fresh", "--report", report, *options, environment=environment, given=signed)
        [told] = json.loads(result.stdout)["objects"]
        assert (told["file"], told["status"]) == ("standard input", status)


def test_a_folder_is_refused_with_a_sentence(tmp_path: Path) -> None:
    refused = run("submit", tmp_path, "--json")
    assert refused.exit_code == ExitCode.USAGE
    assert f"'{tmp_path}' is a directory." in json.loads(refused.stderr)["error"]["detail"]


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


def test_a_receipt_that_was_kept_is_not_replaced_by_another(desk: Desk, platform: FakePartner, tmp_path: Path) -> None:
    file = write_signed(platform, tmp_path / "a.ndjson", indicator())
    command = ("submit", file, "--receipts", tmp_path / "r")
    [submission] = desk.json(platform, *command)["submissions"]
    assert desk.run(platform, *command).exit_code == 0, "the same one again is no other"
    kept = Path(submission["receipt"])
    kept.write_bytes(b"{}")  # as if the exchange had handed out this one before
    again = desk.run(platform, *command)
    assert again.exit_code == ExitCode.REFUSED
    assert "holds another receipt" in again.stderr
    assert kept.read_bytes() == b"{}"
    assert len(list(kept.parent.iterdir())) == 2


def test_an_atomic_submission_is_refused_as_a_whole(desk: Desk, platform: FakePartner, tmp_path: Path) -> None:
    file = tmp_path / "objects.ndjson"
    file.write_text(json.dumps(platform.sign(indicator())) + "\n" + json.dumps(indicator()) + "\n")
    result = desk.run(platform, "submit", file, "--atomic", "--json")
    assert result.exit_code == ExitCode.REFUSED
    assert statuses(json.loads(result.stdout)) == ["refused", "refused"]


def test_a_submission_that_lost_its_answer_is_repeated_and_nothing_is_taken_twice(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packing, "MOST_OBJECTS", 2)
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
    groups = [Sending(group=uuid.uuid4()).key_of(envelope, 1) for _ in range(2)]
    atomic = [Sending(atomic=True, group=group).key_of(envelope, 1) for group in (None, uuid.uuid4())]
    assert len({envelope.idempotency_key, *groups, *atomic}) == 5
    fresh = Sending(fresh=True)
    assert uuid.UUID(fresh.key_of(envelope, 1)) != uuid.UUID(fresh.key_of(envelope, 1))


def test_objects_are_posted_to_a_sharing_group_and_later_to_the_exchange(desk: Desk, tmp_path: Path) -> None:
    partner, reader, outside = (desk.running.enrol(f"{name} of a group") for name in ("Writer", "Reader", "Stranger"))
    value = indicator()
    file = write_signed(partner, tmp_path / "objects", value)
    said = ("group", "new", "Posted to by command", "--no-history", "--write", partner.partner_id, "--read", reader.partner_id)
    group_id = desk.json(partner, *said)["id"]
    for _ in range(2):  # the second is the first's answer again
        assert statuses(desk.json(partner, "submit", file, "--group", group_id)) == ["stored"]
    assert [len(one.pull_all(owner=partner.partner_id)) for one in (reader, outside)] == [1, 0]
    assert statuses(desk.json(partner, "submit", file)) == ["stored"]
    assert [len(one.pull_all(owner=partner.partner_id)) for one in (reader, outside)] == [1, 1]
    ends = ((reader, ExitCode.NOT_ALLOWED, "group-not-writable"), (outside, ExitCode.REFUSED, "not-found"))
    for member, exit_code, code in ends:
        refused = desk.run(member, "submit", file, "--group", group_id)
        assert refused.exit_code == exit_code
        assert f"[{code}]" in refused.stderr


def test_ones_own_key_with_another_body_is_a_conflict(desk: Desk, platform: FakePartner, tmp_path: Path) -> None:
    first, second = (write_signed(platform, tmp_path / name, indicator()) for name in "ab")
    assert desk.run(platform, "submit", first, "--idempotency-key", "mine").exit_code == 0
    refused = desk.run(platform, "submit", second, "--idempotency-key", "mine")
    assert refused.exit_code == ExitCode.REFUSED
    assert "[idempotency-key-reused]" in refused.stderr


@dataclass
class Killing:
    """An application that kills a process with its second request to submit: before the request is done, or after."""

    application: Any
    does_its_work: bool
    victim: subprocess.Popen[bytes] | None = None
    requests: int = 0

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        self.requests += environ["REQUEST_METHOD"] == "POST"
        if self.victim is None or self.requests != 2:
            return self.application(environ, start_response)
        answer = list(self.application(environ, start_response)) if self.does_its_work else []
        self.victim.kill()
        self.victim.wait()
        start_response("503 Service Unavailable", [])
        return answer


@pytest.mark.parametrize("does_its_work", [False, True], ids=["before", "after"])
def test_a_command_that_was_killed_goes_on_where_it_stopped(desk: Desk, tmp_path: Path, *, does_its_work: bool) -> None:
    partner = desk.running.enrol(f"Platform that is killed {uuid.uuid4()}")
    values = [indicator() for _ in range(2_100)]
    command = [sys.executable, "-m", "app", "submit", write_signed(partner, tmp_path / "objects", *values)]
    command += ["--report", tmp_path / "report.ndjson", "--receipts", tmp_path / "receipts"]
    application = Killing(desk.running.app, does_its_work)
    with loopback_server(application) as url:
        environment = os.environ | {"BREAKWATER_URL": url, "BREAKWATER_TOKEN": partner.token or ""}
        application.victim = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, cwd=ROOT)
        assert application.victim.wait() == -signal.SIGKILL
        reported = (tmp_path / "report.ndjson").read_text().splitlines()
        assert [json.loads(line)["status"] for line in reported] == ["stored"] * 1_000
        application.victim = None
        assert subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=False, cwd=ROOT).returncode == 0
    reported = (tmp_path / "report.ndjson").read_text().splitlines()
    assert [json.loads(line)["id"] for line in reported] == [value["id"] for value in values]
    assert {json.loads(line)["status"] for line in reported} == {"stored"}
    assert len(list((tmp_path / "receipts").iterdir())) == 3
    assert [one["id"] for one in partner.pull_all(owner=partner.partner_id)] == [value["id"] for value in values]


def test_what_cannot_be_read_is_reported_and_the_rest_is_sent(desk: Desk, platform: FakePartner, tmp_path: Path) -> None:
    first, last = platform.sign(indicator()), platform.sign(indicator())
    (tmp_path / "a.json").write_text(
        f'{{"type": "bundle", "objects": [{json.dumps(first)}, {{"x": 1, "x": 2}}, {json.dumps(last)}]}}'
    )
    result = desk.run(platform, "submit", tmp_path / "a.json", "--json")
    assert result.exit_code == ExitCode.REFUSED
    told = json.loads(result.stdout)["objects"]
    assert [(one["place"], one["status"], one["id"]) for one in told] == [
        ("/objects/0", "stored", first["id"]),
        ("/objects/1", "refused", None),
        ("/objects/2", "stored", last["id"]),
    ]
    assert told[1]["code"] == "json-duplicate-key"


def test_a_file_of_nothing_readable_is_reported_and_nothing_is_sent(desk: Desk, platform: FakePartner, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"objects": [1, []]}')
    told = json.loads(desk.run(platform, "submit", tmp_path / "a.json", "--json").stdout)
    assert (told["counts"], told["submissions"]) == ({"refused": 2}, [])


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"no JSON at all", "json-syntax"),
        (b"\x1f\x8b\x08packed", "gzip; unpack it first"),
        (b'{"type": "bundle", "id": "bundle--1", "spec_version": "2.0", "objects": [{"type": "malware"}]}', "STIX 2.1"),
        (b"[1, 2]", "request-invalid"),
    ],
)
def test_a_file_that_is_none_is_told_before_anything_of_the_others_is_sent(
    desk: Desk, tmp_path: Path, content: bytes, word: str
) -> None:
    partner = desk.running.enrol(f"Platform {uuid.uuid4()}")
    (tmp_path / "b.json").write_bytes(content)
    refused = desk.run(partner, "submit", write_signed(partner, tmp_path / "a", indicator()), tmp_path / "b.json")
    assert refused.exit_code == ExitCode.REFUSED
    assert refused.stderr.startswith(f"error: {tmp_path / 'b.json'}: ")
    assert word in refused.stderr
    assert refused.stderr.count("\n") == 1
    assert partner.pull_all(owner=partner.partner_id) == []


def test_objects_without_a_version_are_told_as_what_they_may_be(desk: Desk, platform: FakePartner, tmp_path: Path) -> None:
    value = indicator()
    del value["spec_version"]
    told = desk.run(platform, "submit", write_signed(platform, tmp_path / "a", value)).stdout
    assert "may be STIX 2.0" in told


def test_what_stands_beside_the_objects_is_not_sent_and_said_so(desk: Desk, platform: FakePartner, tmp_path: Path) -> None:
    bundle = {"type": "bundle", "id": "bundle--1", "x_feed": "daily", "objects": [platform.sign(indicator())]}
    (tmp_path / "a.json").write_text(json.dumps(bundle))
    assert "x_feed" in desk.run(platform, "submit", tmp_path / "a.json").stdout
    assert "x_feed" in desk.json(platform, "submit", tmp_path / "a.json")["remarks"][0]


def test_a_long_report_shows_people_only_what_was_refused(desk: Desk, platform: FakePartner, tmp_path: Path) -> None:
    file = tmp_path / "objects.ndjson"
    signed = [json.dumps(platform.sign(indicator())) for _ in range(51)]
    file.write_text("\n".join([*signed, json.dumps(indicator())]))
    told = desk.run(platform, "submit", file).stdout
    assert "line 52" in told
    assert "line 51 " not in told
    assert "1 refused, 51 stored" in told
