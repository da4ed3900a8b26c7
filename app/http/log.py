"""``/log``: checkpoints, tiles for mirrors, and proofs. Kept by ``tests/http/test_log.py``.

Checkpoint and tiles lie where C2SP's tlog-tiles has them, under ``/api/v1/log``; entries are not served.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Response

from app.domain.permissions import Permission
from app.http.blueprint import PREFIX, ApiBlueprint
from app.http.idempotency import use_of_key
from app.http.log_payloads import (
    CheckpointPayload,
    CheckpointQuery,
    ConsistencyPayload,
    ConsistencyQuery,
    CosignaturePayload,
    CosignedPayload,
    EntryProofPayload,
    ProofQuery,
    SubmissionProofPayload,
    VersionProofsPayload,
)
from app.http.payloads import NothingPayload
from app.http.purpose import PURPOSE
from app.services.proving import prove, serve_log
from app.services.proving.checkpoints import checkpoint_now
from app.services.proving.take_cosignature import Taken, take_cosignature
from app.web.context import exchange, principal
from app.web.purpose import stated_purpose

BYTES = "application/octet-stream"
# A tile never changes; only who has a credential is given it, so no shared cache may keep it.
_FOR_EVER = "private, max-age=31536000, immutable"

blueprint = ApiBlueprint("log", "The transparency log: what it holds is signed, and can be proved to whoever may see it.")


@blueprint.get("/log/checkpoint", Permission.LOG_READ, also=(404,))
@blueprint.query(CheckpointQuery)
@blueprint.answers_text()
def newest(by: serve_log.Cosigners | None) -> Response:
    """Give the newest checkpoint, a signed note (C2SP tlog-checkpoint), with the lines of witnesses that cosigned it.

    With `cosigned_by` the newest that so many cosigned: the very newest may be a minute old and nobody's yet. Name those whom
    you count (`witness`, the id of a key): otherwise it is the newest that any so many cosigned.
    """
    return _text(serve_log.checkpoint_note(exchange(), principal(), by=by))


@blueprint.get("/log/checkpoints/<size>", Permission.LOG_READ)
@blueprint.answers_text()
def find_one(size: str) -> Response:
    """Give the checkpoint of a size at which one was made."""
    return _text(serve_log.checkpoint_note(exchange(), principal(), serve_log.number(size)))


@blueprint.post("/log/checkpoints", Permission.LOG_CHECKPOINT)
@blueprint.body(NothingPayload)
@blueprint.answers(HTTPStatus.CREATED, CheckpointPayload)
def make(_nothing: dict[str, Any]) -> tuple[Any, int, dict[str, str]]:
    """Make a checkpoint now, with everything in it that is logged; the newest one, if nothing came since."""
    made = checkpoint_now(exchange(), principal(), use_of_key())
    return made, HTTPStatus.CREATED, {"Location": f"{PREFIX}/log/checkpoints/{made.tree_size}"}


@blueprint.post("/log/cosignatures", Permission.LOG_COSIGN, also=(422,))
@blueprint.body(CosignedPayload)
@blueprint.answers(HTTPStatus.CREATED, CosignaturePayload)
def cosign(given: dict[str, Any]) -> tuple[Taken, int, dict[str, str]]:
    """Hand in a checkpoint that you cosigned as a witness (C2SP tlog-cosignature); once for each size, and again is the same."""
    taken = take_cosignature(exchange(), principal(), given["note"], use_of_key())
    return taken, HTTPStatus.CREATED, {"Location": f"{PREFIX}/log/checkpoints/{taken.tree_size}"}


@blueprint.get("/log/consistency", Permission.LOG_READ, also=(404,))
@blueprint.query(ConsistencyQuery)
@blueprint.answers(HTTPStatus.OK, ConsistencyPayload)
def prove_consistency(query: dict[str, Any]) -> dict[str, Any]:
    """Prove that nothing has gone from the log, or changed in it, from one checkpoint to another."""
    return serve_log.consistency_proof(exchange(), principal(), query["first"], query["second"])


@blueprint.get("/log/tile/<path:tile>", Permission.LOG_READ)
@blueprint.answers_bytes(BYTES)
def find_tile(tile: str) -> Response:
    """Give a tile of hashes (C2SP tlog-tiles): by level and number, and width if it is not full, as a checkpoint has it."""
    response = Response(serve_log.tile_bytes(exchange(), principal(), tile), content_type=BYTES)
    response.headers["Cache-Control"] = _FOR_EVER
    return response


@blueprint.get("/log/entries/<log_index>/proof", Permission.LOG_READ, also=(409,))
@blueprint.answers(HTTPStatus.OK, EntryProofPayload)
def prove_entry(log_index: str) -> dict[str, Any]:
    """Give a document that the log commits to (agreement, recall or key of one's own), with its proof."""
    return prove.entry_proof(exchange(), principal(), serve_log.number(log_index))


@blueprint.get("/objects/<stix_id>/versions/<version>/proof", Permission.LOG_READ, headers=(PURPOSE,), also=(409,))
@blueprint.query(ProofQuery)
@blueprint.answers(HTTPStatus.OK, VersionProofsPayload)
def prove_version(query: dict[str, Any], stix_id: str, version: str) -> dict[str, Any]:
    """Prove that the log holds one's own version, or each visible one; any spelling of its instant names it.

    The proof against the first checkpoint that covers it says best, by the date in its note, by when it was logged.
    """
    against = prove.Against(first=query["covered_by"] is not None, tree_size=query["tree_size"])
    asked = prove.VersionAsked(stix_id, version, stated_purpose(), against=against)
    return {"proofs": prove.version_proofs(exchange(), principal(), asked)}


@blueprint.get("/submissions/<submission_id>/proof", Permission.LOG_READ, also=(409,))
@blueprint.answers(HTTPStatus.OK, SubmissionProofPayload)
def prove_submission(submission_id: str) -> dict[str, Any]:
    """Give the receipt of one's own submission with the proofs of all that it says is stored."""
    return prove.submission_proof(exchange(), principal(), submission_id)


def _text(note: str) -> Response:
    return Response(note, content_type="text/plain; charset=utf-8")
