"""Answering a notice: by its addressee with a signed document, or by an operator for one that is shut out.

Owns who may answer what, that only a later answer replaces an earlier one, and the one transaction: the answer, what counts of
it, the leaf of the log and the event. A notice is answered once every version has an outcome that it waits for. Kept by
``tests/services/recalling/test_acknowledge.py``; decision 36 has the alternatives.
"""

from __future__ import annotations

import hashlib
import uuid
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from app.domain.errors import ConflictError, ForbiddenError, MalformedInputError, NotFoundError
from app.domain.events import Event, EventRecord
from app.domain.partner import Principal
from app.domain.permissions import Permission
from app.domain.recall import Addressee, Outcome, Recall, SentNotice, reminded_at, settles
from app.domain.vocabulary import PartnerState
from app.services.answer_once import earlier_outcome
from app.services.authenticate import require
from app.services.exchange import Exchange
from app.services.hold_order import take_order_for
from app.services.intake.await_answers import CHASE_RECALLS
from app.services.intake.usable_keys import is_usable
from app.services.membership.change_policy import EVALUATE
from app.services.proving.record import Recorded, record_in_log
from app.services.recalling.acknowledgement import Acknowledgement, outcomes_for, read_acknowledgement, read_outcomes
from app.services.recalling.look_up_notices import NoticeRecord, notice_record
from app.storage import credentials, documents, events, members, notices, recalls, submissions, viewpoints, work
from app.storage.counter import Order, save_order
from app.storage.notices import NewAnswer
from app.storage.session import Connection
from app.storage.submissions import KeyUse
from breakwater_client.instant import instant_text
from breakwater_client.trust.canonical import canonical_bytes
from breakwater_client.trust.envelope import open_envelope
from breakwater_client.trust.keys import public_key_from_spki
from breakwater_client.trust.log_leaf import LeafKind
from breakwater_client.trust.payload_type import PayloadType

_CLOCKS_DIFFER = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class _Open:
    """A notice and the partner whose answer it waits for."""

    sent: SentNotice
    recall: Recall
    addressee: Addressee


def acknowledge(
    exchange: Exchange, principal: Principal, notice_id: str, envelope: Mapping[str, Any], use: KeyUse | None = None
) -> NoticeRecord:
    """Answer a notice for the caller's own partner. ``notice_id`` may be anything, ``envelope`` is untrusted.

    The same document again changes nothing.

    Raises:
        ConflictError: an answer that was made later is here already.
        ForbiddenError: the caller may not answer.
        MalformedInputError: the signed document is no answer to this notice, or was made by a clock that is ahead.
        NotFoundError: no such notice is addressed to the caller.
        UntrustedSignatureError: not signed with an active key for objects of the caller's partner.
    """
    require(principal, Permission.RECALLS_ANSWER)
    return take_answer(exchange, principal, SignedAnswer(notice_id, envelope, use))


@dataclass(frozen=True, slots=True)
class SignedAnswer:
    """An answer to a notice as it came. ``settle`` is called in the transaction that keeps it; what it raises undoes all."""

    notice_id: str
    envelope: Mapping[str, Any]
    use: KeyUse | None = None
    settle: Callable[[Connection], None] | None = None


def take_answer(exchange: Exchange, principal: Principal, answer: SignedAnswer) -> NoticeRecord:
    """Do the same for a caller who has asked already whether it may, and raise the same."""
    if principal.partner is None:
        raise ForbiddenError("Only partners answer notices; enter an answer for one that is suspended or has ended.")
    with exchange.database.write() as connection:
        order = take_order_for(exchange, connection, principal)
        now = exchange.clock()
        asked = _open(connection, answer.notice_id, principal.partner.partner_id)
        if earlier_outcome(connection, answer.use) is None:
            new = _verified(connection, asked, answer.envelope, now)
            if new is not None:
                _keep(connection, order, asked, replace(new, credential_id=principal.credential.credential_id), now)
            if answer.use is not None:
                submissions.add_key_use(connection, answer.use, answer.notice_id, now)
        if answer.settle is not None:
            answer.settle(connection)
        save_order(connection, order)
        return notice_record(connection, asked.sent, _addressee(connection, asked), now)


