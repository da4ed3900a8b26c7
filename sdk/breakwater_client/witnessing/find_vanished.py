"""Contents that one has a receipt of and that are listed no more: withdrawn in one's own name, as the log shows, or vanished.

Owns that the exchange's word for a withdrawal counts for nothing: the log has to hold that recall, and the recall that content's
leaf. Whether one withdrew it oneself, one knows alone: what counts as withdrawn is told. Kept by
``tests/client/witnessing/test_find_vanished.py``.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from breakwater_client.errors import BreakwaterError, MalformedInputError
from breakwater_client.trust.log_leaf import LeafKind
from breakwater_client.verifying.keep_mirror import Shelf
from breakwater_client.verifying.verify_log import verify_entry_proof
from breakwater_client.witnessing.alarms import AlarmKind
from breakwater_client.witnessing.judge_checkpoint import log_keys_of
from breakwater_client.witnessing.rounds import AbsentError, PendingError
from breakwater_client.witnessing.watch_receipts import Known
from breakwater_client.witnessing.watching import RECALLS, Run

WITHDRAWN, _FIRST_TOLD = "withdrawn.json", "first-told.json"
_MOST_OF_A_NAME = 64


class _Told:
    """What is told (unverified) of a recall: its place in the log, and which contents that matter here it is about."""

    __slots__ = ("about", "log_index")

    def __init__(self, recall: Mapping[str, Any], about: frozenset[str]) -> None:
        index = recall.get("log_index")
        self.about = about
        self.log_index: int | None = index if type(index) is int else None


@dataclass(frozen=True, slots=True)
class _Withdrawal:
    """What the log shows of a recall: its name, which is any text that the exchange chose, and the leaves that it withdrew."""

    recall: str
    log_indexes: list[int]


def check_vanished(run: Run, known: Sequence[Known], unlisted: Collection[str]) -> None:
    """Tell what a receipt says is held and is not listed, unless the log shows that it was withdrawn in one's own name."""
    missing: dict[str, dict[int | None, bytes]] = defaultdict(dict)
    for one in known:
        for digest, index in one.receipt.digests.items():
            if digest in unlisted:
                missing[digest][index] = one.raw
    if not missing:
        return
    withdrawn, waited_for = _withdrawn(run, missing)
    for digest, places in missing.items():
        if all(index in withdrawn for index in places):
            run.found.withdrawn[digest] = withdrawn[next(iter(places))]
        elif digest not in waited_for:
            sentence = (
                f"The content with the digest {digest}, of which you have a receipt, is not listed any more, and the log does "
                "not show that it was withdrawn in your name: did it end, as agreed, by retention or erasure? Else ask."
            )
            run.alarm(AlarmKind.VANISHED, sentence, digest, receipt=next(iter(places.values())))


def _withdrawn(run: Run, missing: Mapping[str, Mapping[int | None, bytes]]) -> tuple[dict[int | None, str], set[str]]:
    """Give by log index which recall withdrew a content, as the log shows, and digests of which it may not show it yet."""
    kept = _kept_before(run.shelf)
    open_ones = {digest for digest, places in missing.items() if not all(index in kept for index in places)}
    if not open_ones:
        return kept, set()
    told = list[_Told]()
    with run.looking(RECALLS):
        told += (_Told(one, about) for one in run.counted(run.exchange.own_recalls()) if (about := _digests(one) & open_ones))
    seen = run.first_seen(_FIRST_TOLD, frozenset().union(*(one.about for one in told)))
    waited_for = set(open_ones) if RECALLS in run.found.unseen else set[str]()
    against: dict[bytes, list[tuple[_Told, _Withdrawal]]] = defaultdict(list)
    for one in told:
        try:
            note, withdrawal = _proven(run, one)
        except PendingError:  # by the content, since a recall that is told under another name each day would wait for ever
            waited_for |= {digest for digest in one.about if run.clock() - seen[digest] <= run.name.patience}
        except AbsentError:
            continue  # its word alone
        except Exception as exc:  # noqa: BLE001  # it could not be asked, which is told of the content once that lasts
            waited_for |= _noted(run, one, exc)
        else:
            against[note].append((one, withdrawal))
    good, unasked = run.linked(against.keys())
    for note, why in unasked.items():
        for one, _ in against[note]:
            waited_for |= _noted(run, one, why)
    kept |= {index: shown.recall for note in good for _, shown in against[note] for index in shown.log_indexes}
    if good:
        run.shelf.write(WITHDRAWN, json.dumps({str(index): name for index, name in kept.items()}).encode())
    return kept, waited_for


def _noted(run: Run, one: _Told, why: Exception) -> frozenset[str]:
    """Note that it could not be asked whether contents were withdrawn, and give them."""
    run.found.unseen |= {f"whether the content {digest} was withdrawn": why for digest in one.about}
    return one.about


def _proven(run: Run, recall: _Told) -> tuple[bytes, _Withdrawal]:
    """Give the checkpoint (verified) of whose log a recall (unverified) is, and what it withdrew in one's own name.

    Raises:
        AbsentError: nothing shows that it is one.
        PendingError: no checkpoint covers it yet.
    """
    if recall.log_index is None:
        raise AbsentError
    proof = run.exchange.fetch(f"/log/entries/{recall.log_index}/proof")
    try:
        shown = verify_entry_proof(proof, log_keys_of(run.directory))
        document: Mapping[str, Any] = shown.document or {}
        indexes = document.get("log_indexes")
        is_withdrawal = shown.kind is LeafKind.RECALL and "withdrawn_at" in document
        if not is_withdrawal or document.get("partner") != run.name.partner_id or not isinstance(indexes, list):
            raise MalformedInputError("It is no withdrawal in your name.")
    except BreakwaterError as refusal:
        raise AbsentError(refusal.sentence) from refusal
    name = str(document.get("recall"))[:_MOST_OF_A_NAME]
    return json.loads(proof)["proof"]["checkpoint"].encode(), _Withdrawal(name, [one for one in indexes if type(one) is int])


def _digests(recall: object) -> frozenset[str]:
    """Give the digests that a recall (unverified) names."""
    return frozenset(_named(recall))


def _named(recall: object) -> Iterator[str]:
    objects = recall.get("objects") if isinstance(recall, dict) else None
    for one in objects if isinstance(objects, list) else ():
        if isinstance(one, dict) and isinstance(one.get("payload_digest"), str):
            yield one["payload_digest"]


def _kept_before(shelf: Shelf) -> dict[int | None, str]:
    raw = shelf.read(WITHDRAWN)
    try:
        return {} if raw is None else {int(index): str(name) for index, name in json.loads(raw).items()}
    except (ValueError, TypeError, AttributeError):
        return {}  # damaged: all is proved anew
