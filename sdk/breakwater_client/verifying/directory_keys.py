"""Keys from directories that whoever verifies has in files: held against a pinned key, or against the version accepted before.

Owns the steps, and which keys of a directory count for what. Needs no exchange and no network; ``crypto.key_directory`` owns the
document. Kept by ``tests/client/verifying/test_directory_keys.py``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache, reduce
from typing import Any

from breakwater_client.errors import BreakwaterError, Code, MalformedInputError, UnfitKeyError, UntrustedSignatureError
from breakwater_client.trust.checkpoint import log_origin, witness_name
from breakwater_client.trust.envelope import unverified_payload
from breakwater_client.trust.key_directory import (
    MAX_DIRECTORY_BYTES,
    Directory,
    DirectoryKey,
    Pinned,
    Trusted,
    open_directory,
    read_directory,
)
from breakwater_client.trust.keys import PublicKey, load_public_key
from breakwater_client.trust.payload_type import PayloadType
from breakwater_client.trust.signed_note import SignatureKind, key_hash
from breakwater_client.verifying.known_keys import SIGNS_OBJECTS, ExchangeKey, KnownSigner
from breakwater_client.verifying.steps import Step, at_step
from breakwater_client.verifying.verify_checkpoints import ListedWitness
from breakwater_client.vocabulary import KeyAlgorithm, KeyState, KeyUsage

__all__ = [
    "Directory",
    "DirectoryTrust",
    "Trusted",
    "accept",
    "accepted_before",
    "cosigning_keys_of",
    "ended_keys",
    "exchange_keys_of",
    "lead_on",
    "own_keyids",
    "pin",
    "read_directory_file",
    "signers_of",
    "witnesses_of",
]

DIRECTORY_STEPS = (
    Step(1, "The text is a DSSE envelope of a directory of keys in its one form.", "Who made it."),
    Step(
        2,
        "The directory's own key signed it, and so did the key that you pinned, or the one of the version you accepted before.",
        "That the pinned key is the exchange's: compare its id with what the operators told you by another way.",
    ),
    Step(
        3,
        "It is the same exchange's, no older than the version you accepted before, and takes nothing back that it said of keys.",
        "What others are shown.",
    ),
    Step(4, "It has not expired.", "Whether your clock is right."),
)
"""How a directory is verified. What it says of keys and owners is the exchange's word."""

MOST_OWN_KEYS = 256
"""So many keys of its own for one use an exchange may list, those of earlier times too."""
_LARGEST_ENVELOPE = MAX_DIRECTORY_BYTES * 3 // 2


@dataclass(frozen=True, slots=True)
class DirectoryTrust:
    """What a directory is held against, and what time it is."""

    trusted: Trusted
    now: datetime


@dataclass(frozen=True, slots=True)
class DirectoryFile:
    """A directory's envelope as it was read from a file, and what it claims: unverified until ``accept`` gives it."""

    envelope: dict[str, Any]
    claimed: Directory


def read_directory_file(raw: bytes) -> DirectoryFile:
    """Read a directory from the content of a file (unverified bytes).

    Raises:
        FailedStepError: step 1 fails.
    """
    with at_step(1):
        envelope = _envelope(raw)
        return DirectoryFile(envelope, read_directory(unverified_payload(envelope, PayloadType.KEY_DIRECTORY)))


def pin(keyid: str) -> Pinned:
    """Trust the directory key of this id, learned from the operators by another way."""
    return Pinned(frozenset({keyid}))


def accepted_before(raw: bytes) -> Directory:
    """Give the version in a file of one's own that was accepted before (trusted, but for damage): whatever its age.

    Raises:
        FailedStepError: no directory, or not signed by the key that it lists for this.
    """
    file = read_directory_file(raw)
    with at_step(2):
        return open_directory(file.envelope, pin(file.claimed.signing_key.keyid), None)


def accept(files: Iterable[DirectoryFile], trust: DirectoryTrust) -> Directory:
    """Give the newest version of the files if all lead on from what is trusted, one after the other, by ``DIRECTORY_STEPS``.

    Raises:
        FailedStepError: one does not, or the newest has expired.
    """
    ordered = sorted(files, key=lambda one: one.claimed.version)
    last = reduce(lambda known, one: _opened(one, known, None), ordered[:-1], trust.trusted)
    return _opened(ordered[-1], last, trust.now)


def lead_on(file: DirectoryFile, trusted: Trusted) -> Directory:
    """Give one version that what is trusted leads to, whatever its age: one of those between, from which one goes on.

    Raises:
        FailedStepError: nothing trusted leads to it.
    """
    return _opened(file, trusted, None)


def signers_of(directory: Directory) -> list[KnownSigner]:
    """Give the keys whose signatures stand in objects, publishers' and the exchange's, whose they are, and when they counted."""
    owner = directory.signing_key.owner
    return [
        KnownSigner(one.public_key, one.owner, one.state.value, _since(one), _counts_from(one), one.usage, one.not_after)
        for one in directory.keys
        if one.usage in SIGNS_OBJECTS and (one.usage is not KeyUsage.STATEMENT_SIGNING or one.owner == owner)
    ]


