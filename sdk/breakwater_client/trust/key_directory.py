"""The directory of keys: whose key is which, from when until when it counts, in one signed, numbered, expiring document.

Owns the document's closed shape, its signatures, and what a consumer refuses: an older version than it had, other content under
one version, an ended key that counts again or a key that changed hands, an expired version, another exchange's, and a change of
the directory's own key that the key before did not sign (the idea of TUF's root role). Fetches and stores nothing. Kept by
``tests/client/trust/test_key_directory.py``; decision 27.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from breakwater_client.errors import BreakwaterError, Code, MalformedInputError, UnfitKeyError, UntrustedSignatureError
from breakwater_client.instant import instant_text
from breakwater_client.trust.canonical import canonical_bytes
from breakwater_client.trust.closed_form import ClosedForm
from breakwater_client.trust.envelope import open_jointly, sign_jointly, unverified_payload
from breakwater_client.trust.keys import PublicKey, SigningKey, public_key_from_pem
from breakwater_client.trust.payload_type import PayloadType
from breakwater_client.trust.strict_base64 import decode_base64url, encode_base64url
from breakwater_client.vocabulary import KeyState, KeyUsage

TYPE = "key-directory"
MAX_DIRECTORY_BYTES = 32 * 1024 * 1024
LIFE = timedelta(days=7)
"""So long a version may be used; who gets none for longer is being kept from newer ones. Nobody accepts one of a longer life."""

_MEMBERS = frozenset({"type", "exchange", "version", "issued_at", "expires_at", "log_origin", "rotations", "keys"})
_LATER = frozenset({"overlap"})
_FORM = ClosedForm("This is no directory of keys in the one form that there is.", _MEMBERS, MAX_DIRECTORY_BYTES, _LATER)
_malformed, _instant, _list = _FORM.malformed, _FORM.instant, _FORM.items
_TIMES = ("not_before", "not_after", "registered_at", "activated_at", "compromised_since", "reported_at")
_OVERLAP_KEY_BYTES = 32
_KEY_MEMBERS = frozenset({"keyid", "public_key", "algorithm", "usage", "owner", "state", "replaces", *_TIMES})


@dataclass(frozen=True, slots=True)
class DirectoryKey:
    """A key that counts or did, and whose. ``owner`` is a STIX identity; the exchange's own keys have the exchange's.

    Times are those of the exchange's clock. ``not_after`` is when a key stopped counting, or will; what it signed before stays
    valid, but for what was logged since ``compromised_since``. ``replaces``: the key that signed for this one. A directory lists
    no key that was never active (``activated_at`` None).
    """

    public_key: PublicKey
    usage: KeyUsage
    owner: str
    state: KeyState
    registered_at: datetime
    activated_at: datetime | None
    not_before: datetime | None = None
    not_after: datetime | None = None
    compromised_since: datetime | None = None
    reported_at: datetime | None = None
    replaces: str | None = None

    @property
    def keyid(self) -> str:
        """SHA-256 of the key's SubjectPublicKeyInfo, in hexadecimal."""
        return self.public_key.keyid

    def counts_at(self, moment: datetime) -> bool:
        """Whether what the exchange logged at ``moment`` rests on this key, by all that this directory knows.

        ``moment`` is the log's time, never the signer's own; what is later than the directory's ``issued_at`` it cannot know.
        """
        if self.activated_at is None or moment < max(self.activated_at, self.not_before or self.activated_at):
            return False
        return all(moment < end for end in (self.not_after, self.compromised_since) if end is not None)


@dataclass(frozen=True, slots=True)
class OverlapKey:
    """The key of overlap checks that counts: its public half (32 bytes, which sign nothing), and since when it is listed.

    ``epoch`` is the SHA-256 of these bytes, in hexadecimal.
    """

    public_key: bytes
    since: datetime

    @property
    def epoch(self) -> str:
        """The name of the epoch in which it counts."""
        return hashlib.sha256(self.public_key).hexdigest()


