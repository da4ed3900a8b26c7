"""The copy of the newest checkpoint that each server keeps outside the database, and what it shows about the database.

So are the copies that witnesses cosigned (``cosigned_copies``), and what the signer remembers of its last checkpoint, where there
is a signer, so that a file brought back with the database does not hide it. Owns when the file is replaced (never by less, never
by something else), and the comparison that is made before a server takes anything in, and again every few seconds: the log must
hold what the file says, and whatever it published since. If it does not, or nobody can tell, the exchange takes nothing in; every
server on that database is told, and the operator is alarmed. A changed row deep inside the log is NOT found here, since only the
right edge is read: that is ``check_log``'s. Kept by ``tests/services/proving/test_kept_checkpoint.py`` and
``tests/walk/test_restored_database.py``.
"""

from __future__ import annotations

import logging
from base64 import b64decode
from pathlib import Path

from app.domain.errors import BreakwaterError, ConflictError, ReadOnlyError, UnavailableError
from app.domain.events import Event, EventRecord
from app.domain.paging import AlarmCode
from app.domain.read_only import ReadOnlyReason
from app.services.exchange import Exchange
from app.services.proving.checkpoint_files import held, put_note, read_note_file
from app.services.proving.checkpoints import checkpoint_key_in_force, holds
from app.services.proving.cosigned_copies import (
    claimed_sizes,
    keep_copy,
    misfits,
    newest_copy,
    read_copies,
    set_aside,
    tell_misfits,
    unknown_copies,
    unread_copies,
)
from app.services.raise_alarm import raise_alarm
from app.storage import checkpoints, counter, events, log_check, members
from app.storage.session import Connection
from breakwater_client.trust.checkpoint import Checkpoint, log_origin, open_checkpoint, read_checkpoint, sign_checkpoint
from breakwater_client.trust.keys import PublicKey, signed_last
from breakwater_client.trust.merkle import EMPTY_ROOT

_log = logging.getLogger("breakwater.log")


def require_open(exchange: Exchange) -> None:
    """Let pass while the exchange takes something in.

    Raises:
        ReadOnlyError: it does not.
    """
    if exchange.database.read_only is ReadOnlyReason.NOT_COMPARED:
        compare(exchange)
    if exchange.database.read_only is not None:
        raise ReadOnlyError


def why_read_only(exchange: Exchange) -> ReadOnlyReason | None:
    """Give why the exchange takes nothing in, as far as this process knows; None while it does."""
    return exchange.database.read_only


def begin_unproven(exchange: Exchange) -> ReadOnlyReason | None:
    """Take nothing in until the comparison was made, and make it: for a process that is about to serve. Gives ``compare``'s."""
    if exchange.checkpoint_file is None:
        return None
    exchange.database.read_only = ReadOnlyReason.NOT_COMPARED
    return compare(exchange)


def compare(exchange: Exchange) -> ReadOnlyReason | None:
    """Compare the database's log with the kept checkpoint, keep the newest, and open or close this process accordingly.

    Gives why the exchange takes nothing in from here on; None if it does. An exchange without a file keeps none and compares
    nothing. A database that is away changes nothing: what was true of it is still all that is known.
    """
    if exchange.checkpoint_file is None:
        return None
    try:
        reason = _against_the_signer(exchange) or _compared(exchange, exchange.checkpoint_file)
        if reason is not None and reason.is_of_the_database:
            _tell_everybody(exchange, reason)
    except BreakwaterError as exc:
        if not isinstance(exc, UnavailableError):
            _log.error("the log cannot be compared: %s", type(exc).__name__)  # a trace may hold values
        return exchange.database.read_only
    if reason is not None and reason is not exchange.database.read_only:
        _log.error("READ-ONLY: %s: nothing is taken in; see docs/operations.md, The exchange is read-only", reason)
    if reason is None and exchange.database.read_only not in {None, ReadOnlyReason.NOT_COMPARED}:
        _log.warning("the log agrees with the kept checkpoint again: things are taken in")
    exchange.database.read_only = reason
    return reason


