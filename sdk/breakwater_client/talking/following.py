"""The exchange's log, followed: each newest checkpoint is held against the kept one, and proofs against what is kept then.

Owns the file of the kept checkpoint, one process at a time, which proofs are asked for, and how long one is waited for; what each
shows, and does not, is ``verifying``'s. The file is what ``breakwater verify --checkpoint`` reads. What a refused exchange signed
is kept beside it (``refused_logs``). Kept by ``tests/client/talking/test_following.py``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any, Self

from breakwater_client.documents.strict_json import parse
from breakwater_client.durable_files import held_alone, write_whole
from breakwater_client.errors import (
    BreakwaterError,
    Code,
    ExchangeAwayError,
    ExchangeError,
    ExchangeRefusedError,
    MalformedInputError,
    UnprovenError,
)
from breakwater_client.talking.addresses import segment
from breakwater_client.talking.connection import Connection, Request
from breakwater_client.talking.refused_logs import forget_denials, is_denied_for_long, keep_beside
from breakwater_client.trust.keys import PublicKey
from breakwater_client.verifying.compare_checkpoints import Comparison, read_growth, read_kept
from breakwater_client.verifying.directory_keys import Directory, cosigning_keys_of, ended_keys, exchange_keys_of, own_keyids
from breakwater_client.verifying.known_keys import read_witnesses
from breakwater_client.verifying.steps import FailedStepError
from breakwater_client.verifying.verify_checkpoints import (
    GreatestAge,
    ListedWitness,
    LogKeys,
    VerifiedCheckpoint,
    check_no_older,
    read_checkpoint_file,
)
from breakwater_client.verifying.verify_log import VerifiedProof, verify_log_proofs, verify_submission_proof
from breakwater_client.verifying.verify_receipts import VerifiedReceipt, verify_receipt
from breakwater_client.vocabulary import KeyUsage

MOST_NAMED = 64
"""So many keys of witnesses can be named as one asks for a checkpoint."""

LOGGED_WITHIN = timedelta(hours=26)
"""So long after its date a receipt waits for the checkpoint that covers it: one is made each minute, or each day at the least."""

_AHEAD = timedelta(hours=1)
"""So much a receipt may be dated ahead of one's own clock."""


@dataclass(frozen=True, slots=True)
class Witnesses:
    """Whose cosignatures count, by name with one key or several, and how many of them a checkpoint needs."""

    keys: Mapping[str, Sequence[PublicKey]]
    needed: int

    def __post_init__(self) -> None:
        """Refuse what nothing could ever reach, and what everything would.

        Raises:
            MalformedInputError: fewer witnesses than are needed, or none is needed.
        """
        if not 1 <= self.needed <= len(self.keys):
            raise MalformedInputError("Say how many of the witnesses are needed: one at least, and no more than you name.")

    @classmethod
    def from_file(cls, file: Path, needed: int) -> Self:
        """Give those of a file as ``breakwater witness list`` writes it, whose keys you compared by another way.

        Raises:
            MalformedInputError: it is no such file, or has fewer than are needed.
            UnfitKeyError: a key in it must not be trusted.
        """
        return cls(read_witnesses(file.read_bytes()), needed)

    def ended(self, directory: Directory) -> list[ListedWitness]:
        """Give those of the keys that the accepted directory ends, now or later (``counts_until``): renew your list.

        ``follow_log`` raises nothing for them: it gives the newest that the others cosigned, or that these did before they ended.
        """
        return ended_keys((key for keys in self.keys.values() for key in keys), directory)


@dataclass(frozen=True, slots=True)
class ProvenReceipt:
    """A receipt of which the log holds all that it says is stored; ``proof`` is what shows it, for ``breakwater verify``."""

    receipt: VerifiedReceipt
    proofs: tuple[VerifiedProof, ...]
    proof: bytes = field(repr=False, default=b"")


class _DeniedError(UnprovenError):
    """The exchange denies that its log goes on from what it signed: it is another one, or has fewer leaves than it had."""

    default_code = Code.LOG_FORKED