@dataclass(frozen=True, slots=True)
class Directory:
    """One version of the directory. ``rotations`` are the versions since which another key signs it, ascending.

    ``overlap``: with what blinded identifiers are evaluated; None: with nothing, or it is not listed yet.
    """

    exchange: str
    version: int
    issued_at: datetime
    expires_at: datetime
    log_origin: str
    rotations: tuple[int, ...]
    keys: tuple[DirectoryKey, ...]
    overlap: OverlapKey | None = None

    def find(self, keyid: str) -> DirectoryKey | None:
        """Give the key of this id, None if it is not listed."""
        return next((one for one in self.keys if one.keyid == keyid), None)

    @property
    def signing_key(self) -> DirectoryKey:
        """The one key that signs this version, and the next unless it is rotated."""
        own = [one for one in self.keys if one.usage is KeyUsage.DIRECTORY_SIGNING and one.state is KeyState.ACTIVE]
        if len(own) != 1:
            raise MalformedInputError("A directory lists exactly one key that signs it.", pointer="/keys")
        return own[0]


@dataclass(frozen=True, slots=True)
class Pinned:
    """What somebody trusts who has accepted no version yet: ids of directory keys, learned from the operators by another way.

    An id is enough, being the digest of its key. ``exchange`` None: whichever exchange these keys are of.
    """

    keyids: frozenset[str]
    exchange: str | None = None


Trusted = Pinned | Directory
"""What a new version is held against: pinned keys, or the version that was accepted last."""


def sign_directory(directory: Directory, signers: Sequence[SigningKey]) -> dict[str, Any]:
    """Give the envelope of a version: signed by its directory key, and after a rotation by the one before, too.

    Raises:
        BreakwaterError: the directory's own key is not among the signers: a mistake of the caller.
        UnavailableError: who holds a key cannot be reached now.
    """
    if directory.signing_key.keyid not in {one.public.keyid for one in signers}:
        raise BreakwaterError("A directory is signed by the key that it lists for this.")
    return sign_jointly(PayloadType.KEY_DIRECTORY, directory_payload(directory), signers)


def directory_payload(directory: Directory) -> bytes:
    """Give the RFC 8785 bytes of a version: what is signed."""
    return canonical_bytes(
        {
            "type": TYPE,
            "exchange": directory.exchange,
            "version": directory.version,
            "issued_at": instant_text(directory.issued_at),
            "expires_at": instant_text(directory.expires_at),
            "log_origin": directory.log_origin,
            "rotations": list(directory.rotations),
            "keys": [entry(one) for one in directory.keys],
            **({} if directory.overlap is None else {"overlap": overlap_entry(directory.overlap)}),
        }
    )


def overlap_entry(key: OverlapKey) -> dict[str, Any]:
    """Give the key of overlap checks as JSON values, as a version lists it."""
    return {"epoch": key.epoch, "public_key": encode_base64url(key.public_key), "since": instant_text(key.since)}


def entry(key: DirectoryKey) -> dict[str, Any]:
    """Give a key as JSON values, as a version lists it; key events in the log have the same form."""
    return {
        "keyid": key.keyid,
        "public_key": key.public_key.to_pem().decode(),
        "algorithm": key.public_key.algorithm.value,
        "usage": key.usage.value,
        "owner": key.owner,
        "state": key.state.value,
        "replaces": key.replaces,
        **{name: None if getattr(key, name) is None else instant_text(getattr(key, name)) for name in _TIMES},
    }


