"""What an exchange signs, verified without it: by the directory of keys that was accepted before.

Owns which keys of the directory count for what; each step is the other modules' here. What of ``exchange.__all__`` verifies is
this. Kept by ``tests/client/verifying/test_by_directory.py``, and ``verify`` by ``tests/client/test_exchange.py``.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from breakwater_client.verifying import verify_receipts
from breakwater_client.verifying.directory_keys import (
    Directory,
    DirectoryTrust,
    accept,
    accepted_before,
    exchange_keys_of,
    pin,
    read_directory_file,
    signers_of,
)
from breakwater_client.verifying.verdicts import Verdict
from breakwater_client.verifying.verify_checkpoints import LogKeys, VerifiedCheckpoint, read_checkpoint_file
from breakwater_client.verifying.verify_log import VerifiedProof, verify_log_proofs
from breakwater_client.verifying.verify_objects import Evidence, verify_document
from breakwater_client.verifying.verify_receipts import VerifiedReceipt, read_attestations
from breakwater_client.vocabulary import KeyUsage


def verify(
    objects: Iterable[Mapping[str, Any]],
    attestations: Iterable[Mapping[str, Any]],
    keys: Directory,
    *,
    unsigned_from: Collection[str] = (),
) -> list[Verdict]:
    """Verify objects as a page of a feed holds them, by the keys of an accepted directory; a verdict each, in order.

    ``attestations`` are what the exchange attests beside objects that nobody signed: its word alone, level *channel-attested*. It
    counts for partners of whom the directory has no key for objects, and for the identities in ``unsigned_from``, of whom you
    know by another way that they send unsigned objects although they have keys. In the name of others it fails.
    """
    statements = exchange_keys_of(keys, KeyUsage.STATEMENT_SIGNING)
    lines = b"\n".join(json.dumps(one, separators=(",", ":")).encode() for one in attestations)
    evidence = Evidence(read_attestations(lines, statements) if lines else {}, unsigned_from=frozenset(unsigned_from))
    document = json.dumps({"type": "bundle", "id": "bundle--00000000-0000-4000-8000-000000000000", "objects": list(objects)})
    return list(verify_document(document.encode(), signers_of(keys), evidence))


def kept_directory(file: Path) -> Directory:
    """Give the directory that ``Exchange.directory`` accepted last and keeps in this file, whatever its age; asks nobody.

    Raises:
        FailedStepError: the file is damaged.
    """
    return accepted_before(file.read_bytes())


def verify_directory(raw: bytes, trusted: str | Directory) -> Directory:
    """Give a directory of keys (unverified bytes) that what you trust leads to, and that has not expired.

    ``trusted`` is the id of the key that signs it, which the operators told you by another way, or a version accepted before.

    Raises:
        FailedStepError: it does not lead there in one step (``Exchange.directory`` takes several), it is older, or expired.
    """
    known = pin(trusted) if isinstance(trusted, str) else trusted
    return accept([read_directory_file(raw)], DirectoryTrust(known, datetime.now(UTC)))


def verify_receipt(raw: bytes, keys: Directory) -> VerifiedReceipt:
    """Give what a receipt (unverified bytes, as ``Sending.receipts`` keeps it) says, if the exchange signed it.

    That the log holds what it says is NOT shown: ``FollowedLog.prove_receipt`` does.

    Raises:
        FailedStepError: it is no receipt of this exchange.
    """
    return verify_receipts.verify_receipt(raw, exchange_keys_of(keys, KeyUsage.STATEMENT_SIGNING), keys.exchange)


def verify_checkpoint(raw: bytes, keys: Directory) -> VerifiedCheckpoint:
    """Give a checkpoint (unverified bytes, as ``Exchange.checkpoint`` gives it) of the log, if the exchange signed it.

    Witnesses' lines are NOT looked at, nor whether it goes on from one that you had before: ``Exchange.follow_log`` does both.

    Raises:
        FailedStepError: it is no checkpoint of this exchange.
    """
    return read_checkpoint_file(raw, _log_keys(keys))


def verify_proofs(proofs: Iterable[Mapping[str, Any]], keys: Directory) -> tuple[VerifiedProof, ...]:
    """Give what proofs, as ``Exchange.proof`` gives them, show the log to hold, each up to the checkpoint that is in it.

    Look at ``digest``: it is that of the object that you have, as its verdict says, or the proof is of something else. That the
    checkpoint is of the log that others see is NOT shown: ``FollowedLog.prove`` holds it against yours.

    Raises:
        FailedStepError: one does not lead to a checkpoint of this exchange.
    """
    return verify_log_proofs(json.dumps(list(proofs)).encode(), _log_keys(keys))


def _log_keys(keys: Directory) -> LogKeys:
    return LogKeys(exchange_keys_of(keys, KeyUsage.CHECKPOINT_SIGNING), keys.exchange)