class FollowedLog:
    """The log up to the checkpoint that is kept: verified, and shown to go on from what was kept before."""

    def __init__(self, connection: Connection, directory: Directory, checkpoint: VerifiedCheckpoint) -> None:
        """Take what ``follow_log`` showed."""
        self._connection = connection
        self._directory = directory
        self.checkpoint = checkpoint

    def prove(self, stix_id: str, version: str, payload_digest: str | None, purpose: str | None = None) -> VerifiedProof:
        """Give the proof, fetched and verified, that the log holds a version with this content.

        ``payload_digest`` is the one of the object that you have, as its verdict says. A proof of other content shows nothing.

        Raises:
            UnprovenError: no proof is of this content, or is shown to be of this log; ``checkpoint-pending``: follow the log once
                more.
            FailedStepError: a proof does not verify.
            ExchangeError: the exchange refuses (``checkpoint-pending``: later) or stays away.
        """
        path = f"/objects/{segment(stix_id)}/versions/{segment(version)}/proof"
        answer = self._connection.send(Request("GET", path, purpose=purpose))
        proofs = verify_log_proofs(json.dumps(answer).encode(), _log_keys(self._directory))
        for one in proofs:
            if one.digest == payload_digest:
                return self._checked(one)
        raise UnprovenError("No proof that the exchange gives is of the content that you have.")

    def prove_receipt(self, raw: bytes, logged_within: timedelta = LOGGED_WITHIN) -> ProvenReceipt:
        """Give a receipt (unverified bytes, as it was kept) of which the log is shown to hold all that it says is stored.

        It is your receipt that is held against the log, and not what the exchange says now: not that it is pending, either, once
        the kept checkpoint covers the places that the receipt names, or ``logged_within`` of its date is over.

        Raises:
            UnprovenError: something of it has no proof, or none that is shown to be of this log, or is pending for too long;
                ``checkpoint-pending``: follow the log once more.
            FailedStepError: the receipt, or a proof, does not verify.
            ExchangeError: the exchange refuses (``checkpoint-pending``: later) or stays away.
        """
        statements = exchange_keys_of(self._directory, KeyUsage.STATEMENT_SIGNING)
        receipt = verify_receipt(raw, statements, self._directory.exchange)
        if not receipt.digests:
            return ProvenReceipt(receipt, ())
        answer = self._proof_of(receipt, logged_within)
        proof = json.dumps(answer | {"receipt": parse(raw)}).encode()
        shown = verify_submission_proof(proof, statements, _log_keys(self._directory))
        return ProvenReceipt(shown.receipt, tuple(self._checked(one) for one in shown.proofs), proof)

    def _proof_of(self, receipt: VerifiedReceipt, logged_within: timedelta) -> dict[str, Any]:
        try:
            answer = self._connection.get(f"/submissions/{segment(str(receipt.document.get('submission')))}/proof")
        except ExchangeRefusedError as refusal:
            if refusal.code is Code.CHECKPOINT_PENDING:
                self._check_pending(receipt, logged_within)
            if refusal.status != HTTPStatus.NOT_FOUND:
                raise
            sentence = "The exchange signed this receipt, and says that there was no such submission: keep it."
            raise UnprovenError(sentence) from refusal
        if not isinstance(answer, dict):
            raise ExchangeAwayError("The answer is no proof: is this the address of an exchange?", told="no-exchange")
        return answer

    def _check_pending(self, receipt: VerifiedReceipt, logged_within: timedelta) -> None:
        """Return if it may be that no checkpoint covers what a receipt says is stored: so it could be said for ever."""
        if all(index is not None and index < self.checkpoint.head.size for index in receipt.digests.values()):
            sentence = (
                "The exchange says that no checkpoint covers this receipt yet, and by the places that it names the one that you "
                "kept does: the log is not shown to hold it. Keep both, and call the operators."
            )
            raise UnprovenError(sentence)
        age = None if receipt.received_at is None else datetime.now(UTC) - receipt.received_at
        if age is not None and age < -_AHEAD:
            sentence = (
                f"This receipt is dated ahead ({receipt.received_at}), and the exchange says that no checkpoint covers it yet."
            )
            raise UnprovenError(sentence)
        if age is None or age > logged_within:
            sentence = (
                f"By its date ({receipt.received_at}) a checkpoint covers this receipt, and the exchange says that none does."
            )
            raise UnprovenError(sentence)

    def _checked(self, proof: VerifiedProof) -> VerifiedProof:
        """Give back a proof whose leaf is in the kept checkpoint: the two are one log, and both have it."""
        if proof.index >= self.checkpoint.head.size:
            sentence = "The checkpoint that you kept does not cover this yet: follow the log once more."
            raise UnprovenError(sentence, code=Code.CHECKPOINT_PENDING)
        try:
            _hold(self._connection, Comparison(self.checkpoint), proof.checkpoint, _log_keys(self._directory))
        except _DeniedError as denial:
            sentence = (
                "The exchange gives no proof that this is of the log that you follow: ask again; if that stays so, it is not."
            )
            raise UnprovenError(sentence) from denial
        return proof