def open_directory(envelope: Mapping[str, Any], trusted: Trusted, now: datetime | None) -> Directory:
    """Give the version in an envelope (unverified JSON object) if it may take the place of what is trusted.

    ``now`` None asks for no expiry: for the steps between the version that is trusted and the newest, which are those listed in
    ``rotations``. Each step's result is trusted for the next.

    Raises:
        MalformedInputError: no directory, in the one form that there is.
        UntrustedSignatureError: a signature that does not verify, or the codes ``directory-of-another-exchange``,
            ``directory-chain-broken`` (signed by a key that nothing trusted leads to: versions between may do so),
            ``directory-rolled-back`` (an older version, other content under the same, or one that takes back what was said of
            a key), ``directory-expired``.
    """
    directory = read_directory(unverified_payload(envelope, PayloadType.KEY_DIRECTORY))
    if trusted.exchange not in {None, directory.exchange}:
        raise _refused("This directory is another exchange's.", Code.DIRECTORY_OF_ANOTHER_EXCHANGE)
    if directory.expires_at - directory.issued_at > LIFE:
        raise _malformed("/expires_at")  # made for somebody who wants to be believed long after he is found out
    own = directory.signing_key
    # (1) Every signature verifies with a directory key that the version lists, and its own key is among them ...
    listed = {one.keyid: one.public_key for one in directory.keys if one.usage is KeyUsage.DIRECTORY_SIGNING}
    signed_by = open_jointly(envelope, PayloadType.KEY_DIRECTORY, listed).keyids
    if own.keyid not in signed_by:
        raise _refused("The directory is not signed by the key that it lists for this.", Code.DIRECTORY_CHAIN_BROKEN)
    # (2) ... and so is a key that was trusted before: nobody can list a key of their own and sign with it.
    known = trusted.keyids if isinstance(trusted, Pinned) else {trusted.signing_key.keyid}
    if signed_by.isdisjoint(known):
        sentence = "No key that you trust has signed this directory; the versions in which its key was rotated may lead to it."
        raise _refused(sentence, Code.DIRECTORY_CHAIN_BROKEN)
    # (3) Nobody is sent back, nor shown two versions of one number, nor kept at an old one.
    if isinstance(trusted, Directory):
        _check_order(directory, trusted)
    if now is not None and now >= directory.expires_at:
        raise _refused("This directory has expired: somebody keeps newer ones from you.", Code.DIRECTORY_EXPIRED)
    return directory


def _check_order(directory: Directory, last: Directory) -> None:
    if directory.signing_key.owner != last.signing_key.owner:  # whose keys are the exchange's goes by it: all of them at once
        sentence = "This directory says that the exchange's own keys are another's than the one you accepted before said."
        raise _refused(sentence, Code.DIRECTORY_ROLLED_BACK)
    if directory.version < last.version:
        raise _refused("This directory is older than the one you accepted before.", Code.DIRECTORY_ROLLED_BACK)
    if directory.version == last.version and directory_payload(directory) != directory_payload(last):
        sentence = "This directory has the version of the one you accepted before, and says something else."
        raise _refused(sentence, Code.DIRECTORY_ROLLED_BACK)
    if not _overlap_goes_on(last.overlap, directory.overlap):
        sentence = "This directory takes back what the one you accepted before said of the key of overlap checks."
        raise _refused(sentence, Code.DIRECTORY_ROLLED_BACK)
    listed = {one.keyid: one for one in directory.keys}
    for before in last.keys:
        if not _goes_on(before, listed.get(before.keyid)):
            sentence = f"This directory takes back what the one you accepted before said of the key {before.keyid}."
            raise _refused(sentence, Code.DIRECTORY_ROLLED_BACK)


def _overlap_goes_on(before: OverlapKey | None, now: OverlapKey | None) -> bool:
    """Whether it is the same key since the same time, or a later one: no key comes back, and none goes without another."""
    return before is None or now == before or (now is not None and now.epoch != before.epoch and now.since > before.since)


def _goes_on(before: DirectoryKey, now: DirectoryKey | None) -> bool:
    """Whether an entry is what may become of an earlier one: a key stays whose it was, and what ended it stays said."""
    if now is None or any(getattr(now, name) != getattr(before, name) for name in _CONSTANT):
        return False
    sooner = all(_no_later(getattr(now, name), getattr(before, name)) for name in ("compromised_since", "not_after"))
    return sooner and _SEVERITY[now.state] >= _SEVERITY[before.state]


