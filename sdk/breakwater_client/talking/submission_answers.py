"""What an exchange answers to a submission, held against what was sent; and the files of receipts.

Owns that no receipt is taken for a submission that it does not name, object for object. Whether the exchange signed it is for
``verify`` and ``log watch``, which have its keys. Kept by ``tests/client/talking/test_submission_answers.py``.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from breakwater_client.documents.well_known import WELL_KNOWN
from breakwater_client.durable_files import PRIVATE, write_whole
from breakwater_client.errors import BreakwaterError, Code, ExchangeAwayError, UntrustedSignatureError
from breakwater_client.extensions import SIGNATURE
from breakwater_client.submission import HELD, ResultStatus
from breakwater_client.trust.canonical import canonical_bytes
from breakwater_client.trust.object_signature import signed_payload
from breakwater_client.trust.strict_base64 import decode_base64

_MEMBERS = frozenset({"payload", "payloadType", "signatures"})
_MOST_BYTES, _MOST_BYTES_OF_ONE = 16 * 1024, 2 * 1024
"""What a receipt has beside its objects, and what it says of one beside what is the object's own: ids and names in it."""

_TOLD_TWICE = ("id", "version", "payload_digest", "log_index")


def check_answer(body: bytes, answer: object, receipts: Path | None = None) -> Path | None:
    """Return if an answer (unverified) is one to the submission with this body, and its receipt says of each object the same.

    Keeps the receipt in the folder ``receipts``, and gives its file. One that is of something else, or longer than a receipt of
    what was sent can be, is evidence, and is kept there as ``.refused`` (its beginning alone, if it is that long), which nothing
    takes for a receipt.

    Raises:
        ExchangeAwayError: it is no answer to a submission.
        UntrustedSignatureError: the receipt is not of what was sent; or, code ``state-conflict``, another one of this submission
            was kept before.
    """
    sent = json.loads(body)["objects"]
    most_bytes = _MOST_BYTES + len(sent) * _MOST_BYTES_OF_ONE + 2 * len(body)
    told, submission = _results(sent, answer), _submission(answer)
    envelope = answer.get("receipt") if isinstance(answer, dict) else None
    try:
        _check_length(envelope, most_bytes)
        _check_receipt(envelope, submission, list(zip(sent, told, strict=True)))
    except UntrustedSignatureError:
        if receipts is not None:
            _keep_refused(receipts, submission, _spelled(envelope), most_bytes)
        raise
    return None if receipts is None else _keep_receipt(receipts / f"{submission}.json", envelope)


def _results(sent: Sequence[Any], answer: object) -> list[dict[str, Any]]:
    if not isinstance(answer, dict) or not isinstance(answer.get("results"), list):
        raise ExchangeAwayError("The answer is none to a submission: is this the address of an exchange?", told="no-exchange")
    results: list[dict[str, Any]] = answer["results"]
    if len(sent) != len(results):
        raise ExchangeAwayError("The answer does not say of each object what became of it.", told="no-exchange")
    if not all(isinstance(one, dict) and _is_known(one) for one in results):
        raise ExchangeAwayError("The answer says of an object what this version does not know.", told="no-exchange")
    return results


def _is_known(result: Mapping[str, Any]) -> bool:
    is_told = str(result.get("status")) in set(ResultStatus)
    return is_told and isinstance(result.get("narrowed_by", []), list) and isinstance(result.get("code", ""), (str, type(None)))


def _submission(answer: Any) -> uuid.UUID:
    try:
        return uuid.UUID(answer["id"])  # whatever the other side calls its submissions, a file has no other name
    except (KeyError, ValueError, TypeError, AttributeError):
        raise ExchangeAwayError("The answer names no submission.", told="no-exchange") from None


def _check_length(envelope: object, most_bytes: int) -> None:
    """Return if it has a receipt's members alone, and is no longer than one of what was sent can be, as it would be kept."""
    if isinstance(envelope, dict) and not envelope.keys() <= _MEMBERS:
        raise UntrustedSignatureError("The receipt has members that no receipt has: nothing of it is taken.")
    if len(_spelled(envelope)) > most_bytes:
        raise UntrustedSignatureError("The receipt is longer than one of what was sent can be: nothing of it is taken.")


def _check_receipt(envelope: object, submission: uuid.UUID, pairs: Sequence[tuple[Any, Mapping[str, Any]]]) -> None:
    """Return if the receipt (unverified) names this submission, and of each object that was sent what was told of it."""
    payload = decode_base64(envelope.get("payload")) if isinstance(envelope, dict) else None
    try:
        document = None if payload is None else json.loads(payload)
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict) or document.get("type") != "submission-receipt":
        raise UntrustedSignatureError("The exchange gave no receipt of the submission: nobody can hold it to its answer.")
    if document.get("submission") != str(submission):
        raise UntrustedSignatureError("The receipt is of another submission: nothing shows that yours was taken.")
    stated = document.get("objects")
    if not isinstance(stated, list) or len(stated) != len(pairs):
        raise UntrustedSignatureError("The receipt does not say of each object that was sent what became of it.")
    for number, ((value, told), one) in enumerate(zip(pairs, stated, strict=True)):
        if not isinstance(one, dict) or not _says_the_same(value, told, one):
            sentence = (
                f"The receipt does not say of object {number} of the request what was sent and told: nothing shows that it was "
                "taken. If it was sent before and erased since, ask anew (fresh)."
            )
            raise UntrustedSignatureError(sentence, pointer=f"/objects/{number}")


def _says_the_same(value: Any, told: Mapping[str, Any], stated: Mapping[str, Any]) -> bool:
    if stated.get("decision") != told["status"]:
        return False
    if told["status"] not in HELD:
        return True
    if any(stated.get(name) != told.get(name) for name in _TOLD_TWICE) or stated.get("id") != value.get("id"):
        return False
    if value.get("id") in WELL_KNOWN:
        return stated.get("payload_digest") is None
    return stated.get("payload_digest") == _digest(value)  # over its version, too


def _digest(value: Mapping[str, Any]) -> str | None:
    """Give the digest of an object that was sent, as the log has it; None for one that no exchange could store."""
    extensions = value.get("extensions")
    is_signed = isinstance(extensions, dict) and SIGNATURE in extensions
    try:
        return hashlib.sha256(signed_payload(value) if is_signed else canonical_bytes(value)).hexdigest()
    except BreakwaterError:
        return None


def _keep_refused(folder: Path, submission: uuid.UUID, content: bytes, most_bytes: int) -> None:
    file = folder / f"{submission}.{hashlib.sha256(content).hexdigest()[:16]}.refused"
    write_whole(file, content[:most_bytes], PRIVATE)


def _keep_receipt(file: Path, envelope: object) -> Path:
    """Keep a receipt (unverified); another one that lies there is evidence, and not replaced: what contradicts it lies beside."""
    content = _spelled(envelope)
    if file.exists() and not _is_same(file.read_bytes(), content):
        write_whole(file.with_suffix(f".{uuid.uuid4()}.json"), content, PRIVATE)
        sentence = f"{file} holds another receipt of this submission: both are kept; ask the exchange which it stands by."
        raise UntrustedSignatureError(sentence, code=Code.STATE_CONFLICT)
    write_whole(file, content, PRIVATE)
    return file


def _spelled(envelope: object) -> bytes:
    return json.dumps(envelope, indent=2).encode() + b"\n"


def _is_same(kept: bytes, given: bytes) -> bool:
    """Whether two receipts say the same: an exchange that repeats one may spell its members in another order."""
    try:
        return bool(json.loads(kept) == json.loads(given))
    except ValueError:
        return False  # damaged, or no receipt of ours
