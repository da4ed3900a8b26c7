"""How findings are told: words and JSON that agree, and steps of what was there."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from breakwater_client.trust.checkpoint import cosign_checkpoint
from breakwater_client.trust.keys import PrivateKey
from breakwater_client.trust.object_signature import read_signature, sign_object, verify_object
from tests.cli.desk import run
from tests.factories.small_logs import EXCHANGE, SmallLog, raw
from tests.factories.stix_objects import indicator

SIGNER = "identity--8c4f2f6e-6d2b-4f0e-9a35-0c8f3b1f7a10"
KEY, WITNESS = PrivateKey.generate(), PrivateKey.generate()
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
VALUE = sign_object(indicator(), KEY, signer=SIGNER, signed_at=NOW)
DIGEST = verify_object(VALUE, read_signature(VALUE), KEY.public).hex()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    log = SmallLog().fill(3)
    log.add(DIGEST)
    log.fill(9)
    for name, key in (("publisher", KEY), ("exchange", log.statements), ("checkpoints", log.key), ("witness", WITNESS)):
        (tmp_path / f"{name}.pem").write_bytes(key.public.to_pem())
    files: dict[str, object] = {
        "object": VALUE,
        "receipt": log.receipt([3]),
        "submission": log.submission([3]),
        "proof": log.proof(3, note=cosign_checkpoint(log.checkpoint(), "w", WITNESS, NOW)),
        "grown": log.consistency(5),
        "damaged": log.proof(3) | {"log_index": 4},
    }
    for name, document in files.items():
        (tmp_path / f"{name}.json").write_bytes(raw(document))
    (tmp_path / "dated").write_text(log.checkpoint(at=NOW))
    (tmp_path / "kept").write_text(log.checkpoint(5))
    (tmp_path / "now").write_text(log.checkpoint())
    return tmp_path


def verify(folder: Path, *names: str, words: bool = False) -> Any:
    keys = ["--key", folder / "publisher.pem", "--signer", SIGNER, "--exchange-key", folder / "exchange.pem"]
    keys += ["--checkpoint-key", folder / "checkpoints.pem", "--witness", f"w={folder / 'witness.pem'}"]
    result = run("verify", *[folder / name for name in names], *keys, *([] if words else ["--json"]))
    return result.stdout if words else json.loads(result.stdout)


EVERYTHING = ("object.json", "receipt.json", "submission.json", "proof.json", "grown.json", "kept", "now")


def test_the_document_holds_every_kind(folder: Path) -> None:
    told = verify(folder, *EVERYTHING)
    assert told["verified"]
    [found] = told["objects"]
    assert (found["level"], found["log_index"], found["receipted"]) == ("cosigned", 3, True)
    assert found["logged"] == {"index": 3, "tree_size": 9, "cosigned": True, "at": "2026-03-01T12:00:00Z", "by": "receipt"}
    assert told["proofs"][0]["kind"] == "object-version"
    assert [one["log_index"] for one in told["submissions"][0]["proofs"]] == [3]
    assert {one["size"] for one in told["checkpoints"]} == {5, 9}
    assert all(step["not_checked"] for steps in told["steps"].values() for step in steps)


def test_when_a_checkpoint_was_made_is_told(folder: Path) -> None:
    [told] = verify(folder, "dated")["checkpoints"]
    assert told["dated"] == "2026-03-01T12:00:00Z"
    assert "9 leaves, dated 2026-03-01T12:00:00Z" in verify(folder, "dated", words=True)
    assert verify(folder, "now")["checkpoints"][0]["dated"] is None


@pytest.mark.parametrize(("hour", "is_shown"), [(11, False), (13, True)])
def test_of_a_key_that_ended_is_told_whether_the_log_held_this_before(folder: Path, hour: int, *, is_shown: bool) -> None:
    key = {"keyid": KEY.public.keyid, "public_key": KEY.public.to_pem().decode(), "state": "retired"}
    record = {"key": key | {"not_after": f"2026-03-01T{hour}:00:00Z"}, "owner": {"identity_id": SIGNER}}
    (folder / "keys.json").write_bytes(raw({"keys": [record]}))
    options = ["--keys", folder / "keys.json", "--witness", f"w={folder / 'witness.pem'}"]
    files = ["--checkpoint-key", folder / "checkpoints.pem", folder / "object.json", folder / "proof.json"]
    assert (
        json.loads(run("verify", *files, *options, "--json").stdout)["objects"][0]["key_ended_at"] == record["key"]["not_after"]
    )
    told = run("verify", *files, *options).stdout.replace("|", " ").split()
    assert ("nothing says that the log held this before" in " ".join(told)) != is_shown


def test_people_are_told_the_same(folder: Path) -> None:
    told = verify(folder, *EVERYTHING, words=True)
    for words in (
        "cosigned",
        "2026-03-01T12:00:00Z",
        "receipt says",
        "submission-receipt of exchange",
        "the log holds all 1 versions that the receipt of submission 1 names",
        f"the log holds object-version {DIGEST} at index 3, by the checkpoint of 9 leaves",
        f"checkpoint of breakwater-exchange/{EXCHANGE}, 9 leaves",
        "the log of 9 leaves begins with exactly the 5 that it had before",
        "How consistency proofs are verified",
        "Everything verified.",
    ):
        assert words in told


def test_a_failed_file_is_told_with_kind_step_and_code(folder: Path) -> None:
    told = verify(folder, "damaged.json")
    assert told["verified"] is False
    [failed] = told["unreadable"]
    assert (failed["kind"], failed["step"], failed["code"]) == ("log-proof", 3, "proof-invalid")
    words = verify(folder, "damaged.json", words=True)
    assert "FAILED, step 3 for log-proof: " in words
    assert "NOT everything verified." in words


def test_steps_are_told_of_what_was_there(folder: Path) -> None:
    told = verify(folder, "proof.json", words=True)
    assert "How log proofs are verified" in told
    assert "How objects are verified" not in told


@pytest.mark.parametrize("stix_id", ["indicator--real\n| indicator--x | signed |", "\u202eindicator--1", "", "indicator--1"])
def test_an_id_that_is_none_is_not_drawn(folder: Path, stix_id: str) -> None:
    (folder / "spoof.json").write_text(json.dumps(indicator() | {"id": stix_id}))
    told = run("verify", folder / "spoof.json", "--no-steps").stdout
    assert "(no id)" in told
    assert not any(line.startswith("| indicator--") for line in told.splitlines())
    [one] = json.loads(run("verify", folder / "spoof.json", "--no-steps", "--json").stdout)["objects"]
    assert one["stix_id"] == stix_id