def _verified(connection: Connection, asked: _Open, envelope: Mapping[str, Any], now: datetime) -> _New | None:
    """Give what a signed answer says, None if it is here already; the credential is the caller's to add."""
    usable = [key for key in credentials.keys(connection, asked.addressee.partner_id) if is_usable(key, now)]
    keys = {key.keyid: public_key_from_spki(key.public_key) for key in usable}
    opened = open_envelope(envelope, PayloadType.RECALL_ACKNOWLEDGEMENT, keys)
    said = read_acknowledgement(opened.payload, asked.recall.kind)
    digest = hashlib.sha256(opened.payload).digest()
    if not _is_news(connection, asked, said, digest, now):
        return None
    outcomes = outcomes_for(notices.called_back(connection, asked.sent), said.outcomes)
    return _New(outcomes, "", digest, opened.keyid, documents.dump(dict(envelope)), said.acknowledged_at)


def enter_answer(
    exchange: Exchange, principal: Principal, notice_id: str, answer: ForPartner, use: KeyUse | None = None
) -> NoticeRecord:
    """Enter the answer of a partner that is suspended or has ended, as an operator was told it; who entered it is kept.

    Raises:
        ConflictError: the partner is active, and answers itself.
        ForbiddenError: the caller is no operator.
        MalformedInputError: no answer to this notice.
        NotFoundError: no such notice is addressed to the partner.
    """
    require(principal, Permission.RECALLS_ANSWER)
    if not principal.is_staff:
        raise ForbiddenError("An answer for another organisation is entered by operators.")
    with exchange.database.write() as connection:
        order = take_order_for(exchange, connection, principal)
        now = exchange.clock()
        asked = _open(connection, notice_id, answer.partner_id)
        partner = members.partner_by_id(connection, answer.partner_id)
        if partner is not None and partner.state is PartnerState.ACTIVE:
            raise ConflictError("This partner is active: it answers itself, with its own signature.")
        if earlier_outcome(connection, use) is None:
            said = read_outcomes(answer.outcomes, asked.recall.kind, now)
            stated = {
                "notice": notice_id,
                "partner": answer.partner_id,
                "entered_at": instant_text(now),
                "outcomes": answer.outcomes,
            }
            digest = hashlib.sha256(canonical_bytes(stated)).digest()
            outcomes = outcomes_for(notices.called_back(connection, asked.sent), said)
            _keep(connection, order, asked, _New(outcomes, principal.credential.credential_id, digest), now)
            if use is not None:
                submissions.add_key_use(connection, use, notice_id, now)
        save_order(connection, order)
        return notice_record(connection, asked.sent, _addressee(connection, asked), now)


@dataclass(frozen=True, slots=True)
class ForPartner:
    """What an operator was told by a partner; ``outcomes`` are the lines of a signed answer, untrusted."""

    partner_id: str
    outcomes: Sequence[Any]


@dataclass(frozen=True, slots=True)
class _New:
    """A new answer: what it says, with which credential it came, the digest of what was said; where signed, key and envelope."""

    outcomes: Sequence[Outcome]
    credential_id: str
    digest: bytes
    keyid: str | None = None
    envelope: str | None = None
    made_at: datetime | None = None


def _open(connection: Connection, notice_id: str, partner_id: str) -> _Open:
    sent = notices.find_notice(connection, notice_id)
    addressee = None if sent is None else notices.find_addressee(connection, sent.version_id, partner_id)
    if sent is None or addressee is None:
        raise NotFoundError
    return _Open(sent, recalls.recall_by_number(connection, sent.recall_id), addressee)


def _addressee(connection: Connection, asked: _Open) -> Addressee:
    return notices.find_addressee(connection, asked.sent.version_id, asked.addressee.partner_id) or asked.addressee