def own_checkpoint(exchange: Exchange, connection: Connection) -> str | None:
    """Give the note of the database's newest checkpoint, of the empty log without any; None if its rows do not hold it."""
    empty = Checkpoint(log_origin(members.this_exchange(connection).exchange_id), 0, EMPTY_ROOT)
    _, note = _agreeing(connection, empty, "", empty.origin, exchange.keys.checkpoints.public)
    return sign_checkpoint(empty, exchange.keys.checkpoints) if note == "" else note


def kept_size(exchange: Exchange) -> int | None:
    """Give the largest size that the kept file claims, or a cosigned copy (unverified); None if nothing can be read."""
    if exchange.checkpoint_file is None:
        return None
    try:
        note = read_note_file(exchange.checkpoint_file)
        kept = [read_checkpoint(note).size] if note else []
    except (OSError, UnicodeError, BreakwaterError):
        kept = []
    return max([*kept, *claimed_sizes(exchange.checkpoint_file)], default=None)


def kept_origin(exchange: Exchange) -> str | None:
    """Give whose log the kept file claims to be of (unverified), None if nothing can be read."""
    try:
        note = exchange.checkpoint_file and read_note_file(exchange.checkpoint_file)
        return read_checkpoint(note).origin if note else None
    except (OSError, UnicodeError, BreakwaterError):
        return None


def replace_kept(exchange: Exchange, note: str) -> None:
    """Keep another checkpoint in the place of what is kept, also a smaller one: only after somebody accepted the loss.

    Cosigned copies are set aside: they remain evidence.
    """
    if exchange.checkpoint_file is not None:
        with held(exchange.checkpoint_file):
            put_note(exchange.checkpoint_file, note)
            set_aside(exchange.checkpoint_file)


def follow_in_kept(exchange: Exchange, before: PublicKey) -> None:
    """Keep the first checkpoint of a new key in the place of one that the key before it signed, if the log agrees with that.

    Raises:
        ConflictError: it does not, or there is nothing to hold it against.
    """
    if exchange.checkpoint_file is None:
        return
    key = exchange.keys.checkpoints.public
    with held(exchange.checkpoint_file), exchange.database.read() as connection:
        note, origin = read_note_file(exchange.checkpoint_file), log_origin(members.this_exchange(connection).exchange_id)
        if note is not None and is_signed_by(note, origin, key):
            return
        if note is None or not is_signed_by(note, origin, before):
            raise ConflictError("The kept checkpoint is missing, or neither key signed it; copy it from another server.")
        reason, newest = _agreeing(connection, read_checkpoint(note), note, origin, key)
        if reason is not None or newest is None:
            raise ConflictError("The log is not what the kept checkpoint says: see breakwater log check.")
        put_note(exchange.checkpoint_file, newest)


def is_signed_by(note: str, origin: str, key: PublicKey) -> bool:
    """Whether a note (unverified) is a checkpoint of this log that ``key`` signed."""
    try:
        open_checkpoint(note, origin, key)
    except BreakwaterError:
        return False
    return True


def _against_the_signer(exchange: Exchange) -> ReadOnlyReason | None:
    """Compare the log with what whoever holds the key remembers; of a checkpoint that is being made, its end is awaited."""
    signed = _signed(exchange)
    if signed is None:
        return None
    with exchange.database.read() as connection:
        reason, is_new = _why_not_signed(connection, signed), members.find_exchange(connection) is None
    if reason is None or is_new:
        return reason
    with exchange.database.write(while_read_only=True) as connection:
        counter.take_order_lock(connection, while_read_only=True)
        return _why_not_signed(connection, signed)


def _signed(exchange: Exchange) -> Checkpoint | None:
    last = signed_last(exchange.keys.checkpoints)
    return None if last is None else Checkpoint(str(last["origin"]), int(last["size"]), b64decode(str(last["root"])))


def _why_not_signed(connection: Connection, signed: Checkpoint) -> ReadOnlyReason | None:
    """Give what is wrong. One leaf may be signed that was never committed: that of the ledger, in whose transaction it was."""
    known = members.find_exchange(connection)
    if known is not None and log_origin(known.exchange_id) != signed.origin:
        return ReadOnlyReason.LOG_DIFFERENT
    if (log_check.tree_size(connection) if known is not None else 0) + 1 < signed.size:
        return ReadOnlyReason.LOG_BEHIND
    same = None if known is None else checkpoints.checkpoint_of_size(connection, signed.size)
    return ReadOnlyReason.LOG_DIFFERENT if same is not None and same.root_hash != signed.root else None