def follow_log(
    connection: Connection,
    file: Path,
    directory: Directory,
    witnesses: Witnesses | None = None,
    no_older_than: timedelta | None = None,
) -> FollowedLog:
    """Give the log as its newest checkpoint has it, which takes the place of the one in ``file`` if it goes on from that.

    With ``witnesses`` it is the newest that as many of them cosigned as are needed. ``directory`` is an accepted one. Who shows
    the same checkpoint for ever keeps what comes later from you: ``no_older_than`` bounds its age, by the witnesses' word, or
    the exchange's without any (``verify_checkpoints.shown_at``). None: it may be of any age. The log grows each day.

    Raises:
        UnprovenError, FailedStepError: ``log-rolled-back`` or ``log-forked``: what was kept stays, and what is shown is kept
            beside it, in a file of the same name with ``.shown-``, its size and root (``refused_logs``). With another code: fewer
            cosigned it than are needed, it is no checkpoint of this log, a proof does not verify, or the kept file is damaged;
            ``checkpoint-too-old``: it goes on, and is kept, and nobody shows that it is the newest.
        StateFileError: another process is at work on the file.
        ExchangeError: the exchange refuses or stays away; ``checkpoint-pending``: there is none yet; ``proof-missing``: it has no
            proof that the log goes on, which is ``log-forked`` only after half an hour and three times.
    """
    with held_alone(file.with_name(f".{file.name}.lock")):
        log = _log_keys(directory)
        kept = read_kept(file.read_bytes(), log) if file.exists() else None
        shown = _newest(connection, kept, witnesses)
        newest = read_checkpoint_file(shown, _log_keys(directory, witnesses))
        if witnesses is not None and not newest.is_cosigned:
            raise UnprovenError(f"Fewer of the witnesses that you named cosigned the checkpoint than {witnesses.needed}.")
        try:
            comparison = Comparison(kept)
            if witnesses is None:  # the newest that they cosigned may be behind one that was kept without them
                comparison.check_newest(newest)
            _hold(connection, comparison, newest, log)
            if kept is None or newest.head.size > kept.head.size:  # shown the kept one, or an older one, it has proved nothing
                forget_denials(file)
        except BreakwaterError as refusal:
            if isinstance(refusal, _DeniedError) and kept is not None:
                if witnesses is not None:
                    _check_not_behind(connection, kept, file, log)  # without witnesses that was shown before
                _check_denied_for_long(file, kept, refusal)
            _keep_beside(file, newest, shown, refusal)
            raise
        if kept is None or newest.head.size >= kept.head.size:
            write_whole(file, shown)
    if no_older_than is not None:
        check_no_older([newest], _log_keys(directory, witnesses), GreatestAge(no_older_than, datetime.now(UTC)))
    return FollowedLog(connection, directory, newest)


