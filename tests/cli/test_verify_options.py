"""What ``verify`` goes by: files that are what their options ask for, and a kept checkpoint that itself verifies."""

from __future__ import annotations

import json
import socket
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from app.cli.faults import ExitCode
from app.cli.verify_options import _kept
from breakwater_client.trust.checkpoint import cosign_checkpoint
from breakwater_client.trust.keys import PrivateKey
from breakwater_client.verifying.known_keys import ExchangeKey
from breakwater_client.verifying.verify_checkpoints import LogKeys
from tests.cli.desk import run
from tests.factories.small_logs import SmallLog, raw

LOG = SmallLog().fill(40)
WITNESS = PrivateKey.generate()
SEEN = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A partner's folder: keys, checkpoints of several days, and proofs."""
    (tmp_path / "checkpoints.pem").write_bytes(LOG.key.public.to_pem())
    (tmp_path / "exchange.pem").write_bytes(LOG.statements.public.to_pem())
    (tmp_path / "witness.pem").write_bytes(WITNESS.public.to_pem())
    for size in (20, 30, 40):
        (tmp_path / f"checkpoint-{size}").write_text(LOG.checkpoint(size))
    (tmp_path / "cosigned").write_text(cosign_checkpoint(LOG.checkpoint(), "w", WITNESS, SEEN))
    (tmp_path / "grown.json").write_bytes(raw(LOG.consistency(20)))
    (tmp_path / "proof.json").write_bytes(raw(LOG.proof(7)))
    return tmp_path


def verify(folder: Path, *arguments: object) -> tuple[int, dict[str, Any]]:
    result = run("verify", *arguments, "--checkpoint-key", folder / "checkpoints.pem", "--json")
    return result.exit_code, json.loads(result.stdout or result.stderr)


def test_nothing_has_gone_since_the_kept_checkpoint(folder: Path) -> None:
    code, told = verify(folder, folder / "checkpoint-40", folder / "grown.json", "--checkpoint", folder / "checkpoint-20")
    assert (code, told["verified"]) == (0, True)
    assert told["kept_checkpoint"]["extended_to"] == 40
    assert (told["kept_checkpoint"]["size"], told["consistency"][0]["first"], told["checkpoints"][0]["size"]) == (20, 20, 40)


def test_a_checkpoint_of_the_same_size_says_nothing_of_what_came_since(folder: Path) -> None:
    same = (folder / "checkpoint-20", "--checkpoint", folder / "checkpoint-20")
    code, told = verify(folder, *same)
    assert (code, told["kept_checkpoint"]["extended_to"]) == (0, None)
    words = run("verify", *same, "--checkpoint-key", folder / "checkpoints.pem").stdout
    assert "this says nothing" in words
    assert "Nothing has gone" not in words


def test_a_log_that_was_rolled_back_and_one_that_was_forked_have_exit_codes_of_their_own(folder: Path) -> None:
    other = SmallLog(key=LOG.key, leaves=LOG.leaves[:15]).fill(50)
    (folder / "forked").write_text(other.checkpoint(30))
    assert verify(folder, folder / "checkpoint-20", "--checkpoint", folder / "checkpoint-30")[0] == ExitCode.ROLLED_BACK == 5
    assert verify(folder, folder / "forked", "--checkpoint", folder / "checkpoint-30")[0] == ExitCode.FORKED == 6
    both = verify(folder, folder / "forked", folder / "checkpoint-20", "--checkpoint", folder / "checkpoint-30")
    assert both[0] == ExitCode.FORKED
    assert {one["code"] for one in both[1]["unreadable"]} == {"log-forked", "log-rolled-back"}