def _is_news(connection: Connection, asked: _Open, said: Acknowledgement, digest: bytes, now: datetime) -> bool:
    """Whether an answer says anything new; one that was made before another is refused: it may be an old one, sent again."""
    if said.notice_id != asked.sent.notice_id or said.partner_id != asked.addressee.partner_id:
        raise MalformedInputError("This is an answer to another notice, or another partner's.", pointer="/notice")
    if said.acknowledged_at > now + _CLOCKS_DIFFER:
        raise MalformedInputError("This answer was made in the future; set your clock.", pointer="/acknowledged_at")
    before = notices.answers_to(connection, asked.sent.version_id, asked.addressee.partner_id)
    if any(one.payload_digest == digest for one in before):
        return False
    made = [one.made_at for one in before if one.made_at is not None]
    if made and said.acknowledged_at <= max(made):
        raise ConflictError("An answer that was made later is here already.")
    return True


def _keep(connection: Connection, order: Order, asked: _Open, new: _New, now: datetime) -> None:
    sent, partner_id, answer_id = asked.sent, asked.addressee.partner_id, str(uuid.uuid4())
    document = {
        "type": "recall-answer",
        "answer": answer_id,
        "notice": sent.notice_id,
        "recall": asked.recall.public_id,
        "partner": partner_id,
        "payload_digest": new.digest.hex(),
        "signed": new.keyid is not None,
        "outcomes": _by_word(connection, new.outcomes),
    }
    log_index = record_in_log(connection, order, Recorded(LeafKind.RECALL_ANSWER, answer_id, document), now)
    answer = NewAnswer(answer_id, sent.version_id, partner_id, new.credential_id, new.digest, log_index)
    answer = replace(answer, keyid=new.keyid, envelope=new.envelope, made_at=new.made_at)
    notices.add_answer(connection, answer, new.outcomes, now)
    _settle(connection, asked, now)
    how = "entered" if new.keyid is None else "signed"
    events.add_events(connection, [EventRecord(Event.RECALL_ANSWER, now, partner_id, new.credential_id, answer_id, how)])


def _by_word(connection: Connection, outcomes: Sequence[Outcome]) -> dict[str, list[int]]:
    """Give the log indexes of the versions by outcome: the log keeps what it holds for ever, and so no id that names a person."""
    indexes = notices.log_indexes(connection, [one.recalled_id for one in outcomes])
    found: dict[str, list[int]] = defaultdict(list)
    for one in outcomes:
        found[one.outcome.value].append(indexes[one.recalled_id])
    return {word: sorted(some) for word, some in found.items()}


def _settle(connection: Connection, asked: _Open, now: datetime) -> None:
    """Keep whether the notice is answered now: each of its versions has an outcome that it waits for.

    What is held counts until its day has come; the notice is looked at again then.
    """
    sent, addressee = asked.sent, asked.addressee
    known = notices.outcomes_of(connection, [sent.version_id])[sent.version_id, addressee.partner_id]
    in_time = [one for one in known if one.held_until is None or one.held_until > now]
    settled = {one.recalled_id for one in in_time if settles(asked.recall.act, one.outcome)}
    if sent.versions <= settled:
        again = min((one.held_until for one in in_time if one.held_until is not None), default=None)
        notices.keep_answered(connection, sent.version_id, addressee.partner_id, addressee.answered_at or now, again)
        if again is not None:
            work.add_work(connection, CHASE_RECALLS, {"version_id": sent.version_id}, again)
        if addressee.answered_at is None:
            _evaluate_anew(connection, addressee.partner_id, now)
    elif addressee.answered_at is not None:
        again = max(now, reminded_at(sent.told_at, addressee.due_at))
        notices.keep_answered(connection, sent.version_id, addressee.partner_id, None, again)
        work.add_work(connection, CHASE_RECALLS, {"version_id": sent.version_id}, again)
        _evaluate_anew(connection, addressee.partner_id, now)


def _evaluate_anew(connection: Connection, partner_id: str, now: datetime) -> None:
    """Give back from this commit on what somebody lost by being late, and back-fill it as with any widening; or take it."""
    viewpoints.start_epoch(connection, partner_id, "recall-answer", now)
    work.add_work(connection, EVALUATE, {"partner_id": partner_id}, now)
