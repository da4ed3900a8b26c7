"""The public keys that whoever verifies offline goes by: whose they are, and what the exchange said of them.

Owns reading them from files of one's own: PEM, and the file that ``key fetch`` writes; ``directory_keys`` reads directories. Does
not verify with them. Kept by ``tests/client/verifying/test_known_keys.py``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from breakwater_client.documents.strict_json import parse
from breakwater_client.errors import Code, MalformedInputError, UntrustedSignatureError
from breakwater_client.trust.keys import PublicKey, load_public_key
from breakwater_client.vocabulary import KeyState, KeyUsage

SIGNS_OBJECTS = frozenset({KeyUsage.OBJECT_SIGNING, KeyUsage.STATEMENT_SIGNING})
"""Uses of keys whose signatures stand in objects: publishers', and the exchange's in its notices of recalls."""


@dataclass(frozen=True, slots=True)
class KnownSigner:
    """A public key, whose it is (None: nobody said), and what the exchange said of its state when asked (None: not asked).

    ``usage`` None: nobody said what it is for. The key of the exchange's statements signs recall notices and no other object.
    """

    key: PublicKey
    identity_id: str | None
    state: str | None = None
    compromised_since: datetime | None = None
    counts_from: datetime | None = None
    usage: KeyUsage | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ExchangeKey:
    """A public key of the exchange, and since when others may hold it too (None: nobody said that)."""

    key: PublicKey
    compromised_since: datetime | None = None

    def check_counted_at(self, at: datetime | None) -> None:
        """Return if what the key signed at ``at`` counts; None: nobody but its signer says when that was.

        Raises:
            UntrustedSignatureError: code ``key-was-compromised``.
        """
        if self.compromised_since is not None and (at is None or at >= self.compromised_since):
            sentence = "The exchange's key that signed this is compromised, and nothing shows that it was signed before that."
            raise UntrustedSignatureError(sentence, code=Code.KEY_WAS_COMPROMISED)


@lru_cache(maxsize=4096)
def fit_key(key: PublicKey) -> PublicKey:
    """Give a key back if its point may be trusted, whoever vouches for whose it is. About 2 ms, once for each key.

    Raises:
        UnfitKeyError: a point of small or mixed order, for which anybody can forge.
    """
    return load_public_key(key.spki)


def by_keyid(keys: Iterable[ExchangeKey]) -> dict[str, PublicKey]:
    """Give the keys as ``crypto.envelope`` takes them."""
    return {one.key.keyid: one.key for one in keys}


def read_known_keys(raw: bytes) -> list[KnownSigner]:
    """Give the keys of a file as ``breakwater key fetch`` and ``key list --json`` write it (trusted: you made it).

    Keys of other uses (requests, checkpoints) are passed over: they sign no objects.

    Raises:
        MalformedInputError: it is no such file.
        UnfitKeyError: a key in it must not be trusted.
    """
    document = parse(raw)
    records = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(records, list):
        raise MalformedInputError('A file of keys is {"keys": […]}, as `breakwater key fetch` writes it.', pointer="/keys")
    known = [_known_signer(record, f"/keys/{number}") for number, record in enumerate(records)]
    return [one for one in known if one.usage is None or one.usage in SIGNS_OBJECTS]


def read_witnesses(raw: bytes) -> dict[str, list[PublicKey]]:
    """Give the keys of witnesses by their names, of a file as ``breakwater witness list`` writes it (trusted: you compared it).

    A witness has several while one follows another: its cosignature counts once, by whichever of them.

    Raises:
        MalformedInputError: it is no such file, or has one key twice.
        UnfitKeyError: a key in it must not be trusted.
    """
    document = parse(raw)
    rows = document.get("witnesses") if isinstance(document, dict) else None
    if not isinstance(rows, list) or not all(isinstance(one, dict) and _are_texts(one, "name", "public_key") for one in rows):
        sentence = 'A file of witnesses is {"witnesses": [{"name": …, "public_key": …}]}, as `breakwater witness list` writes it.'
        raise MalformedInputError(sentence, pointer="/witnesses")
    found: dict[str, list[PublicKey]] = {}
    for one in rows:
        found.setdefault(one["name"], []).append(load_public_key(one["public_key"].encode()))
    if len({key.keyid for keys in found.values() for key in keys}) != len(rows):
        raise MalformedInputError("The file names one key twice.", pointer="/witnesses")
    return found


def known_signer(pem: bytes, identity_id: str | None) -> KnownSigner:
    """Give a key from its PEM, bound to the identity that its owner told you, if any. Raises ``UnfitKeyError``."""
    return KnownSigner(load_public_key(pem), identity_id)


def known_exchange_key(pem: bytes) -> PublicKey:
    """Give a public key of the exchange from its PEM. Raises ``UnfitKeyError``."""
    return load_public_key(pem)


def _known_signer(record: object, place: str) -> KnownSigner:
    key, owner = (record.get("key"), record.get("owner")) if isinstance(record, dict) else (None, None)
    if not isinstance(key, dict) or not isinstance(owner, dict) or not _are_texts(key, "keyid", "public_key", "state"):
        raise MalformedInputError("A known key has a key (keyid, public_key, state) and its owner.", pointer=place)
    if not _are_texts(owner, "identity_id"):
        raise MalformedInputError("The owner of a key has an identity_id.", pointer=f"{place}/owner")
    public = load_public_key(key["public_key"].encode())
    if public.keyid != key["keyid"]:
        raise MalformedInputError("The key's id is not the one of its public key.", pointer=f"{place}/key/keyid")
    counts_from = max(filter(None, (_moment(key, name, place) for name in ("activated_at", "not_before"))), default=None)
    since = _moment(key, "compromised_since", place)
    if since is None and key["state"] == KeyState.COMPROMISED:
        since = datetime.min.replace(tzinfo=UTC)  # nobody says since when: it was never safe
    ended_at = _moment(key, "not_after", place)
    return KnownSigner(public, owner["identity_id"], key["state"], since, counts_from, _usage(key, place), ended_at)


def _usage(key: Mapping[str, Any], place: str) -> KeyUsage | None:
    """Give what a key is for, None in files of earlier versions, which do not say."""
    try:
        return None if key.get("usage") is None else KeyUsage(key["usage"])
    except ValueError:
        raise MalformedInputError("The usage of a known key is a word of the exchange's.", pointer=f"{place}/key/usage") from None


def _moment(key: Mapping[str, Any], name: str, place: str) -> datetime | None:
    """Give a time of a key's record, None if it has none; files of earlier versions name no times."""
    if key.get(name) is None:
        return None
    try:
        moment = datetime.fromisoformat(key[name])
    except (TypeError, ValueError):
        moment = None
    if moment is None or moment.tzinfo is None:
        raise MalformedInputError("The times of a known key are spelled as the exchange does.", pointer=f"{place}/key/{name}")
    return moment


def _are_texts(holder: Mapping[str, Any], *names: str) -> bool:
    return all(isinstance(holder.get(name), str) for name in names)
