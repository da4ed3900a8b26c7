"""Receipts, checkpoints, proofs and directories verified by an accepted directory, as a program does that asks nobody."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.cli.loopback_server import loopback_server
from breakwater_client.errors import Code
from breakwater_client.exchange import (
    Exchange,
    FailedStepError,
    Outcome,
    Sending,
    kept_directory,
    verify_checkpoint,
    verify_directory,
    verify_proofs,
    verify_receipt,
)
from tests.factories.exchanges import running_exchange
from tests.factories.stix_objects import indicator


@dataclass(frozen=True)
class Kept:
    """What an exchange signed, in a partner's files: a receipt, a checkpoint, a proof, and the directory, whose key is pinned."""

    folder: Path
    stored: Outcome
    proofs: list[dict[str, object]]
    pinned: str

    def __getitem__(self, name: str) -> bytes:
        """Give the content of a file."""
        return (self.folder / name).read_bytes()


@pytest.fixture
def kept(sqlite_url: str, tmp_path: Path) -> Kept:
    """The exchange is gone once its files are there."""
    with running_exchange(sqlite_url) as running, loopback_server(running.app) as url:
        platform, pinned = running.enrol("Platform A"), running.exchange.keys.directory.public.keyid
        ours, value = Exchange(url, token=platform.token), platform.sign(indicator())
        [stored] = ours.submit([value], Sending(receipts=tmp_path / "receipts"))
        running.operator.post("log/checkpoints", {})
        (tmp_path / "checkpoint").write_bytes(ours.checkpoint())
        ours.directory(tmp_path / "directory", pinned)
        (tmp_path / "receipts" / f"{stored.submission_id}.json").rename(tmp_path / "receipt")
        return Kept(tmp_path, stored, ours.proof(value["id"], value["modified"], "detection"), pinned)


def test_what_the_exchange_signed_is_verified_without_it(kept: Kept) -> None:
    keys = kept_directory(kept.folder / "directory")
    assert keys == verify_directory(kept["directory"], kept.pinned) == verify_directory(kept["directory"], keys)
    said = verify_receipt(kept["receipt"], keys)
    assert said.document["submission"] == kept.stored.submission_id
    assert said.digests == {kept.stored.payload_digest: kept.stored.log_index}
    [proof] = verify_proofs(kept.proofs, keys)
    assert (proof.digest, proof.index) == (kept.stored.payload_digest, kept.stored.log_index)
    assert proof.checkpoint.head == verify_checkpoint(kept["checkpoint"], keys).head


def test_what_another_exchange_signed_is_none_of_this_one(kept: Kept, sqlite_template: Path, tmp_path: Path) -> None:
    database = shutil.copy(sqlite_template, tmp_path / "another.db")
    with running_exchange(f"sqlite:///{database}") as another, loopback_server(another.app) as url:
        token = another.enrol("Platform A").token
        theirs = Exchange(url, token=token).directory(tmp_path / "theirs", another.exchange.keys.directory.public.keyid)
    for refused in (
        lambda: verify_directory(kept["directory"], "0" * 64),
        lambda: verify_directory(kept["directory"], theirs),
        lambda: verify_receipt(kept["receipt"], theirs),
        lambda: verify_checkpoint(kept["checkpoint"], theirs),
        lambda: verify_proofs(kept.proofs, theirs),
    ):
        with pytest.raises(FailedStepError):
            refused()


def test_what_was_changed_does_not_verify(kept: Kept) -> None:
    keys = kept_directory(kept.folder / "directory")
    for verify, name in ((verify_receipt, "receipt"), (verify_checkpoint, "checkpoint")):
        with pytest.raises(FailedStepError):
            verify(kept[name].replace(b"A", b"B"), keys)
    with pytest.raises(FailedStepError) as refused:
        verify_proofs([kept.proofs[0] | {"digest": "0" * 64}], keys)
    assert refused.value.code is Code.PROOF_INVALID