def _compared(exchange: Exchange, path: Path) -> ReadOnlyReason | None:
    try:
        with held(path):
            note, copies = read_note_file(path), read_copies(path)
            with exchange.database.read() as connection:
                reason, newest = _judged(exchange, connection, note)
                unfit = misfits(connection, copies, exchange.keys.checkpoints.public)
                if exchange.database.read_only is not None:  # a server that takes things in is stopped by nobody's word but ours
                    unfit += unknown_copies(connection, copies, exchange.keys.checkpoints.public) + unread_copies(copies)
                reason = reason or (unfit[0].reason if unfit else None)
                cosigned = None if reason is not None else newest_copy(connection)
            if reason is not exchange.database.read_only:
                tell_misfits(path, unfit)
            if reason is None and newest is not None and newest != note:
                put_note(path, newest)
            if cosigned is not None:
                keep_copy(path, cosigned)
            return reason
    except (OSError, UnicodeError) as exc:
        _log.error("the kept checkpoint cannot be read or written: %s", type(exc).__name__)  # a trace may hold values
        return ReadOnlyReason.CHECKPOINT_UNREADABLE


def _judged(exchange: Exchange, connection: Connection, note: str | None) -> tuple[ReadOnlyReason | None, str | None]:
    """Give what is wrong, None if nothing is, and then the note that is to be kept."""
    known = members.find_exchange(connection)
    if known is None:  # nothing was ever logged here
        return (None if note is None else ReadOnlyReason.LOG_BEHIND), None
    marked = counter.why_read_only(connection)
    if marked is not None:
        return marked, None
    origin, key = log_origin(known.exchange_id), exchange.keys.checkpoints.public
    newest = checkpoints.newest_checkpoint(connection)
    if note is None:
        if newest is not None:
            return ReadOnlyReason.CHECKPOINT_MISSING, None
        return None, sign_checkpoint(Checkpoint(origin, 0, EMPTY_ROOT), exchange.keys.checkpoints)
    try:
        kept = open_checkpoint(note, origin, key)
    except BreakwaterError:
        return ReadOnlyReason.CHECKPOINT_UNREADABLE, None
    return _agreeing(connection, kept, note, origin, key)


def _agreeing(
    connection: Connection, kept: Checkpoint, note: str, origin: str, key: PublicKey
) -> tuple[ReadOnlyReason | None, str | None]:
    """Compare what is kept with the rows: their number, both roots as they give them, and the counter that goes on from there."""
    size = log_check.tree_size(connection)
    if size < kept.size:
        return ReadOnlyReason.LOG_BEHIND, None
    if counter.read_order(connection).log_index + 1 != size or not holds(connection, kept):
        return ReadOnlyReason.LOG_DIFFERENT, None
    newest = checkpoints.newest_checkpoint(connection)
    if newest is None or newest.tree_size <= kept.size:
        return None, note
    try:
        published = open_checkpoint(newest.note, origin, key)
    except BreakwaterError:
        # A server that was not started again since the key was rotated knows nothing of the log, and closes it for nobody.
        is_rotated = checkpoint_key_in_force(connection) not in {None, key.keyid}
        return (ReadOnlyReason.CHECKPOINT_UNREADABLE if is_rotated else ReadOnlyReason.LOG_DIFFERENT), None
    says_so = (published.size, published.root) == (newest.tree_size, newest.root_hash)
    agrees = says_so and published.size <= size and holds(connection, published)
    return (None, newest.note) if agrees else (ReadOnlyReason.LOG_DIFFERENT, None)


def _tell_everybody(exchange: Exchange, reason: ReadOnlyReason) -> None:
    """Mark the database, so that no server on it takes anything in, and alarm the operator, once."""
    now = exchange.clock()
    with exchange.database.write(while_read_only=True) as connection:
        if members.find_exchange(connection) is None:
            return
        counter.take_order_lock(connection, while_read_only=True)
        if counter.why_read_only(connection) is not None:
            return
        counter.set_read_only(connection, reason)
        record = EventRecord(Event.LOG_DISAGREE, now, code=reason)
        events.add_events(connection, [record])
        raise_alarm(connection, AlarmCode.LOG_DISAGREES, record)
