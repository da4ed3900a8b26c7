"""What witnesses hand in: checkpoints that they cosigned, which are published with their lines from then on.

Owns what is taken: a line of the caller's own key below exactly a checkpoint that this exchange published, once for each size.
A checkpoint that the exchange's own key signed and that it did not publish is evidence of a second log: the operator is alarmed.
Kept by ``tests/services/proving/test_take_cosignature.py``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.domain.errors import BreakwaterError, Code, ConflictError, ForbiddenError, MalformedInputError, UntrustedSignatureError
from app.domain.events import Event, EventRecord
from app.domain.paging import AlarmCode
from app.domain.partner import Partner, PartnerKey, Principal
from app.domain.permissions import Permission
from app.domain.vocabulary import KeyState, KeyUsage
from app.services.answer_once import KeyUse, earlier_outcome
from app.services.authenticate import require
from app.services.exchange import Exchange
from app.services.hold_order import take_order_for
from app.services.raise_alarm import raise_alarm
from app.storage import checkpoints, cosignatures, credentials, key_directory, members, submissions
from app.storage.checkpoints import KeptCheckpoint
from app.storage.cosignatures import Cosignature
from app.storage.session import Connection
from breakwater_client.trust.checkpoint import log_origin, open_checkpoint, read_checkpoint, witness_name
from breakwater_client.trust.keys import public_key_from_spki
from breakwater_client.trust.signed_note import open_cosignature, read_note
from breakwater_client.trust.strict_base64 import encode_base64

POINTER = "/note"
SKEW = timedelta(minutes=5)
"""So far a witness's clock may differ."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A cosignature that is kept: for which size, of which key, when it says that it was made, when it came."""

    tree_size: int
    keyid: str
    cosigned_at: datetime
    received_at: datetime


def take_cosignature(exchange: Exchange, principal: Principal, note: str, use: KeyUse | None = None) -> Taken:
    """Take a partner's cosignature below a checkpoint (unverified text). What its key signed before for the size is given again.

    Lines of others in it are not looked at.

    Raises:
        ForbiddenError: the caller is no partner, or may not cosign.
        MalformedInputError: no note of a checkpoint, a time that cannot be, or another key of the partner's cosigned that size.
        UntrustedSignatureError: ``key-not-active``: no line of a key of the caller's that counts for this; or it does not verify.
        ConflictError: this exchange published no such checkpoint. If its key signed it all the same, the operator is alarmed.
    """
    require(principal, Permission.LOG_COSIGN)
    if principal.partner is None:
        raise ForbiddenError("Witnesses are partners.")
    try:
        size = read_checkpoint(note).size
    except MalformedInputError as refusal:
        raise MalformedInputError(refusal.sentence, pointer=POINTER) from refusal
    with exchange.database.write() as connection:
        take_order_for(exchange, connection, principal)
        earlier_outcome(connection, use)
        published = checkpoints.checkpoint_of_size(connection, size)
        if published is not None and read_note(published.note).text == read_note(note).text:
            return _take(connection, principal.partner, published, note, _Coming(exchange.clock(), use))
        if _is_own(connection, note):
            who, about = principal.credential.credential_id, principal.partner.partner_id
            record = EventRecord(Event.ALARM_RAISE, exchange.clock(), about, who, subject=str(size))
            raise_alarm(connection, AlarmCode.LOG_TWO_CHECKPOINTS, record)
    raise ConflictError("This exchange published no such checkpoint: keep what you were shown, and tell the operators.")


@dataclass(frozen=True, slots=True)
class _Coming:
    """When a cosignature came, and with which idempotency key."""

    at: datetime
    use: KeyUse | None


def _take(connection: Connection, partner: Partner, published: KeptCheckpoint, note: str, coming: _Coming) -> Taken:
    key, line, at = _cosigned(connection, partner, note, coming.at)
    known = cosignatures.find_cosignature(connection, published.tree_size, partner.partner_id)
    if known is not None and known.keyid != key.keyid:
        sentence = "A line of another key of yours stands below this checkpoint: hand in the next one, which this key cosigns."
        raise MalformedInputError(sentence, pointer=POINTER)
    if known is not None:
        return _taken(known)
    if not (published.made_at - SKEW <= at <= coming.at + SKEW and key.counts(at)):
        sentence = "The cosignature is dated before the checkpoint, ahead of our clock, or while its key did not count."
        raise MalformedInputError(sentence, pointer=POINTER)
    kept = Cosignature(published.tree_size, partner.partner_id, key.keyid, line, at, coming.at)
    cosignatures.add_cosignature(connection, kept)
    if coming.use is not None:
        submissions.add_key_use(connection, coming.use, str(published.tree_size), coming.at)
    return _taken(kept)


def _taken(kept: Cosignature) -> Taken:
    return Taken(kept.tree_size, kept.keyid, kept.cosigned_at, kept.received_at)


def _cosigned(connection: Connection, partner: Partner, note: str, now: datetime) -> tuple[PartnerKey, str, datetime]:
    """Give the key of the partner that cosigned, its line, and the time that it says."""
    name = witness_name(partner.identity_id)
    own = [one for one in credentials.keys(connection, partner.partner_id) if one.usage is KeyUsage.CHECKPOINT_COSIGNING]
    refusals: list[UntrustedSignatureError] = []
    for key in (one for one in own if one.counts(now)):
        try:
            found = open_cosignature(note, name, public_key_from_spki(key.public_key))
        except UntrustedSignatureError as refusal:  # of another key of the partner's with the same four bytes, perhaps
            refusals.append(refusal)
            continue
        if found is not None:
            return key, f"— {name} {encode_base64(found.line.key_hash + found.line.signature)}\n", found.at
    if refusals:
        raise refusals[0]
    sentence = "It carries no cosignature of a key of yours that counts for this, under the name of your organisation's identity."
    if any(one.state is KeyState.PENDING for one in own):
        sentence += " A key of yours for this is pending: it counts once an operator, told its id by you, has activated it."
    raise UntrustedSignatureError(sentence, code=Code.KEY_NOT_ACTIVE, pointer=POINTER)


def _is_own(connection: Connection, note: str) -> bool:
    """Whether a key of this exchange's signed the checkpoint for its log, today's or an earlier one."""
    origin = log_origin(members.this_exchange(connection).exchange_id)
    for key in key_directory.exchange_keys(connection, KeyUsage.CHECKPOINT_SIGNING):
        try:
            open_checkpoint(note, origin, public_key_from_spki(key.public_key))
        except BreakwaterError:
            continue
        return True
    return False