def exchange_keys_of(directory: Directory, usage: KeyUsage) -> list[ExchangeKey]:
    """Give the exchange's own keys for a use: those that its directory's signing key has the owner of.

    One that must not be trusted is none, and takes nothing from the others: no version is accepted that lists such a one newly.
    """
    return [ExchangeKey(one.public_key, _since(one)) for one in _own(directory, usage) if _is_fit(one.public_key, usage)]


def _own(directory: Directory, usage: KeyUsage) -> list[DirectoryKey]:
    owner = directory.signing_key.owner
    return [one for one in directory.keys if one.usage is usage and one.owner == owner]


@lru_cache(maxsize=4 * MOST_OWN_KEYS)
def _is_fit(key: PublicKey, usage: KeyUsage) -> bool:
    """Whether a key may be trusted for a use: notes are signed with Ed25519 alone, and of that with points of prime order."""
    try:
        load_public_key(key.spki)
    except UnfitKeyError:
        return False
    return usage is not KeyUsage.CHECKPOINT_SIGNING or key.algorithm is KeyAlgorithm.ED25519


def _check_own_keys(directory: Directory) -> None:
    """Return if no key of the exchange itself keeps others from being read: a directory takes nothing back.

    Raises:
        MalformedInputError: too many for one use, one that must not be trusted, or two whose names in notes are the same.
    """
    for usage in (KeyUsage.CHECKPOINT_SIGNING, KeyUsage.STATEMENT_SIGNING):
        own = _own(directory, usage)
        if len(own) > MOST_OWN_KEYS:
            raise MalformedInputError("The directory lists more keys of the exchange's own for one use than anybody has.")
        if not all(_is_fit(one.public_key, usage) for one in own):
            raise MalformedInputError(f"The directory lists a key of the exchange for {usage} that must not be trusted for it.")
    origin = log_origin(directory.exchange)
    for kind in SignatureKind:
        names = {key_hash(origin, kind, one.public_key) for one in _own(directory, KeyUsage.CHECKPOINT_SIGNING)}
        if len(names) != len(_own(directory, KeyUsage.CHECKPOINT_SIGNING)):
            raise MalformedInputError("The directory lists two keys for checkpoints that have one name in signed notes.")


def own_keyids(directory: Directory) -> frozenset[str]:
    """Give the ids of all keys that are the exchange's own, whatever their use and state: none of them is a witness's."""
    return frozenset(one.keyid for one in directory.keys if one.owner == directory.signing_key.owner)


def witnesses_of(directory: Directory) -> list[ListedWitness]:
    """Give the keys with which partners cosign checkpoints as witnesses, and when each counted: who they are is its word.

    A compromised one is none: its holder dates as he likes. Nor is one that can sign no note.
    """
    known = cosigning_keys_of(directory).values()
    return [one for one in known if not one.is_compromised and one.key.algorithm is KeyAlgorithm.ED25519]


def cosigning_keys_of(directory: Directory) -> dict[str, ListedWitness]:
    """Give all of these keys by their ids, compromised ones too: what ``LogKeys.known`` holds pinned witnesses against."""
    own = directory.signing_key.owner
    return {
        one.keyid: ListedWitness(
            witness_name(one.owner), one.public_key, _counts_from(one), one.not_after, one.state is KeyState.COMPROMISED
        )
        for one in directory.keys
        if one.usage is KeyUsage.CHECKPOINT_COSIGNING and one.owner != own
    }


def ended_keys(named: Iterable[PublicKey], directory: Directory) -> list[ListedWitness]:
    """Give those of the keys of witnesses that somebody named which the directory ends, now or later, or has as stolen."""
    listed = cosigning_keys_of(directory)
    known = [listed[one.keyid] for one in named if one.keyid in listed]
    return [one for one in known if one.is_compromised or one.counts_until is not None]


def _since(key: DirectoryKey) -> datetime | None:
    """Give since when others may hold a key; a compromised one of which nobody says since when was never safe."""
    if key.compromised_since is None and key.state is KeyState.COMPROMISED:
        return key.registered_at
    return key.compromised_since


def _counts_from(key: DirectoryKey) -> datetime | None:
    return max((one for one in (key.activated_at, key.not_before) if one is not None), default=None)


def _opened(file: DirectoryFile, trusted: Trusted, now: datetime | None) -> Directory:
    try:
        directory = open_directory(file.envelope, trusted, now)
        if directory.log_origin != log_origin(directory.exchange):
            raise MalformedInputError("The directory names a log that is not its exchange's.", pointer="/log_origin")
        _check_own_keys(directory)
    except BreakwaterError as refusal:
        with at_step(_STEPS.get(refusal.code, 2)):
            raise
    return directory


_STEPS = {
    Code.DIRECTORY_OF_ANOTHER_EXCHANGE: 3,
    Code.DIRECTORY_ROLLED_BACK: 3,
    Code.DIRECTORY_EXPIRED: 4,
}


def _envelope(raw: bytes) -> dict[str, Any]:
    if len(raw) > _LARGEST_ENVELOPE:
        raise MalformedInputError("A directory is smaller than that.")
    try:
        value = json.loads(raw)
    except (ValueError, RecursionError):
        raise MalformedInputError("The file is no JSON.", code=Code.JSON_SYNTAX) from None
    # A name that stands twice in the envelope itself changes nothing: the last one counts, and must verify.
    if not isinstance(value, dict):
        raise UntrustedSignatureError("A directory is a DSSE envelope.", pointer="")
    return value
