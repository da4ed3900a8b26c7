"""Submitting: from the bytes of one request to stored versions and a signed receipt. The steps are those of ``docs/walk.md``.

Owns the order of the steps and the transaction; what each step says no to is owned by the floors below. Nothing that is refused
is kept: its event has a code and a pointer. Kept by ``tests/services/intake/test_submit.py`` and ``tests/walk``.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from app.domain.errors import BreakwaterError, Code, ForbiddenError
from app.domain.events import Event, EventRecord
from app.domain.partner import Partner, Principal
from app.domain.permissions import Permission
from app.domain.stix_object import CheckedObject
from app.domain.vocabulary import Assurance, Profile, Role, Tlp
from app.policy.imminent_risk import is_at_imminent_risk
from app.policy.viewer import Viewer
from app.services.answer_once import earlier_outcome, key_use
from app.services.authenticate import require
from app.services.cataloguing.current import current_catalogue
from app.services.exchange import Exchange
from app.services.hold_order import take_order_for
from app.services.intake import admit
from app.services.intake.attest import Attestor
from app.services.intake.count_references import ask_about_references, check_references
from app.services.intake.examine import Examination, Examined, examine
from app.services.intake.name_refused import names_of_refused, with_names
from app.services.intake.post import check_target, find_target
from app.services.intake.receipts import read_back, sign_receipt
from app.services.intake.usable_keys import signers, usable_keyids
from app.services.limiting.count_usage import Use, check_sent, note_sent
from app.services.raise_alarm import record_events
from app.services.reading.visible_set import viewer_of
from app.stix.encoded_media import Allowance
from app.storage import members, submissions
from app.storage.counter import Order
from app.storage.session import Connection
from app.storage.submissions import KeptSubmission, KeyUse
from breakwater_client.documents.strict_json import parse_envelope
from breakwater_client.submission import ObjectResult, Refusal, Submission


@dataclass(frozen=True, slots=True)
class SubmissionRequest:
    """One request to submit: the raw body as it came (untrusted), and how to treat it.

    ``atomic``: one refused object refuses all. ``group_id`` (unverified) is the sharing group that it is posted to; None: the
    exchange. ``collection_id`` is the TAXII collection that it was posted to: then it may have no objects, and the names of those
    that are refused are kept for its status.
    """

    body: bytes
    idempotency_key: str | None = None
    atomic: bool = False
    group_id: str | None = None
    collection_id: str | None = None


Settle = Callable[[Connection, Submission], None]
"""Keeps what became of a submission beside it, in its transaction."""


@dataclass(frozen=True, slots=True)
class _Received:
    """What one request brought: its objects as they came, what became of each, and how much came today before."""

    request: SubmissionRequest
    values: Sequence[Any]
    examined: Sequence[Examined]
    use_today: Use
    settle: Settle | None = None


def submit(exchange: Exchange, principal: Principal, request: SubmissionRequest) -> Submission:
    """Take in the objects of one envelope and give each its result, with the exchange's signed receipt.

    Raises:
        MalformedInputError, TooLargeError: the envelope as a whole cannot be read; nothing of it is stored.
        ConflictError: the idempotency key came with another body before.
        ExhaustedError: the caller sent as many objects today, or asked about as many observables by references, as it may.
        ForbiddenError: the caller may not submit, or not write to the group.
        NotFoundError: no such group, or none that the caller is in.
        UnavailableError: the database is away; nothing was stored, the same request may be sent again.
    """
    require(principal, Permission.OBJECTS_SUBMIT)
    return take_in(exchange, principal, request)


def take_in(exchange: Exchange, principal: Principal, request: SubmissionRequest, settle: Settle | None = None) -> Submission:
    """Do the same for a caller who has asked already whether it may, and raise the same.

    ``settle`` is called at the end of the transaction that stores the objects; what it raises undoes all of it.
    """
    partner = _partner_of(principal)
    now = exchange.clock()
    # The same body, treated otherwise, is another request.
    asked = (
        request.body + (b"\0atomic" if request.atomic else b"") + (f"\0{request.group_id}".encode() if request.group_id else b"")
    )
    use = key_use(principal, "submissions", request.idempotency_key, asked)
    with exchange.database.look() as connection:  # whatever changes from now on, step 6 asks again under the order lock
        earlier = earlier_outcome(connection, use)
        if earlier is not None:
            return _kept(connection, partner, earlier)
        use_today = check_sent(exchange, connection, partner.partner_id, now)
        if request.group_id is not None:
            check_target(connection, partner.partner_id, request.group_id)
        examination = examination_of(connection, partner, now)
    try:
        envelope = parse_envelope(request.body, may_be_empty=request.collection_id is not None)  # (2)
    except BreakwaterError as refusal:
        _record_refusal(exchange, principal, refusal, now)
        raise
    examined = [examine(pointer, value, examination) for pointer, value in envelope]  # (3) (4)
    check_references(examined)
    ask_about_references(exchange, principal, examined)
    received = _Received(request, [value for _, value in envelope], examined, use_today, settle)
    return _store(exchange, principal, received, use)  # (5) (6) (7)


def _partner_of(principal: Principal) -> Partner:
    if principal.partner is None:
        raise ForbiddenError("Only partners submit objects.")
    return principal.partner


def _kept(connection: Connection, partner: Partner, submission_id: str) -> Submission:
    kept = submissions.find_submission(connection, partner.partner_id, submission_id)
    if kept is None:
        raise LookupError("an idempotency key without its submission")
    return read_back(kept)


def examination_of(connection: Connection, partner: Partner, now: datetime) -> Examination:
    """Give what a partner's objects are examined by; without an agreement they are examined too, and refused for that."""
    agreement = viewer_of(connection, partner, Tlp.RED, now).agreement
    catalogue = current_catalogue(connection)
    if agreement is None:
        own = signers(connection, partner, frozenset(), now)
        return Examination(
            submitter_id=partner.partner_id,
            profiles=frozenset({Profile.OCSEA}),
            takes_unsigned=False,
            signers=own,
            now=now,
            allowance=Allowance(),
            catalogue=catalogue,
        )
    return Examination(
        submitter_id=partner.partner_id,
        profiles=agreement.write.profiles,
        takes_unsigned=Assurance.CHANNEL_ATTESTED in agreement.write.assurances,
        signers=signers(connection, partner, agreement.write.passes_on, now),
        now=now,
        allowance=Allowance(),
        catalogue=catalogue,
    )


