"""Submitting: from the bytes of one request to stored versions and a signed receipt. The steps are those of ``docs/walk.md``.

Owns the order of the steps and the transaction; what each step says no to is owned by the floors below. Nothing that is refused
is kept: its event has a code and a pointer. Kept by ``tests/services/test_submit.py`` and ``tests/walk``.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.crypto.canonical import canonical_bytes
from app.crypto.keys import PublicKey, public_key_from_spki
from app.crypto.object_signature import read_signature, verify_object
from app.domain.errors import BreakwaterError, Code, ForbiddenError, TooLargeError, UntrustedSignatureError
from app.domain.events import Event, EventRecord
from app.domain.partner import Partner, PartnerKey, Principal
from app.domain.permissions import Permission
from app.domain.stix_object import CheckedObject, ParsedObject, VerifiedObject
from app.domain.submission import ObjectResult, Refusal, ResultStatus, Submission
from app.domain.vocabulary import Assurance, KeyState, Tlp
from app.services import admit
from app.services.answer_once import earlier_outcome, key_use
from app.services.authenticate import require
from app.services.exchange import Exchange
from app.services.receipts import read_back, sign_receipt
from app.services.visible_set import viewer_of
from app.stix.markings import is_well_known
from app.stix.profile import check_object
from app.stix.strict_json import MAX_OBJECT_BYTES, parse_envelope
from app.storage import credentials, events, members, submissions
from app.storage.counter import take_order_lock
from app.storage.session import Connection
from app.storage.submissions import KeptSubmission, KeyUse

Examined = CheckedObject | ObjectResult


@dataclass(frozen=True, slots=True)
class SubmissionRequest:
    """One request to submit: the raw body as it came (untrusted), and how to treat it.

    ``atomic``: one refused object refuses all.
    """

    body: bytes
    idempotency_key: str | None = None
    atomic: bool = False


def submit(exchange: Exchange, principal: Principal, request: SubmissionRequest) -> Submission:
    """Take in the objects of one envelope and give each its result, with the exchange's signed receipt.

    Raises:
        MalformedInputError, TooLargeError: the envelope as a whole cannot be read; nothing of it is stored.
        ConflictError: the idempotency key came with another body before.
        ForbiddenError: the caller may not submit.
        UnavailableError: the database is away; nothing was stored, the same request may be sent again.
    """
    require(principal, Permission.OBJECTS_SUBMIT)
    partner = _partner_of(principal)
    now = exchange.clock()
    asked = request.body + (b"\0atomic" if request.atomic else b"")  # the same body, treated otherwise, is another request
    use = key_use(principal, "submissions", request.idempotency_key, asked)
    with exchange.database.read() as connection:
        earlier = earlier_outcome(connection, use)
        if earlier is not None:
            return _kept(connection, partner, earlier)
        signers = _active_keys(connection, partner, now)
    try:
        envelope = parse_envelope(request.body)  # (2)
    except BreakwaterError as refusal:
        _record_refusal(exchange, principal, refusal, now)
        raise
    examined = [_examine(pointer, value, partner, signers) for pointer, value in envelope]  # (3) (4)
    return _store(exchange, principal, examined, request.atomic, use)  # (5) (6) (7)


def _partner_of(principal: Principal) -> Partner:
    if principal.partner is None:
        raise ForbiddenError("Only partners submit objects.")
    return principal.partner


def _kept(connection: Connection, partner: Partner, submission_id: str) -> Submission:
    kept = submissions.find_submission(connection, partner.partner_id, submission_id)
    if kept is None:
        raise LookupError("an idempotency key without its submission")
    return read_back(kept)


def _active_keys(connection: Connection, partner: Partner, now: datetime) -> dict[str, PublicKey]:
    keys = credentials.keys(connection, partner.partner_id)
    return {key.keyid: public_key_from_spki(key.public_key) for key in keys if is_usable(key, now)}


def is_usable(key: PartnerKey, now: datetime) -> bool:
    """Whether a key counts at ``now``, by the exchange's clock; the signer's claim of when it signed is not asked."""
    begun = key.not_before is None or key.not_before <= now
    return key.state is KeyState.ACTIVE and begun and (key.not_after is None or now < key.not_after)


def _examine(pointer: str, value: dict[str, Any], partner: Partner, signers: Mapping[str, PublicKey]) -> Examined:
    try:
        if is_well_known(value):
            return ObjectResult(pointer, ResultStatus.ALREADY_STORED, value["id"], value.get("modified", value["created"]))
        content = canonical_bytes(value)
        if len(content) > MAX_OBJECT_BYTES:
            raise TooLargeError("An object may have 1 MiB at most.", code=Code.OBJECT_TOO_LARGE)
        return check_object(_verify(ParsedObject(pointer, value, content), partner, signers))
    except BreakwaterError as refusal:
        return ObjectResult(pointer, ResultStatus.REFUSED, refusal=Refusal.of(refusal, within=pointer))


def _verify(parsed: ParsedObject, partner: Partner, signers: Mapping[str, PublicKey]) -> VerifiedObject:
    entry = read_signature(parsed.value)
    key = signers.get(entry.keyid)
    if key is None:
        sentence = "The signing key is not an active key of your organisation."
        raise UntrustedSignatureError(sentence, code=Code.KEY_NOT_ACTIVE)
    if entry.signer != partner.identity_id:
        sentence = "The signer is not your organisation's registered identity."
        raise UntrustedSignatureError(sentence, code=Code.SIGNER_MISMATCH)
    digest = verify_object(parsed.value, entry, key)
    return VerifiedObject(parsed, partner.partner_id, entry.keyid, digest, Assurance.PUBLISHER_SIGNED)


def _store(
    exchange: Exchange,
    principal: Principal,
    examined: Sequence[Examined],
    atomic: bool,  # noqa: FBT001  # private, and passed on as it came
    use: KeyUse | None,
) -> Submission:
    partner = _partner_of(principal)
    with exchange.database.write() as connection:
        order = take_order_lock(connection)
        now = exchange.clock()
        earlier = earlier_outcome(connection, use)
        if earlier is not None:
            return _kept(connection, partner, earlier)
        submission_id = str(uuid.uuid4())
        partner = members.partner_by_id(connection, partner.partner_id) or partner
        submitter = viewer_of(connection, partner, Tlp.RED, now)
        usable = frozenset(key.keyid for key in credentials.keys(connection, partner.partner_id) if is_usable(key, now))
        admission = admit.Admission(order, submitter, members.publisher(partner), usable, submission_id, now)
        results = admit.admit(connection, admission, examined, atomic=atomic)
        kept = KeptSubmission(submission_id, partner.partner_id, now, receipt={})
        receipt = sign_receipt(exchange, members.this_exchange(connection).exchange_id, kept, results)
        kept = KeptSubmission(submission_id, partner.partner_id, now, receipt)
        submissions.add_submission(connection, kept, principal.credential.credential_id)
        if use is not None:
            submissions.add_key_use(connection, use, submission_id, now)
        events.add_events(connection, _events(principal, submission_id, results, now))
    return Submission(submission_id, partner.partner_id, now, results, receipt)


def _events(principal: Principal, submission_id: str, results: Sequence[ObjectResult], now: datetime) -> list[EventRecord]:
    who = {"partner_id": principal.credential.partner_id, "credential_id": principal.credential.credential_id}
    # The first of each code; the receipt has them all, and five thousand refusals must not be five thousand events.
    first: dict[Code, Refusal] = {}
    for result in results:
        if result.refusal is not None:
            first.setdefault(result.refusal.code, result.refusal)
    records = [EventRecord(Event.SUBMISSION_STORE, now, subject=submission_id, **who)]
    for code, refusal in first.items():
        records.append(EventRecord(Event.OBJECT_REFUSE, now, subject=submission_id, code=code, pointer=refusal.pointer, **who))
    return records


def _record_refusal(exchange: Exchange, principal: Principal, refusal: BreakwaterError, now: datetime) -> None:
    who = {"partner_id": principal.credential.partner_id, "credential_id": principal.credential.credential_id}
    record = EventRecord(Event.OBJECT_REFUSE, now, code=refusal.code, pointer=refusal.pointer, **who)
    with exchange.database.write() as connection:
        events.add_events(connection, [record])