def _hold(connection: Connection, comparison: Comparison, shown: VerifiedCheckpoint, log: LogKeys) -> None:
    """Return if ``shown`` and the kept checkpoint are one log: the exchange is asked for the proof between them.

    Raises:
        UnprovenError: code ``log-forked``: they are not, or the exchange denies one of them, both of which it signed.
        FailedStepError: the proof does not verify.
    """
    comparison.add(shown)
    kept = comparison.kept
    if kept is None or kept.checkpoint == shown.checkpoint:
        return
    first, second = sorted((kept.head.size, shown.head.size))
    try:
        raw = connection.fetch(f"/log/consistency?first={first}&second={second}")
    except ExchangeRefusedError as refusal:
        if refusal.status != HTTPStatus.NOT_FOUND:
            raise
        sentence = (
            f"The exchange denies that its log of {second} leaves goes on from the one of {first}, and signed both: "
            "it is another log than it was, or was rolled back. Keep both checkpoints, and tell others."
        )
        raise _DeniedError(sentence) from refusal
    growth = read_growth(raw, log)
    comparison.add(growth.later)
    comparison.grow(growth)
    comparison.check_linked(shown)


def _check_denied_for_long(file: Path, kept: VerifiedCheckpoint, denial: _DeniedError) -> None:
    """Return if the exchange has denied for too long that its log goes on from the kept checkpoint.

    Raises:
        ExchangeAwayError: not yet: it may be for a moment.
    """
    if not is_denied_for_long(file, kept.checkpoint, datetime.now(UTC)):
        sentence = "The exchange has no proof that its log goes on from the checkpoint that you kept: ask again in some minutes."
        raise ExchangeAwayError(sentence, told="proof-missing") from denial


def _check_not_behind(connection: Connection, kept: VerifiedCheckpoint, file: Path, log: LogKeys) -> None:
    """Return if nothing shows that the log has fewer leaves today than were kept; what shows it is kept beside.

    Raises:
        UnprovenError: code ``log-rolled-back``: it has, as whoever names no witnesses is told.
    """
    try:
        shown = _newest(connection, kept, None)
        today = read_checkpoint_file(shown, log)
    except (ExchangeError, FailedStepError):
        return
    try:
        Comparison(kept).check_newest(today)
    except UnprovenError as refusal:
        _keep_beside(file, today, shown, refusal)
        raise


def cosigned_path(needed: int, keys: Iterable[PublicKey] = ()) -> str:
    """Give the path of the newest checkpoint that so many of these keys' witnesses cosigned; of any without keys.

    More keys than ``MOST_NAMED`` are not named: then others, who cosign first, may keep it from whoever does not count them.
    """
    named = [f"&witness={key.keyid}" for key in keys]
    return f"/log/checkpoint?cosigned_by={needed}{''.join(named) if len(named) <= MOST_NAMED else ''}"


def _newest(connection: Connection, kept: VerifiedCheckpoint | None, witnesses: Witnesses | None) -> bytes:
    path = "/log/checkpoint"
    if witnesses is not None:
        path = cosigned_path(witnesses.needed, (key for keys in witnesses.keys.values() for key in keys))
    try:
        return connection.fetch(path)
    except ExchangeRefusedError as refusal:
        if refusal.status != HTTPStatus.NOT_FOUND:
            raise
        if kept is not None and witnesses is None:
            sentence = f"The exchange says that its log has no checkpoint, and it had one of {kept.head.size} leaves."
            raise UnprovenError(sentence, code=Code.LOG_ROLLED_BACK) from refusal
        what = "There is no checkpoint yet" if witnesses is None else "No checkpoint was cosigned by as many as you need"
        raise ExchangeAwayError(f"{what}: ask again later.", told=Code.CHECKPOINT_PENDING.value) from refusal


def _log_keys(directory: Directory, witnesses: Witnesses | None = None) -> LogKeys:
    named = witnesses.keys if witnesses else {}
    return LogKeys(
        exchange_keys_of(directory, KeyUsage.CHECKPOINT_SIGNING),
        directory.exchange,
        {name: keys[0] for name, keys in named.items()},
        witnesses.needed if witnesses else 1,
        [ListedWitness(name, key) for name, keys in named.items() for key in keys[1:]],
        cosigning_keys_of(directory),
        own_keyids(directory),
    )


def _keep_beside(file: Path, newest: VerifiedCheckpoint, shown: bytes, refusal: BreakwaterError) -> None:
    """Keep what the exchange signed against itself."""
    if refusal.code in {Code.LOG_FORKED, Code.LOG_ROLLED_BACK}:
        keep_beside(file, newest.checkpoint, shown)