def _store(exchange: Exchange, principal: Principal, received: _Received, use: KeyUse | None) -> Submission:
    request, examined = received.request, received.examined
    partner = _partner_of(principal)
    with exchange.database.write() as connection:
        order = take_order_for(exchange, connection, principal)
        now = exchange.clock()
        earlier = earlier_outcome(connection, use)
        if earlier is not None:
            return _kept(connection, partner, earlier)
        order.end_on_a_millisecond(len(examined), now)
        partner = members.partner_by_id(connection, partner.partner_id) or partner
        attestor = Attestor(exchange.keys.statements, members.this_exchange(connection).exchange_id, partner, now)
        admission = admission_of(connection, order, attestor, examined, request.group_id)
        admission = replace(admission, retention=exchange.retention)
        results = admit.admit(connection, admission, examined, atomic=request.atomic)
        kept = KeptSubmission(admission.submission_id, partner.partner_id, now, receipt={}, object_count=len(examined))
        receipt = sign_receipt(exchange, attestor.exchange_id, kept, results)
        urgent = any(map(_is_urgent, examined))
        names = None if request.collection_id is None else names_of_refused(results, received.values)
        kept = replace(kept, receipt=receipt, imminent_risk=urgent, collection_id=request.collection_id, refused=names)
        submissions.add_submission(connection, kept, principal.credential.credential_id)
        if use is not None:
            submissions.add_key_use(connection, use, admission.submission_id, now)
        record_events(connection, _events(principal, admission.submission_id, results, now))
        note_sent(connection, principal, received.use_today, len(examined), now)
        told = with_names(results, names or ())
        made = Submission(admission.submission_id, partner.partner_id, now, told, receipt, urgent)
        if received.settle is not None:
            received.settle(connection, made)
    return made


def _is_urgent(one: Examined) -> bool:
    """Whether whoever submitted it must be told whom to call, whatever becomes of the object."""
    if isinstance(one, CheckedObject):
        return is_at_imminent_risk(one.facts.context)
    return one.refusal is not None and one.refusal.code is Code.REPORT_FIRST


def admission_of(
    connection: Connection, order: Order, attestor: Attestor, examined: Sequence[Examined], group_id: str | None
) -> admit.Admission:
    """Give what admitting examined objects reads; ``order`` is held, or merely read by whoever asks what would become of them.

    Raises as ``post.check_target``.
    """
    now = attestor.received_at
    submitter = _entitled(connection, attestor.submitter, now)
    owner_ids = {one.verified.signer_id for one in examined if isinstance(one, CheckedObject)} - {submitter.partner_id}
    owners = [one for one in members.partners(connection) if one.partner_id in owner_ids] if owner_ids else []
    others = {one.partner_id: _entitled(connection, one, now) for one in owners}
    return admit.Admission(
        order=order,
        submitter=submitter,
        owners={submitter.partner_id: submitter} | others,
        usable_keyids=usable_keyids(connection, {submitter.partner_id, *owner_ids}, now),
        law_enforcement=members.partner_ids_in(connection, Role.LAW_ENFORCEMENT),
        attestor=attestor,
        submission_id=str(uuid.uuid4()),
        now=now,
        target=find_target(connection, submitter.partner_id, group_id),
    )


def _entitled(connection: Connection, partner: Partner, now: datetime) -> Viewer:
    """Give a partner as its references are judged: who is late in answering a recall must not shake off what narrows them."""
    return replace(viewer_of(connection, partner, Tlp.RED, now), recall_overdue=False)


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
        record_events(connection, [record])
