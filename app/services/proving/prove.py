"""Proofs that the log holds something, against the newest checkpoint: of an object's version, a submission, or a statement.

Of a version also against the first checkpoint that covers it, whose date says best by when it was logged, or one of a size.

Owns the documents, and who is given which: whoever may see the object, or stated it; who made the submission; whom the statement
is about. Kept by ``tests/services/proving/test_prove.py``.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.domain.errors import Code, ConflictError, MalformedInputError, NotFoundError
from app.domain.partner import Principal
from app.domain.permissions import Permission
from app.domain.stix_object import timestamp_key
from app.domain.vocabulary import Channel, Purpose
from app.policy.administration import why_forbidden
from app.policy.log_entries import why_hidden
from app.services.authenticate import require
from app.services.exchange import Exchange
from app.services.proving.checkpoints import tree_of
from app.services.proving.published_notes import published_note
from app.services.reading.pull import pull_leaves
from app.services.reading.readers import reader
from app.storage import checkpoints, log, members, submissions
from app.storage.checkpoints import KeptCheckpoint
from app.storage.log import VersionLeaf
from app.storage.session import Connection
from breakwater_client.trust.log_leaf import LeafKind
from breakwater_client.trust.merkle import Tree
from breakwater_client.trust.strict_base64 import encode_base64


@dataclass(frozen=True, slots=True)
class Against:
    """Which checkpoint a proof is to lead to: of ``tree_size``, the ``first`` that covers the leaf, or else the newest."""

    first: bool = False
    tree_size: int | None = None


@dataclass(frozen=True, slots=True)
class VersionAsked:
    """Which version of which object (both may be anything), why, and by which way the caller reads."""

    stix_id: str
    version: str
    purpose: Purpose | None
    channel: Channel = Channel.REST
    against: Against = field(default_factory=Against)


def version_proofs(exchange: Exchange, principal: Principal, asked: VersionAsked) -> list[dict[str, Any]]:
    """Give the proof of the caller's own version, withdrawn or not; else those of each visible one, once for each owner.

    Raises:
        ForbiddenError: the caller may not read, or the log not; or the purpose is not that of the credential.
        MalformedInputError: ``purpose-missing``, where it is not the caller's own; or no checkpoint of that size covers it.
        NotFoundError: absent or hidden.
        ConflictError: ``checkpoint-pending``.
    """
    require(principal, Permission.LOG_READ)
    leaves = _own(exchange, principal, asked)
    if not leaves:
        leaves = pull_leaves(exchange, reader(principal, asked.purpose, asked.channel), asked.stix_id, asked.version)
    with exchange.database.read() as connection:
        if asked.against == Against():
            prover = _Prover.of(connection, [one.log_index for one in leaves])
            return [prover.proof(LeafKind.OBJECT_VERSION, one) for one in leaves]
        provers = [_Prover.against(connection, one.log_index, asked.against) for one in leaves]
        return [prover.proof(LeafKind.OBJECT_VERSION, leaf) for prover, leaf in zip(provers, leaves, strict=True)]


def _own(exchange: Exchange, principal: Principal, asked: VersionAsked) -> list[VersionLeaf]:
    if principal.partner is None:
        return []
    key = timestamp_key(asked.version) or ""  # what is no instant is no version
    with exchange.database.read() as connection:
        return log.own_leaves(connection, principal.partner.partner_id, asked.stix_id, key)


def submission_proof(exchange: Exchange, principal: Principal, submission_id: str) -> dict[str, Any]:
    """Give the receipt of the caller's submission with the proofs of all that it says is stored.

    Raises:
        NotFoundError: the caller has made no such submission.
        ConflictError: ``checkpoint-pending``.
    """
    require(principal, Permission.LOG_READ)
    if principal.partner is None:
        raise NotFoundError
    with exchange.database.read() as connection:
        kept = submissions.find_submission(connection, principal.partner.partner_id, submission_id)
        if kept is None:
            raise NotFoundError
        told = json.loads(base64.b64decode(kept.receipt["payload"]))["objects"]
        leaves = log.leaves_at(connection, {one["log_index"] for one in told if one.get("log_index") is not None})
        prover = _Prover.of(connection, [one.log_index for one in leaves])
        proofs = [prover.proof(LeafKind.OBJECT_VERSION, one) for one in leaves]
    return {"type": "submission-proof", "submission": submission_id, "receipt": kept.receipt, "proofs": proofs}


def entry_proof(exchange: Exchange, principal: Principal, log_index: int) -> dict[str, Any]:
    """Give a document that the log commits to, and its proof: a release, or about the caller; to operators and auditors any.

    Its digest in the proof is the SHA-256 of its RFC 8785 form.

    Raises:
        NotFoundError: no such document, or a hidden one.
        ConflictError: ``checkpoint-pending``.
    """
    require(principal, Permission.LOG_READ)
    with exchange.database.read() as connection:
        statement = log.statement_at(connection, log_index)
        if statement is None:
            raise NotFoundError
        document = json.loads(statement.document)
        if (
            not _is_released(principal, statement.kind)
            and why_hidden(principal, _about(connection, LeafKind(statement.kind), document)) is not None
        ):
            raise NotFoundError
        digest = hashlib.sha256(statement.document.encode()).digest()
        leaf = VersionLeaf(statement.log_index, statement.salt, digest)
        proof = _Prover.of(connection, [log_index]).proof(LeafKind(statement.kind), leaf)
    return {"document": document, "proof": proof}


def _is_released(principal: Principal, kind: str) -> bool:
    """Whether the caller may read a document anyhow: the catalogue and keys of overlap are public, counts need a right."""
    if kind == LeafKind.PREVENTION_RELEASE:
        return why_forbidden(principal, Permission.PREVENTION_READ) is None
    return kind in {LeafKind.CATALOGUE_RELEASE, LeafKind.OVERLAP_KEY}


def _about(connection: Connection, kind: LeafKind, document: dict[str, Any]) -> Collection[str]:
    """Give the partners that may see a document: whose agreement, recall, key or request it is; of anything else nobody."""
    if kind in {LeafKind.AGREEMENT_VERSION, LeafKind.RECALL, LeafKind.RECALL_ANSWER}:
        return [document["partner"]]
    if kind is LeafKind.REQUEST_ANSWER:
        return [document["partner"], document["asker"]]
    if kind is LeafKind.KEY_EVENT:
        owner = document.get("key", {}).get("owner")
        return [one.partner_id for one in members.partners(connection) if one.identity_id == owner]
    return []


def find_first_proof(connection: Connection, leaf: VersionLeaf) -> dict[str, Any] | None:
    """Give the proof of a version's leaf against the first checkpoint that covers it; None where none does yet.

    That the version may be seen is the caller's to know.
    """
    try:
        return _Prover.against(connection, leaf.log_index, Against(first=True)).proof(LeafKind.OBJECT_VERSION, leaf)
    except ConflictError:
        return None


@dataclass(frozen=True, slots=True)
class _Prover:
    """Proves against one checkpoint; hashes that several proofs need are read once."""

    exchange_id: str
    checkpoint: KeptCheckpoint
    note: str
    tree: Tree

    @classmethod
    def of(cls, connection: Connection, log_indexes: Sequence[int]) -> _Prover:
        newest = checkpoints.newest_checkpoint(connection)
        if newest is not None and max(log_indexes, default=-1) >= newest.tree_size:
            newest = None
        return cls._at(connection, newest)

    @classmethod
    def against(cls, connection: Connection, log_index: int, against: Against) -> _Prover:
        first = checkpoints.first_checkpoint_from(connection, log_index + 1)
        if against.tree_size is None or first is None:
            return cls._at(connection, first)
        of_size = checkpoints.checkpoint_of_size(connection, against.tree_size)
        if of_size is None:
            raise MalformedInputError("No checkpoint of that size was made.", pointer="/tree_size")
        if of_size.tree_size <= log_index:
            sentence = f"The checkpoint of that size does not cover it; the first that does is of {first.tree_size} leaves."
            raise MalformedInputError(sentence, pointer="/tree_size")
        return cls._at(connection, of_size)

    @classmethod
    def _at(cls, connection: Connection, checkpoint: KeptCheckpoint | None) -> _Prover:
        if checkpoint is None:
            sentence = "It is in the log, and no checkpoint covers it yet: ask again when the next one was made."
            raise ConflictError(sentence, code=Code.CHECKPOINT_PENDING)
        note, tree = published_note(connection, checkpoint), tree_of(connection, checkpoint.tree_size)
        return cls(members.this_exchange(connection).exchange_id, checkpoint, note, tree)

    def proof(self, kind: LeafKind, leaf: VersionLeaf) -> dict[str, Any]:
        return {
            "type": "log-proof",
            "exchange": self.exchange_id,
            "kind": kind.value,
            "log_index": leaf.log_index,
            "salt": leaf.salt.hex(),
            "digest": leaf.digest.hex(),
            "tree_size": self.checkpoint.tree_size,
            "path": [encode_base64(one) for one in self.tree.inclusion_path(leaf.log_index)],
            "checkpoint": self.note,
        }
