"""Checkpoints, proofs and mirrors of the log by command, verified by ``verify``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import Result
from sqlalchemy import text

from app.cli.faults import ExitCode
from app.cli.loopback_server import loopback_server
from app.domain.permissions import Permission
from app.domain.vocabulary import StaffRole
from breakwater_client.log_tile import tiles_of
from tests.cli.desk import Desk, run
from tests.factories.exchanges import Caller, FakePartner
from tests.factories.scripted_exchange import JSON, Scripted
from tests.factories.stix_objects import indicator
from tests.factories.tampering import lift_guards
from tests.factories.witnesses import HttpWitness


@pytest.fixture
def operator(desk: Desk) -> Caller:
    return desk.running.staff(StaffRole.OPERATOR, Permission)


@pytest.fixture
def key(desk: Desk, tmp_path: Path) -> Path:
    path = tmp_path / "checkpoint-key.pem"
    path.write_bytes(desk.running.exchange.keys.checkpoints.public.to_pem())
    return path


def made(desk: Desk, operator: Caller) -> str:
    note: str = desk.json(operator, "log", "checkpoint", "--make")["checkpoint"]
    return note


def test_a_checkpoint_is_made_shown_and_kept(desk: Desk, operator: Caller, platform: FakePartner, tmp_path: Path) -> None:
    note = made(desk, operator)
    assert desk.run(platform, "log", "checkpoint").stdout == note
    size = note.split("\n")[1]
    kept = tmp_path / "kept"
    assert desk.run(platform, "log", "checkpoint", "--size", size, "--out", kept).exit_code == 0
    assert kept.read_text() == note
    assert desk.run(platform, "log", "checkpoint", "--make").exit_code == ExitCode.NOT_ALLOWED


def test_a_checkpoint_and_a_proof_are_asked_for_of_the_witnesses_in_a_file(
    desk: Desk, operator: Caller, platform: FakePartner, tmp_path: Path
) -> None:
    value = indicator()
    platform.submit(value)
    named, quick = (HttpWitness(desk.running.enrol(name), operator) for name in ("Named witness", "Quick witness"))
    note = made(desk, operator)
    named.cosign()
    platform.submit(indicator())
    later = made(desk, operator)
    quick.cosign()
    file = tmp_path / "witnesses.json"
    file.write_text(json.dumps({"witnesses": [{"name": named.name, "public_key": named.key.public.to_pem().decode()}]}))
    asked = ("log", "checkpoint", "--cosigned-by", "1")
    assert desk.run(platform, *asked).stdout.startswith(later)
    assert desk.run(platform, *asked, "--witnesses", file).stdout.startswith(note)
    proof = ("log", "proof", "--object", value["id"], value["modified"], "--purpose", "detection", "--cosigned-by", "1")
    sizes = [desk.json(platform, *proof, *of)["tree_size"] for of in ((), ("--witnesses", file))]
    assert sizes == [int(one.split("\n")[1]) for one in (later, note)]
    for wrong in (("log", "checkpoint", "--witnesses", file), ("log", "checkpoint", "--cosigned-by", "2", "--witnesses", file)):
        assert desk.run(platform, *wrong).exit_code == ExitCode.USAGE


def test_while_the_witnesses_lag_a_proof_is_pending_and_not_refused(
    desk: Desk, operator: Caller, platform: FakePartner, tmp_path: Path
) -> None:
    witness, value = HttpWitness(desk.running.enrol("Slow witness"), operator), indicator()
    file = tmp_path / "witnesses.json"
    file.write_text(json.dumps({"witnesses": [{"name": witness.name, "public_key": witness.key.public.to_pem().decode()}]}))
    asked = ("--cosigned-by", "1", "--witnesses", file, "--json")
    platform.submit(value)
    proof = ("log", "proof", "--object", value["id"], value["modified"], *asked)
    made(desk, operator)
    for command in (proof, ("log", "checkpoint", *asked)):
        assert pending(desk.run(platform, *command)), "nothing is cosigned"
    witness.cosign()
    late = indicator()
    platform.submit(late)
    proof = ("log", "proof", "--object", late["id"], late["modified"], *asked)
    assert pending(desk.run(platform, *proof)), "no checkpoint covers it"
    made(desk, operator)
    assert pending(desk.run(platform, *proof)), "one covers it, and is not cosigned"
    chosen = desk.run(platform, *proof[:5], "--size", "1", "--json")
    assert "request-invalid" in chosen.stderr, "who chose a size is told that it does not cover it"
    witness.cosign()
    assert desk.run(platform, *proof).exit_code == 0


def pending(done: Result) -> bool:
    told = json.loads(done.stderr)["error"]
    return done.exit_code == ExitCode.REFUSED and told["code"] == "checkpoint-pending" and "pointer" not in told


def test_a_receipt_becomes_a_proof_that_verifies(
    desk: Desk, operator: Caller, platform: FakePartner, key: Path, tmp_path: Path
) -> None:
    value, hotline = indicator(), desk.running.enrol("Reader of proofs")
    submission = platform.submit(value).json["id"]
    pending = desk.run(platform, "log", "proof", submission)
    assert pending.exit_code == ExitCode.REFUSED
    assert "no checkpoint covers it yet" in pending.stderr
    made(desk, operator)
    made_first = desk.json(platform, "log", "checkpoint")["checkpoint"]
    whole, one = tmp_path / "submission.json", tmp_path / "version.json"
    assert desk.run(platform, "log", "proof", submission, "--out", whole).exit_code == 0
    asked = ("log", "proof", "--object", value["id"], value["modified"])
    assert desk.run(hotline, *asked, "--purpose", "detection", "--out", one).exit_code == 0
    platform.submit(indicator())
    made(desk, operator)
    size = made_first.split("\n")[1]
    for way in (("--first",), ("--size", size)):
        assert desk.json(hotline, *asked, "--purpose", "detection", *way)["checkpoint"] == made_first
    assert desk.run(platform, *asked, "--size", "999999").exit_code == ExitCode.REFUSED
    of_submission = ("log", "proof", submission)
    for wrong in ((*asked, "--first", "--size", size), (*of_submission, "--first"), (*of_submission, "--size", size)):
        assert desk.run(platform, *wrong).exit_code == ExitCode.USAGE
    assert json.loads(whole.read_text())["proofs"] == [json.loads(one.read_text())]
    verified = desk.run(hotline, "verify", one, "--checkpoint-key", key)
    assert verified.exit_code == 0, verified.output


@pytest.mark.parametrize("arguments", [(), ("a", "--entry", "1"), ("--entry", "1", "--object", "a", "b")])
def test_one_thing_is_proved_at_a_time(desk: Desk, platform: FakePartner, arguments: tuple[str, ...]) -> None:
    assert desk.run(platform, "log", "proof", *arguments).exit_code == ExitCode.USAGE


def test_a_document_about_oneself_is_proved(desk: Desk, operator: Caller, platform: FakePartner) -> None:
    size = int(made(desk, operator).split("\n")[1])
    found = [desk.run(platform, "log", "proof", "--entry", index) for index in range(size)]
    documents = [json.loads(one.stdout)["document"] for one in found if one.exit_code == 0]
    assert "agreement-version" in {one["type"] for one in documents}


def test_growth_is_proved(desk: Desk, operator: Caller, platform: FakePartner, key: Path, tmp_path: Path) -> None:
    kept, proof = tmp_path / "kept", tmp_path / "growth.json"
    kept.write_text(made(desk, operator))
    platform.submit(indicator())
    made(desk, operator)
    first = kept.read_text().split("\n")[1]
    assert desk.run(platform, "log", "consistency", "--first", first, "--out", proof).exit_code == 0
    verified = desk.run(platform, "verify", proof, "--checkpoint-key", key, "--checkpoint", kept)
    assert verified.exit_code == 0, verified.output


def test_growth_from_a_size_that_no_checkpoint_has_is_told(desk: Desk, operator: Caller, platform: FakePartner) -> None:
    size = int(made(desk, operator).split("\n")[1])
    gone = desk.run(platform, "log", "consistency", "--first", size + 1)
    assert (gone.exit_code, "log-rolled-back" in gone.stderr) == (ExitCode.ROLLED_BACK, True)
    never = desk.run(platform, "log", "consistency", "--first", 1)
    assert (never.exit_code, "knows no checkpoint" in never.stderr) == (ExitCode.REFUSED, True)


def test_a_mirror_grows_with_the_log(desk: Desk, operator: Caller, platform: FakePartner, key: Path, tmp_path: Path) -> None:
    mirror = tmp_path / "mirror"
    for _ in range(2):
        platform.submit(*[indicator() for _ in range(150)])
        size = int(made(desk, operator).split("\n")[1])
        held = desk.json(platform, "log", "mirror", mirror, "--checkpoint-key", key)
        assert held["tree_size"] == size
        for tile in tiles_of(size):
            assert len((mirror / "tile" / tile.path).read_bytes()) == 32 * tile.width
    assert (mirror / "checkpoint").read_text() == desk.run(platform, "log", "checkpoint").stdout
    assert desk.json(platform, "log", "mirror", mirror, "--checkpoint-key", key)["earlier_size"] == size


def test_a_log_that_was_rolled_back_is_refused_with_an_exit_code_of_its_own(
    desk: Desk, operator: Caller, platform: FakePartner, key: Path, tmp_path: Path
) -> None:
    mirror = tmp_path / "mirror"
    made(desk, operator)
    platform.submit(indicator())
    made(desk, operator)
    desk.json(platform, "log", "mirror", mirror, "--checkpoint-key", key)
    before = (mirror / "checkpoint").read_bytes()
    with desk.running.exchange.database.write() as connection:
        lift_guards(connection)
        connection.execute(text("DELETE FROM checkpoint WHERE tree_size = (SELECT max(tree_size) FROM checkpoint)"))
    refused = desk.run(platform, "log", "mirror", mirror, "--checkpoint-key", key)
    assert refused.exit_code == ExitCode.ROLLED_BACK
    assert (mirror / "checkpoint").read_bytes() == before
    [evidence] = (mirror / "evidence").iterdir()
    assert f"evidence/{evidence.name}" in refused.stderr
    assert (evidence / "checkpoint").read_text() == desk.run(platform, "log", "checkpoint").stdout
    wrong = tmp_path / "wrong.pem"
    wrong.write_bytes(b"no key")
    assert desk.run(platform, "log", "mirror", mirror, "--checkpoint-key", wrong).exit_code == ExitCode.REFUSED


ESCAPE = "\x1b]0;a\x07"
ODD_NOTES = {
    "bytes of no text": b"\xff\xfe",
    "one word": b"x",
    "no number": b"exchange\nmany\nroot\n\n",
    "what drives a terminal": f"exchange{ESCAPE}\n1\n{'A' * 43}=\n\n\u2014 exchange AAAA\n".encode(),
}


@pytest.mark.parametrize("note", ODD_NOTES.values(), ids=ODD_NOTES)
@pytest.mark.parametrize(
    "asked", [("checkpoint",), ("checkpoint", "--cosigned-by", "1"), ("proof", "--object", "a", "b", "--cosigned-by", "1")]
)
def test_what_is_no_checkpoint_is_told_and_neither_shown_nor_kept(note: bytes, asked: tuple[str, ...], tmp_path: Path) -> None:
    with loopback_server(Scripted([("200 OK", {}, note)])) as url:
        done = run("log", *asked, "--url", url, "--token", "bw_x", "--out", tmp_path / "kept")
    assert (done.exit_code, done.stdout, "no checkpoint" in done.stderr) == (ExitCode.UNAVAILABLE, "", True)
    assert not (tmp_path / "kept").exists()


def test_a_proof_is_shown_without_what_drives_a_terminal() -> None:
    odd = {"type": "log-proof", "x": "\x9b31m\u202e"}
    with loopback_server(Scripted([("200 OK", JSON, json.dumps(odd, ensure_ascii=False).encode())])) as url:
        done = run("log", "proof", "--entry", "1", "--url", url, "--token", "bw_x")
    assert done.stdout.isascii()
    assert json.loads(done.stdout) == odd


def test_what_is_no_list_of_proofs_is_told() -> None:
    with loopback_server(Scripted([("200 OK", JSON, b"[]")])) as url:
        done = run("log", "proof", "--object", "a", "b", "--url", url, "--token", "bw_x")
    assert done.exit_code == ExitCode.UNAVAILABLE
