"""All that is needed to prove an object without believing the exchange: its bytes, the log's proof, and the keys that are named.

Owns that one look and one row of the ledger give it, and which keys of the directory go along. Nothing is verified here: that is
for whoever does not believe us. Kept by ``tests/services/showing/test_proof.py``.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.crypto.jwk import jwk
from app.domain.errors import NotFoundError, UntrustedSignatureError
from app.domain.permissions import Permission
from app.domain.vocabulary import KeyUsage
from app.services.authenticate import require
from app.services.exchange import Exchange
from app.services.limiting.ask import ask_about
from app.services.proving.prove import find_first_proof
from app.services.proving.read_directory import newest_directory
from app.services.reading.disclosing import disclosed
from app.services.reading.readers import Reader
from app.services.reading.record_disclosure import Disclosed, Manner
from app.services.reading.visible_set import Look
from app.services.showing.look_around import Stated, newest_stated
from app.storage import log
from breakwater_client.instant import instant_text
from breakwater_client.trust.checkpoint import log_origin
from breakwater_client.trust.envelope import unverified_payload
from breakwater_client.trust.key_directory import Directory, DirectoryKey, read_directory
from breakwater_client.trust.object_signature import read_signature
from breakwater_client.trust.payload_type import PayloadType


@dataclass(frozen=True, slots=True)
class Provable:
    """One owner's statement with its proof (None: no checkpoint covers it yet) and the id of its key."""

    stated: Stated
    log_index: int
    proof: Mapping[str, Any] | None
    keyid: str | None


@dataclass(frozen=True, slots=True)
class ProvableObject:
    """An object's statements, and the keys that they, their attestations and checkpoints may name, by their ids, as JSON values.

    ``origin`` is the log's name, ``directory_keyid`` the key that signs the directory: the one to compare by another way.
    """

    statements: Sequence[Provable]
    keys: Mapping[str, Mapping[str, Any]]
    origin: str
    directory_keyid: str
    directory_version: int


def provable_object(exchange: Exchange, reader: Reader, stix_id: str) -> ProvableObject:
    """Give the newest version of an id, once for each owner, with all that proves it.

    Raises:
        ExhaustedError: as ``look_around``.
        ForbiddenError: the caller may not read log or keys.
        NotFoundError: absent or hidden.
        UnavailableError: a new version of the directory is being made.
    """
    require(reader.principal, Permission.LOG_READ)
    ask_about(exchange, reader.principal, [stix_id], reader.purpose, reader.channel)

    def read(look: Look) -> tuple[Sequence[Disclosed], list[Provable]]:
        found = [_provable(look, one) for one in newest_stated(look, stix_id)]
        return [one.stated.version for one in found], found

    statements = disclosed(exchange, reader, read, Manner())
    if not statements:
        raise NotFoundError
    envelope = json.loads(newest_directory(exchange, reader.principal))
    directory = read_directory(unverified_payload(envelope, PayloadType.KEY_DIRECTORY))
    keys = _named_keys(directory, {one.keyid for one in statements})
    return ProvableObject(statements, keys, log_origin(directory.exchange), directory.signing_key.keyid, directory.version)


def _provable(look: Look, stated: Stated) -> Provable:
    [leaf] = log.leaves_of_versions(look.connection, [stated.version.version_id])
    return Provable(stated, leaf.log_index, find_first_proof(look.connection, leaf), _signed_with(stated))


def _signed_with(stated: Stated) -> str | None:
    try:
        return read_signature(stated.value).keyid
    except UntrustedSignatureError:
        return None


_OF_THE_EXCHANGE = frozenset({KeyUsage.CHECKPOINT_SIGNING, KeyUsage.STATEMENT_SIGNING})


def _named_keys(directory: Directory, keyids: Collection[str | None]) -> dict[str, dict[str, Any]]:
    return {one.keyid: _key(one) for one in directory.keys if one.keyid in keyids or one.usage in _OF_THE_EXCHANGE}


def _key(key: DirectoryKey) -> dict[str, Any]:
    times = {"active_since": key.activated_at, "ended_at": key.not_after, "compromised_since": key.compromised_since}
    said = {name: None if moment is None else instant_text(moment) for name, moment in times.items()}
    return said | {
        "jwk": jwk(key.public_key),
        "algorithm": key.public_key.algorithm.value,
        "usage": key.usage.value,
        "owner": key.owner,
        "state": key.state.value,
    }