def _no_later(now: datetime | None, before: datetime | None) -> bool:
    return before is None or (now is not None and now <= before)


_CONSTANT = ("usage", "owner", "registered_at", "activated_at", "not_before")
_SEVERITY = {
    KeyState.PENDING: 0,
    KeyState.ACTIVE: 0,
    KeyState.RETIRED: 1,
    KeyState.REVOKED: 1,
    KeyState.COMPROMISED: 2,
}


def read_directory(payload: bytes) -> Directory:
    """Read a version from its payload (unverified bytes). Does NOT verify anything: that is ``open_directory``.

    Raises:
        MalformedInputError: too large, not canonical JSON, or not the closed shape.
    """
    document = _FORM.read(payload)
    if document["type"] != TYPE or not isinstance(document["keys"], list):
        raise _malformed("/type")
    directory = Directory(
        exchange=_string(document["exchange"], "/exchange"),
        version=_number(document["version"], "/version"),
        issued_at=_instant(document["issued_at"], "/issued_at"),
        expires_at=_instant(document["expires_at"], "/expires_at"),
        log_origin=_string(document["log_origin"], "/log_origin"),
        rotations=tuple(_number(one, "/rotations") for one in _list(document["rotations"], "/rotations")),
        keys=tuple(_read_key(one, f"/keys/{number}") for number, one in enumerate(document["keys"])),
        overlap=_read_overlap(document["overlap"]) if "overlap" in document else None,
    )
    if len({one.keyid for one in directory.keys}) != len(directory.keys):
        raise _malformed("/keys")
    return directory


def _read_overlap(value: object) -> OverlapKey:
    """Read it; that its bytes are an element of the group is looked at where something is evaluated with it."""
    if not isinstance(value, dict) or value.keys() != {"epoch", "public_key", "since"}:
        raise _malformed("/overlap")
    public = decode_base64url(_string(value["public_key"], "/overlap/public_key")) or b""
    key = OverlapKey(public, _instant(value["since"], "/overlap/since"))
    if len(public) != _OVERLAP_KEY_BYTES or value["epoch"] != key.epoch:
        raise _malformed("/overlap/epoch")
    return key


def _read_key(value: object, at: str) -> DirectoryKey:
    if not isinstance(value, dict) or value.keys() != _KEY_MEMBERS:
        raise _malformed(at)
    try:
        public = public_key_from_pem(_string(value["public_key"], f"{at}/public_key").encode())
    except UnfitKeyError:
        raise _malformed(f"{at}/public_key") from None
    if public.to_pem().decode() != value["public_key"]:  # PEM has many spellings of a key, and a version has one
        raise _malformed(f"{at}/public_key")
    times = {name: None if value[name] is None else _instant(value[name], f"{at}/{name}") for name in _TIMES}
    registered_at, activated_at = times.pop("registered_at"), times.pop("activated_at")
    replaces = None if value["replaces"] is None else _string(value["replaces"], f"{at}/replaces")
    # An id or an algorithm that is not the key's own would let one key stand under another's name.
    if registered_at is None or activated_at is None or value["keyid"] != public.keyid or value["algorithm"] != public.algorithm:
        raise _malformed(at)
    try:
        usage, state = KeyUsage(value["usage"]), KeyState(value["state"])
    except ValueError:
        raise _malformed(at) from None
    owner = _string(value["owner"], f"{at}/owner")
    return DirectoryKey(public, usage, owner, state, registered_at, activated_at, replaces=replaces, **times)


def _string(value: object, at: str) -> str:
    if not isinstance(value, str):
        raise _malformed(at)
    return value


def _number(value: object, at: str) -> int:
    if type(value) is not int or value < 1:
        raise _malformed(at)
    return value


def _refused(sentence: str, code: Code) -> UntrustedSignatureError:
    return UntrustedSignatureError(sentence, code=code)
