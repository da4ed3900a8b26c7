"""One's own receipts: that each is one of this exchange to oneself, and that the log holds what it is about.

Owns when the log has to hold it: some minutes after the receipt, or after one has it, whichever is earlier; the exchange's date
alone would never come due. Kept by ``tests/client/witnessing/test_watch_receipts.py``.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from breakwater_client.documents.well_known import WELL_KNOWN
from breakwater_client.errors import BreakwaterError, MalformedInputError
from breakwater_client.submission import HELD
from breakwater_client.verifying.directory_keys import exchange_keys_of
from breakwater_client.verifying.keep_mirror import Shelf
from breakwater_client.verifying.verify_log import verify_submission_proof
from breakwater_client.verifying.verify_receipts import VerifiedReceipt, verify_receipt
from breakwater_client.vocabulary import KeyUsage
from breakwater_client.witnessing.alarms import AlarmKind
from breakwater_client.witnessing.judge_checkpoint import log_keys_of
from breakwater_client.witnessing.rounds import AbsentError, PendingError
from breakwater_client.witnessing.watching import Run

PROVEN, _FIRST_SEEN = "proven.json", "first-seen.json"
_AHEAD = timedelta(minutes=5)
_SUBMISSION = re.compile(r"[A-Za-z0-9-]{1,64}", re.ASCII)
"""What may name a submission: it stands in sentences, and in what is asked for."""


@dataclass(frozen=True, slots=True)
class Known:
    """A receipt of one's own: its bytes, what the exchange signed, and when it says that it received what it is about."""

    raw: bytes
    receipt: VerifiedReceipt
    submission: str
    received_at: datetime

    @property
    def mark(self) -> str:
        """What it is remembered by."""
        return hashlib.sha256(self.raw).hexdigest()


def read_receipts(run: Run) -> list[Known]:
    """Give the receipts that are of this exchange to oneself, and tell of each file that is none."""
    known = []
    run.found.receipts = len(run.name.receipts)
    for file, raw in run.name.receipts.items():
        try:
            known.append(_read(run, raw))
        except BreakwaterError as refusal:
            sentence = f"{file} is no receipt that shows what this exchange took from you: {refusal.sentence}"
            run.alarm(AlarmKind.NOT_LOGGED, sentence, f"no receipt {hashlib.sha256(raw).hexdigest()}", receipt=raw)
    return known


def _read(run: Run, raw: bytes) -> Known:
    receipt = verify_receipt(raw, exchange_keys_of(run.directory, KeyUsage.STATEMENT_SIGNING), run.directory.exchange)
    submission, at = receipt.document.get("submission"), receipt.received_at
    if not isinstance(submission, str) or not _SUBMISSION.fullmatch(submission) or at is None:
        raise MalformedInputError("It is no receipt of a submission.")
    if receipt.document.get("partner") != run.name.partner_id:
        raise MalformedInputError("It is another partner's.")
    stated = receipt.document["objects"]
    if not stated or any(_says_nothing(one) for one in stated):
        raise MalformedInputError("It does not say of each object which it is.")
    return Known(raw, receipt, submission, at)


def _says_nothing(one: Mapping[str, Any]) -> bool:
    """Whether something is said to be held, and not what: of published objects, which everybody has, that is usual."""
    return one.get("decision") in HELD and not one.get("payload_digest") and one.get("id") not in WELL_KNOWN


def check_logged(run: Run, known: list[Known]) -> None:
    """Have each receipt proved that was not proved before: what the log held once it holds, as long as it only grows."""
    proven = _proven_before(run.shelf)
    unproven = [one for one in known if one.mark not in proven]
    seen = run.first_seen(_FIRST_SEEN, {one.mark for one in unproven})
    against: dict[str, frozenset[bytes]] = {}
    for one in unproven:
        with run.looking(_at(one)):
            if (notes := _proof(run, one, seen[one.mark])) is not None:
                against[one.mark] = notes
    if against:
        good, unasked = run.linked(frozenset().union(*against.values()))
        proven |= {mark for mark, notes in against.items() if notes <= good}
        for one in unproven:  # by the receipt, since the exchange may prove it in another checkpoint each day
            if (note := next((each for each in against.get(one.mark, ()) if each in unasked), None)) is not None:
                run.found.unseen[_at(one)] = unasked[note]
        run.shelf.write(PROVEN, json.dumps(sorted(proven)).encode())
    run.found.proven = sum(one.mark in proven for one in known)


def _at(one: Known) -> str:
    return f"the proof of submission {one.submission}"


def _proof(run: Run, one: Known, seen_at: datetime) -> frozenset[bytes] | None:
    """Give the notes of the checkpoints against which all of a receipt is proved; None, and an alarm, if it is not."""
    name, proof = f"the receipt of submission {one.submission}", None
    if one.received_at - run.clock() > _AHEAD:
        sentence = f"By {name} it was received at {one.received_at}, ahead of your clock: look at that first, then ask."
        run.alarm(AlarmKind.NOT_LOGGED, sentence, f"ahead {one.submission}", receipt=one.raw)
    try:
        proof = run.exchange.fetch(f"/submissions/{one.submission}/proof")
        statements = exchange_keys_of(run.directory, KeyUsage.STATEMENT_SIGNING)
        shown = verify_submission_proof(proof, statements, log_keys_of(run.directory))
        if shown.receipt.document != one.receipt.document:
            raise MalformedInputError("The proof is of another receipt than the one that you have.")
    except PendingError:
        since = min(one.received_at, seen_at)
        if run.clock() - since > run.name.patience:
            sentence = f"No checkpoint covers what {name} says was stored; it is there since {since}."
            run.alarm(AlarmKind.NOT_LOGGED, sentence, f"pending {one.submission}", receipt=one.raw)
        return None
    except AbsentError:
        sentence = f"The exchange knows no submission {one.submission}, of which you have its receipt."
        run.alarm(AlarmKind.NOT_LOGGED, sentence, f"denied {one.submission}", receipt=one.raw)
        return None
    except BreakwaterError as refusal:
        if proof is None:
            raise  # it could not be asked at all
        sentence = f"The log is not shown to hold what {name} is about: {refusal.sentence}"
        run.alarm(AlarmKind.NOT_LOGGED, sentence, f"unproven {one.submission}", receipt=one.raw, proof=proof)
        return None
    return frozenset(str(each["checkpoint"]).encode() for each in json.loads(proof)["proofs"])


def _proven_before(shelf: Shelf) -> set[str]:
    raw = shelf.read(PROVEN)
    try:
        return set() if raw is None else {str(one) for one in json.loads(raw)}
    except (ValueError, TypeError):
        return set()  # damaged: all is proved anew