def test_a_mirror_is_a_folder_and_spares_the_proofs(folder: Path) -> None:
    tile = folder / "mirror" / "tile" / "0" / "000.p" / "40"
    tile.parent.mkdir(parents=True)
    tile.write_bytes(b"".join(LOG.tree().tiles(0, 0)))
    (folder / "mirror" / "checkpoint").write_text(LOG.checkpoint())
    code, told = verify(folder, folder / "mirror", folder / "checkpoint-30", "--checkpoint", folder / "checkpoint-20")
    assert (code, told["mirrors"][0]["size"]) == (0, 40)
    other = SmallLog(key=LOG.key, leaves=LOG.leaves[:15]).fill(50)
    (folder / "forked").write_text(other.checkpoint(20))
    assert verify(folder, folder / "mirror", "--checkpoint", folder / "forked")[0] == ExitCode.FORKED
    tile.write_bytes(tile.read_bytes()[::-1])
    assert verify(folder, folder / "mirror")[1]["unreadable"][0]["kind"] == "mirror"
    tile.unlink()
    assert verify(folder, folder / "mirror")[1]["unreadable"][0]["step"] == 2


def test_verifying_opens_no_socket(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even to this machine; the whole suite lets processes reach nobody else."""

    def refuse(*_arguments: object, **_options: object) -> None:
        raise AssertionError("a socket")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    code, told = verify(folder, folder / "proof.json", folder / "checkpoint-40", folder / "grown.json", folder / "checkpoint-20")
    assert (code, told["verified"]) == (0, True)


def test_a_kept_checkpoint_holds_though_its_key_was_given_up(folder: Path) -> None:
    log = LogKeys([ExchangeKey(LOG.key.public, SEEN)])
    assert _kept(folder / "checkpoint-20", log) == _kept(folder / "checkpoint-20", LogKeys([ExchangeKey(LOG.key.public)]))


def test_a_log_of_which_nothing_leads_to_the_kept_one_is_only_refused(folder: Path) -> None:
    code, told = verify(folder, folder / "checkpoint-40", "--checkpoint", folder / "checkpoint-30")
    assert (code, told["unreadable"][0]["code"]) == (ExitCode.REFUSED, "proof-invalid")


def test_a_kept_checkpoint_that_does_not_verify_is_told_by_its_name(folder: Path) -> None:
    (folder / "kept").write_text(LOG.checkpoint(20).replace("\n20\n", "\n21\n"))
    code, told = verify(folder, folder / "checkpoint-40", "--checkpoint", folder / "kept")
    assert code == ExitCode.REFUSED
    assert told["error"]["detail"].startswith(f"{folder / 'kept'}: ")
    assert told["error"]["code"] == "signature-invalid"


@pytest.mark.parametrize(("needed", "cosigned"), [(1, True), (2, False)])
def test_witnesses_are_named_with_their_keys(folder: Path, needed: int, *, cosigned: bool) -> None:
    asked = ("--witness", f"w={folder / 'witness.pem'}", "--witnesses-needed", needed)
    code, told = verify(folder, folder / "cosigned", *asked)
    assert code == 0
    [checkpoint] = told["checkpoints"]
    assert (checkpoint["cosigned"], checkpoint["cosigned_by"]) == (cosigned, {"w": "2026-03-01T12:00:00Z"})


@pytest.mark.parametrize("given", ["w", "=witness.pem", "w=absent.pem"])
def test_a_witness_without_a_name_or_a_file_is_a_wrong_option(folder: Path, given: str) -> None:
    result = run("verify", folder / "cosigned", "--witness", given)
    assert result.exit_code == ExitCode.USAGE
    assert "NAME=PEM" in result.stderr


def test_one_key_is_no_two_witnesses(folder: Path) -> None:
    pem = folder / "witness.pem"
    code, told = verify(folder, folder / "cosigned", "--witness", f"a={pem}", "--witness", f"b={pem}")
    assert code == ExitCode.REFUSED
    assert "same key" in told["error"]["detail"]


@pytest.mark.parametrize("option", ["--key", "--keys", "--exchange-key", "--checkpoint-key"])
def test_a_file_that_is_no_key_is_told_by_its_name(folder: Path, option: str) -> None:
    result = run("verify", folder / "proof.json", option, folder / "grown.json")
    assert result.exit_code == ExitCode.REFUSED
    assert f"{folder / 'grown.json'}: " in result.stderr


def test_no_key_verifies_no_checkpoint_and_no_proof(folder: Path) -> None:
    result = run("verify", folder / "proof.json", folder / "checkpoint-20")
    assert result.exit_code == ExitCode.REFUSED
    assert "[key-not-accepted]" in result.stdout
