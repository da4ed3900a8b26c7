"""Bodies and parameters of the routes about the log. Kept by ``tests/http/test_log_payloads.py``."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from app.http.fields import Count, Moment
from app.http.payloads import EnvelopePayload, Strict
from app.services.proving.serve_log import Cosigners

_MOST_LEAVES = 2**63 - 1
_MOST_WITNESSES = 60
_MOST_NAMED = 64


class LogProofPayload(Schema):
    """That the log holds a leaf (kind, zero byte, SHA-256 of salt and digest), with the path to the checkpoint's root."""

    type = fields.Constant("log-proof", required=True)
    exchange = fields.String(required=True)
    kind = fields.String(required=True)
    log_index = fields.Integer(required=True)
    salt = fields.String(required=True)
    digest = fields.String(required=True)
    tree_size = fields.Integer(required=True)
    path = fields.List(fields.String(), required=True)
    checkpoint = fields.String(required=True)


class CheckpointQuery(Strict):
    """By how many witnesses the checkpoint is to be cosigned, and by which keys; by any, if it does not say."""

    cosigned_by = Count(1, _MOST_WITNESSES, load_default=None)
    witness = fields.List(
        fields.String(validate=[validate.Regexp("^[0-9a-f]{64}$"), validate.Length(max=64)]),
        load_default=list,
        validate=validate.Length(max=_MOST_NAMED),
        metadata={"description": "The id of a witness's key that counts; repeat it for each. With `cosigned_by`."},
    )

    @validates_schema
    def _check_number(self, data: dict[str, Any], **_: Any) -> None:
        if data.get("witness") and data.get("cosigned_by") is None:
            raise ValidationError("Say by how many of them: cosigned_by.", "witness")

    @post_load
    def _take(self, data: dict[str, Any], **_: Any) -> Cosigners | None:
        number = data["cosigned_by"]
        return None if number is None else Cosigners(number, frozenset(data["witness"]))


class CosignedPayload(Strict):
    """A checkpoint with a cosignature of the caller's below it, as a signed note."""

    note = fields.String(required=True, validate=validate.Length(max=65_536))


class CosignaturePayload(Schema):
    """A cosignature that is kept: below the checkpoint of which size, of which key, when it says so, when it came."""

    tree_size = fields.Integer(required=True)
    keyid = fields.String(required=True)
    cosigned_at = Moment(required=True)
    received_at = Moment(required=True)


class ProofQuery(Strict):
    """Against which checkpoint: the first that covers the version, or the one of a size; the newest, if neither is said."""

    covered_by = fields.String(load_default=None, validate=validate.Equal("first"))
    tree_size = Count(0, _MOST_LEAVES, load_default=None)

    @validates_schema
    def _check_one(self, data: dict[str, Any], **_: Any) -> None:
        if data.get("covered_by") is not None and data.get("tree_size") is not None:
            raise ValidationError("Either the first that covers it, or the one of a size.", "tree_size")


class VersionProofsPayload(Schema):
    """Proofs of one version: of one's own, or of each owner's that states it."""

    proofs = fields.List(fields.Nested(LogProofPayload), required=True)


class SubmissionProofPayload(Schema):
    """A receipt, and the proofs of all that it says is stored."""

    type = fields.Constant("submission-proof", required=True)
    submission = fields.String(required=True)
    receipt = fields.Nested(EnvelopePayload, required=True)
    proofs = fields.List(fields.Nested(LogProofPayload), required=True)


class EntryProofPayload(Schema):
    """A document that the log commits to, by the SHA-256 of its RFC 8785 form, and the proof."""

    document = fields.Dict(required=True)
    proof = fields.Nested(LogProofPayload, required=True)


class ConsistencyQuery(Strict):
    """From which checkpoint's size to which (the newest, if none); 0 is the log before its first leaf."""

    first = Count(0, _MOST_LEAVES, required=True)
    second = Count(0, _MOST_LEAVES, load_default=None)


class ConsistencyPayload(Schema):
    """That the log of one checkpoint extends that of an earlier one."""

    type = fields.Constant("log-consistency", required=True)
    first = fields.Integer(required=True)
    second = fields.Integer(required=True)
    path = fields.List(fields.String(), required=True)
    checkpoint = fields.String(required=True)


class CheckpointPayload(Schema):
    """A checkpoint that was made, or the newest if nothing came since."""

    tree_size = fields.Integer(required=True)
    note = fields.String(required=True)
