"""A log in memory, with the documents that an exchange gives about it: for tests of whoever verifies them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from breakwater_client.trust.canonical import canonical_bytes
from breakwater_client.trust.checkpoint import Checkpoint, log_origin, sign_checkpoint
from breakwater_client.trust.envelope import sign_envelope
from breakwater_client.trust.keys import PrivateKey
from breakwater_client.trust.log_leaf import LeafKind, leaf_bytes, leaf_hash, new_salt
from breakwater_client.trust.merkle import TILE_WIDTH, Tree, subtree_hash
from breakwater_client.trust.payload_type import PayloadType
from breakwater_client.trust.strict_base64 import encode_base64

EXCHANGE = "5b7b2f5c-5d0f-4b53-9d2a-1f0c3d1d8e11"
PARTNER = "7f0f6b0a-2a57-4b7e-8a53-94a1f0c3d1d8"


@dataclass
class SmallLog:
    """Leaves with their kinds, salts and digests; ``key`` signs checkpoints, ``statements`` receipts."""

    exchange: str = EXCHANGE
    key: PrivateKey = field(default_factory=PrivateKey.generate)
    statements: PrivateKey = field(default_factory=PrivateKey.generate)
    leaves: list[tuple[LeafKind, bytes, bytes]] = field(default_factory=list)

    def add(self, digest: str | None = None, kind: LeafKind = LeafKind.OBJECT_VERSION) -> int:
        """Add a leaf over a digest (hexadecimal; None: of something else) and give its index."""
        number = len(self.leaves)
        made = bytes.fromhex(digest) if digest else hashlib.sha256(b"something else %d" % number).digest()
        self.leaves.append((kind, new_salt(), made))
        return number

    def fill(self, size: int) -> SmallLog:
        """Add leaves until there are so many."""
        while len(self.leaves) < size:
            self.add()
        return self

    def tree(self, size: int | None = None) -> Tree:
        """Give the tree over the first leaves."""
        return Tree(len(self.leaves) if size is None else size, self._tile)

    def _tile(self, level: int, number: int) -> Sequence[bytes]:
        hashes = [leaf_hash(leaf_bytes(*leaf)) for leaf in self.leaves]
        for _ in range(level):
            whole = len(hashes) // TILE_WIDTH
            hashes = [subtree_hash(hashes[TILE_WIDTH * at : TILE_WIDTH * (at + 1)]) for at in range(whole)]
        return hashes[TILE_WIDTH * number : TILE_WIDTH * (number + 1)]

    def checkpoint(self, size: int | None = None, at: datetime | None = None) -> str:
        """Give a signed checkpoint, dated if ``at`` is given."""
        head = self.tree(size).head()
        return sign_checkpoint(Checkpoint(log_origin(self.exchange), head.size, head.root), self.key, at)

    def proof(self, index: int, size: int | None = None, note: str | None = None) -> dict[str, Any]:
        """Give the proof of a leaf against a checkpoint."""
        kind, salt, digest = self.leaves[index]
        tree = self.tree(size)
        return {
            "type": "log-proof",
            "exchange": self.exchange,
            "kind": kind.value,
            "log_index": index,
            "salt": salt.hex(),
            "digest": digest.hex(),
            "tree_size": tree.size,
            "path": [encode_base64(one) for one in tree.inclusion_path(index)],
            "checkpoint": note or self.checkpoint(size),
        }

    def consistency(self, first: int, second: int | None = None) -> dict[str, Any]:
        """Give the proof that the tree of ``second`` leaves grew from the one of ``first``."""
        tree = self.tree(second)
        path = [encode_base64(one) for one in tree.consistency_path(first)]
        members = {"first": first, "second": tree.size, "path": path, "checkpoint": self.checkpoint(second)}
        return {"type": "log-consistency", **members}

    def receipt(self, indices: Sequence[int], received_at: str = "2026-03-01T12:00:00.000000Z") -> dict[str, Any]:
        """Give the receipt of a submission that stored the objects at these indices."""
        stored = [
            {"decision": "stored", "payload_digest": self.leaves[one][2].hex(), "log_index": one, "pointer": f"/objects/{number}"}
            for number, one in enumerate(indices)
        ]
        members = {
            "exchange": self.exchange,
            "submission": "1",
            "partner": PARTNER,
            "received_at": received_at,
            "objects": stored,
        }
        return sign_envelope(PayloadType.RECEIPT, canonical_bytes({"type": "submission-receipt", **members}), self.statements)

    def submission(self, indices: Sequence[int], size: int | None = None) -> dict[str, Any]:
        """Give the proof of all that a submission stored."""
        proofs = [self.proof(one, size) for one in indices]
        return {"type": "submission-proof", "submission": "1", "receipt": self.receipt(indices), "proofs": proofs}


def raw(document: object) -> bytes:
    """Give a document as a file holds it."""
    return json.dumps(document).encode()
