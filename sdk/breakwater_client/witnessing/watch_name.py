"""A partner watches over its own name: what the exchange lists as its own, against its own keys and receipts.

Owns what is wrong: a key in its name that it does not have, an object in its name that it did not sign and has no receipt of, a
receipt whose content the log does not hold (``watch_receipts``), and a content that it has a receipt of, that the log does not
show to be withdrawn, and that is not listed (``find_vanished``). Believes nothing that the exchange says but what its own keys,
receipts and the log show. NOT found: what the exchange shows to others alone. Kept by
``tests/client/witnessing/test_watch_name.py`` and ``tests/cli/test_log_watch.py``.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any

from breakwater_client.documents.well_known import is_well_known
from breakwater_client.errors import BreakwaterError, Code, MalformedInputError, UntrustedSignatureError
from breakwater_client.trust.canonical import canonical_bytes
from breakwater_client.trust.object_signature import read_signature, signed_payload, verify_object
from breakwater_client.verifying.directory_keys import Directory, accepted_before
from breakwater_client.witnessing.alarms import AlarmKind
from breakwater_client.witnessing.find_vanished import check_vanished
from breakwater_client.witnessing.kept_alarms import AlarmShelf
from breakwater_client.witnessing.rounds import ACCEPTED, CHECKPOINT, Round, look_at_log
from breakwater_client.witnessing.watch_receipts import check_logged, read_receipts
from breakwater_client.witnessing.watching import LOG, OBJECTS, RECEIPTS, Name, NameExchange, Run, Watched

_KEYS, _VANISHED = "the keys in your name", "what vanished"
_STIX_ID = re.compile(r"[a-z0-9-]{1,64}--[0-9a-f-]{36}", re.ASCII)


def watch_name(shelf: AlarmShelf, exchange: NameExchange, name: Name, clock: Callable[[], datetime], found: Watched) -> None:
    """Look once, adding to ``found`` as it goes. What cannot be looked at is noted there, and the rest is looked at all the same.

    Raises:
        FailedStepError: a file of one's own is damaged.
    """
    run = Run(shelf, exchange, name, accepted_before(shelf.read(ACCEPTED) or b""), clock, found)
    with run.looking(LOG):
        run.directory = _newest_directory(run)
    with run.looking(_KEYS):
        _check_keys(run)
    known = read_receipts(run)
    missing = {digest for one in known for digest in one.receipt.digests}
    if shelf.has(CHECKPOINT):
        with run.looking(RECEIPTS):  # before the list, which the exchange can make as long as it likes
            check_logged(run, known)
    with run.looking(OBJECTS):
        _check_objects(run, missing)
    if shelf.has(CHECKPOINT) and OBJECTS not in found.unseen:
        with run.looking(_VANISHED):
            check_vanished(run, known, missing)


def _newest_directory(run: Run) -> Directory:
    """Keep what the exchange shows of its log and of its directory, and give the directory that is accepted now.

    Raises:
        FailedStepError: they are not taken, of which there is an alarm; and as ``look_at_log``.
    """
    done = Round(alarms=run.found.alarms, unkept=run.found.unkept)
    directory = look_at_log(run.shelf, run.exchange, run.clock, done)
    if directory is None or not run.shelf.has(CHECKPOINT):
        raise MalformedInputError("What the exchange shows of its log, or its directory of keys, is not taken.")
    return directory


def _check_keys(run: Run) -> None:
    own = {one.keyid for one in run.name.keys}
    for key in run.directory.keys:
        if key.owner == run.name.identity and key.keyid not in own:
            sentence = f"The directory lists the key {key.keyid} ({key.usage}) as yours, and it is none that you gave."
            run.alarm(AlarmKind.FOREIGN_KEY, sentence, key.keyid)
        if key.owner != run.name.identity and key.keyid in own:
            run.alarm(AlarmKind.FOREIGN_KEY, f"The directory lists your key {key.keyid} as another's.", f"other {key.keyid}")


def _check_objects(run: Run, missing: set[str]) -> None:
    """Hold each object that is listed as one's own against one's keys and receipts.

    ``missing`` are the digests that one has receipts of; what is listed is taken from it.
    """
    receipted = frozenset(missing)
    for value in run.counted(run.exchange.own_objects()):
        run.found.objects += 1
        try:
            missing.discard(_digest(value, run, receipted))
        except BreakwaterError as refusal:
            is_receipted = (digest := _stated(value)) in receipted
            missing.discard(digest or "")  # it is listed, whoever signed it: one alarm says what is wrong
            if AlarmKind.NOT_SIGNED not in run.full:
                _tell(run, value, refusal, is_receipted=is_receipted)


def _tell(run: Run, value: Any, refusal: BreakwaterError, *, is_receipted: bool) -> None:
    content = _spelled(value)
    sentence = f"{_name_of(value)} stands in your name, and none of your keys signed it: {refusal.sentence}"
    if is_receipted:
        sentence += " You have a receipt of this content: was each of your keys given?"
    run.alarm(AlarmKind.NOT_SIGNED, sentence, hashlib.sha256(content or b"").hexdigest(), content=content)


def _digest(value: Any, run: Run, receipted: Collection[str]) -> str:
    """Give the digest of an object (parsed, unverified) that one's own keys signed, or of which one has a receipt.

    One of which one has a receipt may be signed with a key that the directory lists as one's own and that was not given: of that
    key there is an alarm.

    Raises:
        BreakwaterError: it is none, or no object at all.
    """
    if not isinstance(value, dict):
        raise MalformedInputError("It is no object.")
    plain = hashlib.sha256(canonical_bytes(value)).hexdigest()
    if plain in receipted or is_well_known(value):
        return plain  # sent without a signature, and taken so: the receipt says it
    entry = read_signature(value)
    key = next((one for one in run.name.keys if one.keyid == entry.keyid), None)
    if key is None and _stated(value) in receipted:
        listed = run.directory.find(entry.keyid)
        key = listed.public_key if listed is not None and listed.owner == run.name.identity else None
    if key is None:
        raise UntrustedSignatureError(f"It names the key {entry.keyid}, which you did not give.", code=Code.KEY_NOT_ACCEPTED)
    if entry.signer != run.name.identity:
        raise UntrustedSignatureError("It names another identity as its signer.", code=Code.SIGNER_MISMATCH)
    return verify_object(value, entry, key).hex()


def _stated(value: Any) -> str | None:
    """Give the digest under which a receipt states an object (unverified) that carries a signature; None if it can have none."""
    try:
        return hashlib.sha256(signed_payload(value)).hexdigest() if isinstance(value, dict) else None
    except BreakwaterError:
        return None


def _name_of(value: Any) -> str:
    """Give an object's id if it has the form of one: whatever else stands there is not for a sentence, or for a command."""
    stix_id = value.get("id") if isinstance(value, dict) else None
    return stix_id if isinstance(stix_id, str) and _STIX_ID.fullmatch(stix_id) else "Something without an id"


def _spelled(value: Any) -> bytes | None:
    """Give a value as evidence, whatever stands in it; None for one that is nested too deeply to be written."""
    try:
        return json.dumps(value, sort_keys=True).encode()
    except RecursionError:
        return None
